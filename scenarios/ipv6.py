"""IPv6: neighbours without ARP, the header, and addresses of every class."""

from ipaddress import IPv6Address

from wirelab.scenarios.equivalents import FLOW_LABEL
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import addresses6, ping, udp_probe
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
    look=(
        Look("icmpv6.type in {135, 136}", "who is asked, and who answers whom"),
        Look("ipv6.dst == ff02::1:ff00:0/104", "the end of the address in question is in it"),
        Look("icmpv6.nd.na.flag.r == 1", "which of the answers came from a router"),
        Look("!arp", "every frame: IPv6 has no ARP", technique="exclusion"),
    ),
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


_CLOSED_PORT = 33999


def _there_and_back(number: int, dscp: int, labelled: bool) -> tuple[Item, ...]:
    """An echo, and its reply in the same class; of one direction all have the same label."""
    steps: list[Item] = []
    for name, kind, ends, points in (
        ("echo", 128, ("c", "s"), ("lan", "wan")),
        ("reply", 129, ("s", "c"), ("wan", "lan")),
    ):
        label = "ipv6.flow != 0" if labelled else "ipv6.flow == 0"
        if number > 1:
            label = f"ipv6.flow == ${{{name}1.ipv6.flow}}"
        steps += [
            step(
                f"{name}{number}",
                f"{_echo(kind, *ends)} && icmpv6.echo.sequence_number == {number} && {label}"
                f" && ipv6.tclass.dscp == {dscp} && ipv6.tclass.ecn == 0 && ipv6.plen == 64"
                " && ipv6.version == 6"
                " && ipv6.nxt == 58 && ipv6.hlim == 64",
                at=points[0],
            ),
            forwarded(f"{name}{number}", *points),
        ]
    return tuple(steps)


def _header(settings: Settings) -> Item:
    labelled = settings["flow_label"] == "on"
    other = "ipv6.flow != 0" if labelled else "ipv6.flow == 0"
    return seq(
        *_there_and_back(1, settings["dscp"], labelled),
        *_there_and_back(2, settings["dscp"], labelled),
        step(
            "datagram",
            "ipv6.src == ${c.ip6} && ipv6.dst == ${s.ip6} && ipv6.nxt == 17 && ipv6.plen == 15"
            f" && ipv6.tclass == 0 && {other} && udp.dstport == {_CLOSED_PORT}",
            at="lan",
        ),
        forwarded("datagram", "lan", "wan"),
        step(
            "refused",
            "icmpv6.type#1 == 1 && icmpv6.code#1 == 4 && ipv6.src#1 == ${s.ip6}"
            " && ipv6.dst#1 == ${c.ip6} && ipv6.nxt#1 == 58 && ipv6.plen#1 == 63"
            " && ipv6.tclass#1 == 0",
            quotes="datagram",
            at="wan",
        ),
        forwarded("refused", "wan", "lan"),
        closed=["icmpv6.type < 130", "udp"],
    )


@scenario(
    "v6-header",
    topology=Routed6,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 8200 section 3", "RFC 6437 section 3", "RFC 2474 section 3"),
    settings=(
        Setting("dscp", 46, "how the client marks its echo requests", 0, 63),
        Setting("flow_label", "on", "whether senders label flows", choices=("on", "off")),
    ),
    expect=_header,
    excuse=("service",),
    look=(
        Look("ipv6.nxt in {17, 58}", "next header: 17 UDP, 58 ICMPv6", technique="apply as column"),
        Look("ipv6.flow != 0", "each direction has its own label, each flow keeps it"),
        Look("ipv6.tclass.dscp != 0", "the reply is in the class of the request"),
        Look("ipv6.hlim == 63", "which frames have passed the router", technique="first TTL"),
    ),
)
def v6_header(lab: Stage) -> None:
    """The eight fields of the IPv6 header, in echoes and a datagram.

    Forty bytes, always: version 6, traffic class (DSCP and ECN, as in IPv4), flow label, the
    length of what follows, next header (IPv4's protocol), hop limit (its TTL) and two addresses;
    no checksum, nothing about fragments. Linux labels each flow with a hash of its addresses,
    protocol and ports, so the two echo requests have one label, and the replies one of their own.
    With `--set flow_label=off` all labels are zero, as in many captures. The
    router touches nothing but the hop limit.
    """
    for host in ("c", "s"):
        lab[host].sysctl("net.ipv6.auto_flowlabels", int(lab.settings["flow_label"] == "on"))
    c, server = lab["c"], lab["s"].ip6()
    marked = lab.settings["dscp"] << 2  # the lowest two bits of the class are ECN
    lab.fact("ping", ping(c, server, count=2, tos=marked, interval=0.2))
    lab.fact("datagram", udp_probe(c, server, _CLOSED_PORT))


