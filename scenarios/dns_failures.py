"""DNS that gives no address: no such name, a broken server, silence, too much for a datagram."""

from wirelab.scenarios.dns_play import (
    DOMAIN,
    chosen,
    large,
    start_name_servers,
    start_recursor,
)
from wirelab.scenarios.dns_steps import (
    CLOSED,
    EQUIVALENTS,
    LEFT,
    ONLY,
    POINTS,
    SOA,
    TXT,
    Asked,
    Way,
    answer,
    exchange,
    primed,
    question,
    referral,
)
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.names import Names
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import dig
from wirelab.traffic.servers import Domain, Nsd, zones
from wirelab.verify import Item, equivalent, seq

_ROUTER = {"lan": "r1-eth0", "wan": "r1-eth1"}
_EXTENDED = equivalent("dns.opt", "a server may say why, in its own words (RFC 8914 section 2)")
_TCP = "tcp.len > 0 || tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1"
_OF_C = ["dns && ip.addr == ${c.ip}", "icmp", _TCP]  # the recursor asks others, too
_BEHIND_ROUTER = Way("s", "lan", "wan")
_ON_LINK = Way("rec", "lan", "rec", hops=0)

_TRIES = Setting("tries", 3, "how often the client asks", 1, 4, "times")
_TIMEOUT = Setting("timeout", 1, "how long the client waits each time", 1, 2, "s")
_RECORDS = Setting("records", 3, "texts of 200 bytes that the name has", 3, 5, "records")

_NO_RECORDS = "dns.count.answers == 0 && dns.count.auth_rr == 0"
_NO_SUCH_NAME = f"dns.count.answers == 0 && dns.count.auth_rr == 1 && {SOA}"
_FOR_A_WHILE = "all dns.resp.ttl <= ${none.ttl} && all dns.resp.ttl >= ${none.ttl} - 10"
_NOT_THERE = f"{_NO_SUCH_NAME} && dns.count.add_rr == 0 && {_FOR_A_WHILE}"
_FAILED = f"{_NO_RECORDS} && dns.count.add_rr == 0"
_MISSING = Asked("${missing.name}")
_BROKEN = Asked("${broken.name}")
_LARGE = Asked("${large.name}", TXT)
_SILENCE = """
table ip filter {
    chain input {
        type filter hook input priority 0;
        udp dport 53 drop
    }
}
"""


@scenario(
    "dns-nxdomain",
    topology=Names,
    points=POINTS,
    rfcs=("RFC 1035 section 4.1.1", "RFC 2308 sections 2.1 and 5"),
    settings=(
        DOMAIN,
        Setting("ttl", 300, "how long to remember that the name is missing", 60, 3600, "s"),
    ),
    expect=seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange(
            "auth",
            f"dns.flags & 0xffef == 0x8403 && {_NO_SUCH_NAME} && dns.resp.ttl === ${{none.ttl}}",
        ),
        answer(f"{_NOT_THERE}", flags=0x8183),
        closed=CLOSED,
        allow=[primed()],
    ),
    equivalents=EQUIVALENTS,
    look=(
        Look("dns.flags.rcode == 3", "who says that there is no such name, and who repeats it"),
        Look('dns.flags.authoritative == 1 && dns.qry.name != "<Root>"', "the one that can know"),
        Look("dns.soa.minimum_ttl", "how long that may be remembered"),
    ),
)
def dns_nxdomain(lab: Stage) -> None:
    """A name that does not exist.

    Only who is responsible for a domain can say that a name is not in it, and that is an answer
    like any other (AA is set): return code 3, no such name. There is no record to go with it,
    so the authority section has the zone's SOA, whose last number and TTL say for how long the
    recursor may remember that there is nothing. Nothing is broken but, perhaps, the spelling.
    """
    chosen(lab)
    lab.names["none.ttl"] = str(lab.settings["ttl"])
    domain = Domain(f"{lab.settings['domain']}.", negative_ttl=lab.settings["ttl"])
    start_name_servers(lab, auth=domain)
    start_recursor(lab)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


