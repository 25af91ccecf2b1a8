"""ICMP: echoes, and messages about a packet on its way."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.icmp_steps import error
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ping, traceroute, udp_probe
from wirelab.verify import Item, forwarded, seq, step

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_HEADERS = 28  # bytes of an IPv4 and an ICMP header
_LOST = 2  # number of the echo whose reply is lost


def _ping_echo(settings: Settings) -> Item:
    length = _HEADERS + settings["size"]
    steps: list[Item] = []
    for n in range(1, settings["count"] + 1):
        same = " && icmp.ident == ${request1.icmp.ident}" if n > 1 else ""
        numbered = f"icmp.code == 0 && icmp.seq == {n} && icmp.seq_le == {n << 8}"
        steps += [
            step(
                f"request{n}",
                f"icmp.type == 8 && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && {numbered}"
                f" && ip.len == {length} && icmp.data_time_relative < 2{same}",
                at="lan",
            ),
            forwarded(f"request{n}", "lan", "wan", within="1s"),
            step(
                f"reply{n}",
                f"icmp.type == 0 && ip.src == ${{s.ip}} && ip.dst == ${{c.ip}} && {numbered}"
                f" && icmp.ident == ${{request{n}.icmp.ident}} && ip.len == {length}",
                within="1s",
                at="wan",
            ),
        ]
        steps += [forwarded(f"reply{n}", "wan", "lan", within="1s")] if n != _LOST else []
    return seq(*steps, closed=["icmp"])


_LOSE_A_REPLY = f"""
table ip filter {{
    chain forward {{
        type filter hook forward priority 0;
        icmp type echo-reply icmp sequence {_LOST} drop
    }}
}}
"""


@scenario(
    "ping-echo",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 792 (echo)", "RFC 1122 section 3.2.2.6"),
    settings=(
        Setting("count", 4, "echo requests to send", 2, 20, "requests"),
        Setting("size", 56, "data bytes of each", 16, 1472, "bytes"),
    ),
    expect=_ping_echo,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp", "id and sequence number, BE and LE: the same bytes, read both ways"),
        Look(
            "icmp.type == 8 && !icmp.resp_in",
            "in points/lan.pcapng: the one without response; in points/wan.pcapng: none",
        ),
        Look(
            "icmp.type == 0",
            "in points/lan.pcapng: icmp.resptime is the round trip; in points/wan.pcapng: that"
            " behind the router",
            technique="apply as column",
        ),
        Look("icmp.type == 8", "one request every 0.2 s", technique="delta column"),
    ),
)
def ping_echo(lab: Stage) -> None:
    """Ping: echo requests, their replies, and one that does not come.

    The identifier tells one ping from another, the sequence number one request from the next;
    the reply repeats both, and the data. No standard says in which byte order a host writes
    them, so Wireshark shows both readings: Linux counts 1, 2, 3 in network order. ping writes
    the time into the first 16 bytes of the data, and so needs no memory to tell the round trip.
    A filter on the router loses the second reply: seen from `lan` the request has no response,
    and only `wan` tells that the server did answer.
    """
    lab["r1"].run(["nft", "-f", "-"], input=_LOSE_A_REPLY)
    count, size = lab.settings["count"], lab.settings["size"]
    told = ping(
        lab["c"], lab["s"].ip(), count=count, size=size, interval=0.2, wait=2, check=False
    )  # fmt: skip
    lab.fact("ping", told)
    lab.wait_for(f"icmp.type == 0 && icmp.seq == {count}", at="wan")


def _ttl_exceeded(settings: Settings) -> Item:
    hops = settings["hops"]
    steps: list[Item] = []
    for hop in range(1, hops + 2):
        sender, kind, code = (f"r{hop}.ip", 11, 0) if hop <= hops else ("s.ip", 3, 3)
        steps += [
            step(
                f"probe{hop}",
                f"udp && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && ip.ttl == {hop}",
                at="lan",
            ),
            error(f"answer{hop}", kind, code, sender, about=f"probe{hop}"),
        ]
    return seq(*steps, closed=["udp", "icmp"])


@scenario(
    "ttl-exceeded",
    topology=Routed,
    points={"lan": "r1-eth0"},
    rfcs=("RFC 792 (time exceeded)", "RFC 1812 section 5.3.1"),
    settings=(Setting("hops", 3, "routers between client and server", 1, 13, "routers"),),
    expect=_ttl_exceeded,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp.type in {3, 11}", "the path: who sends, in order", technique="packet list"),
        Look("icmp.type == 11", "the quoted TTL is 1: the last that the probe had"),
        Look("icmp.type == 3", "how the end is known: another type, another sender"),
    ),
)
def ttl_exceeded(lab: Stage) -> None:
    """Traceroute: every router on the way gives itself away.

    Each probe has a TTL one larger than the last. The router at which it reaches zero drops it
    and sends a time exceeded from its own address, so that the senders of the errors, in
    order, are the path. The end is known by another error: the destination's port unreachable.
    """
    lab.fact("traceroute", traceroute(lab["c"], lab["s"].ip(), max_hops=lab.settings["hops"] + 2))


_HOPS = 16  # routers: one more than the four bits of the overflow counter can count
_FULL_OPTION = bytes((68, 4, 5, 0))  # Timestamp, 4 bytes, next place behind its end, overflow 0
_PROBED_PORT = 33999


@scenario(
    "param-problem",
    topology=Routed,
    points={"lan": "r1-eth0", "last": f"r{_HOPS}-eth0"},
    rfcs=("RFC 792 (parameter problem)", "RFC 791 section 3.1 (Internet Timestamp)"),
    fixed={"hops": _HOPS},
    expect=seq(
        step(
            "probe",
            f"udp.dstport == {_PROBED_PORT} && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}}"
            " && ip.hdr_len == 24 && ip.opt.type == 68 && ip.opt.len == 4 && ip.opt.ptr == 5"
            " && ip[20:4] == 44:04:05:00",
            at="lan",
        ),
        step(
            "overflown",
            f"udp.dstport == {_PROBED_PORT} && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}}"
            " && ip.ttl == {${probe.ip.ttl} - 15} && ip.id == ${probe.ip.id}"
            " && ip[20:4] == 44:04:05:f0",
            at="last",
        ),
        error("problem", 12, 0, f"r{_HOPS}.ip", about="probe", at="last"),
        forwarded("problem", "last", "lan", hops=_HOPS - 1, within="1s"),
        closed=["udp", "icmp"],
    ),
    look=(
        Look("icmp.type == 12", "icmp.pointer: the byte, counted from 0, that is the trouble"),
        Look("ip.opt.type == 68", "the overflow counter: 0, then 15", technique="packet list"),
        Look("icmp", "ip.src#1 says who; the TTL it came with, how far away", "first TTL"),
    ),
)
def param_problem(lab: Stage) -> None:
    """An IP option that one router too many has counted in.

    The Timestamp option asks routers to write down when they saw the packet. This one has no
    room, so that each of them only adds one to its overflow counter. That has four bits: the
    sixteenth router finds 15 there, has to discard the packet, and says which byte it could not
    deal with: the pointer is 23, the last of the option, behind the 20 bytes of the header.
    """
    told = udp_probe(lab["c"], lab["s"].ip(), _PROBED_PORT, options=_FULL_OPTION)
    lab.fact("probe", told)
    lab.wait_for("icmp.type == 12", at="lan")