def _pinged(name: str, source: str, destination: str, answers: str = "") -> tuple[Item, Item]:
    """An echo request from one of the client's addresses, and the reply to that address."""
    return (
        step(
            name,
            f"icmpv6.type == 128 && ipv6.src == ${{{source}}} && ipv6.dst == {destination}",
            within="10s",
        ),
        step(
            f"{name}_reply",
            f"icmpv6.type == 129 && ipv6.src == {answers or destination}"
            f" && ipv6.dst == ${{{source}}}"
            f" && icmpv6.echo.identifier == ${{{name}.icmpv6.echo.identifier}}",
            within="1s",
        ),
    )


@scenario(
    "v6-addresses",
    topology=Routed6,
    points={"c": "c-eth0"},
    rfcs=("RFC 4291 section 2.4", "RFC 4193 section 3", "RFC 6724 section 5", "RFC 5952 section 4"),
    expect=seq(
        *_pinged("link_local", "c.ll6", "${r1.ll6}"),
        *_pinged("unique_local", "c-ula.ip6", "${r1-ula.ip6}"),
        *_pinged("global", "c.ip6", "${s.ip6}"),
        *_pinged("everybody", "c.ll6", "ff02::1", "${r1.ll6}"),
        closed=["icmpv6.type in {128, 129}"],
        at="c",
    ),
    equivalents=(FLOW_LABEL,),
    look=(
        Look("ipv6.addr == fe80::/10", "link-local: never behind a router"),
        Look("ipv6.addr == fc00::/7", "unique local: the private addresses of IPv6"),
        Look("ipv6.addr == 2000::/3", "global; 2001:db8::/32 of them is for documentation"),
        Look("ipv6.dst == ff00::/8", "groups: the second byte says how far, ff02 is this link"),
        Look("icmpv6.type == 128", "which source for which class?", technique="endpoints"),
    ),
)
def v6_addresses(lab: Stage) -> None:
    """One host, an address of each class, and which of them it uses for whom.

    The client has a link-local address, a unique local one (`fd`, then 40 random bits) and a
    global one, all on one interface. The kernel chooses the source by the destination (RFC 6724):
    of the same scope (link-local for the neighbour), then with the same label (unique local for
    unique local), then the longest common prefix. The group of all nodes, ff02::1, is of the
    link's scope, so the source is link-local again, the hop limit is 1, and each neighbour
    answers for itself. Zeros are left out once with `::`, leading zeros always.
    """
    drawn = (0xFD << 40 | lab.random.getrandbits(40)) << 80  # the subnet is 0
    c, r1 = lab["c"], lab["r1"]
    for node, number in ((c, 0x10), (r1, 0x1)):
        address = str(IPv6Address(drawn | number))
        node.interface().add_address(f"{address}/64")
        lab.names[f"{node.name}-ula.ip6"] = address
    for node in (c, r1):
        lab.fact(f"addresses of {node.name}", addresses6(node, "global"))
    neighbour, group = f"{lab.names['r1.ll6']}%c-eth0", "ff02::1%c-eth0"
    for destination in (neighbour, lab.names["r1-ula.ip6"], lab["s"].ip6(), group):
        lab.fact(f"ping {destination}", ping(c, destination, count=1))
    lab.wait_for("icmpv6.type == 129", at="c", count=4)  # the last was answered by itself first
