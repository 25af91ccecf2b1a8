"""Destination unreachable: who says that a packet did not arrive, and why."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID, QUOTED_TTL
from wirelab.scenarios.icmp_steps import echo, error
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping, traceroute, udp_probe
from wirelab.verify import Item, forwarded, seq, step

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_NOBODY = 253  # number of the host that does not exist in the server's LAN
_NO_NETWORK = "203.0.113.1"  # RFC 5737: an address for documentation, of no lab's subnet
_CLOSED_PORT = 33999

_UDP_PROBE = f"udp && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && udp.dstport == {_CLOSED_PORT}"
_WHO_SAYS_SO = Look("icmp.type == 3", "ip.src of the outer header: who says so")


@scenario(
    "unreach-port",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1122 section 4.1.3.1", "RFC 792 (destination unreachable)"),
    expect=seq(
        step("probe", _UDP_PROBE, at="lan"),
        forwarded("probe", "lan", "wan", within="1s"),
        error("closed", 3, 3, "s.ip", about="probe", at="wan"),
        forwarded("closed", "wan", "lan", within="1s"),
        closed=["udp", "icmp"],
    ),
    look=(
        _WHO_SAYS_SO,
        Look("icmp", "what it quotes is the datagram it is about", technique="quoted ports"),
        Look(f"udp.dstport == {_CLOSED_PORT} && !icmp", "the datagram itself, one TTL lower each"),
    ),
)
def unreach_port(lab: Stage) -> None:
    """A UDP datagram for a port on which nobody listens.

    The datagram went all the way: the error is sent by the destination itself (outer source),
    and it quotes the header and ports of what it is about. Compare the quoted ports with
    the probe to find the packet that caused it.
    """
    lab.fact("probe", udp_probe(lab["c"], lab["s"].ip(), _CLOSED_PORT))


@scenario(
    "unreach-host",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1812 section 5.2.7.1", "RFC 792 (destination unreachable)"),
    expect=seq(
        echo("${nobody.ip}"),
        *(
            step(
                f"who_has{attempt}",
                "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff"
                " && arp.src.hw_mac == ${r1-eth1.mac} && arp.src.proto_ipv4 == ${r1-eth1.ip}"
                " && arp.dst.proto_ipv4 == ${nobody.ip}",
                at="wan",
            )
            for attempt in (1, 2, 3)
        ),
        error("host_unreachable", 3, 1, "r1.ip", about="echo"),
        closed=["ip", "icmp", "arp.dst.proto_ipv4 == ${nobody.ip}"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
    look=(
        _WHO_SAYS_SO,
        Look(
            "arp.opcode == 1 && arp.dst.proto_ipv4 == ${nobody.ip}",
            "the router's three questions, a second apart",
            technique="delta column",
        ),
        Look("icmp", "how long the client waited for its answer", technique="delta column"),
    ),
)
def unreach_host(lab: Stage) -> None:
    """A host that does not exist, in a network that does.

    The last router has to find the host's MAC: it asks three times, a second apart, and when
    nobody answers it tells the sender. The questions are seen at `wan`, the error at `lan`:
    only the two together show that the network works and the host is gone.
    """
    prefix = lab["s"].ip().rpartition(".")[0]
    lab.names["nobody.ip"] = f"{prefix}.{_NOBODY}"
    lab.fact("ping", ping(lab["c"], lab.names["nobody.ip"], count=1, wait=8, check=False))


@scenario(
    "unreach-net",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1812 section 5.2.7.1", "RFC 792 (destination unreachable)"),
    expect=seq(
        echo(_NO_NETWORK),
        error("net_unreachable", 3, 0, "r1.ip", about="echo"),
        closed=["ip", "icmp"],
        points=["wan"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
    look=(
        _WHO_SAYS_SO,
        Look("icmp", "how many there are", technique="displayed count"),
        Look("ip.dst == 203.0.113.1", "the request, and the error: it quotes that address, too"),
    ),
)
def unreach_net(lab: Stage) -> None:
    """A network to which the router has no route.

    The first router has nowhere to send the packet and says so at once; nothing of it is seen
    at `wan`.
    """
    lab.fact("ping", ping(lab["c"], _NO_NETWORK, count=1, check=False))


_REJECT_FORWARDED = """
table ip filter {{
    chain forward {{
        type filter hook forward priority 0;
        icmp type echo-request reject with icmp type {why}
    }}
}}
"""
_WHY = {"9": "net-prohibited", "10": "host-prohibited", "13": "admin-prohibited"}


def _unreach_admin(settings: Settings) -> Item:
    return seq(
        echo("${s.ip}"),
        error("prohibited", 3, int(settings["code"]), "r1.ip", about="echo"),
        closed=["ip", "icmp"],
        points=["wan"],
    )


@scenario(
    "unreach-admin",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1812 section 5.2.7.1", "RFC 1122 section 3.2.2.1"),
    settings=(
        Setting("code", "9", "whose prohibition: network, host, anybody's", choices=tuple(_WHY)),
    ),
    expect=_unreach_admin,
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
    look=(
        _WHO_SAYS_SO,
        Look("icmp.type == 3", "its code: outages have 0 or 1", technique="apply as column"),
        Look("icmp.type#1 == 8", "the request is seen once: it never got to `wan`"),
    ),
)
def unreach_admin(lab: Stage) -> None:
    """A packet that a router's filter rejects.

    The network is there and the host is up, but a rule on the router forbids the way, and it
    says so. Nothing is broken. Code 9 is "network administratively prohibited", 10 the same for
    a host; RFC 1812 would have routers say 13, "communication administratively prohibited".
    A filter that drops instead of rejecting would leave the client with silence.
    """
    rules = _REJECT_FORWARDED.format(why=_WHY[lab.settings["code"]])
    lab["r1"].run(["nft", "-f", "-"], input=rules)
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, check=False))


def _unreach_proto(settings: Settings) -> Item:
    probe = f"ip.proto == {settings['proto']} && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}}"
    return seq(
        step("probe", probe, at="lan"),
        forwarded("probe", "lan", "wan", within="1s"),
        error("not_spoken", 3, 2, "s.ip", about="probe", at="wan"),
        forwarded("not_spoken", "wan", "lan", within="1s"),
        closed=["ip", "icmp"],
    )


@scenario(
    "unreach-proto",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1122 section 3.2.2.1", "RFC 3692 section 2.1"),
    settings=(Setting("proto", 253, "IP protocol that the server does not speak", 253, 254),),
    expect=_unreach_proto,
    look=(
        _WHO_SAYS_SO,
        Look("icmp.type == 3", "the quoted ip.proto: what it does not speak"),
        Look("ip.proto == 253 && !icmp", "the packet arrived: it is seen at `wan`, TTL 63"),
    ),
)
def unreach_proto(lab: Stage) -> None:
    """A protocol that the destination does not speak.

    IP's protocol field says what a packet carries: 1 is ICMP, 6 TCP, 17 UDP. Numbers 253 and
    254 are kept for experiments, so the server has nobody to give this packet to. Like "port
    unreachable" it is an answer of the destination itself: the way there works. traceroute
    sends it, with a TTL that is large enough at once (`-P 253 -f 64`).
    """
    proto = lab.settings["proto"]
    answer = traceroute(lab["c"], lab["s"].ip(), protocol=proto, first_ttl=64, max_hops=64)
    lab.fact("traceroute", answer)
