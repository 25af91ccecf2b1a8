"""DNS: from a name to an address."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.names import Names
from wirelab.traffic.clients import dig
from wirelab.traffic.servers import Named, Nsd, Record, Zone, name_servers
from wirelab.verify import Item, allow, equivalent, seq, step

_NAME = "www.example.test"
_ALIAS = "www.example.test.cdn.test"
_ADDRESS = "198.51.100.7"  # RFC 5737: what the name stands for; nobody goes there
_ALL_BUT_CD = "0xffef"  # the recursor checks signatures itself, and so disables that elsewhere
_AUTHORITATIVE = f"dns.flags & {_ALL_BUT_CD} == 0x8400"
_CDN = f'dns.a == {_ADDRESS} && dns.ns == "ns.cdn.test" && dns.a == ${{cdn.ip}}'


def _exchange(server: str, name: str, finds: str, *, again: str = "") -> tuple[Item, Item]:
    """The recursor's question to a name server, and the answer with what it `finds`."""
    asked = f"ask_{server}{again}"
    return (
        step(
            asked,
            f"dns.flags & {_ALL_BUT_CD} == 0x0000 && ip.src == ${{rec.ip}}"
            f' && ip.dst == ${{{server}.ip}} && dns.qry.name == "{name}" && dns.qry.type == 1',
            at="wan",
        ),
        step(
            f"{server}{again}_says",
            f"ip.src == ${{{server}.ip}} && ip.dst == ${{rec.ip}} && dns.resp.ttl === 3600"
            f" && dns.id == ${{{asked}.dns.id}} && udp.dstport == ${{{asked}.udp.srcport}}"
            f' && dns.qry.name == "{name}" && {finds}',
            within="5s",
            at="wan",
        ),
    )


def _referral(to: str, address: str) -> str:
    """No answer, but who knows more, and where that is."""
    return (
        f"dns.flags & {_ALL_BUT_CD} == 0x8000 && dns.count.answers == 0 && dns.count.auth_rr == 1"
        f' && dns.ns == "{to}" && dns.a == ${{{address}.ip}}'
    )


@scenario(
    "dns-recursion",
    topology=Names,
    points={"lan": "c-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1034 section 5.3.3", "RFC 1034 section 3.6.2"),
    expect=seq(
        step(
            "question",
            "dns.flags == 0x0100 && ip.src == ${c.ip} && ip.dst == ${rec.ip}"
            f' && dns.qry.name == "{_NAME}" && dns.qry.type == 1',
            at="lan",
        ),
        *_exchange("root", _NAME, _referral("ns.test", "tld")),
        *_exchange("tld", _NAME, _referral("ns.example.test", "auth")),
        *_exchange("auth", _NAME, f'{_AUTHORITATIVE} && dns.cname == "{_ALIAS}"'),
        *_exchange("tld", _ALIAS, _referral("ns.cdn.test", "cdn"), again="_alias"),
        *_exchange("cdn", _ALIAS, f"{_AUTHORITATIVE} && {_CDN}"),
        step(
            "answer",
            "dns.flags == 0x8180 && ip.src == ${rec.ip} && ip.dst == ${c.ip}"
            " && dns.id == ${question.dns.id} && udp.dstport == ${question.udp.srcport}"
            " && all dns.resp.ttl in {3590 .. 3600} && dns.count.answers == 2"
            f' && dns.cname == "{_ALIAS}" && {_CDN}',
            within="5s",
            of="question",
            at="lan",
        ),
        closed=["dns", "icmp"],
        allow=[
            allow(
                "BIND asks the root who the root servers are, before the client comes (RFC 8109)",
                "dns.qry.type == 2",
                most=4,
            )
        ],
    ),
    equivalents=(
        IP_ID,
        DONT_FRAGMENT,
        equivalent("dns.flags.checkdisable", "a recursor may check for itself; RFC 4035 4.9.2"),
        equivalent("dns.rr.udp_payload_size", "each side says how much it takes; RFC 6891 6.2.3"),
    ),
)
def dns_recursion(lab: Stage) -> None:
    """A recursor walks from the root to the answer, past an alias.

    The client asks its recursor once and gets everything. The recursor, whose cache is empty,
    asks the root, which refers it to the servers of `test`, which refer it to those of
    `example.test`; there the name turns out to be an alias in another zone, so that the walk
    goes on, from `test`, which it knows by now. Recursion is desired in the client's
    question only.
    """
    ip = {node: lab[node].ip() for node in ("root", "tld", "auth", "cdn")}
    root = Zone(
        ".",
        name_servers("@", {"a.root.": ip["root"]}) + name_servers("test.", {"ns.test.": ip["tld"]}),
        primary="a.root.",
    )
    test = Zone(
        "test.",
        name_servers("@", {"ns": ip["tld"]})
        + name_servers("example", {"ns.example": ip["auth"]})
        + name_servers("cdn", {"ns.cdn": ip["cdn"]}),
        primary="ns",
    )
    example = Zone(
        "example.test.",
        (*name_servers("@", {"ns": ip["auth"]}), Record("www", "CNAME", f"{_ALIAS}.")),
        primary="ns",
    )
    cdn = Zone(
        "cdn.test.",
        (*name_servers("@", {"ns": ip["cdn"]}), Record(_NAME, "A", _ADDRESS)),
        primary="ns",
    )
    for node, zone in (("root", root), ("tld", test), ("auth", example), ("cdn", cdn)):
        lab.start(node, Nsd(zones=(zone,)))
    lab.start("rec", Named(hints={"a.root.": ip["root"]}))
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), _NAME))
