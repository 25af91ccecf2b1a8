"""The rtnetlink requests that build a network: links and what their queues do.

Each function returns `(message type, flags, body)` for `Netlink.send`; nothing here touches
the kernel. Layouts: include/uapi/linux/{rtnetlink,if_link,pkt_sched}.h.
"""

import socket
import struct
from dataclasses import dataclass

from wirelab.emulator.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    attribute,
    attributes,
    nested,
    text,
    u32,
)

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
RTMGRP_LINK = 1

IFF_UP = 1
IFF_RUNNING = 0x40
IFF_LOWER_UP = 0x10000

IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO = 1, 3, 4, 10, 18
IFLA_OPERSTATE, IFLA_NET_NS_FD, IFLA_NUM_TX_QUEUES, IFLA_NUM_RX_QUEUES = 16, 28, 31, 32
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_DATA = 1, 2, 5
VETH_INFO_PEER = 1
IFLA_BR_FORWARD_DELAY, IFLA_BR_AGEING_TIME, IFLA_BR_STP_STATE, IFLA_BR_MCAST_SNOOPING = 1, 4, 5, 23
IFLA_BRPORT_STATE = 1
BR_STATE_FORWARDING = 3
_CABLED = ("veth", "bridge")
IF_OPER_UP = 6

_IFINFO = struct.Struct("=BxHiII")

Request = tuple[int, int, bytes]


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
    kind: str
    """What it is: "veth", "bridge"; empty for the loopback interface."""
    port_state: int | None
    """BR_STATE_… where it is a bridge's port."""

    @property
    def passes(self) -> bool:
        """Whether frames pass, as far as the interface has a carrier.

        A carrier that has just come is noticed a moment later; until then the interface drops
        what it is given, though it is up, its port forwards and its queue has a name (dev_activate
        in net/sched/sch_generic.c). Its operational state becomes up at the same moment
        (linkwatch_do_dev in net/core/link_watch.c).
        """
        cabled = self.flags & IFF_LOWER_UP and self.kind in _CABLED
        waits = cabled and not self.operational
        return not waits and self.port_state in (None, BR_STATE_FORWARDING)


def parse_link(body: bytes) -> LinkState:
    """Parse the answer to `link_query`."""
    _family, _type, index, flags, _change = _IFINFO.unpack_from(body)
    found = attributes(body[_IFINFO.size :])
    info = attributes(found.get(IFLA_LINKINFO, b""))
    port = attributes(info.get(IFLA_INFO_SLAVE_DATA, b""))
    return LinkState(
        index,
        flags,
        found.get(IFLA_ADDRESS, b""),
        found.get(IFLA_OPERSTATE, b"\0")[0] == IF_OPER_UP,
        info.get(IFLA_INFO_KIND, b"").rstrip(b"\0").decode(),
        port[IFLA_BRPORT_STATE][0] if IFLA_BRPORT_STATE in port else None,
    )


# include/uapi/linux/rtnetlink.h, pkt_sched.h
RTM_NEWQDISC = 36
TC_H_ROOT = 0xFFFFFFFF
TCA_KIND, TCA_OPTIONS = 1, 2
TCA_NETEM_RATE, TCA_NETEM_LATENCY64 = 6, 10
_TCMSG = struct.Struct("=BxxxiIII")
_NETEM_QOPT = struct.Struct("=IIIIII")  # latency in ticks, limit, loss, gap, duplicate, jitter
_NETEM_RATE = struct.Struct("=IiIi")  # bytes a second, overhead and cells of the link below


def netem(index: int, delay: int, rate: int, limit: int) -> Request:
    """Delay what an interface sends by `delay` ns, and send it with `rate` bits a second (or 0)."""
    options = _NETEM_QOPT.pack(0, limit, 0, 0, 0, 0)
    options += attribute(TCA_NETEM_LATENCY64, struct.pack("=q", delay))
    if rate:
        options += attribute(TCA_NETEM_RATE, _NETEM_RATE.pack(rate // 8, 0, 0, 0))
    body = _TCMSG.pack(socket.AF_UNSPEC, index, 0, TC_H_ROOT, 0)
    body += text(TCA_KIND, "netem") + attribute(TCA_OPTIONS, options)
    return RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, body
