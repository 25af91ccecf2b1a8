"""ARP in trouble: nobody answers, two answer, everybody is asked, somebody answers for others."""

from wirelab.scenarios.arp_steps import BROADCAST, ZERO, echo, is_at, message, reply, who_has
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.crowd import Crowd
from wirelab.topologies.lan import Lan
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import arp_scan, arping, logger, neighbours, ping
from wirelab.traffic.servers import Collector
from wirelab.verify import Item, equivalent, forwarded, par, seq, step

_SECOND = "0.9s..3s"  # between two questions; a busy machine's timers are late


def _free_address(lab: Stage) -> str:
    """An address of the client's network that nobody has."""
    return f"{lab['c'].ip().rpartition('.')[0]}.{lab.random.randint(201, 254)}"


def _unanswered(settings: Settings) -> Item:
    steps: list[Item] = []
    for attempt in range(1, settings["attempts"] + 1):
        within = _SECOND if attempt > 1 else None
        steps += [
            step(f"who_has{attempt}", who_has("nobody"), within=within, at="c"),
            forwarded(f"who_has{attempt}", "c", "x", hops=0),
        ]
    return seq(*steps, closed=["arp", "ip"])


@scenario(
    "arp-unanswered",
    topology=Lan,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826", "RFC 1122 section 2.3.2.1"),
    settings=(Setting("attempts", 3, "questions before the kernel gives up", 1, 9, "questions"),),
    expect=_unanswered,
    look=(
        Look("arp.opcode == 1", "the same question again and again", technique="packet list"),
        Look("arp", "a second between them, for ever unanswered", technique="delta column"),
        Look("arp.dst.hw_mac == 00:00:00:00:00:00", "what is asked for is never filled in"),
    ),
)
def arp_unanswered(lab: Stage) -> None:
    """A question that nobody answers.

    The address is in the client's own network, so the client asks for its MAC, three times, a
    second apart, and everybody hears it. Nobody has the address: no answer, and then no packet
    either. What ping shows as "destination host unreachable" comes from the client's own
    kernel; no such message is on the wire. The first thing to suspect is a host that is off, a
    mistyped address, or a wrong mask.
    """
    c = lab["c"]
    lab.names["nobody.ip"] = _free_address(lab)
    c.sysctl("net.ipv4.neigh.c-eth0.mcast_solicit", lab.settings["attempts"])
    wait = lab.settings["attempts"] + 5
    lab.fact("ping", ping(c, lab.names["nobody.ip"], count=1, wait=wait, check=False))
    lab.fact("neighbours", neighbours(c))


_CLAIM = message(1, "${x.mac}", "${s.ip}", to=BROADCAST, target=BROADCAST, about="${s.ip}")
_IMPOSTOR_ASKS = message(1, "${x.mac}", "${s.ip}", to=BROADCAST, target=ZERO, about="${c.ip}")
_IMPOSTOR_TOLD = message(
    2, "${c.mac}", "${c.ip}", to="${x.mac}", target="${x.mac}", about="${s.ip}"
)
_FROM_OWNER = "eth.src == ${s.mac} && eth.dst == ${c.mac}"
_FROM_IMPOSTOR = "eth.src == ${x.mac} && eth.dst == ${c.mac}"
_DUPLICATE = "arp.duplicate-address-detected"


