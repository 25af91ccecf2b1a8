"""DHCP: an address for the asking."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import dhcpcd
from wirelab.traffic.servers import Dnsmasq
from wirelab.verify import allow, equivalent, habit, never, optional, par, seq, step

_OWN_BUSINESS = "a client tells of itself, and asks for, what it likes (RFC 2131 section 4.4.1)"
_OWN = ("request_list_item", "vendor_class_id", "dhcp_max_message_size", "value", "type")
_EQUIVALENTS = (
    IP_ID,
    DONT_FRAGMENT,
    *(equivalent(f"dhcp.option.{o}", _OWN_BUSINESS, steps=("discover*", "request")) for o in _OWN),
    equivalent(
        "dhcp.secs", "a client counts seconds by its own clock; a server need not repeat it"
    ),
    equivalent("dhcp.option.re*_time_value", "a server varies it as it likes; RFC 2131 4.4.5"),
)
_BROADCAST = "eth.dst == ff:ff:ff:ff:ff:ff"
_FROM_CLIENT = (
    "ip.src == 0.0.0.0 && ip.dst == 255.255.255.255 && udp.srcport == 68 && udp.dstport == 67"
    f" && {_BROADCAST} && eth.src == ${{c.mac}} && dhcp.hw.mac_addr == ${{c.mac}}"
    " && dhcp.ip.relay == 0.0.0.0"
)
_FROM_SERVER = (
    "udp.srcport == 67 && udp.dstport == 68 && dhcp.hw.mac_addr == ${c.mac}"
    " && dhcp.id == ${discover.dhcp.id} && dhcp.ip.relay == 0.0.0.0"
)
_ASKS_FOR_IT = (
    f"arp.opcode == 1 && {_BROADCAST} && arp.src.proto_ipv4 == ${{s.ip}}"
    " && arp.dst.proto_ipv4 == ${lease.ip}"
)
_PROBE = (
    f"arp.isprobe && {_BROADCAST} && eth.src == ${{c.mac}} && arp.src.proto_ipv4 == 0.0.0.0"
    " && arp.dst.proto_ipv4 == ${lease.ip}"
)


_ANSWERED = seq(
    habit(
        "dnsmasq makes sure that nobody has the address before it offers it: it sends an echo "
        "request and waits three seconds, in which its kernel asks three times by ARP",
        *(step(f"in_use{n}", _ASKS_FOR_IT) for n in (1, 2, 3)),
    ),
    step(
        "offer",
        f"dhcp.option.dhcp == 2 && {_FROM_SERVER} && dhcp.ip.your == ${{lease.ip}}"
        " && dhcp.option.dhcp_server_id == ${s.ip}"
        " && dhcp.option.subnet_mask == ${lan.mask}",
    ),
    step(
        "request",
        f"dhcp.option.dhcp == 3 && {_FROM_CLIENT} && dhcp.id == ${{discover.dhcp.id}}"
        " && dhcp.option.dhcp_server_id == ${s.ip}"
        " && dhcp.option.requested_ip_address == ${lease.ip}",
    ),
    step(
        "ack",
        f"dhcp.option.dhcp == 5 && {_FROM_SERVER} && dhcp.ip.your == ${{lease.ip}}"
        " && dhcp.option.dhcp_server_id == ${s.ip}"
        " && dhcp.option.ip_address_lease_time"
        " == ${offer.dhcp.option.ip_address_lease_time}",
    ),
    habit(
        "dhcpcd probes the address three times before it uses it, and then announces it",
        *(step(f"probe{n}", _PROBE) for n in (1, 2, 3)),
        step(
            "announcement",
            f"arp.isannouncement && {_BROADCAST} && eth.src == ${{c.mac}}"
            " && arp.src.proto_ipv4 == ${lease.ip} && arp.dst.proto_ipv4 == ${lease.ip}",
        ),
    ),
)

# dhcpcd asks again after three to five seconds (RFC 2131 section 4.1), and dnsmasq takes a little
# over three to make sure of the address: now and then both a second Discover and its Offer.
_ASKED_TWICE = (
    step(
        "discover_again",
        f"dhcp.option.dhcp == 1 && {_FROM_CLIENT} && dhcp.id == ${{discover.dhcp.id}}",
    ),
    step(
        "offer_again",
        f"dhcp.option.dhcp == 2 && {_FROM_SERVER} && dhcp.ip.your == ${{lease.ip}}"
        " && dhcp.option.dhcp_server_id == ${s.ip}",
    ),
)


@scenario(
    "dhcp-dora",
    topology=Dhcp,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 2131 section 3.1", "RFC 5227 section 2.1"),
    expect=seq(
        seq(
            step("discover", f"dhcp.option.dhcp == 1 && {_FROM_CLIENT}"),
            par(_ANSWERED, optional(*_ASKED_TWICE)),
            closed=["dhcp", "arp", "icmp"],
            allow=[
                allow(
                    "dnsmasq's echo request, held back for want of a MAC, leaves when dnsmasq tells"
                    " its kernel the client's for the Offer, unless the kernel has given up just"
                    " before",
                    "icmp.type == 8 && ip.src == ${s.ip} && ip.dst == ${lease.ip}",
                    most=1,
                )
            ],
            at="c",
        ),
        # Answers are unicast here. Outside of what is closed: the bystander hears the broadcasts.
        never("dhcp.option.dhcp in {2, 5}", at="x", seen="dhcp"),
    ),
    equivalents=_EQUIVALENTS,
)
def dhcp_dora(lab: Stage) -> None:
    """A client gets its address: Discover, Offer, Request, ACK.

    The client has no address, so it asks everybody, from 0.0.0.0. The server first makes sure
    that the address it is about to offer is free: three ARP requests, a second apart, and mostly
    an echo request to the not yet configured client. Then it offers; the client asks for that
    offer by naming the server (other servers would see that theirs is not wanted), and the
    server acknowledges with the lease time. Before it uses the address the client probes it
    in turn, and then announces it. The relay address stays 0.0.0.0: no relay is on the way.
    """
    # After the ACK the server's kernel would ask for the client's MAC again, by unicast, in the
    # middle of the client's probing; this is longer than the scenario.
    lab["s"].sysctl("net.ipv4.neigh.s-eth0.delay_first_probe_time", 60)
    lab.start("s", Dnsmasq(lease=lab.random.randint(2, 48) * 3600))
    lease = dhcpcd(lab["c"])
    lab.names |= {"lease.ip": lease.ip, "lan.mask": "255.255.255.0"}
    lab.fact("lease", lease)
    lab.wait_for("arp.isannouncement", at="x")
