"""DHCP: what becomes of a lease: refused, declined, renewed, given back."""

from dataclasses import replace

from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    EQUIVALENTS,
    NAK,
    QUICK_DHCPCD,
    QUICK_SERVER,
    RELEASE,
    REQUEST,
    exchange,
    from_client,
)
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.topologies.moving import Moving
from wirelab.traffic.cable import move_cable
from wirelab.traffic.clients import dhcpcd
from wirelab.traffic.daemon import Running
from wirelab.traffic.servers.dnsmasq import parse_leases
from wirelab.verify import Item, seq, step

_MASK = "255.255.255.0"
_CLOSED = ["dhcp", "arp", "icmp"]


def _resolved(server: str) -> Item:
    """The ARP exchange before the client's first packet from its own address."""
    return seq(
        step(
            "who_has",
            f"arp.opcode == 1 && {BROADCAST} && arp.src.proto_ipv4 == ${{lease.ip}}"
            f" && arp.src.hw_mac == ${{c.mac}} && arp.dst.proto_ipv4 == ${{{server}.ip}}",
        ),
        step(
            "is_at",
            f"arp.opcode == 2 && eth.dst == ${{c.mac}} && arp.src.proto_ipv4 == ${{{server}.ip}}"
            f" && arp.src.hw_mac == ${{{server}.mac}} && arp.dst.proto_ipv4 == ${{lease.ip}}",
        ),
    )


def _from_lease(kind: int, *more: str) -> str:
    """What the client says from the address that it has leased."""
    said = (
        f"dhcp.option.dhcp == {kind} && ip.src == ${{lease.ip}} && dhcp.ip.client == ${{lease.ip}}"
        " && udp.srcport == 68 && udp.dstport == 67 && dhcp.hw.mac_addr == ${c.mac}"
        " && dhcp.ip.relay == 0.0.0.0"
    )
    return " && ".join((said, *more))


def _release(server: str) -> Item:
    """The client gives its address back to a server."""
    to_server = f"ip.dst == ${{{server}.ip}} && eth.dst == ${{{server}.mac}}"
    meant = f"dhcp.option.dhcp_server_id == ${{{server}.ip}}"
    return step("release", _from_lease(RELEASE, to_server, meant))


@scenario(
    "dhcp-nak",
    topology=Moving,
    points={"c": "c-eth0"},
    rfcs=("RFC 2131 section 3.2", "RFC 2131 section 4.3.2"),
    expect=seq(
        *exchange(ip="old.ip", server="home"),
        step(
            "reboot",
            from_client(
                REQUEST,
                "dhcp.option.requested_ip_address == ${old.ip} && !dhcp.option.dhcp_server_id",
                "dhcp.id != ${discover.dhcp.id}",
            ),
        ),
        step(
            "nak",
            f"dhcp.option.dhcp == {NAK} && dhcp.id == ${{reboot.dhcp.id}} && {BROADCAST}"
            " && ip.src == ${office.ip} && ip.dst == 255.255.255.255 && dhcp.ip.your == 0.0.0.0"
            " && udp.srcport == 67 && udp.dstport == 68 && dhcp.hw.mac_addr == ${c.mac}"
            " && dhcp.option.dhcp_server_id == ${office.ip}",
        ),
        *exchange("_again", ip="new.ip", server="office"),
        closed=_CLOSED,
        at="c",
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look("dhcp.option.dhcp == 3", "which Request names a server and which does not: option 54"),
        Look("dhcp.option.dhcp == 6", "who refuses, why (option 56), and to whom it is said"),
        Look(
            "dhcp.option.requested_ip_address",
            "which address the client would like, each time",
            technique="apply as column",
        ),
    ),
)
def dhcp_nak(lab: Stage) -> None:
    """A client that has moved asks for its old address, and is refused.

    At home the client gets a lease. Then its cable is put into the switch of another
    network. The client remembers its lease and hopes to keep it: it begins with a Request
    for the old address (INIT-REBOOT: option 50, and no server in option 54). The server of the
    new network knows that this address is of no use there, and says NAK: to everybody, since
    the client has no address at which it could be reached. Only now the client starts anew,
    with a Discover.
    """
    home = lab.start("home", QUICK_SERVER)
    office = lab.start("office", QUICK_SERVER)
    lab.start("c", QUICK_DHCPCD)
    move_cable("s1-eth1", lab.lab["s1"], lab.lab["s2"])
    lab.wait_for(f"dhcp.option.dhcp == {ACK}", at="c", count=2)
    lab.names |= {"lan.mask": _MASK, "old.ip": _leased(home), "new.ip": _leased(office)}
    lab.fact("messages", [home.facts()["messages"], office.facts()["messages"]])


def _leased(server: Running) -> str:
    """The one address that a server says it has leased."""
    (lease,) = parse_leases((server.place.folder / "leases").read_text())
    return str(lease["ip"])


@scenario(
    "dhcp-release",
    topology=Dhcp,
    points={"c": "c-eth0"},
    rfcs=("RFC 2131 section 4.4.6",),
    expect=seq(
        *exchange(),
        _resolved("s"),
        _release("s"),
        *exchange("_again"),
        closed=_CLOSED,
        at="c",
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look(
            "dhcp.option.dhcp == 7", "to whom it goes, and that it says what is given back: ciaddr"
        ),
        Look("dhcp", "that nothing answers the Release", technique="packet list"),
        Look("arp", "whose MAC the client did not need until it had an address"),
    ),
)
def dhcp_release(lab: Stage) -> None:
    """A client that leaves gives its address back, and nobody answers.

    A Release is for the server alone: unicast, from the address that is given up, which it
    names in `ciaddr`. It is the first packet that the client sends from its address, so ARP
    comes before it. There is no answer; should it get lost, the lease just runs out. When
    the client comes back it has nothing to remember and begins with a Discover.
    """
    server = lab.start("s", QUICK_SERVER)
    client = lab.start("c", replace(QUICK_DHCPCD, release=True))
    lab.stop(client)
    lab.wait_for(f"dhcp.option.dhcp == {RELEASE}", at="c")
    again = dhcpcd(lab["c"], QUICK_DHCPCD)
    lab.names |= {"lease.ip": again.ip, "lan.mask": _MASK}
    lab.fact("messages", server.facts()["messages"])
