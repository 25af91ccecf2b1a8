"""Path MTU discovery: packets that nobody may cut, and what a router says of them, or does not."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.fragmentation import (
    ETHERNET_MTU,
    HEADER,
    ICMP_HEADER,
    POINTS,
    SIZE_THAT_FITS,
    WHOLE,
    both_points,
)
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, seq, step

_MTU = Setting("mtu", 1400, "MTU of the link behind the router", 552, 1499, "bytes")
"""Not less than what Linux believes of a router (`net.ipv4.route.min_pmtu`)."""
_TOO_BIG = f"{WHOLE} && ip.flags.df == 1 && ip.id != 0"


def _reply(of: str) -> str:
    return (
        "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
        f" && icmp.ident == ${{{of}.icmp.ident}} && icmp.seq == ${{{of}.icmp.seq}}"
    )


def _pmtud_df(settings: Settings) -> Item:
    mtu = settings["mtu"]
    payload = SIZE_THAT_FITS + ICMP_HEADER
    return seq(
        step("too_big", _TOO_BIG, at="lan"),
        step(
            "frag_needed",
            "icmp.type#1 == 3 && icmp.code#1 == 4 && ip.src#1 == ${r1.ip} && ip.dst#1 == ${c.ip}"
            f" && icmp.mtu == {mtu} && ip.len#2 == {ETHERNET_MTU} && ip.id#2 == ${{too_big.ip.id}}",
            quotes="too_big",
            within="1s",
            at="lan",
        ),
        both_points("cut", "c", payload, mtu, ("lan", "wan")),
        both_points("reply", "s", payload, mtu, ("wan", "lan")),
        step(
            "fits",
            "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.flags.df == 1"
            f" && ip.len == {mtu}",
            at="lan",
        ),
        forwarded("fits", "lan", "wan", within="1s"),
        step("fits_too", f"{_reply('fits')} && ip.len == {mtu}", within="1s", at="wan"),
        forwarded("fits_too", "wan", "lan", within="1s"),
        closed=["ip", "icmp"],
    )


@scenario(
    "pmtud-df",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1191 section 4", "RFC 792 (destination unreachable)"),
    settings=(_MTU,),
    expect=_pmtud_df,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp.type == 3 && icmp.code == 4", "who says so, and the MTU of its next link"),
        Look("ip.flags.df == 1", "what nobody may cut; the error quotes one of them"),
        Look("ip.flags.mf == 1 || ip.frag_offset > 0", "the client has learnt: now it cuts itself"),
    ),
)
def pmtud_df(lab: Stage) -> None:
    """A datagram that a router may not cut: fragmentation needed.

    The client sends 1500 bytes with DF set. The router cannot pass them on and may not cut them: it
    drops the packet and says so, with the MTU of its next link and the head of what it dropped, so
    that nothing of it appears at `wan`. The client's kernel remembers the MTU: it cuts the next
    echo request of that size itself, and one that must not be cut at all it refuses to send (an
    error of its own, nothing on the wire). With DF and just that MTU a packet gets through.
    """
    c, server = lab["c"], lab["s"].ip()
    lab.fact(
        "too big", ping(c, server, count=1, wait=5, size=SIZE_THAT_FITS, df="want", check=False)
    )
    lab.fact("cut", ping(c, server, count=1, wait=5, size=SIZE_THAT_FITS, df="want"))
    lab.fact("refused", ping(c, server, count=1, wait=5, size=SIZE_THAT_FITS, df="do", check=False))
    fits = lab.settings["mtu"] - HEADER - ICMP_HEADER
    lab.fact("fits", ping(c, server, count=1, wait=5, size=fits, df="do"))


_SILENT = """
table ip silent {
    chain out {
        type filter hook output priority 0
        icmp type destination-unreachable icmp code frag-needed drop
    }
}
"""


def _blackhole(settings: Settings) -> Item:
    steps: list[Item] = []
    for n in range(1, settings["tries"] + 1):
        again = f" && icmp.ident == ${{big{n - 1}.icmp.ident}}" if n > 1 else ""
        steps += [
            step(f"big{n}", f"{_TOO_BIG} && icmp.seq == {n}{again}", at="c"),
            forwarded(f"big{n}", "c", "lan", hops=0),
        ]
    small = "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.len == 84"
    return seq(
        step("small", small, at="c"),
        forwarded("small", "c", "lan", hops=0),
        forwarded("small", "c", "wan", within="5s"),
        step("small_reply", f"{_reply('small')} && ip.len == 84", within="1s", at="wan"),
        forwarded("small_reply", "wan", "lan", within="1s"),
        forwarded("small_reply", "wan", "c", within="1s"),
        *steps,
        closed=["ip", "icmp"],
    )


@scenario(
    "pmtud-blackhole",
    topology=Routed,
    points={"c": "c-eth0", **POINTS},
    rfcs=("RFC 2923 section 2.1", "RFC 1191 section 4", "RFC 4821 section 1"),
    settings=(_MTU, Setting("tries", 3, "packets that are too big", 1, 10, "packets")),
    expect=_blackhole,
    look=(
        Look(
            "icmp", "no error among them: what should be there is not", technique="displayed count"
        ),
        Look("ip.len == 1500", "seen before the router, never behind it", technique="packet list"),
        Look("ip.len < 1500", "small packets go both ways: the path works"),
    ),
)
def pmtud_blackhole(lab: Stage) -> None:
    """Large packets vanish, small ones do not: the error that never comes.

    As in `pmtud-df` the packets are too big for the second link and must not be cut. But a rule on
    the router, meant to be careful, drops the error that it should send. The client learns nothing
    and goes on as before. Small packets pass, so ping, name resolution and the beginning of
    every connection work, and then it hangs. Compare the points: the packets come to the router
    and do not leave it, and nobody says why.
    """
    c, server, tries = lab["c"], lab["s"].ip(), lab.settings["tries"]
    lab["r1"].run(["nft", "-f", "-"], input=_SILENT)
    lab.fact("small", ping(c, server, count=1, wait=5))
    lab.fact("big", ping(c, server, count=tries, size=SIZE_THAT_FITS, df="want", interval=0.3,
                         wait=1, check=False))  # fmt: skip
