"""IPv6: how a host comes to its addresses."""

from ipaddress import IPv6Interface

from wirelab.scenarios.equivalents import FLOW_LABEL, NONCE
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.lan6 import Lan6
from wirelab.traffic.clients import addresses6, dhcpcd6
from wirelab.traffic.servers import Dnsmasq6
from wirelab.verify import Item, allow, equivalent, par, seq, step

_ROUTERS_LIFE = 1800  # seconds; dnsmasq gives no prefix a shorter life than its router
_BY_ROUTER = "eth.src == ${r1.mac} && eth.dst[0:2] == 33:33"
ROUTERS_OWN = (
    allow(
        "the router joins its groups: its solicited-node addresses, all routers, DHCPv6",
        f"icmpv6.type == 143 && {_BY_ROUTER}",
        most=12,
    ),
    allow("the router probes its own two addresses", f"icmpv6.type == 135 && {_BY_ROUTER}", most=2),
    allow(
        "dnsmasq advertises unasked, often in its first minute",
        f"icmpv6.type == 134 && {_BY_ROUTER}",
        most=3,
    ),
)


def _report(source: str) -> str:
    """The host tells multicast routers that it listens to its solicited-node group."""
    return (
        "icmpv6.type == 143 && eth.src == ${c.mac} && eth.dst == 33:33:00:00:00:16"
        f" && ipv6.src {source} && ipv6.dst == ff02::16 && ipv6.hlim == 1"
        " && ipv6.hopopts[2:6] == 05:02:00:00:01:00 && icmpv6.mldr.nb_mcast_records == 1"
        " && icmpv6.mldr.mar.record_type == 4 && icmpv6.mldr.mar.aux_data_len == 0"
        " && icmpv6.mldr.mar.nb_sources == 0 && icmpv6.mldr.mar.multicast_address == ${c.group}"
    )


def probe(address: str, group: str) -> str:
    """The host asks whether somebody has an address already."""
    return (
        f"icmpv6.type == 135 && ipv6.src == :: && ipv6.dst == ${{{group}}} && ipv6.hlim == 255"
        f" && eth.src == ${{c.mac}} && eth.dst[0:3] == 33:33:ff"
        f" && icmpv6.nd.ns.target_address == ${{{address}}} && icmpv6.opt.type == 14"
    )


SOLICITATION = (
    "icmpv6.type == 133 && eth.src == ${c.mac} && eth.dst == 33:33:00:00:00:02"
    " && ipv6.src == ${c.ll6} && ipv6.dst == ff02::2 && ipv6.hlim == 255"
    " && icmpv6.opt.src_linkaddr == ${c.mac}"
)


def advertisement(lifetime: int, *, by_dhcp: bool) -> str:
    """The router's answer: itself as default router, and the prefix of the link."""
    # Managed and other; on-link, and autonomous where hosts make addresses of the prefix.
    flags, of_prefix = (0xC0, 0x80) if by_dhcp else (0x00, 0xC0)
    name_server = f"icmpv6.opt.rdnss == ${{r1.ip6}} && icmpv6.opt.rdnss.lifetime == {lifetime}"
    told = f" && {name_server}" if by_dhcp else ""
    return (
        "icmpv6.type == 134 && eth.dst == ${c.mac} && ipv6.src == ${r1.ll6}"
        " && ipv6.dst == ${c.ll6} && ipv6.hlim == 255 && icmpv6.nd.ra.cur_hop_limit == 64"
        f" && icmpv6.nd.ra.flag == {flags} && icmpv6.nd.ra.router_lifetime == {_ROUTERS_LIFE}"
        " && icmpv6.nd.ra.reachable_time == 0 && icmpv6.nd.ra.retrans_timer == 0"
        f" && icmpv6.opt.prefix.flag == {of_prefix} && icmpv6.opt.prefix.length == 64"
        " && icmpv6.opt.prefix == ${lan.prefix}"
        f" && icmpv6.opt.prefix.valid_lifetime == {lifetime}"
        f" && icmpv6.opt.prefix.preferred_lifetime == {lifetime}"
        f" && icmpv6.opt.mtu == 1500 && icmpv6.opt.src_linkaddr == ${{r1.mac}}{told}"
    )


def _boot(settings: Settings) -> Item:
    return seq(
        # The report waits two ticks of the kernel's clock, the probe for up to a second: mostly,
        # but not always, the report is first.
        par(
            seq(
                step("joins", _report("== ::")),
                step("joins_again", _report("in {::, ${c.ll6}}"), within="3s"),
            ),
            seq(
                step("is_it_free", probe("c.ll6", "c.group")),
                par(
                    seq(
                        step("joins_by_name", _report("== ${c.ll6}"), within="3s"),
                        step("joins_by_name_again", _report("== ${c.ll6}"), within="3s"),
                    ),
                    seq(
                        step("who_routes", SOLICITATION, within="3s"),
                        step("i_do", advertisement(settings["lifetime"], by_dhcp=False)),
                        step("is_that_free", probe("c.ip6", "c.group"), within="3s"),
                    ),
                ),
            ),
        ),
        closed=["icmpv6"],
        allow=list(ROUTERS_OWN),
        at="c",
    )


