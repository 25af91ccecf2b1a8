"""IPv4 fragmentation: a datagram larger than the link."""

from collections.abc import Iterator

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, par, seq, step

_HEADER = 20  # bytes of an IPv4 header without options
_ICMP_HEADER = 8
_ETHERNET_MTU = 1500
_SIZE_THAT_FITS = _ETHERNET_MTU - _HEADER - _ICMP_HEADER

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
MTU = Setting("mtu", 1400, "MTU of the links behind the first router", 68, 1499, "bytes")


def pieces(payload: int, mtu: int) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, total length, more-fragments) of each fragment of a datagram.

    All but the last carry as many multiples of eight bytes as fit (RFC 791 section 3.2).
    """
    room = (mtu - _HEADER) // 8 * 8
    for offset in range(0, payload, room):
        size = min(room, payload - offset)
        yield offset, size + _HEADER, int(offset + size < payload)


def fragment_steps(name: str, source: str, payload: int, mtu: int, at: str) -> list[Item]:
    """Return a step for each fragment of an ICMP message of `payload` bytes from node `source`."""
    steps: list[Item] = []
    for number, (offset, length, more) in enumerate(pieces(payload, mtu), start=1):
        same = f" && ip.id == ${{{name}1.ip.id}}" if number > 1 else ""
        # The upper layer is found in the fragment that completes the datagram.
        whole = "" if more else f" && icmp && ip.reassembled.length == {payload}"
        steps.append(
            step(
                f"{name}{number}",
                f"ip.src == ${{{source}.ip}} && ip.flags.mf == {more} && ip.flags.df == 0"
                f" && ip.frag_offset == {offset // 8} && ip.len == {length}{same}{whole}",
                at=at,
            )
        )
    return steps


def _both_points(name: str, source: str, payload: int, mtu: int, points: tuple[str, str]) -> Item:
    """The fragments of one datagram at the point nearer to `source`, and the same at the other."""
    near, far = points
    steps = fragment_steps(name, source, payload, mtu, near)
    again = (forwarded(f"{name}{n}", near, far) for n in range(1, len(steps) + 1))
    return par(seq(*steps), seq(*again))


def _frag_source(settings: Settings) -> Item:
    payload = settings["size"] + _ICMP_HEADER
    return seq(
        _both_points("request", "c", payload, _ETHERNET_MTU, ("lan", "wan")),
        _both_points("reply", "s", payload, _ETHERNET_MTU, ("wan", "lan")),
        closed=["ip", "icmp"],
    )


@scenario(
    "frag-source",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 791 section 3.2",),
    settings=(Setting("size", 4000, "data bytes of the echo request", 1473, 20000, "bytes"),),
    expect=_frag_source,
)
def frag_source(lab: Stage) -> None:
    """A datagram that its sender must cut before it leaves.

    An echo request of 4000 data bytes does not fit an Ethernet frame: the sender cuts it into
    three fragments with one identification, offsets 0, 1480 and 2960, and "more fragments" on
    all but the last. The router passes them on as they are; only the receiver puts them
    together. Display filters for the upper layer find them in the fragment that completes the
    datagram, and a filter for frames of 1500 bytes and more misses the last one.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, size=lab.settings["size"]))


_WHOLE = (
    "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.flags.mf == 0"
    f" && ip.frag_offset == 0 && ip.len == {_ETHERNET_MTU}"
)


def _frag_router(settings: Settings) -> Item:
    payload = _SIZE_THAT_FITS + _ICMP_HEADER
    mtu = settings["mtu"]
    return seq(
        step("whole", f"{_WHOLE} && ip.flags.df == 0", at="lan"),
        *fragment_steps("cut", "c", payload, mtu, "wan"),
        _both_points("reply", "s", payload, mtu, ("wan", "lan")),
        closed=["ip", "icmp"],
    )


@scenario(
    "frag-router",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 791 section 3.2", "RFC 1812 section 4.2.2.7"),
    settings=(MTU,),
    expect=_frag_router,
)
def frag_router(lab: Stage) -> None:
    """A datagram that a router must cut, since DF is clear.

    The echo request of 1500 bytes fits the client's LAN but not the link behind the router.
    DF is clear, so the router cuts it: one packet at point `lan`, two at `wan`. Comparing the
    two points shows where it was split; the second header is the cost. The reply is cut
    by its sender, and nobody puts it together on the way.
    """
    ping_ = ping(lab["c"], lab["s"].ip(), count=1, size=_SIZE_THAT_FITS, df="dont")
    lab.fact("ping", ping_)


def _pmtud_df(settings: Settings) -> Item:
    mtu = settings["mtu"]
    return seq(
        step("too_big", f"{_WHOLE} && ip.flags.df == 1", at="lan"),
        step(
            "frag_needed",
            "icmp.type#1 == 3 && icmp.code#1 == 4 && ip.src#1 == ${r1.ip} && ip.dst#1 == ${c.ip}"
            f" && icmp.mtu == {mtu} && ip.len#2 == {_ETHERNET_MTU}",
            quotes="too_big",
            within="1s",
            at="lan",
        ),
        step(
            "fits",
            "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.flags.df == 1"
            f" && ip.len == {mtu}",
            at="lan",
        ),
        forwarded("fits", "lan", "wan", within="1s"),
        step(
            "reply",
            "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
            f" && ip.len == {mtu} && icmp.ident == ${{fits.icmp.ident}}",
            within="1s",
            at="wan",
        ),
        forwarded("reply", "wan", "lan", within="1s"),
        closed=["ip", "icmp"],
    )


@scenario(
    "pmtud-df",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1191 section 4", "RFC 792 (destination unreachable)"),
    settings=(MTU,),
    expect=_pmtud_df,
    equivalents=(IP_ID, DONT_FRAGMENT),
)
def pmtud_df(lab: Stage) -> None:
    """A datagram that a router may not cut: fragmentation needed.

    The same 1500 bytes with DF set: the router drops them and says so, with the MTU of its
    next link and the head of the packet it dropped. Nothing of it appears at `wan`. The
    client now knows the path MTU, and a packet of just that size gets through.
    """
    c, server = lab["c"], lab["s"].ip()
    lab.fact("too big", ping(c, server, count=1, size=_SIZE_THAT_FITS, df="do", check=False))
    fits = lab.settings["mtu"] - _HEADER - _ICMP_HEADER
    lab.fact("fits", ping(c, server, count=1, size=fits, df="do"))
