"""DNS: from a name to an address."""

from ipaddress import ip_address

from wirelab.scenarios.dns_play import DOMAIN, TTL, chosen, start_name_servers, start_recursor
from wirelab.scenarios.dns_steps import (
    AAAA,
    AUTHORITATIVE,
    CHECKING,
    EDNS_SIZE,
    LEFT,
    PTR,
    Asked,
    answer,
    exchange,
    primed,
    question,
    referral,
)
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.names import Names
from wirelab.traffic.clients import dig, lookup
from wirelab.traffic.servers import Domain, Record
from wirelab.verify import Item, equivalent, par, seq

_POINTS = {"lan": "c-eth0", "wan": "r1-eth1"}
_EQUIVALENTS = (IP_ID, DONT_FRAGMENT, CHECKING, EDNS_SIZE, LEFT)
_CLOSED = ["dns", "icmp"]

_ALIAS = Asked("${alias.name}")
_WWW6 = Asked(kind=AAAA)
_TTL = "dns.resp.ttl === ${www.ttl}"
_OF_AUTH = f"{AUTHORITATIVE} && dns.count.answers == 1 && {_TTL} && dns.ns == ${{auth.ns}}"
_ADDRESS = f"{_OF_AUTH} && dns.a == ${{www.ip}} && dns.a == ${{auth.ip}}"
_FOR_A_WHILE = "all dns.resp.ttl <= ${www.ttl} && all dns.resp.ttl >= ${www.ttl} - 10"
_KNOWN = f"dns.a == ${{www.ip}} && {_FOR_A_WHILE} && dns.count.answers == 1"
_ONLY = "dns.count.auth_rr == 0 && dns.count.add_rr == 0"

_CDN = "dns.a == ${www.ip} && dns.ns == ${cdn.ns} && dns.a == ${cdn.ip}"


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
            _FOR_A_WHILE,
        )
    )
    return seq(question(), answer(told), closed=_CLOSED)


def _aaaa(settings: Settings) -> Item:
    """Two questions side by side, each with its answer."""
    ipv6 = f"dns.aaaa == ${{www.ip6}} && {_FOR_A_WHILE} && dns.count.answers == 1 && {_ONLY}"
    none = "dns.count.answers == 0 && dns.count.auth_rr == 1 && dns.soa.mname == ${auth.ns}"
    found = ipv6 if settings["ipv6"] == "yes" else none
    return seq(
        question("ask_a"),
        par(
            answer(f"{_KNOWN} && {_ONLY}", to="ask_a"),
            seq(
                question("ask_aaaa", _WWW6),
                answer(found, _WWW6, name="answer6", to="ask_aaaa"),
            ),
        ),
        closed=_CLOSED,
    )


