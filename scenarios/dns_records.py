"""DNS: what else there is to ask for, and what an answer has besides an address."""

from ipaddress import ip_address

from wirelab.scenarios.dns_play import (
    DOMAIN,
    TTL,
    chosen,
    owned,
    start_name_servers,
    start_recursor,
)
from wirelab.scenarios.dns_steps import (
    AAAA,
    CLOSED,
    DELEGATED,
    EQUIVALENTS,
    FOR_A_WHILE,
    KNOWN,
    LEFT,
    OF_AUTH,
    ONLY,
    POINTS,
    PTR,
    SOA,
    Asked,
    answer,
    exchange,
    kept,
    primed,
    question,
    referral,
)
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.names import Names
from wirelab.traffic.clients import dig, lookup
from wirelab.traffic.servers import Domain, Record
from wirelab.verify import Item, equivalent, par, seq

_REVERSE = Asked("${reverse.name}", PTR)
_WWW6 = Asked(kind=AAAA)
_NAMED = "dns.ptr.domain_name == ${www.name}"
_SERVERS = Setting("servers", 3, "name servers of the alias's zone", 1, 5, "servers")


def _cname_authority(settings: Settings) -> Item:
    """Three answers, and as many authorities as there are name servers."""
    servers = settings["servers"]
    told = " && ".join(
        (
            "dns.count.queries == 1 && dns.count.answers == 3",
            f"dns.count.auth_rr == {servers} && dns.count.add_rr == {servers}",
            "dns.cname == ${alias.name} && dns.a == ${www.ip} && dns.a == ${www.ip2}",
            "dns.ns == ${cdn.ns} && dns.a == ${cdn.ip}",
            *(
                f"dns.ns == ${{cdn{n}.ns}} && dns.a == ${{cdn{n}.ip}}"
                for n in range(2, servers + 1)
            ),
            kept(settings["ttl"], DELEGATED),
        )
    )
    return seq(question(), answer(told), closed=CLOSED)


def _aaaa(settings: Settings) -> Item:
    """Two questions side by side, each with its answer."""
    ttl = kept(settings["ttl"])
    ipv6 = f"dns.aaaa == ${{www.ip6}} && {ttl} && dns.count.answers == 1 && {ONLY}"
    none = f"dns.count.answers == 0 && dns.count.auth_rr == 1 && dns.count.add_rr == 0 && {SOA}"
    found = ipv6 if settings["ipv6"] == "yes" else none
    return seq(
        question("ask_a"),
        par(
            answer(f"{KNOWN} && {ONLY} && {ttl}", to="ask_a"),
            seq(
                question("ask_aaaa", _WWW6),
                answer(found, _WWW6, name="answer6", to="ask_aaaa"),
            ),
        ),
        closed=CLOSED,
    )


