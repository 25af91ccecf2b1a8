"""IPv6: errors, which are ICMPv6's types below 128."""

from wirelab.scenarios.equivalents import FLOW_LABEL, QUOTED_HOP_LIMIT
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import odd6_probe, ping, traceroute, udp_probe
from wirelab.verify import Item, forwarded, seq, step

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
MTU = Setting("mtu", 1400, "MTU of the server's link", 1280, 1499, "bytes")
HEADER, ECHO_HEADER = 40, 8  # bytes
ETHERNET_MTU = 1500
FILLS_ETHERNET = ETHERNET_MTU - HEADER - ECHO_HEADER

_NO_NETWORK = "2001:db8:ffff:ffff::1"
_NOBODY = 0xFDFD  # number of the host that does not exist in the server's LAN
_CLOSED, _FORBIDDEN, _WITH_OPTION = 33999, 33998, 33997  # UDP ports
_NO_PROTOCOL = 253  # RFC 3692: a number for experiments
_NO_OPTION = 0x9E  # RFC 4727: for experiments; 10 in the highest bits: discard it and say so
_LAST_HOP = 33434  # where traceroute begins


def _error(name: str, kind: int, code: int, sender: str, about: str, at: str, more: str) -> Item:
    """An ICMPv6 error for the client."""
    return step(
        name,
        f"icmpv6.type#1 == {kind} && icmpv6.code#1 == {code} && ipv6.src#1 == ${{{sender}}}"
        f" && ipv6.dst#1 == ${{c.ip6}}{more}",
        quotes=about,
        within="5s",
        at=at,
    )


def by_router(name: str, sent: str, kind: int, code: int, more: str = "") -> tuple[Item, Item]:
    """What the client sends, and the router's refusal."""
    return (
        step(
            f"{name}_sent", f"{sent} && ipv6.src == ${{c.ip6}} && eth.dst == ${{r1.mac}}", at="lan"
        ),
        _error(name, kind, code, "r1.ip6", f"{name}_sent", "lan", more),
    )


def _by_host(name: str, sent: str, kind: int, code: int, more: str = "") -> tuple[Item, ...]:
    """What the client sends arrives, and it is the server that refuses it."""
    ends = "ipv6.src == ${c.ip6} && ipv6.dst == ${s.ip6}"
    return (
        step(f"{name}_sent", f"{sent} && {ends}", at="lan"),
        forwarded(f"{name}_sent", "lan", "wan"),
        _error(name, kind, code, "s.ip6", f"{name}_sent", "wan", more),
        forwarded(name, "wan", "lan"),
    )


def _looked_for(attempt: int) -> Item:
    return step(
        f"who_is_nobody{attempt}",
        "icmpv6.type == 135 && eth.src == ${r1-eth1.mac} && ipv6.src == ${r1-eth1.ll6}"
        " && ipv6.dst == ff02::1:ff00:0/104 && icmpv6.nd.ns.target_address == ${nobody.ip6}"
        " && icmpv6.opt.src_linkaddr == ${r1-eth1.mac}",
        at="wan",
    )


def too_big(mtu: int) -> tuple[Item, Item]:
    """An echo request that fills an Ethernet frame, and what the router says of it."""
    sent = f"icmpv6.type == 128 && ipv6.dst == ${{s.ip6}} && ipv6.plen == {ETHERNET_MTU - HEADER}"
    return by_router("too_big", sent, 2, 0, f" && icmpv6.mtu == {mtu}")


