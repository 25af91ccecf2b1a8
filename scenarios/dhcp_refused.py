"""DHCP: an address that cannot be had: somebody has it, or it is of another network."""

from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    DECLINE,
    DIRECT,
    DISCOVER,
    EQUIVALENTS,
    MASK,
    NAK,
    QUICK_DHCPCD,
    QUICK_SERVER,
    REQUEST,
    exchange,
    from_client,
)
from wirelab.scenarios.dhcp_probed import (
    LEAKED_ECHO,
    asked_twice,
    asks_for,
    given,
    probed,
    probes,
)
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.topologies.moving import Moving
from wirelab.traffic.cable import plug_cable, pull_cable
from wirelab.traffic.clients import dhcpcd
from wirelab.traffic.clients.lease import read_given
from wirelab.traffic.daemon import Running
from wirelab.traffic.servers import Dnsmasq
from wirelab.traffic.servers.dnsmasq import parse_leases
from wirelab.verify import allow, equivalent, habit, never, par, seq, step

_X_HAS_IT = (
    "arp.opcode == 2 && eth.src == ${x.mac} && arp.src.hw_mac == ${x.mac}"
    " && arp.src.proto_ipv4 == ${x.ip}"
)
_TAKEN = (
    f"{_X_HAS_IT} && eth.dst == ${{c.mac}} && arp.dst.hw_mac == ${{c.mac}}"
    " && arp.dst.proto_ipv4 == 0.0.0.0"
)
_DECLINED = seq(
    step("discover", from_client(DISCOVER)),
    par(
        seq(
            habit("dnsmasq has an echo request for the address", step("ask", asks_for("x.ip"))),
            *given(ip="x.ip"),
            step("probe", probes("x.ip")),
            step("taken", _TAKEN),
            step(
                "decline",
                from_client(
                    DECLINE,
                    "dhcp.option.requested_ip_address == ${x.ip}",
                    "dhcp.option.dhcp_server_id == ${s.ip}",
                    xid="discover",
                ),
            ),
        ),
        asked_twice("", "x.ip"),
    ),
)


@scenario(
    "dhcp-decline",
    topology=Dhcp,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 2131 section 3.1", "RFC 5227 section 2.1", "RFC 2131 section 4.3.3"),
    expect=seq(
        par(
            seq(
                _DECLINED,
                # dnsmasq does not keep in mind what was declined, and may offer it once more.
                probed("_again", "x.ip"),
                closed=["dhcp", "arp", "icmp"],
                allow=[LEAKED_ECHO],
                at="c",
            ),
            seq(
                habit(
                    "its echo request has dnsmasq's kernel resolve the address",
                    step(
                        "told",
                        f"{_X_HAS_IT} && eth.dst == ${{s.mac}} && arp.dst.proto_ipv4 == ${{s.ip}}",
                    ),
                ),
                step("taken_at_x", _TAKEN),
                closed=["icmp", "arp.opcode == 2"],
                allow=[
                    allow(
                        "dnsmasq tries the address before it offers it, and silence means that"
                        " it is free",
                        "icmp.type == 8 && ip.src == ${s.ip} && ip.dst == ${x.ip}",
                        most=1,
                    )
                ],
                at="x",
            ),
        ),
        never("icmp.type == 0", at="x", seen="icmp"),
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look("dhcp.option.dhcp == 4", "which address is declined (option 50), and who hears it"),
        Look("arp.opcode == 2", "whose MAC is the culprit's"),
        Look("icmp.type == 8", "what the server tried, and why it did not notice"),
        Look("dhcp", "how long the client waits before it begins anew", technique="delta column"),
    ),
    slow=True,
)
def dhcp_decline(lab: Stage) -> None:
    """The client finds its new address in use, declines it, and gets another.

    Somebody, `x`, has configured an address of the server's pool by hand. The server tries
    the address before it offers it, but `x` does not answer pings. The client probes by ARP,
    which hardly anybody refuses to answer: `x` says that it is there, and the client tells the
    server so with a Decline, which is broadcast since the client has no address now either.
    The server sets the address aside, and the next Discover gets the next address. (RFC 2131
    wants the client to wait ten seconds before; dhcpcd waits one.)
    """
    lab["s"].sysctl("net.ipv4.neigh.s-eth0.delay_first_probe_time", 60)
    lab["x"].sysctl("net.ipv4.icmp_echo_ignore_all", 1)
    number = int(lab["x"].interface().addresses[0]) & 0xFF
    server = Dnsmasq(first=number, last=number + 9, sequential=True)
    lab.start("s", server)
    lease = dhcpcd(lab["c"])
    lab.names |= {"lease.ip": lease.ip, "lan.mask": MASK}
    lab.names["lease.seconds"] = str(server.lease)
    lab.fact("lease", lease)
    lab.wait_for("arp.isannouncement", at="x")


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
            f" && dhcp.option.dhcp_server_id == ${{office.ip}} && {DIRECT}",
        ),
        *exchange("_again", ip="new.ip", server="office"),
        closed=["dhcp", "arp", "icmp"],
        at="c",
    ),
    equivalents=(
        *EQUIVALENTS,
        equivalent("dhcp.flags.bc", "a NAK is broadcast whatever its flag says", steps=("nak",)),
        *(
            equivalent(
                f"dhcp.option.{field}",
                "a server says in its own words why it refuses, if at all (RFC 2132 section 9.9)",
                steps=("nak",),
            )
            for field in ("message", "type", "length")
        ),
    ),
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
    client = lab.start("c", QUICK_DHCPCD)
    pull_cable("s1-eth1", lab.lab["s1"])
    lab.wait_until(lambda: "NOCARRIER" in _reasons(client), "the client sees its link go down")
    plug_cable("s1-eth1", lab.lab["s2"])
    lab.wait_for(f"dhcp.option.dhcp == {ACK}", at="c", count=2)
    lab.names |= {"lan.mask": MASK, "old.ip": _leased(home), "new.ip": _leased(office)}
    lab.fact("messages", [home.facts()["messages"], office.facts()["messages"]])


def _reasons(client: Running) -> list[str]:
    """Why dhcpcd has called its script, each time."""
    return [told["reason"] for told in read_given(client.place.folder)]


def _leased(server: Running) -> str:
    """The one address that a server says it has leased."""
    (lease,) = parse_leases((server.place.folder / "leases").read_text())
    return str(lease["ip"])
