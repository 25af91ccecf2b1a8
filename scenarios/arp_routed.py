"""ARP at a router: what it loses while it asks, and for whom it answers."""

from wirelab.scenarios.arp_steps import ask_no_more, echo, is_at, reply, who_has
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import logger, neighbours, ping
from wirelab.traffic.servers import Collector
from wirelab.verify import Item, forwarded, seq, step

_ROUTER_ASKS = who_has("s", asks="r1-eth1")
_LOSE_FIRST_QUESTION = """
table arp asleep {
    chain input {
        type filter hook input priority 0;
        arp operation request numgen inc mod 1000 == 0 drop
    }
}
"""


def _to_router(name: str, filter_: str) -> tuple[Item, ...]:
    """A frame that the client sends, and that reaches the router."""
    return step(name, filter_, at="c"), forwarded(name, "c", "lan", hops=0)


def _line(n: int) -> tuple[Item, ...]:
    ends = "udp.dstport == 514 && ip.src == ${c.ip} && ip.dst == ${s.ip} && eth.dst == ${r1.mac}"
    return _to_router(f"line{n}", f'{ends} && udp.payload contains "line {n}"')


@scenario(
    "arp-first-packet-loss",
    topology=Routed,
    points={"c": "c-eth0", "lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1122 section 2.3.2.2", "RFC 1812 section 3.3.2"),
    expect=seq(
        *_to_router("client_asks", who_has("r1")),
        step("router_says", is_at("r1"), within="1s", at="lan"),
        forwarded("router_says", "lan", "c", hops=0),
        *_line(1),
        step("router_asks", _ROUTER_ASKS, at="wan"),
        *_line(2),
        step("router_asks_again", _ROUTER_ASKS, within="1.9s..5s", of="router_asks", at="wan"),
        step("server_says", is_at("s", asks="r1-eth1"), within="1s", at="wan"),
        forwarded("line2", "c", "wan", within="1s"),
        *_line(3),
        forwarded("line3", "c", "wan", within="1s"),
        closed=["arp", "udp", "icmp"],
    ),
    look=(
        Look('udp.payload contains "line 1"', "it came to the router, seen at `lan`, no further"),
        Look("udp", "three lines before the router, two behind it", technique="displayed count"),
        Look("arp || udp", "the second waited for ARP, the third did not",
             technique="delta column"),
    ),
)  # fmt: skip
def arp_first_packet_loss(lab: Stage) -> None:
    """The first packet is lost, and nothing is broken.

    The client sends lines to a log collector, in datagrams. The router has to find the collector's
    MAC, and the collector, just awake, misses the first question; the second comes two seconds
    later. Meanwhile the router may keep what it cannot send yet, but only little: here the latest
    packet, as the standard asks for at least. So the first line is gone, without a message to
    anybody, the second is late, and the third is as fast as all that follow. A first packet that is
    lost, of a ping as well, is the sign of ARP on the way.
    """
    ask_no_more(lab, "c-eth0", "r1-eth0", "r1-eth1", "s-eth0")
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth1.unres_qlen_bytes", 0)
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth1.retrans_time_ms", 2000)
    lab.start("s", Collector())
    lab["s"].run(["nft", "-f", "-"], input=_LOSE_FIRST_QUESTION)
    for n in (1, 2, 3):
        logger(lab["c"], lab["s"].ip(), [f"line {n}"])
        lab.wait_for("udp", at="lan", count=n)
        if n > 1:
            lab.wait_for("udp", at="wan", count=n - 1)
    lab.fact("neighbours", neighbours(lab["r1"]))


@scenario(
    "arp-proxy",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1027", "RFC 925"),
    expect=seq(
        step("who_has", who_has("s"), at="lan"),
        step("is_at_router", is_at("s", by="r1"), within="1s", at="lan"),
        step("echo", f"{echo('c', 's')} && eth.dst == ${{is_at_router.eth.src}}", at="lan"),
        step("router_asks", _ROUTER_ASKS, within="1s", at="wan"),
        step("is_at", is_at("s", asks="r1-eth1"), within="1s", at="wan"),
        forwarded("echo", "lan", "wan", within="1s"),
        step("reply", reply("echo"), within="1s", at="wan"),
        forwarded("reply", "wan", "lan", within="1s"),
        closed=["arp", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp.opcode == 2", "the server's address, at the router's MAC and at its own",
             technique="apply as column"),
        Look("arp.dst.proto_ipv4 == ${s.ip}", "who asks for a host in another network?"),
        Look("icmp.type == 0", "TTL 63 at `lan`: somebody in between", technique="first TTL"),
    ),
)  # fmt: skip
def arp_proxy(lab: Stage) -> None:
    """A router answers for a host behind it.

    The client takes the server for a neighbour, as with a mask that is too short, and asks for its
    MAC instead of its gateway's. The server cannot hear that; the router answers in its place,
    with its own MAC, and passes on what it then gets. It works, and hides the client's mistake.
    The signs: one MAC answers for many addresses, and the TTL shows a router between neighbours.
    """
    lab["r1"].sysctl("net.ipv4.conf.r1-eth0.proxy_arp", 1)
    # Else it answers after a random time of up to 0.8 s, in case the owner hears the question.
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth0.proxy_delay", 0)
    lab["c"].setHostRoute(lab["s"].ip(), "c-eth0")
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5))
    lab.fact("neighbours", neighbours(lab["c"]))
