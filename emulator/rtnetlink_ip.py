"""The rtnetlink requests about IP: addresses, routes, neighbours.

As in `rtnetlink`, each returns `(message type, flags, body)`. Layouts:
include/uapi/linux/{rtnetlink,if_addr,neighbour}.h.
"""

import socket
import struct
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)

from wirelab.emulator.netlink import NLM_F_CREATE, NLM_F_REPLACE, attribute, u32
from wirelab.emulator.rtnetlink import Request

RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_NEWROUTE, RTM_DELROUTE = 24, 25
RTM_NEWNEIGH = 28

_IFADDR = struct.Struct("=BBBBI")
_RTMSG = struct.Struct("=BBBBBBBBI")
_NDMSG = struct.Struct("=BxxxiHBB")

Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# include/uapi/linux/if_addr.h
IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST = 1, 2, 4
IFA_F_NODAD, IFA_F_TENTATIVE = 0x02, 0x40


def address(index: int, interface: Interface) -> Request:
    """Add an address; IPv4 with its subnet's broadcast address, IPv6 with duplicate detection."""
    return RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, _address_body(index, interface)


def address_delete(index: int, interface: Interface) -> Request:
    """Remove an address."""
    return RTM_DELADDR, 0, _address_body(index, interface)


def tentative_addresses(answers: Iterable[bytes]) -> int:
    """Count the addresses still under duplicate detection in a dump of RTM_GETADDR."""
    return sum(bool(body[2] & IFA_F_TENTATIVE) for body in answers)


def address_query() -> tuple[int, bytes]:
    """Return (type, body) of a dump of all addresses."""
    return RTM_GETADDR, _IFADDR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)


def _address_body(index: int, interface: Interface) -> bytes:
    family = socket.AF_INET if interface.version == 4 else socket.AF_INET6
    packed = interface.ip.packed
    body = _IFADDR.pack(family, interface.network.prefixlen, 0, 0, index)
    body += attribute(IFA_LOCAL, packed) + attribute(IFA_ADDRESS, packed)
    if interface.version == 4 and interface.network.prefixlen < 31:
        body += attribute(IFA_BROADCAST, interface.network.broadcast_address.packed)
    return body


# include/uapi/linux/rtnetlink.h
RTA_DST, RTA_OIF, RTA_GATEWAY = 1, 4, 5
RT_TABLE_MAIN, RTPROT_STATIC = 254, 4
RT_SCOPE_UNIVERSE, RT_SCOPE_LINK = 0, 253
RTN_UNICAST, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_BLACKHOLE = 1, 7, 8, 6
ROUTE_TYPES = {
    "unicast": RTN_UNICAST,
    "unreachable": RTN_UNREACHABLE,
    "prohibit": RTN_PROHIBIT,
    "blackhole": RTN_BLACKHOLE,
}


def route(
    destination: Network,
    gateway: Address | None = None,
    device: int = 0,
    kind: str = "unicast",
) -> Request:
    """Add (or replace) a route to `destination` through `gateway` and/or interface `device`."""
    body = _route_body(destination, gateway, device, kind)
    return RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, body


def route_delete(destination: Network) -> Request:
    """Remove the route to `destination`."""
    return RTM_DELROUTE, 0, _route_body(destination, None, 0, "unicast", scope=255)


def _route_body(
    destination: Network,
    gateway: Address | None,
    device: int,
    kind: str,
    scope: int | None = None,
) -> bytes:
    family = socket.AF_INET if destination.version == 4 else socket.AF_INET6
    if scope is None:
        scope = RT_SCOPE_UNIVERSE if gateway or kind != "unicast" else RT_SCOPE_LINK
    body = _RTMSG.pack(
        family,
        destination.prefixlen,
        0,
        0,
        RT_TABLE_MAIN,
        RTPROT_STATIC,
        scope,
        ROUTE_TYPES[kind],
        0,
    )
    if destination.prefixlen:
        body += attribute(RTA_DST, destination.network_address.packed)
    if gateway:
        body += attribute(RTA_GATEWAY, gateway.packed)
    return body + (u32(RTA_OIF, device) if device else b"")


# include/uapi/linux/neighbour.h
NDA_DST, NDA_LLADDR = 1, 2
NUD_PERMANENT, NUD_NOARP = 0x80, 0x40


def neighbour(index: int, ip: Address, mac: bytes) -> Request:
    """Add a permanent neighbour entry."""
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    body = _NDMSG.pack(family, index, NUD_PERMANENT, 0, 0)
    body += attribute(NDA_DST, ip.packed) + attribute(NDA_LLADDR, mac)
    return RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, body
