"""ARP: who has this address, and here I am."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import arping, ping
from wirelab.verify import forwarded, habit, par, seq, step

_WHO_HAS = (
    "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff && arp.src.hw_mac == ${c.mac}"
    " && arp.src.proto_ipv4 == ${c.ip} && arp.dst.hw_mac == 00:00:00:00:00:00"
    " && arp.dst.proto_ipv4 == ${s.ip}"
)


@scenario(
    "arp-cold-resolve",
    topology=Lan,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826", "RFC 1122 section 2.3.2"),
    expect=seq(
        step("who_has", _WHO_HAS, at="c"),
        par(
            forwarded("who_has", "c", "x", hops=0),
            seq(
                step(
                    "is_at",
                    "arp.opcode == 2 && eth.dst == ${c.mac} && arp.src.hw_mac == ${s.mac}"
                    " && arp.src.proto_ipv4 == ${s.ip} && arp.dst.hw_mac == ${c.mac}"
                    " && arp.dst.proto_ipv4 == ${c.ip}",
                    within="1s",
                    at="c",
                ),
                habit(
                    "the packet that had to wait is an echo request here",
                    step(
                        "echo",
                        "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip}"
                        " && eth.dst == ${is_at.arp.src.hw_mac}",
                        at="c",
                    ),
                    step(
                        "reply",
                        "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
                        " && icmp.ident == ${echo.icmp.ident} && icmp.seq == ${echo.icmp.seq}",
                        within="1s",
                        at="c",
                    ),
                ),
            ),
        ),
        closed=["arp", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp.opcode == 2", "who answered, and to whom: eth.dst is the asker alone"),
        Look("!icmp", "what is left is what was needed first", technique="exclusion"),
        Look("arp || icmp", "what the question cost the first packet", technique="delta column"),
    ),
)
def arp_cold_resolve(lab: Stage) -> None:
    """The first packet to a neighbour waits for ARP.

    The client knows the server's IP address but not its MAC. It asks everybody (the request
    is a broadcast, its target MAC is all zeros) and only the owner answers, to the asker
    alone. So the bystander `x` hears the question and never the answer. Frame "is_at" is the
    one that solves the question: the echo request right after it is sent to its MAC.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1))


@scenario(
    "arp-gratuitous",
    topology=Lan,
    points={"s": "s-eth0", "x": "x-eth0"},
    rfcs=("RFC 5227 section 3", "RFC 5944 section 4.6"),
    expect=seq(
        *(
            part
            for kind, opcode in (("request", 1), ("reply", 2))
            for part in (
                step(
                    kind,
                    f"arp.isgratuitous && arp.opcode == {opcode} && eth.dst == ff:ff:ff:ff:ff:ff"
                    " && eth.src == ${s.mac} && arp.src.hw_mac == ${s.mac}"
                    " && arp.src.proto_ipv4 == ${s.ip} && arp.dst.proto_ipv4 == ${s.ip}",
                    at="s",
                ),
                forwarded(kind, "s", "x", hops=0),
            )
        ),
        closed=["arp"],
    ),
)
def arp_gratuitous(lab: Stage) -> None:
    """A host announces its own address, unasked.

    Sender and target IP address are the same: nobody is asked, everybody is told. `arping -U`
    does it with a request, `arping -A` with a reply; switches and neighbours learn from both.
    What makes it gratuitous is the equal IP addresses, not the MAC addresses.
    """
    arping(lab["s"], lab["s"].ip(), announce="request")
    arping(lab["s"], lab["s"].ip(), announce="reply")
    lab.wait_for("arp.isgratuitous", at="x", count=2)
