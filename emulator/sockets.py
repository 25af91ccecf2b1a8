"""Which sockets a node has open, asked of the kernel: how readiness is seen without waiting.

Source: /proc/net/{tcp,udp,raw}[6] (Documentation/networking/proc_net_tcp.rst).
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

_TABLES = {
    "tcp": "tcp",
    "tcp6": "tcp",
    "udp": "udp",
    "udp6": "udp",
    "raw": "raw",
    "raw6": "raw",
}
# include/net/tcp_states.h; an unconnected UDP or raw socket is in state CLOSE.
_STATES = {
    1: "established", 2: "syn-sent", 3: "syn-recv", 4: "fin-wait-1", 5: "fin-wait-2",
    6: "time-wait", 7: "unconnected", 8: "close-wait", 9: "last-ack", 10: "listen", 11: "closing",
}  # fmt: skip


@dataclass(frozen=True)
class Socket:
    """One socket of a node."""

    proto: str
    """`tcp`, `udp` or `raw`."""
    ip: str
    """Local address; `0.0.0.0` or `::` for any."""
    port: int
    """Local port; of a raw socket the IP protocol number."""
    state: str
    """`listen`, `established`, `unconnected`, …"""
    peer: str
    """Remote address."""
    peer_port: int
    """Remote port; 0 where there is none."""


def read_sockets() -> frozenset[Socket]:
    """Return the sockets of the network namespace that the calling thread is in."""
    found = []
    for table, proto in _TABLES.items():
        path = Path("/proc/thread-self/net", table)
        if path.exists():  # a kernel without IPv6 has no table of it
            found += [_parse(line, proto) for line in path.read_text().splitlines()[1:]]
    return frozenset(found)


def _parse(line: str, proto: str) -> Socket:
    _slot, local, remote, state, *_rest = line.split()
    ip, port = _endpoint(local)
    peer, peer_port = _endpoint(remote)
    return Socket(proto, ip, port, _STATES.get(int(state, 16), state), peer, peer_port)


def _endpoint(text: str) -> tuple[str, int]:
    """Return (address, port) of `0100007F:0035`: words in the machine's byte order."""
    address, _, port = text.partition(":")
    words = [int(address[i : i + 8], 16) for i in range(0, len(address), 8)]
    packed = b"".join(socket.ntohl(word).to_bytes(4, "big") for word in words)
    ip = IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)
    return str(ip), int(port, 16)
