"""IPv4 fragmentation: a datagram larger than the link."""

from collections.abc import Iterator

from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, par, seq, step

HEADER = 20  # bytes of an IPv4 header without options
ICMP_HEADER = 8
ETHERNET_MTU = 1500
SIZE_THAT_FITS = ETHERNET_MTU - HEADER - ICMP_HEADER  # data bytes of an echo

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
MTU = Setting("mtu", 1400, "MTU of the links behind the first router", 68, 1499, "bytes")
LAN_MTU = Setting("lan_mtu", 1500, "MTU of the client's LAN", 1500, 9000, "bytes")


def pieces(payload: int, mtu: int) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, total length, more-fragments) of each fragment of a datagram.

    All but the last carry as many multiples of eight bytes as fit (RFC 791 section 3.2).
    """
    room = (mtu - HEADER) // 8 * 8
    for offset in range(0, payload, room):
        size = min(room, payload - offset)
        yield offset, size + HEADER, int(offset + size < payload)


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


def both_points(name: str, source: str, payload: int, mtu: int, points: tuple[str, str]) -> Item:
    """The fragments of one datagram at the point nearer to `source`, and the same at the other."""
    near, far = points
    steps = fragment_steps(name, source, payload, mtu, near)
    again = (forwarded(f"{name}{n}", near, far) for n in range(1, len(steps) + 1))
    return par(seq(*steps), seq(*again))


def _frag_source(settings: Settings) -> Item:
    payload = settings["size"] + ICMP_HEADER
    return seq(
        both_points("request", "c", payload, ETHERNET_MTU, ("lan", "wan")),
        both_points("reply", "s", payload, ETHERNET_MTU, ("wan", "lan")),
        closed=["ip", "icmp"],
    )


@scenario(
    "frag-source",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 791 section 3.2",),
    settings=(Setting("size", 4000, "data bytes of the echo request", 1473, 20000, "bytes"),),
    expect=_frag_source,
    look=(
        Look("ip.flags.mf == 1 || ip.frag_offset > 0", "all fragments, the last one too"),
        Look("frame.len >= 1500", "misses the last fragment of each datagram",
             technique="displayed count"),
        Look("ip.id", "what fragments of one datagram have in common", technique="apply as column"),
        Look("icmp", "in a file of points/: the frames that complete a datagram: there the whole is"
             " shown"),
    ),
)  # fmt: skip
def frag_source(lab: Stage) -> None:
    """A datagram that its sender must cut before it leaves.

    An echo request of 4000 data bytes does not fit an Ethernet frame: the sender cuts it into
    three fragments with one identification, offsets 0, 1480 and 2960, and "more fragments" on
    all but the last. The router passes them on as they are; only the receiver puts them
    together. Display filters for the upper layer find them in the fragment that completes the
    datagram, and a filter for frames of 1500 bytes and more misses the last one.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5, size=lab.settings["size"]))


def _whole(length: int) -> str:
    """An echo request of `length` bytes, header included, that nobody has cut."""
    return (
        "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.flags.mf == 0"
        f" && ip.frag_offset == 0 && ip.len == {length}"
    )


WHOLE = _whole(ETHERNET_MTU)


def _frag_router(settings: Settings) -> Item:
    lan, mtu = settings["lan_mtu"], settings["mtu"]
    return seq(
        step("whole", f"{_whole(lan)} && ip.flags.df == 0", at="lan"),
        *fragment_steps("cut", "c", lan - HEADER, mtu, "wan"),
        both_points("reply", "s", lan - HEADER, mtu, ("wan", "lan")),
        closed=["ip", "icmp"],
    )


@scenario(
    "frag-router",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 791 section 3.2", "RFC 1812 section 4.2.2.7"),
    settings=(MTU, LAN_MTU),
    expect=_frag_router,
    look=(
        Look("icmp.type == 8", "one frame at each point: whole at `lan`; at `wan` the fragment that"
             " completes it (the first is found by the next filter only)"),
        Look("ip.flags.mf == 1 || ip.frag_offset > 0", "where it was cut, by capture point",
             technique="apply as column"),
        Look("ip.flags.df == 0", "the router was allowed to"),
    ),
)  # fmt: skip
def frag_router(lab: Stage) -> None:
    """A datagram that a router must cut, since DF is clear.

    The echo request (1500 bytes) just fits the client's LAN but not the link behind the router.
    DF is clear, so the router cuts it: one packet at point `lan`, two at `wan`. Comparing the
    two points shows where it was split; the second header is the cost. The reply is cut
    by its sender, and nobody puts it together on the way.
    """
    size = lab.settings["lan_mtu"] - HEADER - ICMP_HEADER
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5, size=size, df="dont"))


_DROP_LATER_FRAGMENTS = """
table ip lossy {
    chain forward {
        type filter hook forward priority 0
        ip frag-off & 0x1fff != 0 drop
    }
}
"""


def _frag_lost(settings: Settings) -> Item:
    payload, wait = settings["size"] + ICMP_HEADER, settings["wait"]
    return seq(
        par(
            seq(*fragment_steps("cut", "c", payload, ETHERNET_MTU, "lan")),
            forwarded("cut1", "lan", "s", hops=2),
        ),
        step(
            "gave_up",
            "icmp.type#1 == 11 && icmp.code#1 == 1 && ip.src#1 == ${s.ip} && ip.dst#1 == ${c.ip}"
            " && ip.frag_offset#2 == 0 && ip.flags.mf#2 == 1 && ip.id#2 == ${cut1.ip.id}",
            quotes="cut1",
            within=f"{wait - 0.2:.1f}s..{wait + 5}s",
            at="s",
        ),
        forwarded("gave_up", "s", "lan", hops=2, within="1s"),
        closed=["ip"],
    )


@scenario(
    "frag-lost",
    topology=Routed,
    points={"lan": "r1-eth0", "s": "s-eth0"},
    fixed={"hops": 2},
    rfcs=("RFC 792 (time exceeded)", "RFC 1122 section 3.3.2"),
    settings=(
        Setting("size", 4000, "data bytes of the echo request", 1473, 20000, "bytes"),
        Setting("wait", 2, "time that the server waits for what is missing", 1, 20, "s"),
    ),
    expect=_frag_lost,
    excuse=("incomplete-datagram",),
    look=(
        Look("icmp.type == 11", "code 1: the destination gave up, no router"),
        Look("ip.flags.mf == 1 || ip.frag_offset > 0", "which fragments came to which point",
             technique="displayed count"),
        Look("icmp", "how long the server waited for the rest", technique="delta column"),
    ),
)  # fmt: skip
def frag_lost(lab: Stage) -> None:
    """A fragment is lost, and so is all of the datagram.

    A filter on the second router passes only first fragments: those behind have no ports to decide
    by, and careless filters drop them. The server keeps what came for a while (30 s by default,
    here less), and then tells the sender: time exceeded, code 1, reassembly. It quotes the first
    fragment; without that one it would have kept silent. Code 0 would be a router's, about TTL.
    """
    lab["s"].sysctl("net.ipv4.ipfrag_time", lab.settings["wait"])
    lab["r2"].run(["nft", "-f", "-"], input=_DROP_LATER_FRAGMENTS)
    size, wait = lab.settings["size"], lab.settings["wait"] + 1
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, size=size, wait=wait, check=False))
    lab.wait_for("icmp.type == 11", at="lan", timeout=wait + 20)
