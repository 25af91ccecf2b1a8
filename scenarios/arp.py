"""ARP: who has this address, and here I am."""

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
from wirelab.topologies.dhcp import Dhcp
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import FixedAddress, arping, await_neighbour, neighbours, ping
from wirelab.verify import Item, forwarded, habit, par, seq, step

_WHO_HAS = (
    "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff && arp.src.hw_mac == ${c.mac}"
    " && arp.src.proto_ipv4 == ${c.ip} && arp.dst.hw_mac == 00:00:00:00:00:00"
    " && arp.dst.proto_ipv4 == ${s.ip}"
)


@scenario(
    "arp-cold-resolve",
    topology=Lan,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826", "RFC 1122 section 2.3.2"),
    expect=seq(
        step("who_has", _WHO_HAS, at="c"),
        par(
            forwarded("who_has", "c", "x", hops=0),
            seq(
                step(
                    "is_at",
                    "arp.opcode == 2 && eth.dst == ${c.mac} && arp.src.hw_mac == ${s.mac}"
                    " && arp.src.proto_ipv4 == ${s.ip} && arp.dst.hw_mac == ${c.mac}"
                    " && arp.dst.proto_ipv4 == ${c.ip}",
                    within="1s",
                    at="c",
                ),
                habit(
                    "the packet that had to wait is an echo request here",
                    step(
                        "echo",
                        "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip}"
                        " && eth.dst == ${is_at.arp.src.hw_mac}",
                        at="c",
                    ),
                    step(
                        "reply",
                        "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
                        " && icmp.ident == ${echo.icmp.ident} && icmp.seq == ${echo.icmp.seq}",
                        within="1s",
                        at="c",
                    ),
                ),
            ),
        ),
        closed=["arp", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp.opcode == 2", "who answered, and to whom: eth.dst is the asker alone"),
        Look("!icmp", "what is left is what was needed first", technique="exclusion"),
        Look("arp || icmp", "what the question cost the first packet", technique="delta column"),
    ),
)
def arp_cold_resolve(lab: Stage) -> None:
    """The first packet to a neighbour waits for ARP.

    The client knows the server's IP address but not its MAC. It asks everybody (the request
    is a broadcast, its target MAC is all zeros) and only the owner answers, to the asker
    alone. So the bystander `x` hears the question and never the answer. Frame "is_at" is the
    one that solves the question: the echo request right after it is sent to its MAC.
    """
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5))


@scenario(
    "arp-cache-hit",
    topology=Lan,
    points={"c": "c-eth0"},
    rfcs=("RFC 826", "RFC 1122 section 2.3.2.1"),
    expect=seq(
        step("who_has", who_has("s")),
        step("is_at", is_at("s"), within="1s"),
        step("echo", f"{echo('c', 's')} && eth.dst == ${{is_at.arp.src.hw_mac}}"),
        step("reply", reply("echo"), within="1s"),
        step("echo_again", f"{echo('c', 's')} && eth.dst == ${{is_at.arp.src.hw_mac}}"),
        step("reply_again", reply("echo_again"), within="1s"),
        closed=["arp", "icmp"],
        at="c",
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp", "two frames, though two programs asked", technique="displayed count"),
        Look("icmp.type == 8", "both requests go to the MAC that was learnt once"),
        Look("", "the first reply took longer: it waited for ARP", technique="delta column"),
    ),
)
def arp_cache_hit(lab: Stage) -> None:
    """The second packet to a neighbour asks nobody.

    The answer to the first question is kept in the kernel's table of neighbours. A second
    program that sends to the same neighbour finds it there: no ARP at all, and the echo request
    leaves at once. No ARP in a capture hence does not mean that ARP was not needed; it may have
    happened before the capture began.
    """
    lab.fact("first ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5))
    lab.fact("neighbours", neighbours(lab["c"]))
    lab.fact("second ping", ping(lab["c"], lab["s"].ip(), count=1, wait=5))


def _refresh(settings: Settings) -> Item:
    delay = settings["delay"]
    return seq(
        step("who_has", who_has("s")),
        step("is_at", is_at("s"), within="1s"),
        step("echo", f"{echo('c', 's')} && eth.dst == ${{is_at.arp.src.hw_mac}}"),
        step("reply", reply("echo"), within="1s"),
        step("echo_stale", f"{echo('c', 's')} && eth.dst == ${{is_at.arp.src.hw_mac}}"),
        step("reply_stale", reply("echo_stale"), within="1s"),
        step(
            "still_there",
            who_has("s", to="${is_at.arp.src.hw_mac}"),
            within=f"{delay - 0.1:.1f}s..{delay + 5}s",
            of="echo_stale",
        ),
        step("it_is", is_at("s"), within="1s"),
        closed=["arp", "icmp"],
        at="c",
    )


@scenario(
    "arp-unicast-refresh",
    topology=Lan,
    points={"c": "c-eth0"},
    rfcs=("RFC 1122 section 2.3.2.1", "RFC 4861 section 7.3.3 (the states that Linux uses)"),
    settings=(Setting("delay", 1, "time from the use of an old entry to the question", 1, 8, "s"),),
    expect=_refresh,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("arp.opcode == 1 && eth.dst != ff:ff:ff:ff:ff:ff", "a question that only one hears"),
        Look("arp", "how long after the echo request it is asked", technique="delta column"),
        Look("arp.opcode == 1", "the same question, once to all and once to one"),
    ),
)
def arp_unicast_refresh(lab: Stage) -> None:
    """A known neighbour is asked again, and asked alone.

    What was learnt is believed for half a minute or so, and then is stale. A stale entry is still
    used: the echo request leaves at once, to the old MAC. If nothing confirms the neighbour
    within `delay` (5 s where nobody changes it) the kernel asks it whether it is still there, with
    a request to that MAC alone. Only if that stays unanswered everybody is asked again. Here the
    client's entry gets old within half a second.
    """
    c, s = lab["c"], lab["s"]
    age, delay = "base_reachable_time_ms", "delay_first_probe_time"
    c.sysctl(f"net.ipv4.neigh.c-eth0.{age}", 400)
    c.sysctl(f"net.ipv4.neigh.c-eth0.{delay}", 0)
    ask_no_more(lab, "s-eth0")
    lab.fact("first ping", ping(c, s.ip(), count=1, wait=5))
    lab.fact("grown old", await_neighbour(c, s.ip(), "STALE"))
    c.sysctl(f"net.ipv4.neigh.c-eth0.{age}", 30_000)  # so that it does not get old again
    c.sysctl(f"net.ipv4.neigh.c-eth0.{delay}", lab.settings["delay"])
    lab.fact("second ping", ping(c, s.ip(), count=1, wait=5))
    lab.wait_for("arp.opcode == 2 && eth.dst == ${c.mac}", at="c", count=2, timeout=20)
    lab.fact("confirmed", await_neighbour(c, s.ip(), "REACHABLE"))