def _errors(settings: Settings) -> Item:
    no_host_sent, no_host = by_router(
        "no_host", "icmpv6.type == 128 && ipv6.dst == ${nobody.ip6}", 1, 3
    )
    forbidden = f"udp.dstport == {_FORBIDDEN} && ipv6.dst == ${{s.ip6}}"
    last_hop = f"udp.dstport == {_LAST_HOP} && ipv6.dst == ${{s.ip6}} && ipv6.hlim == 1"
    return seq(
        *by_router("no_route", f"icmpv6.type == 128 && ipv6.dst == {_NO_NETWORK}", 1, 0),
        *by_router("prohibited", forbidden, 1, 1),
        no_host_sent,
        *(_looked_for(attempt) for attempt in (1, 2, 3)),
        no_host,
        *_by_host("no_port", f"udp.dstport == {_CLOSED}", 1, 4),
        *too_big(settings["mtu"]),
        *by_router("hops_used_up", last_hop, 3, 0),
        *_by_host("no_header", f"ipv6.nxt == {_NO_PROTOCOL}", 4, 1, " && icmpv6.pointer == 6"),
        *_by_host(
            "no_option",
            f"ipv6.dstopts[2:2] == {_NO_OPTION:02x}:04 && udp.dstport == {_WITH_OPTION}",
            4,
            2,
            f" && icmpv6.pointer == {HEADER + 2}",
        ),
        closed=[
            "icmpv6.type < 130",
            "udp",
            f"ipv6.nxt == {_NO_PROTOCOL}",
            "icmpv6.nd.ns.target_address == ${nobody.ip6}",
        ],
    )  # fmt: skip


_FORBID = f"""
table ip6 filter {{
    chain forward {{
        type filter hook forward priority 0;
        udp dport {_FORBIDDEN} reject with icmpv6 type admin-prohibited
    }}
}}
"""


@scenario(
    "v6-errors",
    topology=Routed6,
    points=POINTS,
    rfcs=("RFC 4443 section 3", "RFC 4861 section 7.2.2", "RFC 8200 section 4.2"),
    settings=(MTU,),
    expect=_errors,
    equivalents=(FLOW_LABEL, QUOTED_HOP_LIMIT),
    look=(
        Look("icmpv6.type < 128", "all errors: types below 128", technique="filter button"),
        Look("icmpv6.type == 1", "codes 0, 1, 3, 4: who says so?", technique="apply as column"),
        Look("icmpv6.type == 1 && udp", "which datagram was it?", technique="quoted ports"),
        Look("icmpv6.type == 4", "the pointer: which byte could not be read"),
    ),
)
def v6_errors(lab: Stage) -> None:
    """Eight ways in which an IPv6 packet fails, one after the other.

    Each has its counterpart in IPv4, with other numbers. From the router: no route (1/0, in IPv4
    3/0), a filter's refusal (1/1, 3/13), no answer from the host (1/3, 3/1; three solicitations a
    second apart come first), too big for the next link (2/0, 3/4: a type of its own, since here
    no router ever cuts a packet), hop limit used up (3/0, 11/0). From the server itself: no such
    port (1/4, 3/3), no such next header (4/1, 3/2), an unknown option whose type asks for
    complaint (4/2, 12/0); the last two point at the byte, counted from the start of the header.
    Errors quote as much of the packet as fits 1280 bytes.
    """
    c, server = lab["c"], lab["s"].ip6()
    lab.names["nobody.ip6"] = f"{lab['r1'].ip6('r1-eth1').rpartition('::')[0]}::{_NOBODY:x}"
    lab["r1"].run(["nft", "-f", "-"], input=_FORBID)
    lab.fact("no route", ping(c, _NO_NETWORK, count=1, check=False))
    lab.fact("prohibited", udp_probe(c, server, _FORBIDDEN))
    lab.fact("no host", ping(c, lab.names["nobody.ip6"], count=1, wait=8, check=False))
    lab.fact("no port", udp_probe(c, server, _CLOSED))
    lab.fact("too big", ping(c, server, count=1, size=FILLS_ETHERNET, df="do", check=False))
    lab.fact("hops used up", traceroute(c, server, max_hops=1))
    lab.fact("no header", odd6_probe(c, server, header=_NO_PROTOCOL))
    lab.fact("no option", odd6_probe(c, server, port=_WITH_OPTION, option=_NO_OPTION))
