"""IPv6: neighbours without ARP."""

from wirelab.scenarios.equivalents import FLOW_LABEL
from wirelab.scenarios.scenario import scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import ping
from wirelab.verify import Item, allow, forwarded, seq, step

_SOLICITED_NODE = "ipv6.dst == ff02::1:ff00:0/104 && eth.dst[0:3] == 33:33:ff"


def _resolution(
    name: str, asker: str, wanted: str, at: str, *, router: bool = False
) -> tuple[Item, Item]:
    """A neighbour solicitation by interface `asker` for interface `wanted`, and its answer."""
    return (
        step(
            f"who_is_{name}",
            f"icmpv6.type == 135 && {_SOLICITED_NODE} && eth.src == ${{{asker}.mac}}"
            f" && ipv6.hlim == 255 && ipv6.src != :: && icmpv6.nd.ns.target_address"
            f" == ${{{wanted}.ip6}} && icmpv6.opt.linkaddr == ${{{asker}.mac}}",
            at=at,
        ),
        step(
            f"it_is_{name}",
            f"icmpv6.type == 136 && eth.src == ${{{wanted}.mac}} && eth.dst == ${{{asker}.mac}}"
            f" && ipv6.dst == ${{who_is_{name}.ipv6.src}} && ipv6.src == ${{{wanted}.ip6}}"
            f" && ipv6.hlim == 255 && icmpv6.nd.na.flag.r == {router:d}"
            f" && icmpv6.nd.na.flag.s == 1 && icmpv6.nd.na.flag.o == 1"
            f" && icmpv6.nd.na.target_address == ${{{wanted}.ip6}}"
            f" && icmpv6.opt.linkaddr == ${{{wanted}.mac}}",
            within="1s",
            at=at,
        ),
    )


def _echo(kind: int, source: str, destination: str) -> str:
    addresses = f"ipv6.src == ${{{source}.ip6}} && ipv6.dst == ${{{destination}.ip6}}"
    return f"icmpv6.type == {kind} && {addresses}"


@scenario(
    "v6-ndp",
    topology=Routed6,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 4861 section 7.2", "RFC 4291 section 2.7.1"),
    expect=seq(
        *_resolution("the_router", "c", "r1-eth0", "lan", router=True),
        step("echo", f"{_echo(128, 'c', 's')} && eth.dst == ${{r1-eth0.mac}}", at="lan"),
        *_resolution("the_server", "r1-eth1", "s", "wan"),
        forwarded("echo", "lan", "wan", within="1s"),
        *_resolution("the_way_back", "s", "r1-eth1", "wan", router=True),
        step(
            "reply",
            f"{_echo(129, 's', 'c')} && icmpv6.echo.identifier == ${{echo.icmpv6.echo.identifier}}"
            " && icmpv6.echo.sequence_number == ${echo.icmpv6.echo.sequence_number}",
            at="wan",
        ),
        forwarded("reply", "wan", "lan", within="1s"),
        closed=["icmpv6.type in {128, 129, 135, 136}"],
        allow=[
            allow(
                "duplicate address detection when the links came up",
                "icmpv6.type == 135 && ipv6.src == ::",
                most=8,
            )
        ],
    ),
    equivalents=(FLOW_LABEL,),
)
def v6_ndp(lab: Stage) -> None:
    """IPv6 finds its neighbours without ARP.

    A neighbour solicitation asks for the MAC of an address. It is no broadcast: it goes to the
    solicited-node multicast address, made of the last 24 bits of the address in question, so
    that hardly anyone but its owner is disturbed. The advertisement comes back to the asker
    alone. The hop limit of 255 proves that neither has crossed a router. Who was asked
    learns the asker's MAC from the question, but the server still has to ask for its router,
    because the router asked from its link-local address.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip6(), count=1))
