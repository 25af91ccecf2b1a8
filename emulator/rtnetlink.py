"""The rtnetlink requests that build a network: links, addresses, routes, neighbours.

Each function returns `(message type, flags, body)` for `Netlink.send`; nothing here touches
the kernel. Layouts: include/uapi/linux/{rtnetlink,if_link,if_addr,neighbour}.h.
"""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)

from wirelab.emulator.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    attribute,
    attributes,
    nested,
    text,
    u32,
)

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_NEWROUTE, RTM_DELROUTE = 24, 25
RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH = 28, 29, 30
RTMGRP_LINK = 1

IFF_UP = 1
IFF_RUNNING = 0x40
IFF_LOWER_UP = 0x10000

IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_QDISC, IFLA_MASTER, IFLA_LINKINFO = 1, 3, 4, 6, 10, 18
IFLA_OPERSTATE, IFLA_NET_NS_FD, IFLA_NUM_TX_QUEUES, IFLA_NUM_RX_QUEUES = 16, 28, 31, 32
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_DATA = 1, 2, 5
VETH_INFO_PEER = 1
IFLA_BR_FORWARD_DELAY, IFLA_BR_AGEING_TIME, IFLA_BR_STP_STATE, IFLA_BR_MCAST_SNOOPING = 1, 4, 5, 23
IFLA_BRPORT_STATE = 1
BR_STATE_FORWARDING = 3
_DROPS_ALL = "noop"  # noop_qdisc of net/sched/sch_generic.c
IF_OPER_UP = 6

_IFINFO = struct.Struct("=BxHiII")
_IFADDR = struct.Struct("=BBBBI")
_RTMSG = struct.Struct("=BBBBBBBBI")
_NDMSG = struct.Struct("=BxxxiHBB")

Request = tuple[int, int, bytes]
Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class End:
    """One end of a veth pair to be created."""

    name: str
    """Interface name, at most 15 characters."""
    mac: bytes
    """Ethernet address, 6 bytes."""
    mtu: int
    """Largest IP packet in bytes."""
    namespace: int
    """File descriptor of the network namespace it is born in."""
    index: int
    """Interface index it gets there: chosen by us, so that nobody need ask for it."""
    bridge: int = 0
    """Index of the bridge it becomes a port of; 0 for none."""


def _ifinfo(index: int = 0, flags: int = 0, change: int = 0) -> bytes:
    return _IFINFO.pack(socket.AF_UNSPEC, 0, index, flags, change)


def veth(one: End, two: End) -> Request:
    """Create a veth pair, both ends down, each in its namespace at once; `one` on its bridge too.

    A peer created UP makes the kernel refuse the pair, so both come up later; and it ignores a
    bridge named for the peer (drivers/net/veth.c). One queue each: the kernel otherwise
    allocates one per possible CPU, which is most of the cost of a veth.
    """
    peer = _ifinfo(two.index) + _end(two)
    info = nested(
        IFLA_LINKINFO,
        text(IFLA_INFO_KIND, "veth"),
        nested(IFLA_INFO_DATA, attribute(VETH_INFO_PEER, peer)),
    )
    return RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, _ifinfo(one.index) + _end(one) + info


def _end(end: End) -> bytes:
    return b"".join(
        (
            text(IFLA_IFNAME, end.name),
            attribute(IFLA_ADDRESS, end.mac),
            u32(IFLA_MTU, end.mtu),
            u32(IFLA_NUM_TX_QUEUES, 1),
            u32(IFLA_NUM_RX_QUEUES, 1),
            u32(IFLA_NET_NS_FD, end.namespace),
            u32(IFLA_MASTER, end.bridge) if end.bridge else b"",
        )
    )


