"""IPv4 headers: what each field tells about the packet, its sender and its way."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.ip_steps import echo, reply, until_closed
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import logger, ping, traceroute, udp_probe
from wirelab.traffic.servers import Collector
from wirelab.verify import Item, forwarded, seq, step

HOPS = Setting("hops", 13, "routers between client and server", 1, 13, "routers")
_BOTH_ENDS = {"c": "c-eth0", "s": "s-eth0"}
_CLOSED_PORT = 33999
_CONTROL = 0xC0  # DSCP CS6, internetwork control: how Linux marks ICMP errors (RFC 1812 4.3.2.5)


def _header(proto: int, length: int) -> str:
    """What the fields of an ordinary header have to be."""
    return (
        "ip.version == 4 && ip.hdr_len == 20 && ip.dsfield == 0x00"
        f" && ip.len == {length} && ip.flags.mf == 0 && ip.frag_offset == 0"
        f" && ip.proto == {proto}"
    )


_OUT = "ip.src == ${c.ip} && ip.dst == ${s.ip}"
_BACK = "ip.src == ${s.ip} && ip.dst == ${c.ip}"


def _there(name: str, filter_: str) -> tuple[Item, ...]:
    """A packet of the client, before and behind the router."""
    return step(name, filter_, at="lan"), forwarded(name, "lan", "wan", within="5s")


def _and_back(name: str, filter_: str, *, quotes: str | None = None) -> tuple[Item, ...]:
    """A packet of the server, the same way back."""
    back = step(name, filter_, quotes=quotes, within="1s", at="wan")
    return back, forwarded(name, "wan", "lan", within="1s")


@scenario(
    "ip-fields",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 791 section 3.1", "RFC 2474 section 3", "RFC 1812 section 4.3.2.5"),
    expect=seq(
        *_there("echo", f"{echo('c', 's', 64)} && {_header(1, 84)}"),
        *_and_back("reply", f"{reply('echo', 64)} && {_header(1, 84)}"),
        *_there("datagram", f"udp.dstport == {_CLOSED_PORT} && {_OUT} && {_header(17, 35)}"),
        *_and_back("error", "icmp.type#1 == 3 && icmp.code#1 == 3 && ip.src#1 == ${s.ip}"
                   f" && ip.dst#1 == ${{c.ip}} && ip.dsfield#1 == {_CONTROL:#04x}"
                   " && ip.hdr_len#1 == 20 && ip.len#1 == 63 && ip.proto#1 == 1"
                   " && ip.proto#2 == 17", quotes="datagram"),
        *_there("syn", f"tcp.flags == 0x002 && {_OUT} && {_header(6, 60)} && ip.flags.df == 1"),
        *_and_back("syn_ack", f"tcp.flags == 0x012 && {_BACK} && {_header(6, 60)}"
                   " && ip.flags.df == 1 && tcp.srcport == ${syn.tcp.dstport}"
                   " && tcp.dstport == ${syn.tcp.srcport} && tcp.ack == ${syn.tcp.seq} + 1"),
        closed=["icmp", "udp", "tcp.flags.syn == 1"],
    ),
    look=(
        Look("ip.proto", "1 is ICMP, 6 TCP, 17 UDP: who reads on", technique="apply as column"),
        Look("ip.hdr_len == 20", "five words of four bytes: no options", technique="packet list"),
        Look("ip.dsfield.dscp == 48", "an ICMP error is marked as internetwork control"),
        Look("ip.len < 60", "short packets: total length is header and payload, not the frame"),
    ),
)  # fmt: skip
def ip_fields(lab: Stage) -> None:
    """The fields of an IPv4 header, in packets of three protocols.

    Version 4 and a header of five words, twenty bytes, since no packet has options. Total length
    counts that header in. The protocol says what follows: ICMP (1), UDP (17) or TCP (6).
    DSCP and ECN are zero, but the error is marked as internetwork control (48). What is behind
    the IP header of an error is another IP header, that of the datagram it is about: a filter for
    `ip.proto == 17` finds the error, too.
    """
    c, server = lab["c"], lab["s"].ip()
    lab.start("s", Collector())
    lab.fact("ping", ping(c, server, count=1, wait=5))
    lab.fact("datagram", udp_probe(c, server, _CLOSED_PORT))
    logger(c, server, ["hello"], over="tcp")
    until_closed(lab, at="wan")


def _ttl_hops(settings: Settings) -> Item:
    hops = settings["hops"]
    return seq(
        step("echo", echo("c", "s", 64), at="c"),
        forwarded("echo", "c", "s", hops=hops, within="5s"),
        step("reply", reply("echo", 64), within="1s", at="s"),
        step("reply_here", reply("echo", 64 - hops), within="1s", at="c"),
        closed=["icmp", "udp"],
    )


@scenario(
    "ttl-hops",
    topology=Routed,
    points=_BOTH_ENDS,
    rfcs=("RFC 791 section 3.1", "RFC 1812 section 5.3.1"),
    settings=(HOPS,),
    expect=_ttl_hops,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp.type == 0", "TTL 51 at the client: 13 fewer than 64", technique="first TTL"),
        Look("icmp.type == 8", "what TTL the request has at either end",
             technique="apply as column"),
        Look("ip.ttl == 64", "packets that no router has passed: they were sent near this point"),
    ),
)  # fmt: skip
def ttl_hops(lab: Stage) -> None:
    """How far away is the server? Count what is missing from its TTL.

    Every router on the way takes one off. Linux starts with 64, so a reply that comes with 51 has
    passed 13 routers. The way back is counted, not the way there: what the request had left is
    seen at the server only. A first packet with an initial value (64, 128, 255) was captured
    near its sender.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5))
    lab.fact("routers", lab.settings["hops"])


