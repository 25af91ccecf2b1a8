"""IPv6 fragments: only the source makes them, only the destination puts them together."""

from collections.abc import Iterator

from wirelab.scenarios.equivalents import FLOW_LABEL, QUOTED_HOP_LIMIT
from wirelab.scenarios.ipv6_errors import (
    ECHO_HEADER,
    ETHERNET_MTU,
    FILLS_ETHERNET,
    HEADER,
    MTU,
    POINTS,
    too_big,
)
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, par, seq, step

_FRAGMENT_HEADER = 8
_FRAGMENTED = 44  # the next header number of the fragment header


def pieces(payload: int, mtu: int) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, length behind the IPv6 header, more-fragments) of each fragment.

    All but the last carry as many multiples of eight bytes as fit (RFC 8200 section 4.5).
    """
    room = (mtu - HEADER - _FRAGMENT_HEADER) // 8 * 8
    for offset in range(0, payload, room):
        size = min(room, payload - offset)
        yield offset, size + _FRAGMENT_HEADER, int(offset + size < payload)


def _fragments(name: str, ends: tuple[str, str], payload: int, mtu: int, at: str) -> list[Item]:
    """A step for each fragment of an ICMPv6 message of `payload` bytes."""
    source, destination = ends
    steps: list[Item] = []
    for number, (offset, length, more) in enumerate(pieces(payload, mtu), start=1):
        same = f" && ipv6.fraghdr.ident == ${{{name}1.ipv6.fraghdr.ident}}" if number > 1 else ""
        # The upper layer is found in the fragment that completes the packet.
        whole = "" if more else f" && icmpv6 && ipv6.reassembled.length == {payload}"
        steps.append(
            step(
                f"{name}{number}",
                f"ipv6.src == ${{{source}.ip6}} && ipv6.dst == ${{{destination}.ip6}}"
                f" && ipv6.nxt == {_FRAGMENTED} && ipv6.fraghdr.nxt == 58"
                f" && ipv6.fraghdr.offset == {offset // 8} && ipv6.fraghdr.more == {more}"
                f" && ipv6.plen == {length}{same}{whole}",
                at=at,
            )
        )
    return steps


def _cut(name: str, ends: tuple[str, str], payload: int, mtu: int, points: tuple[str, str]) -> Item:
    """The fragments of one packet at the point nearer to its source, and again at the other."""
    near, far = points
    steps = _fragments(name, ends, payload, mtu, near)
    again = (forwarded(f"{name}{n}", near, far) for n in range(1, len(steps) + 1))
    return par(seq(*steps), seq(*again))


def _frag(settings: Settings) -> Item:
    payload, mtu = settings["size"] + ECHO_HEADER, settings["mtu"]
    return seq(
        *too_big(mtu),
        _cut("request", ("c", "s"), payload, mtu, ("lan", "wan")),
        _cut("reply", ("s", "c"), payload, mtu, ("wan", "lan")),
        closed=["ipv6.fraghdr", "icmpv6.type < 130"],
    )


@scenario(
    "v6-frag",
    topology=Routed6,
    points=POINTS,
    rfcs=("RFC 8200 section 4.5", "RFC 8201 section 4", "RFC 4443 section 3.2"),
    settings=(
        MTU,
        Setting("size", 3000, "data bytes of the second echo request", 1453, 20000, "bytes"),
    ),
    expect=_frag,
    equivalents=(FLOW_LABEL, QUOTED_HOP_LIMIT),
    look=(
        Look("icmpv6.type == 2", "the MTU that the router tells", technique="apply as column"),
        Look("ipv6.fraghdr", "same identification, growing offset; all are alike at both points"),
        Look(
            "ipv6.reassembled.length",
            "in a file of points/: the frame that completes each packet, and its length",
        ),
        Look("ipv6.plen > 1000", "misses the last fragments", technique="displayed count"),
    ),
)
def v6_frag(lab: Stage) -> None:
    """Only the source of an IPv6 packet ever cuts it.

    The first echo request fills an Ethernet frame, but not the server's link. In IPv4 a router
    would cut it (`frag-router`); here it drops it and says packet too big, with the MTU. So the
    client knows the path when it sends the next one, and cuts it itself: each piece has a
    fragment header (next header 44) with offset, "more" and a common identification, which in
    IPv6 is in no other packet. Between the points nothing changes but the hop limit. The
    server puts them together, and cuts its reply for its own link.
    """
    c, server = lab["c"], lab["s"].ip6()
    lab.fact("too big", ping(c, server, count=1, size=FILLS_ETHERNET, wait=2, check=False))
    lab.fact("cut", ping(c, server, count=1, size=lab.settings["size"]))


_DROP_THE_REST = """
table ip6 filter {
    chain forward {
        type filter hook forward priority 0;
        frag frag-off > 0 drop
    }
}
"""
_PATIENCE = 2  # seconds for which the server keeps a fragment; the default is 60


def _frag_lost(settings: Settings) -> Item:
    first, *others = _fragments(
        "piece", ("c", "s"), settings["size"] + ECHO_HEADER, ETHERNET_MTU, "lan"
    )
    return seq(
        first,
        par(seq(*others), forwarded("piece1", "lan", "wan")),
        step(
            "gave_up",
            "icmpv6.type#1 == 3 && icmpv6.code#1 == 1 && ipv6.src#1 == ${s.ip6}"
            " && ipv6.dst#1 == ${c.ip6} && ipv6.fraghdr.offset == 0 && ipv6.fraghdr.more == 1",
            quotes="piece1",
            within=f"{_PATIENCE - 0.5}s..{_PATIENCE + 2}s",
            of="piece1@wan",
            at="wan",
        ),
        forwarded("gave_up", "wan", "lan"),
        closed=["ipv6.fraghdr", "icmpv6.type < 130"],
    )


@scenario(
    "v6-frag-lost",
    topology=Routed6,
    points=POINTS,
    rfcs=("RFC 8200 section 4.5", "RFC 4443 section 3.3"),
    settings=(Setting("size", 3000, "data bytes of the echo request", 1453, 20000, "bytes"),),
    expect=_frag_lost,
    excuse=("incomplete-datagram",),
    equivalents=(FLOW_LABEL,),
    look=(
        Look("icmpv6.code == 1", "what the server quotes is all that it has got"),
        Look("ipv6.fraghdr", "which fragments are at one point only?", technique="packet list"),
        Look("ipv6", "how long the server waited", technique="delta column"),
    ),
)
def v6_frag_lost(lab: Stage) -> None:
    """A fragment is lost, and the receiver gives up on the others.

    A filter on the router drops all fragments but the first. The server keeps that one for a while
    (a minute by RFC 8200, two seconds here), and then says time exceeded to the source: not code 0,
    a router's, but code 1, reassembly. It can, because the first fragment tells what the packet
    was; without that one it would keep silent. Compare the points: what was lost is at `lan` only.
    """
    lab["r1"].run(["nft", "-f", "-"], input=_DROP_THE_REST)
    lab["s"].sysctl("net.ipv6.ip6frag_time", _PATIENCE)
    size, server = lab.settings["size"], lab["s"].ip6()
    lab.fact("ping", ping(lab["c"], server, count=1, size=size, wait=_PATIENCE + 2, check=False))
    lab.wait_for("icmpv6.type == 3", at="lan")
