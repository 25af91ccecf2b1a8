"""An address that is made sure of twice: by dnsmasq before it offers it, by dhcpcd before use."""

from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    DISCOVER,
    OFFER,
    from_client,
    gives,
    takes,
)
from wirelab.verify import Item, allow, either, habit, optional, par, seq, step

LEAKED_ECHO = allow(
    "dnsmasq's echo request, held back for want of a MAC, leaves when dnsmasq tells its kernel the"
    " client's for the Offer, unless the kernel has given up just before",
    "icmp.type == 8 && ip.src == ${s.ip} && ip.dst == ${lease.ip}",
    most=1,
)


def asks_for(ip: str) -> str:
    """The server's kernel asks for the MAC of an address."""
    return (
        f"arp.opcode == 1 && {BROADCAST} && arp.src.proto_ipv4 == ${{s.ip}}"
        f" && arp.dst.proto_ipv4 == ${{{ip}}}"
    )


def probes(ip: str) -> str:
    """The client asks whether anybody has an address, without telling one of its own."""
    return (
        f"arp.isprobe && {BROADCAST} && eth.src == ${{c.mac}} && arp.src.proto_ipv4 == 0.0.0.0"
        f" && arp.dst.proto_ipv4 == ${{{ip}}}"
    )


def asked_twice(suffix: str = "", *ips: str) -> Item:
    """What there is now and then: a second Discover and its Offer, of one of some addresses.

    dhcpcd asks again after three to five seconds (RFC 2131 section 4.1), and dnsmasq takes a
    little over three to make sure of the address.
    """
    xid, name = f"discover{suffix}", f"offer_twice{suffix}"
    offers = [step(name, gives(OFFER, ip=ip, xid=xid)) for ip in ips]
    return optional(
        step(f"discover_twice{suffix}", from_client(DISCOVER, xid=xid)),
        either(*offers) if len(offers) > 1 else offers[0],
    )


def given(suffix: str = "", *, ip: str = "lease.ip") -> tuple[Item, ...]:
    """Offer, Request and ACK, all lasting as long as the server was told."""
    lasting, xid = "dhcp.option.ip_address_lease_time == ${lease.seconds}", f"discover{suffix}"
    return (
        step(f"offer{suffix}", gives(OFFER, lasting, ip=ip, xid=xid)),
        step(f"request{suffix}", takes(ip=ip, xid=xid)),
        step(f"ack{suffix}", gives(ACK, lasting, ip=ip, xid=xid)),
    )


def probed(suffix: str = "", *others: str) -> Item:
    """A client gets the address `lease.ip`, which nobody has; `suffix` is for a second time.

    Where it is asked twice, dnsmasq may offer one of the `others` as well.
    """
    announces = (
        f"arp.isannouncement && {BROADCAST} && eth.src == ${{c.mac}}"
        " && arp.src.proto_ipv4 == ${lease.ip} && arp.dst.proto_ipv4 == ${lease.ip}"
    )
    answered = seq(
        habit(
            "dnsmasq makes sure that nobody has the address before it offers it: it sends an echo "
            "request and waits three seconds, in which its kernel asks three times by ARP",
            *(step(f"in_use{n}", asks_for("lease.ip")) for n in (1, 2, 3)),
        ),
        *given(suffix),
        habit(
            "dhcpcd probes the address three times before it uses it, and then announces it",
            *(step(f"probe{n}", probes("lease.ip")) for n in (1, 2, 3)),
            step("announcement", announces),
        ),
    )
    twice = asked_twice(suffix, "lease.ip", *others)
    return seq(step(f"discover{suffix}", from_client(DISCOVER)), par(answered, twice))
