"""A capture's frames as the hosts of a topology would have sent them."""

from __future__ import annotations

import contextlib
import re
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from wirelab.traffic.replay.identity import IP4, IP6, network_header
from wirelab.traffic.replay.rewrite import NetworkMap, Rewriter, Rewriting, Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.traffic.replay.hosts_options import HostsOptions
    from wirelab.traffic.replay.mapping import Roles
    from wirelab.traffic.replay.sendings import Sending

_SOLICITED = bytes.fromhex("ff0200000000000000000001ff")
_LINK_LOCAL = bytes.fromhex("fe80000000000000")
_MAC = re.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}$")
"""A MAC, or one at the end of something: as in a DUID (RFC 8415 section 11.4)."""


def rewriting(roles: Roles, macs: Mapping[str, bytes], options: HostsOptions) -> Rewriting:
    """Say what becomes of the addresses of a capture.

    Args:
        roles: who stands for whom.
        macs: the MAC of each interface of the lab.
        options: what else is asked for.
    """
    stations = {old: macs[port] for old, port in roles.stations.items()}
    return Rewriting(
        macs={old: new for old, new in stations.items() if old != new},
        addresses={old: new for old, new in _addresses(roles, macs).items() if old != new},
        networks=tuple(NetworkMap(old, new) for old, new in roles.networks.items() if old != new),
        ports=options.ports,
        vlan=options.vlan,
        ttl=options.ttl,
        dscp=options.dscp,
        inside=options.inside,
    )


def _addresses(roles: Roles, macs: Mapping[str, bytes]) -> dict[bytes, bytes]:
    """The new addresses: the topology's, and those that IPv6 forms of MACs."""
    found = dict(roles.addresses)
    prefixes = [_LINK_LOCAL]
    prefixes += [net.network_address.packed[:8] for net in roles.networks if net.version == 6]
    prefixes += [each[:8] for each in roles.holders if len(each) == 16]
    for mac, port in roles.stations.items():
        for prefix in dict.fromkeys(prefixes):
            new = moved(prefix + bytes(8), roles)[:8] + eui64(macs[port])
            found.setdefault(prefix + eui64(mac), new)
    return found


def eui64(mac: bytes) -> bytes:
    """Return the interface identifier that is formed of a MAC (RFC 4291 appendix A)."""
    return bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


def moved(address: bytes, roles: Roles) -> bytes:
    """Return where an address goes with its subnet."""
    place = ip_network(address)
    for old, new in roles.networks.items():
        if old.version == place.version and ip_address(address) in old:
            offset = int.from_bytes(address, "big") - int(old.network_address)
            return new[offset].packed
    return address


class Translation:
    """Makes the frames to be sent, in the order of the capture."""

    def __init__(self, rewriting: Rewriting, macs: Mapping[str, bytes]) -> None:
        self.rewriter = Rewriter(rewriting)
        """What rewrites."""
        self._macs = macs

    def address(self, old: bytes) -> bytes:
        """Return what becomes of an address."""
        return self.rewriter.maps.address(old, Where.BOTH)

    def named(self, value: str) -> str:
        """Return what a name stands for in the replay that stood for an address or a MAC."""
        with contextlib.suppress(ValueError):
            return str(ip_address(self.address(ip_address(value).packed)))
        return _MAC.sub(lambda found: self._mac(found[0]), value)

    def _mac(self, text: str) -> str:
        old = bytes.fromhex(text.replace(":", ""))
        return self.rewriter.rewriting.macs.get(old, old).hex(":")

    def frame(self, data: bytes, task: Sending) -> bytes:
        """Return what is sent for a recorded frame."""
        new = self.rewriter.frame(filled(data))
        source = new[6:12]
        if task.port and (task.hops or task.via):
            source = self._macs[task.port]
        target = self._macs[task.via] if task.via else new[:6]
        made = solicited(raised(target + source + new[12:], task.hops))
        return asking(made, task.instead) if task.instead else made


def asking(data: bytes, address: bytes) -> bytes:
    """Return an ARP question about another address, or an answer that says another."""
    at = network_header(data)[1]
    place = at + 24 if data[at + 6 : at + 8] == b"\0\1" else at + 14
    return data[:place] + address + data[place + 4 :]


def filled(data: bytes) -> bytes:
    """Return a frame with a header checksum, where its IPv4 packet was captured before it had one.

    The kernel leaves it to the network card and 0 in its place; no router would pass that on.
    """
    kind, at = network_header(data)
    header = data[at : at + (data[at] & 15) * 4] if kind == IP4 and len(data) >= at + 20 else b""
    if len(header) < 20 or header[10:12] != b"\0\0":
        return data
    total = sum(int.from_bytes(header[n : n + 2], "big") for n in range(0, len(header), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return data[: at + 10] + (total ^ 0xFFFF).to_bytes(2, "big") + data[at + 12 :]


def raised(data: bytes, hops: int) -> bytes:
    """Return a frame with the TTL that it had before it passed some routers; at most 255."""
    kind, at = network_header(data)
    if not hops or kind not in (IP4, IP6) or len(data) < at + 20:
        return data
    place = at + 8 if kind == IP4 else at + 7
    after = min(data[place] + hops, 255)
    changed = bytearray(data)
    changed[place] = after
    if kind == IP4:
        both = at + 8, at + 10
        changed[at + 10 : at + 12] = _mended(
            data[at + 10 : at + 12], data[slice(*both)], bytes(changed[slice(*both)])
        )
    return bytes(changed)


def solicited(data: bytes) -> bytes:
    """Return a neighbour solicitation that goes to the group of whom it asks for.

    Addresses that end alike share a group (RFC 4291 section 2.7.1), and need not end alike any
    more when they are rewritten.
    """
    kind, at = network_header(data)
    asks = kind == IP6 and len(data) >= at + 64 and (data[at + 6], data[at + 40]) == (58, 135)
    old = data[at + 24 : at + 40]
    if not asks or old[:13] != _SOLICITED:
        return data
    new = _SOLICITED + data[at + 61 : at + 64]
    mended = _mended(data[at + 42 : at + 44], old, new)
    return (
        b"\x33\x33"
        + new[12:]
        + data[6 : at + 24]
        + new
        + data[at + 40 : at + 42]
        + mended
        + (data[at + 44 :])
    )


def _mended(checksum: bytes, old: bytes, new: bytes) -> bytes:
    """A checksum, right or wrong, after words that it covers have changed (RFC 1624)."""
    total = int.from_bytes(checksum, "big") ^ 0xFFFF
    for at in range(0, len(old), 2):
        total += int.from_bytes(old[at : at + 2], "big") ^ 0xFFFF
        total += int.from_bytes(new[at : at + 2], "big")
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return (total ^ 0xFFFF).to_bytes(2, "big")
