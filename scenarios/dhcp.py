"""DHCP: an address for the asking."""

from dataclasses import replace

from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    DISCOVER,
    EQUIVALENTS,
    INFORM,
    MASK,
    OFFER,
    QUICK_DHCPCD,
    QUICK_SERVER,
    QUICK_UDHCPC,
    from_client,
    from_server,
    gives,
    takes,
)
from wirelab.scenarios.dhcp_probed import LEAKED_ECHO, probed
from wirelab.scenarios.scenario import Look, Setting, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Dhcpcd, dhcpcd, udhcpc
from wirelab.traffic.servers import Boot, Dnsmasq
from wirelab.verify import equivalent, habit, never, seq, step

DAY = 86400


@scenario(
    "dhcp-dora",
    topology=Dhcp,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 2131 section 3.1", "RFC 5227 section 2.1"),
    settings=(
        Setting("lease", DAY, "how long the address is lent", 120, 30 * DAY, "s"),
        Setting(
            "domain",
            "example.test",
            "domain that the client is told",
            choices=("example.test", "home.arpa", "lab.test"),
        ),
    ),
    expect=seq(
        seq(
            probed(),
            closed=["dhcp", "arp", "icmp"],
            allow=[LEAKED_ECHO],
            at="c",
        ),
        # Answers are unicast here. Outside of what is closed: the bystander hears the broadcasts.
        never("dhcp.option.dhcp in {2, 5}", at="x", seen="dhcp"),
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look(
            "dhcp.option.dhcp == 1", "who is asked (eth.dst), and for what: options 55, 61 and 12"
        ),
        Look(
            "arp.dst.proto_ipv4 == ${lease.ip}",
            "who makes sure of the address when: the server before its Offer, the client"
            " after the ACK",
            technique="delta column",
        ),
        Look(
            "dhcp.option.dhcp == 2",
            "what nobody asked for: option 15, and the old fields sname and file",
        ),
        Look(
            "dhcp.option.dhcp_server_id",
            "how the Request says whose offer it takes, and that no relay is on the way (giaddr)",
            technique="apply as column",
        ),
        Look("dhcp.option.dhcp == 5", "to whom it goes, and the lease time (option 51)"),
    ),
)
def dhcp_dora(lab: Stage) -> None:
    """A client gets its address: Discover, Offer, Request, ACK.

    The client has no address, so it asks everybody, from 0.0.0.0. The server first makes sure
    that the address it is about to offer is free. It pings the address: its kernel asks three
    times by ARP, a second apart, for whom to send that to; nobody has the address, which is the
    answer. The ping itself mostly leaves only with the Offer. The client asks for that offer by
    naming the server (other servers would see that theirs is not wanted), and the
    server acknowledges with the lease time. Before it uses the address the client probes it
    in turn, and then announces it. The relay address stays 0.0.0.0: no relay is on the way.
    The server always tells who it is (option 54) and the lease time (51), and goes beyond what
    was asked for (option 55 of the Discover): the domain (15) and, in the old BOOTP fields, a
    boot file and the name of the host that has it.
    """
    # After the ACK the server's kernel would ask for the client's MAC again, by unicast, in the
    # middle of the client's probing; this is longer than the scenario.
    lab["s"].sysctl("net.ipv4.neigh.s-eth0.delay_first_probe_time", 60)
    domain = lab.settings["domain"]
    server = Dnsmasq(
        lease=lab.settings["lease"],
        forced_options={"domain-name": domain},
        boot=Boot("pxelinux.0", server_name=f"boot{lab.random.randint(1, 9)}.{domain}"),
    )
    lab.start("s", server)
    lease = dhcpcd(lab["c"], Dhcpcd(hostname=f"pc{lab.random.randint(10, 99)}"))
    lab.names |= {"lease.ip": lease.ip, "lan.mask": MASK, "lease.seconds": str(server.lease)}
    lab.fact("lease", lease)
    lab.wait_for("arp.isannouncement", at="x")


_TO_ALL = f"{BROADCAST} && ip.dst == 255.255.255.255 && dhcp.flags.bc == 1"


