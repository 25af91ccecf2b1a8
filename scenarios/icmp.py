"""ICMP errors: who says that a packet did not arrive, and why."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID, QUOTED_TTL
from wirelab.scenarios.scenario import Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping, traceroute, udp_probe
from wirelab.verify import Item, forwarded, seq, step

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_NOBODY = 253  # number of the host that does not exist in the server's LAN
_NO_NETWORK = "203.0.113.1"  # RFC 5737: an address for documentation, of no lab's subnet
_CLOSED_PORT = 33999

_UDP_PROBE = f"udp && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && udp.dstport == {_CLOSED_PORT}"


def _echo(destination: str) -> Item:
    return step(
        "echo",
        f"icmp.type == 8 && ip.src == ${{c.ip}} && ip.dst == {destination}"
        " && eth.dst == ${r1.mac}",
        at="lan",
    )


def _error(name: str, kind: int, code: int, sender: str, *, about: str, at: str = "lan") -> Item:
    """An ICMP error for the client, which quotes the packet of step `about`."""
    return step(
        name,
        f"icmp.type#1 == {kind} && icmp.code#1 == {code}"
        f" && ip.src#1 == ${{{sender}}} && ip.dst#1 == ${{c.ip}}",
        quotes=about,
        within="2s",
        at=at,
    )


@scenario(
    "unreach-port",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1122 section 4.1.3.1", "RFC 792 (destination unreachable)"),
    expect=seq(
        step("probe", _UDP_PROBE, at="lan"),
        forwarded("probe", "lan", "wan", within="1s"),
        _error("closed", 3, 3, "s.ip", about="probe", at="wan"),
        forwarded("closed", "wan", "lan", within="1s"),
        closed=["udp", "icmp"],
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
        _echo("${nobody.ip}"),
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
        _error("host_unreachable", 3, 1, "r1.ip", about="echo"),
        closed=["ip", "icmp", "arp.dst.proto_ipv4 == ${nobody.ip}"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
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
        _echo(_NO_NETWORK),
        _error("net_unreachable", 3, 0, "r1.ip", about="echo"),
        closed=["ip", "icmp"],
        points=["wan"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
)
def unreach_net(lab: Stage) -> None:
    """A network to which the router has no route.

    The first router has nowhere to send the packet and says so at once; nothing of it is seen
    at `wan`.
    """
    lab.fact("ping", ping(lab["c"], _NO_NETWORK, count=1, check=False))


_REJECT_FORWARDED = """
table ip filter {
    chain forward {
        type filter hook forward priority 0;
        icmp type echo-request reject with icmp type net-prohibited
    }
}
"""


@scenario(
    "unreach-admin",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1812 section 5.2.7.1", "RFC 1122 section 3.2.2.1"),
    expect=seq(
        _echo("${s.ip}"),
        _error("prohibited", 3, 9, "r1.ip", about="echo"),
        closed=["ip", "icmp"],
        points=["wan"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
)
def unreach_admin(lab: Stage) -> None:
    """A packet that a router's filter rejects.

    The network is there and the host is up, but a rule on the router forbids the way, and it
    says so: code 9, network administratively prohibited. A filter that drops instead of
    rejecting would leave the client with silence.
    """
    lab["r1"].run(["nft", "-f", "-"], input=_REJECT_FORWARDED)
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, check=False))


def _ttl_exceeded(settings: Settings) -> Item:
    hops = settings["hops"]
    steps: list[Item] = []
    for hop in range(1, hops + 2):
        sender, kind, code = (f"r{hop}.ip", 11, 0) if hop <= hops else ("s.ip", 3, 3)
        steps += [
            step(
                f"probe{hop}",
                f"udp && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && ip.ttl == {hop}",
                at="lan",
            ),
            _error(f"answer{hop}", kind, code, sender, about=f"probe{hop}"),
        ]
    return seq(*steps, closed=["udp", "icmp"])


@scenario(
    "ttl-exceeded",
    topology=Routed,
    points={"lan": "r1-eth0"},
    rfcs=("RFC 792 (time exceeded)", "RFC 1812 section 5.3.1"),
    settings=(Setting("hops", 3, "routers between client and server", 1, 13, "routers"),),
    expect=_ttl_exceeded,
    equivalents=(IP_ID, DONT_FRAGMENT),
)
def ttl_exceeded(lab: Stage) -> None:
    """Traceroute: every router on the way gives itself away.

    Each probe has a TTL one larger than the last. The router at which it reaches zero drops it
    and sends a time exceeded from its own address, so that the senders of the errors, in
    order, are the path. The end is known by another error: the destination's port unreachable.
    """
    lab.fact("traceroute", traceroute(lab["c"], lab["s"].ip(), max_hops=lab.settings["hops"] + 2))
