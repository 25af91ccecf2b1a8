"""UDP: datagrams without a connection, and who tells when nobody takes them."""

from wirelab.scenarios.dns_play import DOMAIN, TTL, chosen
from wirelab.scenarios.dns_steps import FRESH, KNOWN, WWW, Way, answers, asks
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.resolvers import Resolvers
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ask, dig, snmpget
from wirelab.traffic.servers import Forwarder
from wirelab.verify import Item, forwarded, seq, step

_ROUTER = {"lan": "r1-eth0", "wan": "r1-eth1"}
_S = Way("s", "lan", "wan")
_FOUND = f"{KNOWN} && {FRESH}"
_TO_AGENT = "udp.dstport == 161 && ip.src == ${c.ip} && ip.dst == ${s.ip}"


@scenario(
    "udp-apps",
    topology=Routed,
    points=_ROUTER,
    rfcs=("RFC 768", "RFC 1122 section 4.1.3.1", "RFC 3417 section 3.2"),
    settings=(DOMAIN, TTL),
    expect=seq(
        *_S.exchange(WWW, _FOUND, flags=0x8580, name="name"),
        *_S.there("snmp", f"snmp && {_TO_AGENT}"),
        step(
            "closed",
            "icmp.type#1 == 3 && icmp.code#1 == 3 && ip.src#1 == ${s.ip} && ip.dst#1 == ${c.ip}",
            quotes="snmp",
            within="2s",
            at="wan",
        ),
        forwarded("closed", "wan", "lan", within="1s"),
        closed=["udp", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("udp", "the Protocol column has the applications: DNS and SNMP", "packet list"),
        Look("dns && udp.dstport == 53", "the port that the name server uses"),
        Look("icmp", "the quoted datagram went to port 161, as the one before", "quoted ports"),
        Look("udp && !icmp", "questions and answers: to port 161 there is none", "exclusion"),
    ),
)
def udp_apps(lab: Stage) -> None:
    """Two applications over UDP, one of which nobody serves.

    UDP has ports, a length and a checksum, and nothing that sets up or confirms. To port 53 goes
    a question about a name, and comes an answer. To port 161 goes a question to a management
    agent (SNMP) which does not run: the server's kernel says so with ICMP port unreachable,
    and quotes the datagram, so that its ports tell what it is about. The port is closed, not
    the machine broken. `snmpget` does not hear of it and waits for its second.
    """
    www = chosen(lab)
    server = Forwarder(records={lab.names["www.name"]: www.data}, ttl=lab.settings["ttl"])
    lab.start("s", server)
    lab.fact("dig", dig(lab["c"], lab["s"].ip(), lab.names["www.name"]))
    lab.fact("snmpget", snmpget(lab["c"], lab["s"].ip()))


def _asked(server: str) -> Item:
    same = "dns.id == ${ask_ns1.dns.id} && udp.srcport == ${ask_ns1.udp.srcport}"
    if server == "ns1":
        return step("ask_ns1", asks(WWW, server), at="lan")
    return step(f"ask_{server}", f"{asks(WWW, server)} && {same}", within="1s", at="lan")


def _answered(name: str, server: str) -> Item:
    to = f"dns.id == ${{ask_{server}.dns.id}} && udp.dstport == ${{ask_{server}.udp.srcport}}"
    return step(
        name,
        f"{answers(WWW, server, 0x8580)} && {to} && {_FOUND}",
        within="5s",
        of=f"ask_{server}",
        at="lan",
    )


@scenario(
    "dns-late-answer",
    topology=Resolvers,
    points={"lan": "c-eth0"},
    rfcs=("RFC 1122 section 4.1.3.1", "RFC 1035 section 7.2"),
    settings=(DOMAIN, TTL),
    expect=seq(
        _asked("ns1"),
        _asked("ns2"),
        _answered("first", "ns1"),
        _answered("late", "ns2"),
        step(
            "unwanted",
            "icmp.type#1 == 3 && icmp.code#1 == 3 && ip.src#1 == ${c.ip} && ip.dst#1 == ${ns2.ip}"
            " && udp.srcport == 53 && udp.dstport == ${ask_ns2.udp.srcport}"
            " && ip.ttl#2 == ${late.ip.ttl}",
            quotes="late",
            within="1s",
            at="lan",
        ),
        closed=["ip"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp", "type 3, code 3, and sent by the client: it is the client's port"),
        Look("icmp && udp.srcport == 53", "an answer is quoted, not a question", "quoted ports"),
        Look("dns.flags.response == 0", "one name, two servers, almost at once", "delta column"),
        Look("dns.flags.response == 1", "the name was found before the late one came"),
    ),
)
def dns_late_answer(lab: Stage) -> None:
    """An answer that comes too late meets a closed port.

    The client's resolver (dnsmasq, for programs of the same machine) asks two servers at once
    and takes whoever answers first; then it closes the port from which it asked. The second
    server is slow (both are halted, and go on one after the other), and for its answer the
    client's kernel has nobody: ICMP port unreachable, from the client to the server, about
    source port 53. It looks like a fault and is none: the name was found, and no user notices.
    """
    www = chosen(lab)
    server = Forwarder(records={lab.names["www.name"]: www.data}, ttl=lab.settings["ttl"])
    fast, slow = lab.start("ns1", server), lab.start("ns2", server)
    upstreams = (lab["ns1"].ip(), lab["ns2"].ip())
    lab.start("c", Forwarder(upstreams, all_servers=True, address="127.0.0.1"))
    with slow.halted():
        with fast.halted():
            asking = ask(lab["c"], "127.0.0.1", lab.names["www.name"])
            lab.wait_for("dns.flags.response == 0", at="lan", count=2)
        lab.fact("dig", asking.answer())
    lab.wait_for("icmp.type == 3", at="lan")
