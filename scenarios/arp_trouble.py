"""ARP in trouble: nobody answers, two answer, everybody is asked."""

from ipaddress import ip_address

from wirelab.scenarios.arp_steps import (
    BROADCAST,
    ZERO,
    ask_no_more,
    echo,
    is_at,
    message,
    reply,
    who_has,
)
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.crowd import Crowd
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import arp_scan, arping, neighbours, ping
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
            "", "which of two answers is first is chance", steps=("owner", "impostor"),
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
    ask_no_more(lab, "c-eth0", "s-eth0", "x-eth0")
    lab.fact("ping", ping(c, s.ip(), count=1, wait=5))
    lab.fact("neighbours before", neighbours(c))
    x.run(["ip", "address", "add", f"{s.ip()}/24", "dev", "x-eth0"])
    arping(x, s.ip(), announce="request")
    lab.wait_for("arp.isgratuitous", at="c")
    lab.fact("ping of the other", ping(c, s.ip(), count=1, wait=5))
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
    alive = (
        step(f"alive{n}", f"{_ANSWER} && arp.src.proto_ipv4 == ${{host{n}.ip}}")
        for n in range(1, settings["hosts"] + 1)
    )
    heard = (forwarded(f"ask{n}", "c", "x", hops=0) for n in range(len(asked)))
    return seq(par(seq(*asked), seq(*alive), seq(*heard)), closed=["arp", "ip"], at="c")


@scenario(
    "arp-sweep",
    topology=Crowd,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826",),
    settings=(
        Setting("hosts", 5, "hosts that are there to be found", 1, 9, "hosts"),
        Setting("prefix", 27, "length of the prefix; 24 for 256 addresses", 24, 27, "bits"),
    ),
    expect=_sweep,
    equivalents=(
        equivalent(
            "",
            "an answer may come when the next question is out already",
            steps=("ask*", "alive*"),
            operators=("swap",),
        ),
    ),
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
    hosts = sorted(ip_address(lab[f"h{n + 1}"].ip()) for n in range(lab.settings["hosts"]))
    lab.names |= {f"lan{n}.ip": str(address) for n, address in enumerate(network)}
    lab.names |= {f"host{n}.ip": str(address) for n, address in enumerate(hosts, start=1)}
    lab.fact("found", arp_scan(c, passes=1))
    lab.wait_for(f"arp.dst.proto_ipv4 == {network[-1]}", at="x")
