"""DHCP messages as filters: what each kind must say, so that a scenario says only the rest."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.traffic.clients import Dhcpcd, Udhcpc
from wirelab.traffic.servers import Dnsmasq
from wirelab.verify import Item, equivalent, step

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
"""The message types (option 53, RFC 2132 section 9.6)."""

DIRECT = "ip.ttl in {64, 128, 255}"
"""No router has passed the packet on: its TTL is one of those that stacks begin with."""
MASK = "255.255.255.0"
"""Of every network in which these scenarios lend addresses."""
BROADCAST = "eth.dst == ff:ff:ff:ff:ff:ff"

# Without probes an exchange takes no time; scenarios that are not about probes use these.
QUICK_SERVER = Dnsmasq(ping_check=False)
QUICK_DHCPCD = Dhcpcd(probe=False)
QUICK_UDHCPC = Udhcpc(probe=False, announce=False)

_OWN_BUSINESS = "a client tells of itself, and asks for, what it likes (RFC 2131 section 4.4.1)"
_OWN = ("request_list_item", "vendor_class_id", "dhcp_max_message_size", "value", "type", "length")
_ASKING = ("discover*", "request*", "reboot", "renew*", "rebind*", "decline", "release", "inform")
EQUIVALENTS = (
    IP_ID,
    DONT_FRAGMENT,
    *(equivalent(f"dhcp.option.{o}", _OWN_BUSINESS, steps=_ASKING) for o in _OWN),
    equivalent(
        "dhcp.secs", "a client counts seconds by its own clock; a server need not repeat it"
    ),
    equivalent("dhcp.option.re*_time_value", "a server varies it as it likes; RFC 2131 4.4.5"),
)
"""What may be otherwise in every exchange."""


def _all(*conditions: str) -> str:
    return " && ".join(condition for condition in conditions if condition)


def _same(xid: str) -> str:
    return f"dhcp.id == ${{{xid}.dhcp.id}}" if xid else ""


def from_client(kind: int, *more: str, xid: str = "") -> str:
    """What the client `c` broadcasts while it has no address.

    Args:
        kind: the message type.
        more: what else is so.
        xid: the step whose transaction it belongs to.
    """
    return _all(
        f"dhcp.option.dhcp == {kind} && ip.src == 0.0.0.0 && ip.dst == 255.255.255.255",
        f"udp.srcport == 68 && udp.dstport == 67 && {BROADCAST} && eth.src == ${{c.mac}}",
        "dhcp.hw.mac_addr == ${c.mac} && dhcp.ip.relay == 0.0.0.0",
        _same(xid),
        *more,
    )


def from_server(kind: int, *more: str, xid: str = "discover", server: str = "s") -> str:
    """What a server says to the client `c`, without a relay.

    Args:
        kind: the message type.
        more: what else is so.
        xid: the step that it answers.
        server: the name of the node that has the address in option 54.
    """
    return _all(
        f"dhcp.option.dhcp == {kind} && udp.srcport == 67 && udp.dstport == 68",
        "dhcp.hw.mac_addr == ${c.mac} && dhcp.ip.relay == 0.0.0.0",
        f"dhcp.option.dhcp_server_id == ${{{server}.ip}}",
        _same(xid),
        *more,
    )


def gives(kind: int, *more: str, ip: str = "lease.ip", **who: str) -> str:
    """An Offer or an ACK that gives the address of the name `ip`; the rest as in `from_server`."""
    return from_server(
        kind,
        f"dhcp.ip.your == ${{{ip}}} && dhcp.option.subnet_mask == ${{lan.mask}}",
        *more,
        **who,
    )


def takes(*more: str, ip: str = "lease.ip", server: str = "s", xid: str = "discover") -> str:
    """The Request for what a server offered."""
    return from_client(
        REQUEST,
        f"dhcp.option.dhcp_server_id == ${{{server}.ip}}",
        f"dhcp.option.requested_ip_address == ${{{ip}}}",
        *more,
        xid=xid,
    )


def exchange(
    suffix: str = "", *, ip: str = "lease.ip", server: str = "s", ack: str = ""
) -> tuple[Item, ...]:
    """The four messages with which `c` gets an address, unprobed.

    Args:
        suffix: of the steps' names, for a second time.
        ip: the name of the address.
        server: the name of the node that gives it.
        ack: what else the ACK says.
    """
    discover, offer = f"discover{suffix}", f"offer{suffix}"
    to_client = f"{DIRECT} && " + "eth.dst == ${c.mac} && ip.dst == ${" + ip + "}"
    lasting = f"${{{offer}.dhcp.option.ip_address_lease_time}}"
    return (
        step(discover, from_client(DISCOVER)),
        step(offer, gives(OFFER, to_client, ip=ip, server=server, xid=discover)),
        step(f"request{suffix}", takes(ip=ip, server=server, xid=discover)),
        step(
            f"ack{suffix}",
            gives(
                ACK,
                to_client,
                f"dhcp.option.ip_address_lease_time == {lasting}",
                ack,
                ip=ip,
                server=server,
                xid=discover,
            ),
        ),
    )