def _ttl(name: str, default: int, whose: str) -> Setting:
    return Setting(name, default, f"initial TTL of {whose}", 32, 255, "hops")


def _ttl_os(settings: Settings) -> Item:
    c, hops = settings["ttl_c"], settings["hops"]
    return seq(
        step("echo_x", echo("c", "x", c), at="c"),
        step("reply_x", reply("echo_x", settings["ttl_x"]), within="1s", at="c"),
        step("echo_r", echo("c", f"r{hops}", c), at="c"),
        step("reply_r", reply("echo_r", settings["ttl_r"] - hops + 1), within="1s", at="c"),
        step("echo_s", echo("c", "s", c), at="c"),
        forwarded("echo_s", "c", "s", hops=hops, within="5s"),
        step("reply_s", reply("echo_s", settings["ttl_s"]), within="1s", at="s"),
        forwarded("reply_s", "s", "c", hops=hops, within="5s"),
        closed=["icmp", "udp"],
    )


@scenario(
    "ttl-os",
    topology=Routed,
    points=_BOTH_ENDS,
    rfcs=("RFC 1122 section 3.2.1.7",),
    settings=(
        _ttl("ttl_c", 64, "the client"),
        _ttl("ttl_x", 128, "the host beside it"),
        _ttl("ttl_s", 128, "the server"),
        _ttl("ttl_r", 255, "the routers"),
        Setting("hops", 3, "routers between client and server", 1, 13, "routers"),
    ),
    expect=_ttl_os,
    excuse=("hops",),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp.type == 0", "three replies, three starting values", technique="apply as column"),
        Look("ip.ttl > 64", "no Linux host as it comes"),
        Look("ip.ttl in {64, 128, 255}", "packets of neighbours", technique="first TTL"),
    ),
)
def ttl_os(lab: Stage) -> None:
    """What kind of host is it? Look for the next starting value above its TTL.

    Systems start with different TTLs: 64 (Linux, Apple), 128 (Windows), 255 (many routers). A TTL
    is only ever counted down, so the starting value is most likely the next of those above what
    is seen, and the difference is the number of routers. Here the host next door sends 128, the
    last router 255, and the server 128 over three routers. Kernels are only told to start so:
    the TTL is a hint at a system, no proof.
    """
    nodes = {"c": "ttl_c", "x": "ttl_x", "s": "ttl_s"}
    nodes |= {f"r{n}": "ttl_r" for n in range(1, lab.settings["hops"] + 1)}
    for node, setting in nodes.items():
        lab[node].sysctl("net.ipv4.ip_default_ttl", lab.settings[setting])
    last = f"r{lab.settings['hops']}"
    lab.fact(
        "pings", [ping(lab["c"], lab[node].ip(), count=1, wait=5) for node in ("x", last, "s")]
    )


_MARKING = """
table ip marks {{
    chain out {{
        type filter hook output priority mangle
        ip dscp set {dscp}
    }}
}}
"""


def _dscp(settings: Settings) -> Item:
    client, server = settings["client"], settings["server"]
    return seq(
        step("echo", f"{echo('c', 's', 64)} && ip.dsfield.dscp == {client}"
             " && ip.dsfield.ecn == 0", at="lan"),
        forwarded("echo", "lan", "wan", within="5s"),
        step("reply", f"{reply('echo', 64)} && ip.dsfield.dscp == {server}"
             " && ip.dsfield.ecn == 0", within="1s", at="wan"),
        forwarded("reply", "wan", "lan", within="1s"),
        step("probe", f"udp && {_OUT} && ip.ttl == 1 && ip.dsfield == 0x00", at="lan"),
        step("error", "icmp.type#1 == 11 && icmp.code#1 == 0 && ip.src#1 == ${r1.ip}"
             " && ip.dst#1 == ${c.ip}"
             f" && ip.dsfield#1 == {_CONTROL:#04x}", quotes="probe", within="1s", at="lan"),
        closed=["icmp", "udp"],
    )  # fmt: skip


@scenario(
    "dscp",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 2474 section 3", "RFC 2597 section 6", "RFC 1812 section 4.3.2.5"),
    settings=(
        Setting("client", 46, "DSCP of the client's packets; 46 is expedited forwarding", 0, 63),
        Setting("server", 10, "DSCP of the server's packets; 10 is AF11", 0, 63),
    ),
    expect=_dscp,
    excuse=("service",),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("ip.dsfield.dscp", "who marks what, by direction", technique="apply as column"),
        Look("ip.dsfield.dscp == ${server.dscp}", "only what the server sends",
             technique="colouring rule"),
        Look("icmp.type == 11", "a router's error is internetwork control: DSCP 48 (CS6)"),
    ),
)  # fmt: skip
def dscp(lab: Stage) -> None:
    """Packets that ask to be treated otherwise.

    The six upper bits of the second byte of the header are a wish of the sender, here of the ping
    itself: expedited forwarding. A reply copies the mark of its request, but a rule on the
    server marks what leaves it as AF11: class 1, dropped last within its class. It is no protection
    from being dropped, and routers here take no notice; each direction has its own mark. Errors
    that routers send are marked as internetwork control.
    """
    marks = lab.settings
    lab.names["server.dscp"] = str(marks["server"])
    lab["s"].run(["nft", "-f", "-"], input=_MARKING.format(dscp=marks["server"]))
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5, tos=marks["client"] << 2))
    lab.fact("traceroute", traceroute(lab["c"], lab["s"].ip(), max_hops=1))
