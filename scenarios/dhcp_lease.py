"""DHCP: what becomes of a lease: it is renewed, rebound, given back."""

from dataclasses import replace
from functools import partial

from wirelab.emulator import Host
from wirelab.scenarios.dhcp_messages import (
    ACK,
    BROADCAST,
    DIRECT,
    EQUIVALENTS,
    MASK,
    QUICK_DHCPCD,
    QUICK_SERVER,
    RELEASE,
    REQUEST,
    exchange,
    gives,
)
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import Lease, dhcpcd, ping
from wirelab.traffic.clients.dhcpcd import parse_sent
from wirelab.traffic.daemon import Running
from wirelab.verify import Item, equivalent, habit, seq, step

_CLOSED = ["dhcp", "arp", "icmp"]


def _resolved(other: str) -> Item:
    """The ARP exchange before the client's first packet from its own address to a neighbour."""
    return seq(
        step(
            f"who_has_{other}",
            f"arp.opcode == 1 && {BROADCAST} && arp.src.proto_ipv4 == ${{lease.ip}}"
            f" && arp.src.hw_mac == ${{c.mac}} && arp.dst.proto_ipv4 == ${{{other}.ip}}",
        ),
        step(
            f"{other}_is_at",
            f"arp.opcode == 2 && eth.dst == ${{c.mac}} && arp.src.proto_ipv4 == ${{{other}.ip}}"
            f" && arp.src.hw_mac == ${{{other}.mac}} && arp.dst.proto_ipv4 == ${{lease.ip}}",
        ),
    )


def _from_lease(kind: int, *more: str) -> str:
    """What the client says from the address that it has leased."""
    said = (
        f"dhcp.option.dhcp == {kind} && ip.src == ${{lease.ip}} && dhcp.ip.client == ${{lease.ip}}"
        " && udp.srcport == 68 && udp.dstport == 67 && dhcp.hw.mac_addr == ${c.mac}"
        f" && dhcp.ip.relay == 0.0.0.0 && {DIRECT}"
    )
    return " && ".join((said, *more))


