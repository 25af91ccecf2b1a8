"""DNS: from a name to an address."""

from wirelab.scenarios.dns_play import (
    DOMAIN,
    TTL,
    chosen,
    owned,
    start_name_servers,
    start_recursor,
)
from wirelab.scenarios.dns_steps import (
    AUTHORITATIVE,
    CLOSED,
    DELEGATED,
    EQUIVALENTS,
    FOR_A_WHILE,
    FRESH,
    KNOWN,
    LEFT,
    OF_AUTH,
    ONLY,
    POINTS,
    Asked,
    answer,
    exchange,
    kept,
    primed,
    question,
    referral,
)
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.names import Names
from wirelab.traffic.clients import dig
from wirelab.traffic.servers import Domain, Record
from wirelab.verify import Item, seq

_ALIAS = Asked("${alias.name}")
_ADDRESS = f"{OF_AUTH} && dns.a == ${{www.ip}} && dns.a == ${{auth.ip}}"
_CDN = "dns.a == ${www.ip} && dns.ns == ${cdn.ns} && dns.a == ${cdn.ip}"


def _simple(settings: Settings) -> Item:
    return seq(question(), answer(f"{KNOWN} && {ONLY} && {kept(settings['ttl'])}"), closed=CLOSED)


@scenario(
    "dns-simple",
    topology=Names,
    points={"lan": "c-eth0"},
    rfcs=("RFC 1034 section 3.7", "RFC 1035 section 4.1"),
    settings=(DOMAIN, TTL),
    expect=_simple,
    equivalents=(IP_ID, DONT_FRAGMENT, LEFT),
    look=(
        Look("dns.flags.response == 1", "flags 0x8180, and the counts: one question, one answer"),
        Look("dns", "dns.id is the same in both, the ports change sides", "apply as column"),
        Look("dns.time", "how long the client waited, as Wireshark works it out"),
    ),
)
def dns_simple(lab: Stage) -> None:
    """A name and its address: what a client sees of DNS.

    One question and one answer, each a UDP datagram. They belong together by the transaction
    id and by the ports, which change sides: the answer comes from port 53. The answer repeats
    the question (the flags 0x8180 say response, recursion desired and available, no error) and
    adds one record, with the time for which it may be remembered. What the recursor did in
    between is not seen from here; `dns-recursion` shows it.
    """
    start_name_servers(lab, auth=owned(lab, chosen(lab)))
    start_recursor(lab)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


def _recursion(settings: Settings) -> Item:
    """The walk from the root to the alias, and on to what it stands for."""
    told = f"dns.count.answers == 2 && dns.cname == ${{alias.name}} && {_CDN}"
    return seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange("auth", f"{AUTHORITATIVE} && dns.cname == ${{alias.name}} && {FRESH}"),
        *exchange("tld", referral("cdn"), _ALIAS, again="_alias"),
        *exchange("cdn", f"{AUTHORITATIVE} && {_CDN} && {FRESH}", _ALIAS),
        answer(f"{told} && {kept(settings['ttl'], DELEGATED)}"),
        closed=CLOSED,
        allow=[primed()],
    )


@scenario(
    "dns-recursion",
    topology=Names,
    points=POINTS,
    rfcs=("RFC 1034 section 5.3.3", "RFC 1034 section 3.6.2"),
    settings=(DOMAIN, TTL),
    expect=_recursion,
    equivalents=EQUIVALENTS,
    look=(
        Look("dns.flags.response == 0", "who is asked, and for which name", "packet list"),
        Look("dns.flags.recdesired == 1", "the client alone desires recursion"),
        Look(
            "dns.count.answers == 0 && dns.count.auth_rr > 0",
            "referrals: who knows more",
        ),
        Look(
            'dns.flags.authoritative == 1 && dns.qry.name != "<Root>"',
            "responsible for the name, and for its alias",
        ),
        Look("dns.time", "the client's wait, and what each server took of it", "apply as column"),
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
    domain, ttl = lab.settings["domain"], lab.settings["ttl"]
    cdn = f"cdn.{domain.rpartition('.')[2]}"
    www = chosen(lab)
    alias = lab.names["alias.name"] = f"{lab.names['www.name']}.{cdn}"
    start_name_servers(
        lab,
        auth=owned(lab, Record(www.owner, "CNAME", f"{alias}.")),
        cdn=Domain(f"{cdn}.", (Record(f"{alias}.", "A", www.data),), ttl=ttl),
    )
    start_recursor(lab, minimal=False)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-cache",
    topology=Names,
    points=POINTS,
    rfcs=("RFC 1034 section 5.3.3", "RFC 1035 section 7.4"),
    settings=(DOMAIN, TTL),
    expect=seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange("auth", _ADDRESS),
        answer(f"{KNOWN} && {ONLY} && {FOR_A_WHILE}"),
        question("again"),
        answer(
            f"{KNOWN} && {ONLY} && {FOR_A_WHILE} && dns.resp.ttl <= ${{answer.dns.resp.ttl}}",
            name="remembered",
            to="again",
        ),
        closed=CLOSED,
        allow=[primed()],
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look(
            "dns.flags.recdesired == 1",
            "the second wait is the shorter",
            "delta column",
        ),
        Look("dns.flags.recdesired == 0", "what the recursor had to ask: for the first only"),
        Look(
            "dns.flags.recavail == 1",
            "the TTL: what is left of it",
            "apply as column",
        ),
    ),
)
def dns_cache(lab: Stage) -> None:
    """A second question is answered from the cache.

    The first time the recursor has to ask its way from the root down. The second time it
    remembers: nothing is seen at `wan`, and the answer comes in a fraction of the time. Its
    TTL is what is left of the time for which the record may be kept, so it never grows.
    """
    start_name_servers(lab, auth=owned(lab, chosen(lab)))
    start_recursor(lab)
    for key in ("dig", "dig again"):
        lab.fact(key, dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))
