"""DHCP: an address that somebody has already."""

from wirelab.scenarios.dhcp_messages import DECLINE, DISCOVER, EQUIVALENTS, from_client
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
from wirelab.traffic.clients import dhcpcd
from wirelab.traffic.servers import Dnsmasq
from wirelab.verify import allow, habit, never, par, seq, step

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
        asked_twice(ip="x.ip"),
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
                probed("_again"),
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
    which nobody can refuse to answer: `x` says that it is there, and the client tells the
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
    lab.names |= {"lease.ip": lease.ip, "lan.mask": "255.255.255.0"}
    lab.names["lease.seconds"] = str(server.lease)
    lab.fact("lease", lease)
    lab.wait_for("arp.isannouncement", at="x")