@scenario(
    "arp-duplicate-ip",
    topology=Lan,
    points={"c": "c-eth0"},
    rfcs=("RFC 5227 section 2.4", "RFC 826"),
    expect=seq(
        step("who_has", who_has("s")),
        step("is_at", is_at("s"), within="1s"),
        step("echo", f"{echo('c', 's')} && eth.dst == ${{s.mac}} && eth.src == ${{c.mac}}"),
        step("reply", f"{reply('echo')} && {_FROM_OWNER}", within="1s"),
        step("claim", f"{_DUPLICATE} && {_CLAIM}"),
        step("echo_astray", f"{echo('c', 's')} && eth.dst == ${{x.mac}} && eth.src == ${{c.mac}}"),
        step("impostor_asks", f"{_DUPLICATE} && {_IMPOSTOR_ASKS}", within="1s"),
        step("impostor_told", f"{_IMPOSTOR_TOLD}", within="1s"),
        step("reply_false", f"{reply('echo_astray')} && {_FROM_IMPOSTOR}", within="1s"),
        step("who_has_it", who_has("s", target=BROADCAST)),
        par(
            step("owner", is_at("s"), within="1s"),
            step("impostor", is_at("s", by="x"), within="1s"),
        ),
        closed=["arp", "icmp"],
        at="c",
    ),
    excuse=("arp", "station"),
    equivalents=(
        IP_ID,
        DONT_FRAGMENT,
        equivalent(
            "*", "which of two answers is first is chance", steps=("owner", "impostor"),
            operators=("swap",),
        ),
    ),
    look=(
        Look(_DUPLICATE, "Wireshark remembers who had the address before"),
        Look("arp.opcode == 2 && arp.src.proto_ipv4 == ${s.ip}", "one address, two MACs"),
        Look("icmp && ip.addr == ${s.ip}", "the same IP address at another MAC: eth.addr as column",
             technique="apply as column"),
        Look("arp.isgratuitous", "what changed the client's mind"),
    ),
)  # fmt: skip
def arp_duplicate_ip(lab: Stage) -> None:
    """Two hosts with one address: who is asked is a matter of luck.

    The client talks to the server. Then somebody gives `x` the server's address, and `x` says so
    to everybody: the client believes the latest, and its next echo request goes to `x`, which
    answers as if nothing were amiss. Each asks and answers with the same IP address and its own
    MAC. The test is a question by hand: `arping` gets two answers where there should be one. What
    users see is trouble that comes and goes, since each client goes where it heard last.
    """
    c, s, x = lab["c"], lab["s"], lab["x"]
    lab.fact("ping", ping(c, s.ip(), count=1))
    lab.fact("neighbours before", neighbours(c))
    x.run(["ip", "address", "add", f"{s.ip()}/24", "dev", "x-eth0"])
    arping(x, s.ip(), announce="request")
    lab.wait_for("arp.isgratuitous", at="c")
    lab.fact("ping of the other", ping(c, s.ip(), count=1))
    lab.fact("neighbours after", neighbours(c))
    lab.fact("arping", arping(c, s.ip(), count=1))
    lab.wait_for("arp.opcode == 2 && arp.src.proto_ipv4 == ${s.ip}", at="c", count=3)


_ASK = (  # what the laws of the lab do not say of every question
    f"arp.opcode == 1 && eth.dst == {BROADCAST} && arp.src.proto_ipv4 == ${{c.ip}}"
    f" && arp.dst.hw_mac == {ZERO}"
)

_ANSWER = (
    "arp.opcode == 2 && eth.dst == ${c.mac} && arp.dst.hw_mac == ${c.mac}"
    " && arp.dst.proto_ipv4 == ${c.ip}"
)


def _sweep(settings: Settings) -> Item:
    asked = []
    for n in range(2 ** (32 - settings["prefix"])):
        behind = f" && arp.dst.proto_ipv4 > ${{ask{n - 1}.arp.dst.proto_ipv4}}" if n else ""
        asked.append(step(f"ask{n}", f"{_ASK} && arp.dst.proto_ipv4 == ${{lan{n}.ip}}{behind}"))
    hosts = range(1, settings["hosts"] + 1)
    everybody = ", ".join(f"${{h{n}.ip}}" for n in hosts)
    alive = []
    for n in hosts:
        behind = f" && arp.src.proto_ipv4 > ${{alive{n - 1}.arp.src.proto_ipv4}}" if n > 1 else ""
        alive.append(
            step(f"alive{n}", f"{_ANSWER} && arp.src.proto_ipv4 in {{{everybody}}}{behind}")
        )
    heard = (forwarded(f"ask{n}", "c", "x", hops=0) for n in range(len(asked)))
    return seq(par(seq(*asked), seq(*alive), seq(*heard)), closed=["arp", "ip"], at="c")


@scenario(
    "arp-sweep",
    topology=Crowd,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826",),
    settings=(
        Setting("hosts", 5, "hosts that are there to be found", 1, 20, "hosts"),
        Setting("prefix", 26, "length of the prefix; 24 for 256 addresses", 24, 26, "bits"),
    ),
    expect=_sweep,
    look=(
        Look("arp.opcode == 1", "a question for each address", technique="displayed count"),
        Look("arp.opcode == 2", "who is there, and so what the sweeper knows now"),
        Look("", "who sends nearly everything", technique="endpoints"),
        Look("arp.isgratuitous", "the sweeper asks for itself, too: its address is on the list"),
    ),
)
def arp_sweep(lab: Stage) -> None:
    """Somebody asks for every address of the network.

    A request every two milliseconds, from one sender, for one address after the other, the
    network's own and the broadcast address included: nobody needs so many neighbours. It is how a
    scanner finds who is there, and how some worms do. Who is there answers the sweeper only:
    the bystander hears every question, which is how it is noticed, and no answer.
    """
    c = lab["c"]
    network = c.interface().addresses[0].network
    lab.names |= {f"lan{n}.ip": str(address) for n, address in enumerate(network)}
    lab.fact("found", arp_scan(c, passes=1))
    lab.wait_for(f"arp.dst.proto_ipv4 == {network[-1]}", at="x")


_ROUTER_ASKS = who_has("s", asks="r1-eth1")
_LOSE_FIRST_QUESTION = """
table arp asleep {
    chain input {
        type filter hook input priority 0;
        arp operation request numgen inc mod 1000 == 0 drop
    }
}
"""