@scenario(
    "dns-simple",
    topology=Names,
    points={"lan": "c-eth0"},
    rfcs=("RFC 1034 section 3.7", "RFC 1035 section 4.1"),
    settings=(DOMAIN, TTL),
    expect=seq(question(), answer(f"{_KNOWN} && {_ONLY}"), closed=_CLOSED),
    equivalents=(IP_ID, DONT_FRAGMENT, LEFT),
)
def dns_simple(lab: Stage) -> None:
    """A name and its address: what a client sees of DNS.

    One question and one answer, each a UDP datagram. They belong together by the transaction
    id and by the ports, which change sides: the answer comes from port 53. The answer repeats
    the question (the flags 0x8180 say response, recursion desired and available, no error) and
    adds one record, with the time for which it may be remembered. What the recursor did in
    between is not seen from here; `dns-recursion` shows it.
    """
    start_name_servers(lab, auth=Domain(f"{lab.settings['domain']}.", (chosen(lab),)))
    start_recursor(lab)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-recursion",
    topology=Names,
    points=_POINTS,
    rfcs=("RFC 1034 section 5.3.3", "RFC 1034 section 3.6.2"),
    settings=(DOMAIN, TTL),
    expect=seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange("auth", f"{AUTHORITATIVE} && dns.cname == ${{alias.name}} && {_TTL}"),
        *exchange("tld", referral("cdn"), _ALIAS, again="_alias"),
        *exchange("cdn", f"{AUTHORITATIVE} && {_CDN} && {_TTL}", _ALIAS),
        answer(
            f"{_FOR_A_WHILE} && dns.count.answers == 2 && dns.cname == ${{alias.name}} && {_CDN}"
        ),
        closed=_CLOSED,
        allow=[primed()],
    ),
    equivalents=_EQUIVALENTS,
)
def dns_recursion(lab: Stage) -> None:
    """A recursor walks from the root to the answer, past an alias.

    The client asks its recursor once and gets everything. The recursor, whose cache is empty,
    asks the root, which refers it to the servers of `test`, which refer it to those of
    `example.test`; there the name turns out to be an alias in another zone, so that the walk
    goes on, from `test`, which it knows by now. Recursion is desired in the client's
    question only.
    """
    domain, ttl = lab.settings["domain"], lab.settings["ttl"]
    cdn = f"cdn.{domain.rpartition('.')[2]}"
    www = chosen(lab)
    alias = lab.names["alias.name"] = f"{lab.names['www.name']}.{cdn}"
    start_name_servers(
        lab,
        auth=Domain(f"{domain}.", (Record(www.owner, "CNAME", f"{alias}."),), ttl=ttl),
        cdn=Domain(f"{cdn}.", (Record(f"{alias}.", "A", www.data),), ttl=ttl),
    )
    start_recursor(lab, minimal=False)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-cache",
    topology=Names,
    points=_POINTS,
    rfcs=("RFC 1034 section 5.3.1", "RFC 1035 section 7.4"),
    settings=(DOMAIN, TTL),
    expect=seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange("auth", _ADDRESS),
        answer(f"{_KNOWN} && {_ONLY}"),
        question("again"),
        answer(
            f"{_KNOWN} && {_ONLY} && dns.resp.ttl <= ${{answer.dns.resp.ttl}}",
            name="remembered",
            to="again",
        ),
        closed=_CLOSED,
        allow=[primed()],
    ),
    equivalents=_EQUIVALENTS,
)
def dns_cache(lab: Stage) -> None:
    """A second question is answered from the cache.

    The first time the recursor has to ask its way from the root down. The second time it
    remembers: nothing is seen at `wan`, and the answer comes in a fraction of the time. Its
    TTL is what is left of the time for which the record may be kept, so it never grows.
    """
    start_name_servers(lab, auth=Domain(f"{lab.settings['domain']}.", (chosen(lab),)))
    start_recursor(lab)
    for key in ("dig", "dig again"):
        lab.fact(key, dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-cname-authority",
    topology=Names,
    points={"lan": "c-eth0"},
    rfcs=("RFC 1034 section 3.6.2", "RFC 1035 section 4.1.3"),
    settings=(DOMAIN, TTL, _SERVERS),
    expect=_cname_authority,
    equivalents=(IP_ID, DONT_FRAGMENT, LEFT),
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
        auth=Domain(f"{domain}.", (Record(www.owner, "CNAME", f"{alias}."),), ttl=ttl),
        cdn=Domain(f"{cdn}.", addresses, ttl=ttl),
    )
    start_recursor(lab, minimal=False)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


_REVERSE = Asked("${reverse.name}", PTR)


@scenario(
    "dns-ptr",
    topology=Names,
    points=_POINTS,
    rfcs=("RFC 1035 section 3.5", "RFC 1034 section 5.2.1"),
    settings=(DOMAIN, TTL),
    expect=seq(
        question(asked=_REVERSE),
        *exchange("root", referral("tld"), _REVERSE),
        *exchange("tld", referral("auth"), _REVERSE),
        *exchange("auth", f"{_OF_AUTH} && dns.a == ${{auth.ip}} && {_NAMED}", _REVERSE),
        answer(f"{_NAMED} && dns.count.answers == 1 && {_FOR_A_WHILE} && {_ONLY}", _REVERSE),
        closed=_CLOSED,
        allow=[primed()],
    ),
    equivalents=_EQUIVALENTS,
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
            "*",
            "neither question waits for the other's answer (RFC 1035 section 7.3)",
            steps=("answer", "ask_aaaa"),
            operators=("swap",),
        ),
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
        records += (Record(www.owner, "AAAA", lab.names["www.ip6"]),)
    start_name_servers(
        lab, auth=Domain(f"{lab.settings['domain']}.", records, ttl=lab.settings["ttl"])
    )
    start_recursor(lab)
    lab.fact("lookup", lookup(lab["c"], lab.names["www.name"]))
