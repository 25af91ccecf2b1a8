"""IPv4 headers over time: the numbers of packets, and who is behind one address."""

from wirelab.scenarios.ip_steps import until_closed
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.balanced import Balanced
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import logger
from wirelab.traffic.servers import Collector
from wirelab.verify import Item, forwarded, par, seq, step

_POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_LINES = 4  # datagrams of each host
_COUNT = range(1, _LINES + 1)
_NUMBERS = ("counting", "random")
_RANDOM_NUMBERS = """
table ip numbers {
    chain out {
        type filter hook postrouting priority mangle
        ip id set numgen random mod 4294967295
    }
}
"""


def _next(before: str, numbers: str, by: int = 1) -> str:
    """That a packet has the number behind that of step `before`, where its sender counts."""
    if numbers != "counting":
        return ""
    number = f"${{{before}.ip.id}}"
    return f" && (ip.id == {number} + {by} || (ip.id < {by} && ip.id < {number}))"


def _lines(node: str, numbers: str) -> Item:
    """The datagrams of a host, on either side of the router."""
    ends = f"ip.src == ${{{node}.ip}} && ip.dst == ${{s.ip}} && ip.flags.df == 1"
    sent = [step(f"{node}1", f"udp.dstport == 514 && {ends}", at="lan")]
    sent += [
        step(
            f"{node}{n}",
            f"udp.dstport == 514 && udp.srcport == ${{{node}1.udp.srcport}} && {ends}"
            + _next(f"{node}{n - 1}", numbers),
            at="lan",
        )
        for n in range(2, _LINES + 1)
    ]
    return par(seq(*sent), seq(*(forwarded(f"{node}{n}", "lan", "wan") for n in _COUNT)))


_TCP = "ip.src == ${c.ip} && ip.dst == ${s.ip} && tcp.dstport == 514"


def _ipid(settings: Settings) -> Item:
    c = settings["client"]
    again = "tcp.srcport == ${syn.tcp.srcport}"
    return seq(
        _lines("c", c),
        _lines("x", settings["other"]),
        step("syn", f"tcp.flags == 0x002 && {_TCP}", at="lan"),
        forwarded("syn", "lan", "wan", within="5s"),
        step(
            "syn_ack",
            "tcp.flags == 0x012 && ip.src == ${s.ip} && ip.dst == ${c.ip} && ip.id == 0"
            " && ip.flags.df == 1 && tcp.dstport == ${syn.tcp.srcport}",
            within="1s",
            at="wan",
        ),
        forwarded("syn_ack", "wan", "lan", within="1s"),
        step("line", f"tcp.len > 0 && {_TCP} && {again}{_next('syn', c, by=2)}", at="lan"),
        forwarded("line", "lan", "wan", within="1s"),
        closed=["udp", "icmp", "tcp.flags.syn == 1", "tcp.len > 0"],
    )


@scenario(
    "ipid",
    topology=Routed,
    points=_POINTS,
    rfcs=("RFC 6864 section 4.1", "RFC 791 section 3.2"),
    settings=(
        Setting("client", "counting", "how the client numbers its packets", choices=_NUMBERS),
        Setting("other", "random", "how the host beside it does", choices=_NUMBERS),
    ),
    expect=_ipid,
    look=(
        Look("udp", "the numbers of one host follow each other, the other's do not",
             technique="apply as column"),
        Look("ip.id == 0", "a SYN-ACK is answered before there is a socket that could count"),
        Look("tcp && ip.src == ${c.ip}", "with a filter for data one number is missing: the ACK's"),
        Look("ip.src == ${x.ip}", "each packet's number is drawn"),
    ),
)  # fmt: skip
def ipid(lab: Stage) -> None:
    """Does a host number its packets one after another, or at random?

    Both hosts send four lines to a log collector. Linux counts within a flow, from a random start:
    the client's numbers are consecutive. A rule on the other host draws each at random. Then the
    client connects over TCP: the SYN-ACK has number 0, since DF is set and the server has no socket
    for the flow yet; what is never cut needs no number. Where a number is missing between two
    packets of a counting host, one has not been captured, or is not shown.
    """
    lab.start("s", Collector())
    server = lab["s"].ip()
    for node, setting in (("c", "client"), ("x", "other")):
        if lab.settings[setting] == "random":
            lab[node].run(["nft", "-f", "-"], input=_RANDOM_NUMBERS)
        logger(lab[node], server, [f"line {n} of {node}" for n in _COUNT])
        lab.wait_for(f"udp.dstport == 514 && ip.src == ${{{node}.ip}}", at="wan", count=_LINES)
    logger(lab["c"], server, ["hello"], over="tcp")
    until_closed(lab, at="wan")