@scenario(
    "dhcp-broadcast-flag",
    topology=Dhcp,
    points={"x": "x-eth0"},
    rfcs=("RFC 2131 section 4.1",),
    expect=seq(
        step("discover", from_client(DISCOVER, "dhcp.flags.bc == 1")),
        step("offer", gives(OFFER, _TO_ALL)),
        step("request", takes("dhcp.flags.bc == 1")),
        step("ack", gives(ACK, _TO_ALL)),
        closed=["dhcp", "arp", "icmp"],
        at="x",
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look("dhcp.flags.bc == 1", "the client's wish, and that the answers repeat it"),
        Look(
            "dhcp.option.dhcp in {2, 5}",
            "to whom the answers go: eth.dst and ip.dst are everybody, yiaddr is one",
            technique="packet list",
        ),
    ),
)
def dhcp_broadcast_flag(lab: Stage) -> None:
    """A client that cannot take unicast yet has everybody hear the answers.

    Some stacks drop what comes for an address that they do not have yet. Such a client sets the
    flag B in its messages, and a server then sends Offer and ACK to 255.255.255.255, in a
    broadcast frame. So the bystander `x`, at which this is captured, sees all four
    messages; of `dhcp-dora`, where the flag is clear, it sees only the client's two.
    """
    lab.start("s", QUICK_SERVER)
    lease = udhcpc(lab["c"], replace(QUICK_UDHCPC, broadcast=True))
    lab.names |= {"lease.ip": lease.ip, "lan.mask": MASK}
    lab.fact("lease", lease)


@scenario(
    "dhcp-inform",
    topology=Lan,
    points={"c": "c-eth0"},
    rfcs=("RFC 2131 section 3.4", "RFC 2131 section 4.3.5"),
    expect=seq(
        step(
            "inform",
            f"dhcp.option.dhcp == {INFORM} && {BROADCAST} && ip.dst == 255.255.255.255"
            " && udp.srcport == 68 && udp.dstport == 67 && ip.src == ${c.ip}"
            " && dhcp.ip.client == ${c.ip} && dhcp.ip.relay == 0.0.0.0"
            " && dhcp.hw.mac_addr == ${c.mac}",
        ),
        habit(
            "the server's kernel needs the MAC of an address that is in use already",
            step(
                "who_has",
                f"arp.opcode == 1 && {BROADCAST} && arp.src.proto_ipv4 == ${{s.ip}}"
                " && arp.dst.proto_ipv4 == ${c.ip}",
            ),
            step(
                "is_at",
                "arp.opcode == 2 && arp.src.proto_ipv4 == ${c.ip} && eth.dst == ${s.mac}"
                " && arp.dst.proto_ipv4 == ${s.ip}",
            ),
        ),
        step(
            "ack",
            from_server(
                ACK,
                "ip.dst == ${c.ip} && dhcp.ip.client == ${c.ip} && dhcp.ip.your == 0.0.0.0",
                "dhcp.option.router == ${s.ip} && dhcp.option.domain_name_server == ${s.ip}",
                '!dhcp.option.ip_address_lease_time && dhcp.server == "" && dhcp.file == ""',
                xid="inform",
            ),
        ),
        habit(
            "dhcpcd listens past the kernel, which therefore knows nobody at port 68, and says so",
            step("nobody", "icmp.type == 3 && icmp.code == 3 && ip.dst == ${s.ip}", quotes="ack"),
        ),
        closed=["dhcp", "arp", "icmp"],
        at="c",
    ),
    equivalents=(
        *EQUIVALENTS,
        equivalent("dhcp.client_id", "how a client identifies itself is up to it (RFC 2132 9.14)"),
    ),
    look=(
        Look(
            "dhcp.ip.client == ${c.ip}", "who has an address already: the client says it (ciaddr)"
        ),
        Look("dhcp.option.dhcp == 5", "what is not given: no yiaddr, no lease time, no T1 and T2"),
        Look("icmp.type == 3", "what the kernel did not know of", technique="quoted ports"),
    ),
)
def dhcp_inform(lab: Stage) -> None:
    """A host with an address of its own asks only for the rest.

    The client was configured by hand. It needs no address, but would like to know the router and
    the name server, so it informs the servers of its address (`ciaddr`) and gets an ACK without an
    Offer and a Request before it. Nothing is leased: `yiaddr` is 0.0.0.0, and there are no
    times. The ACK is unicast to an address that is in use, so the server's kernel resolves it.
    """
    address = lab["s"].ip()
    options = {"router": address, "dns-server": address}
    lab.start("s", replace(QUICK_SERVER, options=options))
    lab.fact("told", dhcpcd(lab["c"], replace(QUICK_DHCPCD, inform=True)))
    lab.wait_for("icmp.type == 3", at="c")