def _to_router(name: str, filter_: str) -> tuple[Item, ...]:
    """A frame that the client sends, and that reaches the router."""
    return step(name, filter_, at="c"), forwarded(name, "c", "lan", hops=0)


def _line(n: int) -> tuple[Item, ...]:
    ends = "udp.dstport == 514 && ip.src == ${c.ip} && ip.dst == ${s.ip} && eth.dst == ${r1.mac}"
    return _to_router(f"line{n}", f'{ends} && udp.payload contains "line {n}"')


@scenario(
    "arp-first-packet-loss",
    topology=Routed,
    points={"c": "c-eth0", "lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1122 section 2.3.2.2", "RFC 1812 section 3.3.2"),
    expect=seq(
        *_to_router("client_asks", who_has("r1")),
        step("router_says", is_at("r1"), within="1s", at="lan"),
        forwarded("router_says", "lan", "c", hops=0),
        *_line(1),
        step("router_asks", _ROUTER_ASKS, at="wan"),
        *_line(2),
        step("router_asks_again", _ROUTER_ASKS, within="1.9s..5s", of="router_asks", at="wan"),
        step("server_says", is_at("s", asks="r1-eth1"), within="1s", at="wan"),
        forwarded("line2", "c", "wan", within="1s"),
        *_line(3),
        forwarded("line3", "c", "wan", within="1s"),
        closed=["arp", "udp", "icmp"],
    ),
    look=(
        Look('udp.payload contains "line 1"', "it came to the router, seen at `lan`, no further"),
        Look("udp", "three lines before the router, two behind it", technique="displayed count"),
        Look("arp || udp", "the second waited for ARP, the third did not",
             technique="delta column"),
    ),
)  # fmt: skip
def arp_first_packet_loss(lab: Stage) -> None:
    """The first packet is lost, and nothing is broken.

    The client sends lines to a log collector, in datagrams. The router has to find the collector's
    MAC, and the collector, just awake, misses the first question; the second comes two seconds
    later. Meanwhile the router may keep what it cannot send yet, but only little: here the latest
    packet, as the standard asks for at least. So the first line is gone, without a message to
    anybody, the second is late, and the third is as fast as all that follow. A first packet that is
    lost, of a ping as well, is the sign of ARP on the way.
    """
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth1.unres_qlen_bytes", 0)
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth1.retrans_time_ms", 2000)
    lab.start("s", Collector())
    lab["s"].run(["nft", "-f", "-"], input=_LOSE_FIRST_QUESTION)
    for n in (1, 2, 3):
        logger(lab["c"], lab["s"].ip(), [f"line {n}"])
        lab.wait_for("udp", at="lan", count=n)
        if n > 1:
            lab.wait_for("udp", at="wan", count=n - 1)
    lab.fact("neighbours", neighbours(lab["r1"]))


@scenario(
    "arp-proxy",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1027", "RFC 925"),
    expect=seq(
        step("who_has", who_has("s"), at="lan"),
        step("is_at_router", is_at("s", by="r1"), within="1s", at="lan"),
        step("echo", f"{echo('c', 's')} && eth.dst == ${{is_at_router.eth.src}}", at="lan"),
        step("router_asks", _ROUTER_ASKS, within="1s", at="wan"),
        step("is_at", is_at("s", asks="r1-eth1"), within="1s", at="wan"),
        forwarded("echo", "lan", "wan", within="1s"),
        step("reply", reply("echo"), within="1s", at="wan"),
        forwarded("reply", "wan", "lan", within="1s"),
        closed=["arp", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp.opcode == 2", "the server's address, at the router's MAC and at its own",
             technique="apply as column"),
        Look("arp.dst.proto_ipv4 == ${s.ip}", "who asks for a host in another network?"),
        Look("icmp.type == 0", "TTL 63 at `lan`: somebody in between", technique="first TTL"),
    ),
)  # fmt: skip
def arp_proxy(lab: Stage) -> None:
    """A router answers for a host behind it.

    The client takes the server for a neighbour, as with a mask that is too short, and asks for its
    MAC instead of its gateway's. The server cannot hear that; the router answers in its place,
    with its own MAC, and passes on what it then gets. It works, and hides the client's mistake.
    The signs: one MAC answers for many addresses, and the TTL shows a router between neighbours.
    """
    lab["r1"].sysctl("net.ipv4.conf.r1-eth0.proxy_arp", 1)
    # Else it answers after a random time of up to 0.8 s, in case the owner hears the question.
    lab["r1"].sysctl("net.ipv4.neigh.r1-eth0.proxy_delay", 0)
    lab["c"].setHostRoute(lab["s"].ip(), "c-eth0")
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1))
    lab.fact("neighbours", neighbours(lab["c"]))