_BALANCE = """
table ip balance {{
    chain in {{
        type nat hook prerouting priority dstnat
        ip daddr {vip} tcp dport 514 dnat to numgen inc mod 2 map {{ 0 : {b1}, 1 : {b2} }}
    }}
}}
"""
_CONNECTIONS = 4


def _connection(n: int, ttl: int) -> tuple[Item, ...]:
    """A connection to the balancer's address, which goes to one backend and back."""
    server = "b1" if n % 2 else "b2"
    there = "tcp.dstport == 514 && ip.src == ${c.ip} && ip.dst == ${r1.ip}"
    same = f"tcp.srcport == ${{syn{n}.tcp.srcport}}"
    answer = (
        f"tcp.flags == 0x012 && ip.src == ${{{server}.ip}} && ip.dst == ${{c.ip}}"
        f" && ip.ttl == {ttl} && tcp.dstport == ${{syn{n}.tcp.srcport}}"
        f" && tcp.ack == ${{syn{n}.tcp.seq}} + 1"
    )
    return (
        *_balanced(f"syn{n}", f"tcp.flags == 0x002 && {there}", server),
        *_balanced(f"syn_ack{n}", answer, server, back=True),
        *_balanced(f"line{n}", f"tcp.len > 0 && {there} && {same}", server),
    )


def _balanced(name: str, filter_: str, server: str, *, back: bool = False) -> tuple[Item, ...]:
    """A packet at both ends of the links on either side of the balancer, which rewrites it."""
    way = ("c", "lan", "wan", server)
    first, second, third, last = way[::-1] if back else way
    field = "ip.src" if back else "ip.dst"
    return (
        step(name, filter_, within="1s" if back else None, at=first),
        forwarded(name, first, second, hops=0),
        forwarded(name, first, third, rewrites=[field], within="1s"),
        forwarded(f"{name}@{third}", third, last, hops=0, name=f"{name}@{last}"),
    )


def _behind_vip(settings: Settings) -> Item:
    ttls = settings["ttl_b2"], settings["ttl_b1"]
    parts = (_connection(n, ttls[n % 2]) for n in range(1, _CONNECTIONS + 1))
    return seq(*(part for each in parts for part in each),
               closed=["udp", "icmp", "tcp.flags.syn == 1", "tcp.len > 0"])  # fmt: skip


@scenario(
    "lb-behind-vip",
    topology=Balanced,
    points={"c": "c-eth0", **_POINTS, "b1": "b1-eth0", "b2": "b2-eth0"},
    rfcs=("RFC 3022 section 2.2", "RFC 2391 section 3", "RFC 7323 section 3"),
    settings=(
        Setting("ttl_b1", 64, "initial TTL of the first server", 32, 255, "hops"),
        Setting("ttl_b2", 128, "initial TTL of the second server", 32, 255, "hops"),
    ),
    expect=_behind_vip,
    excuse=("hops", "transit"),
    look=(
        Look("tcp.flags == 0x012", "two TTLs from one address, in turn", technique="first TTL"),
        Look("tcp.options.timestamp.tsval", "each server has a clock of its own",
             technique="apply as column"),
        Look("tcp.flags.syn == 1", "the destination is the balancer at `lan`, a server at `wan`",
             technique="conversations"),
    ),
)  # fmt: skip
def lb_behind_vip(lab: Stage) -> None:
    """One address, several servers: what gives them away.

    The client knows one address. The balancer behind it hands each connection to the next of two
    servers and writes their address into the packets, there and back. From outside all seems to be
    one host, but its answers are two kinds: initial TTLs, time stamps and identifications follow
    two lines that alternate. The other side of the balancer, point `wan`, shows the servers.
    """
    backends = {node: lab[node].ip() for node in ("b1", "b2")}
    for node in backends:
        lab[node].sysctl("net.ipv4.ip_default_ttl", lab.settings[f"ttl_{node}"])
        lab.start(node, Collector())
    vip = lab["r1"].ip()
    lab["r1"].run(["nft", "-f", "-"], input=_BALANCE.format(vip=vip, **backends))
    for n in range(1, _CONNECTIONS + 1):
        logger(lab["c"], vip, [f"line {n}"], over="tcp")
        until_closed(lab, at="b1" if n % 2 else "b2", connections=(n + 1) // 2)
