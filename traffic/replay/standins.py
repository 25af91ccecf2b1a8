"""Stand-ins: hosts whose kernels keep silent, and routers that know where they are."""

from __future__ import annotations

import contextlib
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.emulator import rtnetlink_ip
from wirelab.emulator.tap import packet_socket

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping

    from wirelab.emulator import Host, Lab

_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23  # include/uapi/linux/if_packet.h


def silence(lab: Lab, nodes: Iterable[str]) -> None:
    """Take from nodes what makes their kernels send: addresses, IPv6, forwarding.

    What `Lab` knows of them stays, so that names still tell whom they stand for.
    """
    for name in nodes:
        node: Host = lab[name]
        if node.ipv6:
            node.sysctl("net.ipv6.conf.all.disable_ipv6", 1)
        for interface in node.intfList():
            for address in interface.addresses:
                if address.version == 4:
                    request = rtnetlink_ip.address_delete(interface.index, address)
                    node.send(request, f"take {address} from {interface.name}")
        if node.router:
            node.sysctl("net.ipv4.ip_forward", 0)


def introduce(lab: Lab, neighbours: Mapping[tuple[str, bytes], str]) -> None:
    """Tell routers the MACs of stand-ins, which answer no question.

    Args:
        lab: the lab.
        neighbours: the interface that has an address, by a router's interface and the address.
    """
    for (name, address), holder in neighbours.items():
        interface = lab.interface(name)
        mac = bytes.fromhex(lab.interface(holder).mac.replace(":", ""))
        if len(address) == 16 and not interface.node.ipv6:
            continue
        request = rtnetlink_ip.neighbour(interface.index, ip_address(address), mac)
        interface.node.send(request, f"tell {interface.name} about {ip_address(address)}")


def packet_sockets(lab: Lab, ports: Iterable[str]) -> list[socket.socket]:
    """Open a socket at each interface that sends, and gets all that comes to it."""
    sockets = []
    for name in ports:
        with lab.interface(name).node.namespace.entered():
            each = packet_socket(name)
        with contextlib.suppress(OSError):  # a kernel before 4.20: it then reads its own, too
            each.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        each.setblocking(True)
        sockets.append(each)
    return sockets