def switch_on(lab: Stage) -> None:
    """Let the host boot IPv6, once the router has advertised: it does so at most every 5 s."""
    # Five seconds after its answer the router would ask whether the host is still there.
    lab["r1"].sysctl("net.ipv6.neigh.r1-eth0.delay_first_probe_time", 60)
    lab.wait_for("icmpv6.type == 134", at="c")
    lab["c"].sysctl("net.ipv6.conf.c-eth0.disable_ipv6", 0)


def name_addresses(lab: Stage) -> None:
    """Name what the host has, as its kernel tells, once nobody has objected."""
    found = addresses6(lab["c"], "global")
    lab.fact("addresses", found)
    own = {address.scope: address.ip for address in found}
    lab.names |= {"c.ll6": own["link"], "c.ip6": own["global"]}
    lab.names["c.group"] = solicited_node(own["link"])
    lab.names["lan.prefix"] = str(IPv6Interface(f"{lab['r1'].ip6()}/64").network.network_address)


def solicited_node(address: str) -> str:
    """Return the group of an address: ff02::1:ff and its last 24 bits (RFC 4291 2.7.1)."""
    return str(IPv6Interface("ff02::1:ff00:0").ip + (int(IPv6Interface(address)) & 0xFFFFFF))


@scenario(
    "v6-boot",
    topology=Lan6,
    points={"c": "c-eth0"},
    rfcs=(
        "RFC 4862 section 5",
        "RFC 4861 section 6.3.7",
        "RFC 3810 section 6.1",
        "RFC 4291 section 2.7.1",
    ),
    settings=(
        Setting("lifetime", 3600, "how long the prefix is valid", _ROUTERS_LIFE, 86400, "s"),
    ),
    expect=_boot,
    equivalents=(FLOW_LABEL, NONCE),
    look=(
        Look("ipv6.src == ::", "what is said before the address in question may be used"),
        Look("eth.dst[0:2] == 33:33", "the last four bytes of each group are in the MAC"),
        Look("icmpv6.type in {133, 134}", "who is the router, and which prefix it gives out"),
        Look("icmpv6", "the second of silence in which nobody objects", technique="delta column"),
    ),
)
def v6_boot(lab: Stage) -> None:
    """A host without any address boots: listen, probe, solicit, make an address.

    It makes itself a link-local address of its MAC. Before it may use it, it joins the address's
    solicited-node group (a listener report to ff02::16, hop limit 1, with an alert for routers)
    and asks that group who has the address, from `::`, with a random number by which it would
    know its own question. A second of silence means that it is free. Now it has a name: it
    reports its group again, and asks all routers (ff02::2). The router answers it alone, with
    itself as default router and the prefix of the link; prefix and MAC make the second address,
    which is probed like the first. Both end in the same 24 bits, so both have the same group and
    there is no further report. Each report is sent twice, the second up to a second later, since
    nobody confirms it.
    """
    lab.start("r1", Dnsmasq6(lifetime=lab.settings["lifetime"], router_lifetime=_ROUTERS_LIFE))
    switch_on(lab)
    lab.wait_for("icmpv6.type == 143 && eth.src == ${c.mac}", at="c", count=4)
    lab.wait_for("icmpv6.type == 135 && eth.src == ${c.mac}", at="c", count=2)
    name_addresses(lab)


_OWN_BUSINESS = "a client asks for, and tells of itself, what it likes (RFC 8415 section 18.2)"
_OWN = ("requested_option_code", "vendorclass", "elapsed_time", "option.type", "option.length")
_TO_SERVERS = (
    "eth.src == ${c.mac} && eth.dst == 33:33:00:01:00:02 && ipv6.src == ${c.ll6}"
    " && ipv6.dst == ff02::1:2 && ipv6.hlim == 1 && udp.srcport == 546 && udp.dstport == 547"
    " && dhcpv6.option.type == 1 && dhcpv6.duid.bytes == ${c.duid} && dhcpv6.option.type == 8"
    " && dhcpv6.iaid.t1 == 0 && dhcpv6.iaid.t2 == 0"
)


