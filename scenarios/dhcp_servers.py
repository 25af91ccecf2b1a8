"""DHCP: which server answers, through whom, and what if none does."""

from dataclasses import replace

from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    DISCOVER,
    EQUIVALENTS,
    MASK,
    OFFER,
    QUICK_SERVER,
    QUICK_UDHCPC,
    from_client,
    gives,
    takes,
)
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.topologies.relayed import Relayed
from wirelab.traffic.clients import Dhcpcd, dhcpcd, udhcpc
from wirelab.traffic.daemon import Running
from wirelab.traffic.servers import DhcpRelay
from wirelab.traffic.servers.dnsmasq import parse_log
from wirelab.verify import Item, equivalent, habit, never, par, seq, step


def _relayed(name: str, more: str = "") -> Item:
    """A message of the client, as the relay passes it on."""
    return step(
        f"{name}_relayed",
        f"dhcp.option.dhcp == ${{{name}.dhcp.option.dhcp}} && dhcp.id == ${{{name}.dhcp.id}}"
        " && ip.src == ${r1.ip} && ip.dst == ${s.ip} && udp.srcport == 67 && udp.dstport == 67"
        " && dhcp.hw.mac_addr == ${c.mac} && dhcp.ip.relay == ${r1.ip} && dhcp.hops == 1" + more,
        at="wan",
    )


def _answer(name: str, kind: int) -> tuple[Item, Item]:
    """A message of the server, and what the relay makes of it."""
    given = (
        f"dhcp.option.dhcp == {kind} && dhcp.id == ${{discover.dhcp.id}}"
        " && udp.srcport == 67 && dhcp.hw.mac_addr == ${c.mac} && dhcp.ip.relay == ${r1.ip}"
        " && dhcp.ip.your == ${lease.ip} && dhcp.option.dhcp_server_id == ${s.ip}"
        " && dhcp.option.subnet_mask == ${lan.mask} && dhcp.option.router == ${r1.ip}"
        " && dhcp.hops < 2"
    )
    to_relay = f"{given} && ip.src == ${{s.ip}} && ip.dst == ${{r1.ip}} && udp.dstport == 67"
    to_client = f"{given} && ip.src == ${{r1.ip}} && eth.dst == ${{c.mac}} && udp.dstport == 68"
    return (
        step(f"{name}_to_relay", to_relay, at="wan"),
        step(name, f"{to_client} && ip.dst == ${{lease.ip}}", at="lan"),
    )


def _resolved(who: str, sender: str, wanted: str, of: str) -> Item:
    """The ARP exchange before the first message to a neighbour on the server's side."""
    asked = f"arp.src.proto_ipv4 == ${{{sender}}} && arp.dst.proto_ipv4 == ${{{wanted}}}"
    return habit(
        f"{who} needs the MAC of its neighbour first",
        step(f"who_has_{of}", f"arp.opcode == 1 && {BROADCAST} && {asked}", at="wan"),
        step(
            f"{of}_is_at",
            f"arp.opcode == 2 && arp.src.proto_ipv4 == ${{{wanted}}}"
            f" && arp.dst.proto_ipv4 == ${{{sender}}}",
            at="wan",
        ),
    )


@scenario(
    "dhcp-relay",
    topology=Relayed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1542 section 4.1", "RFC 2131 section 4.1"),
    expect=seq(
        step("discover", from_client(DISCOVER, "dhcp.hops == 0"), at="lan"),
        _resolved("the relay", "r1.ip", "s.ip", "server"),
        _relayed("discover"),
        _resolved("the server", "s.ip", "r1-eth1.ip", "router"),
        *_answer("offer", OFFER),
        step("request", takes("dhcp.hops == 0"), at="lan"),
        _relayed(
            "request",
            " && dhcp.option.requested_ip_address == ${lease.ip}"
            " && dhcp.option.dhcp_server_id == ${s.ip}",
        ),
        *_answer("ack", ACK),
        closed=["dhcp", "arp", "icmp"],
    ),
    equivalents=(
        *EQUIVALENTS,
        equivalent(
            "dhcp.hops",
            "no relay counts in a reply (RFC 2131 table 3); dnsmasq leaves what the request had",
            steps=("offer*", "ack*"),
        ),
    ),
    look=(
        Look(
            "dhcp.ip.relay != 0.0.0.0",
            "who names the relay: it itself towards the server, the server ever after",
            technique="apply as column",
        ),
        Look("dhcp.hops == 1", "what passed a relay"),
        Look(
            "udp.srcport == 67 && udp.dstport == 67",
            "between relay and server both ports are 67, and all is unicast",
        ),
    ),
)
def dhcp_relay(lab: Stage) -> None:
    """A router takes a client's broadcasts to a server in another network.

    Broadcasts end at the router, so it listens for those to port 67 and sends them on, by
    unicast, from its own port 67. It writes its address in the client's network into `giaddr`
    (0.0.0.0 before) and counts a hop. By `giaddr` the server knows from which pool to offer, and
    whom to answer. The relay hands the answer to the client with `giaddr` still in it: an Offer in
    which it is set tells of a relay, even where only the client's side is seen.
    """
    lan = lab["r1"].interface().addresses[0].network
    server = replace(QUICK_SERVER, network=str(lan), options={"router": lab["r1"].ip()})
    lab.start("s", server)
    lab.start("r1", DhcpRelay(lab["s"].ip()))
    lease = udhcpc(lab["c"], QUICK_UDHCPC)
    lab.names |= {"lease.ip": lease.ip, "lan.mask": MASK}
    lab.fact("lease", lease)


_TO_CLIENT = "eth.dst == ${c.mac}"