@scenario(
    "arp-gratuitous",
    topology=Lan,
    points={"s": "s-eth0", "x": "x-eth0"},
    rfcs=("RFC 5227 section 3", "RFC 5944 section 4.6"),
    expect=seq(
        *(
            part
            for kind, opcode in (("request", 1), ("reply", 2))
            for part in (
                step(
                    kind,
                    f"arp.isgratuitous && arp.opcode == {opcode} && eth.dst == ff:ff:ff:ff:ff:ff"
                    " && eth.src == ${s.mac} && arp.src.hw_mac == ${s.mac}"
                    " && arp.src.proto_ipv4 == ${s.ip} && arp.dst.proto_ipv4 == ${s.ip}",
                    at="s",
                ),
                forwarded(kind, "s", "x", hops=0),
            )
        ),
        closed=["arp"],
    ),
    look=(
        Look("arp.isgratuitous", "sender and target IP address are equal"),
        Look("arp.opcode", "a request and a reply, for the same end", technique="apply as column"),
        Look("arp.opcode == 2", "a reply that nobody asked for, and that is a broadcast"),
    ),
)
def arp_gratuitous(lab: Stage) -> None:
    """A host announces its own address, unasked.

    Sender and target IP address are the same: nobody is asked, everybody is told. `arping -U`
    does it with a request, `arping -A` with a reply; switches and neighbours learn from both.
    What makes it gratuitous is the equal IP addresses, not the MAC addresses.
    """
    arping(lab["s"], lab["s"].ip(), announce="request")
    arping(lab["s"], lab["s"].ip(), announce="reply")
    lab.wait_for("arp.isgratuitous", at="x", count=2)


_PROBE = message(1, "${c.mac}", "0.0.0.0", to=BROADCAST, target=ZERO, about="${own.ip}")
_ANNOUNCEMENT = message(1, "${c.mac}", "${own.ip}", to=BROADCAST, target=ZERO, about="${own.ip}")
_PROBES_APART, _ANNOUNCEMENTS_APART = "0.9s..4s", "1.9s..4s"


@scenario(
    "arp-probe-announce",
    topology=Dhcp,
    points={"x": "x-eth0"},
    rfcs=("RFC 5227 section 2.1", "RFC 5227 section 2.3"),
    expect=seq(
        step("probe1", f"arp.isprobe && {_PROBE}"),
        step("probe2", f"arp.isprobe && {_PROBE}", within=_PROBES_APART),
        step("probe3", f"arp.isprobe && {_PROBE}", within=_PROBES_APART),
        step("mine1", f"arp.isannouncement && {_ANNOUNCEMENT}", within=_ANNOUNCEMENTS_APART),
        step("mine2", f"arp.isannouncement && {_ANNOUNCEMENT}", within=_ANNOUNCEMENTS_APART),
        closed=["arp", "ip"],
        at="x",
    ),
    look=(
        Look("arp.isprobe", "the sender's IP address is 0.0.0.0: it has none yet"),
        Look("arp.isannouncement", "the same address, now as sender and target: it is taken"),
        Look("arp", "1 to 2 s between probes, 2 s before it is used", technique="delta column"),
        Look("arp.opcode", "questions only: nobody objects", technique="apply as column"),
    ),
)
def arp_probe_announce(lab: Stage) -> None:
    """A careful host asks whether its address is free, and then says that it is taken.

    The address was written down on the host; no server is asked. Before it uses it, the host
    probes: three requests for the address from 0.0.0.0, so that nobody's table changes. Nobody
    answers within two seconds after the last, so the address is free; the host takes it and
    announces it twice. An answer to a probe would have been a conflict, and the address not used.
    """
    lab.names["own.ip"] = f"{lab['x'].ip().rpartition('.')[0]}.{lab.random.randint(201, 250)}"
    client = lab.start("c", FixedAddress(f"{lab.names['own.ip']}/24"))
    lab.wait_for("arp.isannouncement", at="x", count=2, timeout=30)
    lab.fact("client", client.facts()["did"])