@scenario(
    "dns-servfail",
    topology=Names,
    points=POINTS,
    rfcs=("RFC 1035 section 4.1.1", "RFC 1912 section 2.8", "RFC 2308 section 7.1"),
    settings=(DOMAIN,),
    expect=seq(
        question(),
        *exchange("root", referral("tld")),
        *exchange("tld", referral("auth")),
        *exchange("auth", f"dns.flags & 0xffef == 0x8005 && {_NO_RECORDS}"),
        answer(_FAILED, flags=0x8182),
        closed=CLOSED,
        allow=[primed()],
    ),
    equivalents=(*EQUIVALENTS, _EXTENDED),
    look=(
        Look("dns.flags.rcode == 2", "all that the client learns"),
        Look("dns.flags.rcode == 5", "the cause: the server that should know refuses"),
        Look("dns.ns", "who sent the recursor there: the last referral"),
    ),
)
def dns_servfail(lab: Stage) -> None:
    """A delegation that leads to a server which knows nothing of it.

    The servers of the top-level domain refer to a name server that was never told about the
    zone: a lame delegation. It refuses (return code 5), and the recursor, with nobody left to
    ask, can only say that it failed (2). The client cannot see what went wrong or where: the
    recursor it asked is in order, and so is the name. At `wan` the last answer shows it.
    """
    chosen(lab)
    start_name_servers(lab, auth=Domain(f"{lab.settings['domain']}."), lame=("auth",))
    start_recursor(lab)
    lab.fact("dig", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"]))


def _timeout(settings: Settings) -> Item:
    asked = _BEHIND_ROUTER.tries(settings["tries"], settings["timeout"])
    return seq(*asked, closed=["udp", "icmp"])


@scenario(
    "dns-timeout",
    topology=Routed,
    points=_ROUTER,
    rfcs=("RFC 1035 section 4.2.1", "RFC 1123 section 6.1.3.3", "RFC 5452 section 9.2"),
    settings=(DOMAIN, _TRIES, _TIMEOUT),
    expect=_timeout,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("dns", "the same question, its id unchanged, at equal intervals", "delta column"),
        Look(
            "dns.flags.response == 0",
            "each on both sides of the router",
            "displayed count",
        ),
        Look("!arp", "no answer, and no ICMP error either", "exclusion"),
    ),
)
def dns_timeout(lab: Stage) -> None:
    """A name server that says nothing.

    UDP does not tell whether a datagram arrived, so a client waits and asks again: the same
    question with the same id, here from a new port each time. All that is certain is on the
    far side of the router: the questions went on to the server, a packet filter of which drops
    them. Without it the closed port would have been reported at once; silence costs the user
    `tries` times `timeout`.
    """
    chosen(lab)
    lab["s"].run(["nft", "-f", "-"], input=_SILENCE)
    patience = {key: lab.settings[key] for key in ("tries", "timeout")}
    lab.fact("dig", dig(lab["c"], lab["s"].ip(), lab.names["www.name"], **patience))


def _texts(settings: Settings) -> str:
    texts = " && ".join(f"dns.txt == ${{text{n}}}" for n in range(settings["records"]))
    return f"dns.count.answers == {settings['records']} && {texts}"


def _truncated(settings: Settings) -> Item:
    return seq(
        *_BEHIND_ROUTER.exchange(_LARGE, _FAILED, flags=0x8700, name="first"),
        *_BEHIND_ROUTER.over_tcp(_LARGE, _texts(settings), flags=0x8500),
        closed=[*CLOSED, _TCP],
    )