def _answer(name: str, kind: int, question: str, lifetime: int, more: str = "") -> Item:
    """A server's message to the client alone, with an address."""
    return step(
        name,
        f"dhcpv6.msgtype == {kind} && eth.dst == ${{c.mac}} && ipv6.src == ${{r1.ll6}}"
        " && ipv6.dst == ${c.ll6} && ipv6.hlim == 64 && udp.srcport == 547 && udp.dstport == 546"
        f" && dhcpv6.xid == ${{{question}.dhcpv6.xid}} && dhcpv6.duid.bytes == ${{c.duid}}"
        f" && dhcpv6.option.type == 1 && dhcpv6.option.type == 2"
        f" && dhcpv6.duid.bytes == ${{s.duid}} && dhcpv6.iaid == ${{{question}.dhcpv6.iaid}}"
        f" && dhcpv6.iaid.t1 == {lifetime // 2} && dhcpv6.iaid.t2 == {lifetime // 8 * 7}"
        f" && dhcpv6.iaaddr.ip == ${{c.ip6}} && dhcpv6.iaaddr.pref_lifetime == {lifetime}"
        f" && dhcpv6.iaaddr.valid_lifetime == {lifetime} && dhcpv6.status_code == 0"
        f" && dhcpv6.dns_server == ${{r1.ip6}}{more}",
        within="1s",
    )


def _managed(settings: Settings) -> Item:
    lifetime = settings["lifetime"]
    return seq(
        step("who_routes", SOLICITATION),
        step("i_do", advertisement(lifetime, by_dhcp=True), within="1s"),
        step("solicit", f"dhcpv6.msgtype == 1 && {_TO_SERVERS}"),
        _answer("advertise", 2, "solicit", lifetime, " && dhcpv6.option_preference == 255"),
        step(
            "request",
            f"dhcpv6.msgtype == 3 && {_TO_SERVERS} && dhcpv6.option.type == 2"
            " && dhcpv6.duid.bytes == ${s.duid}"
            " && dhcpv6.iaid == ${solicit.dhcpv6.iaid} && dhcpv6.iaaddr.ip == ${c.ip6}"
            f" && dhcpv6.iaaddr.pref_lifetime == {lifetime}"
            f" && dhcpv6.iaaddr.valid_lifetime == {lifetime}",
        ),
        _answer("reply", 7, "request", lifetime),
        step("is_it_free", probe("c.ip6", "c.group"), within="3s"),
        closed=["dhcpv6", "icmpv6.type in {133, 134}", "icmpv6.nd.ns.target_address == ${c.ip6}"],
        allow=[ROUTERS_OWN[-1]],
        at="c",
    )


@scenario(
    "dhcpv6",
    topology=Lan6,
    points={"c": "c-eth0"},
    rfcs=("RFC 8415 section 18.2", "RFC 8415 section 21", "RFC 4861 section 4.2", "RFC 3646"),
    settings=(
        Setting("lifetime", 3600, "how long the address is valid", _ROUTERS_LIFE, 86400, "s"),
    ),
    expect=_managed,
    equivalents=(
        FLOW_LABEL,
        NONCE,
        *(
            equivalent(f"dhcpv6.{each}", _OWN_BUSINESS, steps=("solicit", "request"))
            for each in _OWN
        ),
        equivalent("dhcpv6.status_msg", "words for people (RFC 8415 section 21.13)"),
    ),
    look=(
        Look("icmpv6.nd.ra.flag.m == 1", "who sends the host to the DHCPv6 server"),
        Look("dhcpv6", "four messages: which go to a group?", technique="packet list"),
        Look("dhcpv6.iaaddr.ip", "the address, and how long it lasts", technique="apply as column"),
        Look("dhcpv6.msgtype == 3", "the server that the client chose is named in the request"),
    ),
)
def dhcpv6(lab: Stage) -> None:
    """A host gets its address by DHCPv6: Solicit, Advertise, Request, Reply.

    It boots as in `v6-boot`, but the router's advertisement has M set (addresses are managed) and
    the prefix is not for making addresses. So a client asks all servers (ff02::1:2, from its
    link-local address and port 546). A server answers it alone, with a preference of 255: no need
    to wait for offers of others. The client requests what it was offered, again from the group,
    naming the server: the others know that they were not chosen. In place of IPv4's hardware
    address there are DUIDs, and the association's number says which interface. The server gives
    no router: that was the router's own advertisement. The address is probed before it is used.
    """
    lifetime, first = lab.settings["lifetime"], lab.random.randrange(0x100, 0xF000)
    dns = {"dns-server": f"[{lab['r1'].ip6()}]"}
    lab.start(
        "r1",
        Dnsmasq6(
            lifetime=lifetime,
            pool=(first, first + 0xFF),
            options=dns,
            router_lifetime=_ROUTERS_LIFE,
        ),
    )
    switch_on(lab)
    lab.wait_for("icmpv6.type == 134 && eth.dst == ${c.mac}", at="c")
    lab.fact("lease", dhcpcd6(lab["c"]))
    name_addresses(lab)
    lab.names["c.group"] = solicited_node(lab.names["c.ip6"])
    lab.names["c.duid"] = f"00:03:00:01:{lab['c'].mac()}"
    lab.names["s.duid"] = "00:02:00:00:7e:d9:00:00:00:01"