@scenario(
    "dhcp-two-servers",
    topology=Dhcp,
    fixed={"servers": 2},
    points={"c": "c-eth0"},
    rfcs=("RFC 2131 section 3.1", "RFC 2131 section 4.3.2"),
    expect=seq(
        step("discover", from_client(DISCOVER)),
        par(
            seq(
                step("offer", gives(OFFER, _TO_CLIENT, server="chosen")),
                step("request", takes(server="chosen")),
                step("ack", gives(ACK, _TO_CLIENT, server="chosen")),
            ),
            step(
                "other_offer",
                gives(
                    OFFER,
                    _TO_CLIENT,
                    "dhcp.ip.your != ${lease.ip}",
                    "dhcp.option.dhcp_server_id != ${chosen.ip}",
                    "dhcp.option.ip_address_lease_time == ${other.seconds}",
                    ip="other.lease",
                    server="other",
                ),
            ),
        ),
        closed=["dhcp", "arp", "icmp"],
        at="c",
    ),
    equivalents=(
        *EQUIVALENTS,
        equivalent(
            "dhcp.option.type",
            "of an offer that nobody takes it does not matter what else it offers",
            steps=("other_offer",),
        ),
        equivalent(
            "",
            "a client need not take the first of several offers (RFC 2131 section 4.4.1)",
            steps=("offer", "other_offer"),
            operators=("swap",),
        ),
    ),
    look=(
        Look("dhcp.option.dhcp == 2", "who offers what: two servers, two addresses"),
        Look(
            "dhcp.option.dhcp_server_id",
            "whose offer the Request takes, and by which field the other server knows",
            technique="apply as column",
        ),
    ),
)
def dhcp_two_servers(lab: Stage) -> None:
    """Two servers offer, and the client takes the offer that came first.

    Everybody on the link hears the Discover, so both servers offer an address, each from its
    own part of the network. udhcpc takes the first offer and says whose in its
    Request (option 54), which is broadcast so that the other server learns that its offer was
    declined. A server that claims to be the only authority (dnsmasq's `dhcp-authoritative`) would
    answer that Request with a NAK; these two are modest. Which of them is first is not for the
    seed to decide: it is a race each time.
    """
    modest = replace(QUICK_SERVER, authoritative=False)
    first = lab.start("s", replace(modest, last=225))
    second = lab.start("s2", replace(modest, first=226))
    lease = udhcpc(lab["c"], QUICK_UDHCPC)
    lab.wait_for("dhcp.option.dhcp == 2", at="c", count=2)
    lab.names |= {"lease.ip": lease.ip, "lan.mask": MASK, "chosen.ip": lease.server}
    other = second if lease.server == first.place.ip else first
    lab.names |= {"other.ip": other.place.ip, "other.lease": _offered(other)}
    lab.names["other.seconds"] = str(modest.lease)
    lab.fact("lease", lease)


def _offered(server: Running) -> str:
    """The address that a server says it has offered."""
    messages = parse_log(server.place.log.read_text())
    return next(str(each["ip"]) for each in messages if each["message"] == "DHCPOFFER")


_PROBE = (
    f"arp.isprobe && {BROADCAST} && eth.src == ${{c.mac}} && arp.src.proto_ipv4 == 0.0.0.0"
    " && arp.dst.proto_ipv4 == ${own.ip} && arp.dst.proto_ipv4 == 169.254.0.0/16"
)


@scenario(
    "dhcp-no-server",
    topology=Dhcp,
    points={"c": "c-eth0"},
    rfcs=("RFC 2131 section 4.1", "RFC 3927 section 2"),
    expect=seq(
        step("discover", from_client(DISCOVER)),
        par(
            step(
                "discover_again",
                from_client(DISCOVER, xid="discover"),
                within="2.9s..5.2s",
                of="discover",
            ),
            habit(
                "dhcpcd gives itself a link-local address, as far as nobody else has it",
                step("probe1", _PROBE),
                step("probe2", _PROBE, within="0.9s..2.2s"),
                step("probe3", _PROBE, within="0.9s..2.2s"),
                step(
                    "announcement",
                    f"arp.isannouncement && {BROADCAST} && eth.src == ${{c.mac}}"
                    " && arp.src.proto_ipv4 == ${own.ip} && arp.dst.proto_ipv4 == ${own.ip}",
                    within="1.9s..2.5s",
                ),
            ),
        ),
        never("dhcp.type == 2", seen="dhcp"),
        closed=["dhcp", "arp", "icmp"],
        at="c",
    ),
    equivalents=(
        *EQUIVALENTS,
        equivalent(
            "",
            "asking again and probing have clocks of their own (RFC 2131 4.1, RFC 3927 2.2.1)",
            steps=("discover_again", "probe*"),
            operators=("swap",),
        ),
    ),
    look=(
        Look("dhcp", "how long the client waits before it asks again", technique="delta column"),
        Look("arp.dst.proto_ipv4 == 169.254.0.0/16", "which address it takes, and how carefully"),
    ),
)
def dhcp_no_server(lab: Stage) -> None:
    """Nobody answers: the client asks again, and then gives itself an address.

    The Discover is repeated with the same transaction id after four seconds, give or take one (the
    next wait would be twice as long), so that clients which were switched on together do not
    stay together. Meanwhile the client draws an address from 169.254.0.0/16, sees by three
    probes that nobody has it, and announces it. With that it reaches its own link and nothing
    behind it: an address of that network is what the lack of a DHCP server looks like.
    """
    # Two seconds of patience, so that it has its address before the third Discover is due.
    own = dhcpcd(lab["c"], Dhcpcd(link_local=True, patience=2))
    lab.names["own.ip"] = own.ip
    lab.fact("address", own)
    lab.wait_for("arp.isannouncement", at="c")