def _release(server: str) -> Item:
    """The client gives its address back to a server."""
    to_server = f"ip.dst == ${{{server}.ip}} && eth.dst == ${{{server}.mac}}"
    meant = f"dhcp.option.dhcp_server_id == ${{{server}.ip}} && dhcp.id == ${{leaving.xid}}"
    return step("release", _from_lease(RELEASE, to_server, meant))


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
        _resolved("x"),
        step("echo", "icmp.type == 8 && ip.src == ${lease.ip} && ip.dst == ${x.ip} && " + DIRECT),
        step("reply", "icmp.type == 0 && ip.src == ${x.ip} && ip.dst == ${lease.ip}"),
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
    the client comes back it has nothing to remember and begins with a Discover; that it may use
    its address again is seen from the ping at the end.
    """
    server = lab.start("s", QUICK_SERVER)
    client = lab.start("c", replace(QUICK_DHCPCD, release=True))
    lab.stop(client)
    lab.wait_for(f"dhcp.option.dhcp == {RELEASE}", at="c")
    again = dhcpcd(lab["c"], QUICK_DHCPCD)
    ping(lab["c"], lab["x"].ip())
    lab.names |= {"lease.ip": again.ip, "lan.mask": MASK, "leaving.xid": _last_xid(client)}
    lab.fact("messages", server.facts()["messages"])


def _last_xid(client: Running) -> str:
    """The transaction id of the last message that a dhcpcd says it sent."""
    return str(parse_sent(client.place.log.read_text())[-1]["xid"])


_SERVER_GONE = (
    "its server is no longer there: the host's kernel says that nobody is at port 67"
    " (a host that is gone would say nothing)"
)


def _again(number: int, within: str, *more: str) -> tuple[Item, Item]:
    """A try to renew at the server that gave the lease, and what becomes of it."""
    name = f"renew_again{number}"
    return (
        step(name, _renewal(*more), within=within),
        habit(
            _SERVER_GONE,
            step(
                f"nobody{number}",
                "icmp.type == 3 && icmp.code == 3 && ip.src == ${s.ip} && ip.dst == ${lease.ip}"
                " && eth.dst == ${c.mac}",
                quotes=name,
            ),
        ),
    )


def _renewal(*more: str) -> str:
    """A Request to the server that gave the lease: no option says which address or server."""
    nothing = "!dhcp.option.dhcp_server_id && !dhcp.option.requested_ip_address"
    return _from_lease(REQUEST, "ip.dst == ${s.ip} && eth.dst == ${s.mac}", nothing, *more)


def _prolonged(xid: str, server: str) -> str:
    """The ACK that makes the lease last anew."""
    return gives(
        ACK,
        "ip.dst == ${lease.ip} && eth.dst == ${c.mac} && dhcp.ip.client == ${lease.ip}",
        "dhcp.option.ip_address_lease_time == ${ack.dhcp.option.ip_address_lease_time}",
        _TIMES,
        xid=xid,
        server=server,
    )


_TIMES = (
    "dhcp.option.renewal_time_value == ${lease.t1}"
    " && dhcp.option.rebinding_time_value == ${lease.t2}"
)
_UNTIL_REBINDING = 8  # seconds from T1 to T2: time for a second try after four, but for no third


def _around(seconds: int) -> str:
    return f"{seconds - 0.5}s..{seconds + 2.5}s"


def _life(settings: Settings) -> Item:
    t1 = settings["renewal"]
    t2 = t1 + _UNTIL_REBINDING
    return seq(
        *exchange(ack=_TIMES),
        _resolved("s"),
        step("renew", _renewal(), within=_around(t1), of="ack"),
        step("renewed", _prolonged("renew", "s")),
        *_again(1, _around(t1)),
        *_again(2, "2.9s..6.5s", "dhcp.id == ${renew_again1.dhcp.id}"),
        step(
            "rebind",
            _from_lease(
                REQUEST,
                f"ip.dst == 255.255.255.255 && {BROADCAST}",
                "!dhcp.option.dhcp_server_id && dhcp.id == ${renew_again1.dhcp.id}",
            ),
            within=_around(t2),
            of="renewed",
        ),
        habit(
            "the other server's kernel needs the client's MAC",
            step(
                "who_has_client",
                f"arp.opcode == 1 && {BROADCAST} && arp.src.proto_ipv4 == ${{s2.ip}}"
                " && arp.dst.proto_ipv4 == ${lease.ip}",
            ),
            step(
                "client_is_at",
                "arp.opcode == 2 && eth.dst == ${s2.mac} && arp.src.hw_mac == ${c.mac}"
                " && arp.src.proto_ipv4 == ${lease.ip} && arp.dst.proto_ipv4 == ${s2.ip}",
            ),
        ),
        step("rebound", _prolonged("rebind", "s2")),
        _release("s2"),
        closed=_CLOSED,
        at="c",
    )


@scenario(
    "dhcp-renew-rebind-release",
    topology=Dhcp,
    fixed={"servers": 2},
    points={"c": "c-eth0"},
    rfcs=(
        "RFC 2131 section 4.4.5",
        "RFC 2131 section 4.3.2",
        "RFC 2132 section 9.11",
        "RFC 2132 section 9.12",
    ),
    settings=(Setting("renewal", 4, "T1, when the lease is to be renewed", 3, 7, "s"),),
    expect=_life,
    equivalents=(
        *EQUIVALENTS,
        equivalent(
            "dhcp.option.type",
            "when it prolongs a lease a server may tell of other things than before",
            steps=("renewed", "rebound"),
        ),
    ),
    look=(
        Look(
            "dhcp.option.dhcp in {3, 5}",
            "when it renews and rebinds, against options 58 and 59 of the ACK",
            technique="delta column",
        ),
        Look("dhcp.ip.client != 0.0.0.0", "what the client says once it has an address: ciaddr"),
        Look(
            "dhcp.option.dhcp == 3 && ip.src == ${lease.ip}",
            "to whom each goes, and from when on to everybody",
            technique="packet list",
        ),
        Look("icmp.type == 3", "which packets nobody took", technique="quoted ports"),
    ),
    slow=True,
)
def dhcp_renew_rebind_release(lab: Stage) -> None:
    """A lease is prolonged by its server, then by another one, and given back.

    At T1 (option 58) the client asks the server that gave the lease, by unicast and
    from its address, which it names in `ciaddr`; the ACK starts the clock anew. Then
    that server ends. At the next T1 the client asks in vain, and once more after some seconds
    (RFC 2131 would wait half of what is left until T2, at least a minute; dhcpcd waits 3 to 5 s).
    At T2 (option 59) it no longer cares who answers: the Request is broadcast, still
    from its address, and another server of the same network prolongs the lease. When the
    client leaves it gives the address back to whom it had it from last. T1 and T2 are a few
    seconds here instead of half and seven eighths of the lease.
    """
    t1 = lab.settings["renewal"]
    times = {"58": str(t1), "59": str(t1 + _UNTIL_REBINDING)}
    for node in ("c", "s", "s2"):  # else kernels ask for known MACs again, five seconds later
        lab[node].sysctl(f"net.ipv4.neigh.{node}-eth0.delay_first_probe_time", 60)
    server = lab.start("s", replace(QUICK_SERVER, lease=120, options=times))
    client = lab.start("c", replace(QUICK_DHCPCD, release=True))
    lab.wait_for(f"dhcp.option.dhcp == {ACK}", at="c", count=2)
    lab.stop(server)
    lab.start("s2", replace(QUICK_SERVER, lease=120, options=times))
    leases = partial(QUICK_DHCPCD.leases, client.place)
    lab.wait_for("icmp.type == 3", at="c", count=2, timeout=30)
    _keep_address(lab["c"], leases()[-1])
    lab.wait_until(lambda: leases()[-1].event == "REBIND", "the client rebinds", timeout=30)
    lab.stop(client)
    lab.wait_for(f"dhcp.option.dhcp == {RELEASE}", at="c")
    lab.names |= {"lease.ip": leases()[0].ip, "lan.mask": MASK, "leaving.xid": _last_xid(client)}
    lab.names |= {"lease.t1": times["58"], "lease.t2": times["59"]}


def _keep_address(node: Host, lease: Lease) -> None:
    """Have the kernel keep a leased address, of which dhcpcd told it that it ends being preferred.

    That would be at T2. When dhcpcd prolongs the address in the very moment in which the kernel
    looks for ended ones, a busy kernel may take it for long ended and delete it.
    """
    address = f"{lease.ip}/{lease.prefix}"
    lifetime = ("valid_lft", "forever", "preferred_lft", "forever")
    node.run(["ip", "address", "change", address, "dev", node.interface().name, *lifetime])