def bridge(name: str, index: int, mac: bytes, ageing_time: float = 300.0) -> Request:
    """Create a bridge that forwards at once: no spanning tree, no multicast snooping.

    `ageing_time` is in seconds; 0 makes it forget every address at once, that is, a hub.
    """
    data = nested(
        IFLA_INFO_DATA,
        u32(IFLA_BR_STP_STATE, 0),
        u32(IFLA_BR_FORWARD_DELAY, 0),
        u32(IFLA_BR_AGEING_TIME, round(ageing_time * 100)),
        attribute(IFLA_BR_MCAST_SNOOPING, b"\0"),
    )
    body = (
        _ifinfo(index)
        + text(IFLA_IFNAME, name)
        + attribute(IFLA_ADDRESS, mac)
        + nested(IFLA_LINKINFO, text(IFLA_INFO_KIND, "bridge"), data)
    )
    return RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, body


def link_up(index: int) -> Request:
    """Bring an interface up."""
    return RTM_NEWLINK, 0, _ifinfo(index, IFF_UP, IFF_UP)


def link_down(index: int) -> Request:
    """Take an interface down."""
    return RTM_NEWLINK, 0, _ifinfo(index, 0, IFF_UP)


def link_set(
    index: int, *, mac: bytes | None = None, mtu: int | None = None, bridge: int | None = None
) -> Request:
    """Change an interface's address, its MTU, or the bridge it is a port of."""
    body = _ifinfo(index)
    if bridge is not None:
        body += u32(IFLA_MASTER, bridge)
    if mac is not None:
        body += attribute(IFLA_ADDRESS, mac)
    if mtu is not None:
        body += u32(IFLA_MTU, mtu)
    return RTM_NEWLINK, 0, body


def link_delete(index: int) -> Request:
    """Delete an interface (and with it the peer of a veth)."""
    return RTM_DELLINK, 0, _ifinfo(index)


def link_query(index: int = 0, name: str = "") -> tuple[int, bytes]:
    """Return (type, body) of a question about one link, or with neither for a dump of all."""
    return RTM_GETLINK, _ifinfo(index) + (text(IFLA_IFNAME, name) if name else b"")


@dataclass(frozen=True)
class LinkState:
    """What the kernel says of an interface."""

    index: int
    """Its index in its namespace."""
    flags: int
    """IFF_UP, IFF_RUNNING, …"""
    mac: bytes
    """Ethernet address."""
    operational: bool
    """Whether its operational state is up (RFC 2863)."""
    queue: str
    """Its queueing discipline; "noop" drops what is sent."""
    port_state: int | None
    """BR_STATE_… where it is a bridge's port."""

    @property
    def passes(self) -> bool:
        """Whether frames pass, as far as the interface has a carrier.

        A carrier that has just come is noticed a moment later; until then the interface drops
        what it is given, though it is up and its port forwards (net/core/link_watch.c).
        """
        drops = self.flags & IFF_LOWER_UP and self.queue == _DROPS_ALL
        return not drops and self.port_state in (None, BR_STATE_FORWARDING)


def parse_link(body: bytes) -> LinkState:
    """Parse the answer to `link_query`."""
    _family, _type, index, flags, _change = _IFINFO.unpack_from(body)
    found = attributes(body[_IFINFO.size :])
    port = attributes(attributes(found.get(IFLA_LINKINFO, b"")).get(IFLA_INFO_SLAVE_DATA, b""))
    return LinkState(
        index,
        flags,
        found.get(IFLA_ADDRESS, b""),
        found.get(IFLA_OPERSTATE, b"\0")[0] == IF_OPER_UP,
        found.get(IFLA_QDISC, b"").rstrip(b"\0").decode(),
        port[IFLA_BRPORT_STATE][0] if IFLA_BRPORT_STATE in port else None,
    )


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


def neighbour_delete(index: int, ip: Address) -> Request:
    """Forget one neighbour."""
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    return RTM_DELNEIGH, 0, _NDMSG.pack(family, index, 0, 0, 0) + attribute(NDA_DST, ip.packed)


def neighbour_query() -> tuple[int, bytes]:
    """Return (type, body) of a dump of all neighbours."""
    return RTM_GETNEIGH, _NDMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