@scenario(
    "dns-cname-authority",
    topology=Names,
    points={"lan": "c-eth0"},
    rfcs=("RFC 1034 section 3.6.2", "RFC 1035 section 4.1.3"),
    settings=(DOMAIN, TTL, _SERVERS),
    expect=_cname_authority,
    equivalents=(IP_ID, DONT_FRAGMENT, LEFT),
    look=(
        Look("dns.flags.response == 1", "the four counts, and the sections that they count"),
        Look("dns.cname", "the chain: the owner of each address is what the name stands for"),
        Look("dns.time", "how long it took: the recursor asked its way first"),
    ),
)
def dns_cname_authority(lab: Stage) -> None:
    """An alias, two addresses, and who is responsible for them.

    The four counts of the header say what follows: a question, three answers, the name servers
    of the zone in which the addresses are, and their addresses. The first answer gives the
    alias, the others are about what it stands for: the chain is read by following the owner
    names. A recursor need not tell the authority; BIND does with `minimal-responses no`.
    """
    domain, ttl = lab.settings["domain"], lab.settings["ttl"]
    cdn = f"cdn.{domain.rpartition('.')[2]}"
    www = chosen(lab)
    alias = lab.names["alias.name"] = f"{lab.names['www.name']}.{cdn}"
    lab.names["www.ip2"] = f"203.0.113.{lab.random.randint(1, 254)}"
    addresses = tuple(
        Record(f"{alias}.", "A", lab.names[address]) for address in ("www.ip", "www.ip2")
    )
    start_name_servers(
        lab,
        auth=owned(lab, Record(www.owner, "CNAME", f"{alias}.")),
        cdn=Domain(f"{cdn}.", addresses, ttl=ttl),
    )
    start_recursor(lab, minimal=False)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-ptr",
    topology=Names,
    points=POINTS,
    rfcs=("RFC 1035 section 3.5", "RFC 1034 section 5.2.1"),
    settings=(DOMAIN, TTL),
    expect=seq(
        question(asked=_REVERSE),
        *exchange("root", referral("tld"), _REVERSE),
        *exchange("tld", referral("auth"), _REVERSE),
        *exchange("auth", f"{OF_AUTH} && dns.a == ${{auth.ip}} && {_NAMED}", _REVERSE),
        answer(f"{_NAMED} && dns.count.answers == 1 && {FOR_A_WHILE} && {ONLY}", _REVERSE),
        closed=CLOSED,
        allow=[primed()],
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look("dns.qry.type == 12", "the address in the question, backwards", "packet list"),
        Look("dns.ptr.domain_name", "the name that the owner of the network gives it"),
        Look('dns.flags.authoritative == 1 && dns.qry.name != "<Root>"', "who has the network"),
    ),
)
def dns_ptr(lab: Stage) -> None:
    """From an address back to a name.

    An address is asked for as a name as well: its four numbers in reverse order, below
    `in-addr.arpa`, so that the part of the network comes last, as domains do. The way goes
    from the root over that domain to whoever has the network, who need not be the one who has
    the name. The record is a PTR, and only says what the owner of the address cares to say.
    """
    www = chosen(lab)
    reverse = lab.names["reverse.name"] = ip_address(www.data).reverse_pointer
    zone = f"{reverse.partition('.')[2]}."
    pointer = Record(f"{reverse}.", "PTR", www.owner)
    start_name_servers(
        lab, tld="in-addr.arpa.", auth=Domain(zone, (pointer,), ttl=lab.settings["ttl"])
    )
    start_recursor(lab)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), reverse, "PTR"))


@scenario(
    "dns-aaaa",
    topology=Names,
    points={"lan": "c-eth0"},
    rfcs=("RFC 3596 section 2", "RFC 2308 section 2.2"),
    settings=(
        DOMAIN,
        TTL,
        Setting("ipv6", "yes", "whether the name has an IPv6 address", choices=("yes", "no")),
    ),
    expect=_aaaa,
    equivalents=(
        IP_ID,
        DONT_FRAGMENT,
        LEFT,
        equivalent(
            "",  # about no field, but the order of frames
            "neither question waits for the other's answer (RFC 1035 section 7.3)",
            steps=("answer", "ask_aaaa"),
            operators=("swap",),
        ),
    ),
    look=(
        Look("dns.flags.response == 0", "one port, two ids, no time in between", "apply as column"),
        Look("dns.qry.type == 28", "the question for IPv6, in a packet of IPv4"),
        Look("dns.flags.response == 1", "which answer is whose is told by the id alone"),
    ),
)
def dns_aaaa(lab: Stage) -> None:
    """A program looks up a name: for IPv4 and IPv6 at once.

    What the C library's resolver does for every program: two questions, one for each kind of
    address, from one port and without waiting for each other, so that only the transaction id
    tells which answer is whose. IPv6 addresses (type AAAA, four times the size of an A) are
    asked for over IPv4 here; the one has nothing to do with the other. A name without an IPv6
    address (`--set ipv6=no`) is no error: there are 0 answers, and the zone's SOA.
    """
    www = chosen(lab)
    records: tuple[Record, ...] = (www,)
    if lab.settings["ipv6"] == "yes":
        lab.names["www.ip6"] = f"2001:db8::{lab.random.randint(1, 0xFFFF):x}"
        records += (Record(www.owner, "AAAA", lab.names["www.ip6"], www.ttl),)
    domain = Domain(f"{lab.settings['domain']}.", records)
    lab.names["none.ttl"] = str(domain.negative_ttl)
    start_name_servers(lab, auth=domain)
    start_recursor(lab)
    lab.fact("lookup", lookup(lab["c"], lab.names["www.name"]))