@scenario(
    "dns-truncated",
    topology=Routed,
    points=_ROUTER,
    rfcs=("RFC 1035 section 4.2", "RFC 2181 section 9", "RFC 7766 section 5"),
    settings=(DOMAIN, _RECORDS),
    expect=_truncated,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("dns.flags.truncated == 1", "an answer without an answer"),
        Look("tcp.port == 53", "handshake, question, answer, goodbye", "follow stream"),
        Look("dns.count.answers > 0", "the same server, the same question, now with everything"),
    ),
)
def dns_truncated(lab: Stage) -> None:
    """An answer that is too large for UDP comes over TCP.

    A client that says nothing else (EDNS) takes 512 bytes in a datagram, and these texts are
    longer. So the server sets TC, truncated, and leaves them out. The client asks again, over
    TCP: handshake, the same question with a length before it, the whole answer, goodbye. That
    is no failure, but where a filter lets only UDP port 53 pass it becomes one.
    """
    name = f"{lab.settings['domain']}."
    domain = Domain(name, large(lab), servers={f"ns.{name}": lab["s"].ip()})
    lab.start("s", Nsd(zones=zones([domain])))
    lab.fact("dig", dig(lab["c"], lab["s"].ip(), lab.names["large.name"], "TXT"))


def _failures(settings: Settings) -> Item:
    some = f"dns.count.answers < {settings['records']} && dns.count.add_rr == 0"
    return seq(
        *_ON_LINK.exchange(_MISSING, _NOT_THERE, flags=0x8183, name="missing"),
        *_ON_LINK.exchange(_BROKEN, _FAILED, flags=0x8182, name="broken"),
        *_ON_LINK.exchange(_LARGE, some, flags=0x8380, name="large"),
        *_ON_LINK.over_tcp(_LARGE, f"{_texts(settings)} && {ONLY}", flags=0x8180),
        *_ON_LINK.tries(2, settings["timeout"]),
        closed=_OF_C,
    )


@scenario(
    "dns-failures",
    topology=Names,
    points={"lan": "c-eth0", "rec": "rec-eth0"},
    rfcs=("RFC 1035 sections 4.1.1 and 4.2", "RFC 2308"),
    settings=(DOMAIN, _RECORDS, _TIMEOUT),
    expect=_failures,
    equivalents=(IP_ID, DONT_FRAGMENT, LEFT),
    look=(
        Look("dns.flags.rcode != 0", "3: no such name; 2: failed to ask", "apply as column"),
        Look("dns.flags.truncated == 1", "too large for a datagram, so that TCP follows"),
        Look("tcp.flags.syn == 1", "where the client changes to TCP", "filter button"),
        Look(
            "dns.flags.response == 0 && !dns.response_in",
            "in points/lan.pcapng: the two that stayed unanswered",
            "packet list",
        ),
    ),
)
def dns_failures(lab: Stage) -> None:
    """Four names, and four ways to get no address at once.

    What a client sees when it says that a name "does not resolve", in this order: the name does
    not exist (code 3, with the SOA); the recursor failed to find out (code 2, with nothing);
    the answer is too large for a datagram (TC) and comes over TCP, which is no failure; and at
    last nobody answers. Only the first is an answer about the name. `dns-nxdomain`,
    `dns-servfail`, `dns-truncated` and `dns-timeout` show each from where its cause is seen.
    """
    chosen(lab)
    domain = lab.settings["domain"]
    lab.names |= {"missing.name": f"missing.{domain}", "broken.name": f"www.broken.{domain}"}
    lab.names["none.ttl"] = "300"
    start_name_servers(
        lab,
        lame=("cdn",),
        auth=Domain(f"{domain}.", large(lab)),
        cdn=Domain(f"broken.{domain}."),
    )
    start_recursor(lab)
    for name, kind in (("missing", "A"), ("broken", "A"), ("large", "TXT")):
        found = dig(lab["c"], lab["rec"].ip(), lab.names[f"{name}.name"], kind)
        lab.fact(f"dig {name}", found)
    lab["rec"].run(["nft", "-f", "-"], input=_SILENCE)
    patience = {"tries": 2, "timeout": lab.settings["timeout"]}
    lab.fact("dig silent", dig(lab["c"], lab["rec"].ip(), lab.names["www.name"], **patience))
