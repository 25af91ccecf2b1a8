"""Technique: where to capture, and what a switch shows there."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.hub import Hub
from wirelab.topologies.span import Span
from wirelab.topologies.spans import Spans
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, par, seq, step

_COUNT = Setting("count", 3, "echo requests of each client", 1, 10, "requests")


def _conversation(asker: str, count: int) -> list[tuple[str, str]]:
    """Name and filter of each frame with which a host pings the server for the first time."""
    request = f"eth.src == ${{{asker}.mac}} && ip.src == ${{{asker}.ip}} && ip.dst == ${{s.ip}}"
    reply = f"eth.src == ${{s.mac}} && ip.src == ${{s.ip}} && ip.dst == ${{{asker}.ip}}"
    frames = [
        (
            f"{asker}_asks",
            "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff && arp.dst.proto_ipv4 == ${s.ip}"
            f" && arp.src.hw_mac == ${{{asker}.mac}} && arp.src.proto_ipv4 == ${{{asker}.ip}}",
        ),
        (
            f"s_tells_{asker}",
            f"arp.opcode == 2 && eth.dst == ${{{asker}.mac}} && arp.src.hw_mac == ${{s.mac}}"
            f" && arp.src.proto_ipv4 == ${{s.ip}} && arp.dst.proto_ipv4 == ${{{asker}.ip}}",
        ),
    ]
    for n in range(1, count + 1):
        echo = f"{asker}_echo{n}"
        frames += [
            (echo, f"icmp.type == 8 && icmp.seq == {n} && eth.dst == ${{s.mac}} && {request}"),
            (
                f"{asker}_reply{n}",
                f"icmp.type == 0 && icmp.seq == {n} && eth.dst == ${{{asker}.mac}} && {reply}"
                f" && icmp.ident == ${{{echo}.icmp.ident}}",
            ),
        ]
    return frames


def _span_vs_port(settings: Settings) -> Item:
    of_c, of_x = (_conversation(asker, settings["count"]) for asker in ("c", "x"))
    return seq(
        par(
            seq(*(step(name, text, at="m") for name, text in of_c)),
            forwarded("c_asks", "m", "x", hops=0),
        ),
        *(par(step(name, text, at="x"), forwarded(name, "x", "m", hops=0)) for name, text in of_x),
        closed=["eth"],
    )


@scenario(
    "span-vs-port",
    topology=Span,
    points={"m": "m-eth0", "x": "x-eth0"},
    rfcs=("RFC 826",),
    settings=(_COUNT,),
    expect=_span_vs_port,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look(
            "!eth.addr == ${x.mac} && !(eth.dst[0] & 1)",
            "unicast between others than `x`: it is in the analyzer's file, and not in that of `x`",
            technique="SPAN port",
        ),
        Look("arp.opcode == 2", "both answers at the SPAN port; at `x` only the one for `x`"),
        Look("", "three stations transmit at the SPAN port, two at `x`", technique="endpoints"),
        Look(
            "icmp.type == 8",
            "requests, counted in each point's file: the difference never came to `x`",
            technique="displayed count",
        ),
    ),
)
def span_vs_port(lab: Stage) -> None:
    """An ordinary port hears a fraction; a SPAN port gets a copy of all.

    Two clients ping the server. The switch has learned who is where and sends unicast to one
    port only. So whoever captures at `x` sees the packets of `x`, and of the other client only
    the broadcast: its question by ARP, and not even the answer, which is unicast. That `x` saw no
    answer does not mean that there was none. The analyzer `m` is at a port to which the switch
    copies what passes the server's port: it has no address, takes no part, and sees both
    conversations whole.
    """
    lab.keep_neighbours()
    for client in ("c", "x"):
        answers = ping(lab[client], lab["s"].ip(), count=lab.settings["count"], interval=0.1)
        lab.fact(f"ping of {client}", answers)


def _unicast_flooding(settings: Settings) -> Item:
    return seq(
        *(
            par(step(name, text, at=near), forwarded(name, near, far, hops=0))
            for near, far in (("x", "c"), ("c", "x"))
            for name, text in _conversation(near, settings["count"])
        ),
        closed=["eth"],
    )


@scenario(
    "unicast-flooding",
    topology=Hub,
    points={"c": "c-eth0", "x": "x-eth0"},
    rfcs=("RFC 826",),
    settings=(_COUNT,),
    expect=_unicast_flooding,
    look=(
        Look(
            "!eth.addr == ${x.mac} && !(eth.dst[0] & 1)",
            "unicast that is not for `x`, in the file of `x`: frames that the switch flooded",
        ),
        Look(
            "!(eth.addr == ${x.mac}) && !arp",
            "in points/x.pcapng: what the others send to each other; a switch that works would"
            " leave nothing here",
            technique="exclusion",
        ),
        Look(
            "arp.opcode == 2",
            "both answers reached everybody: who is asked is known, but not at which port",
            technique="packet list",
        ),
    ),
)
def unicast_flooding(lab: Stage) -> None:
    """A switch that does not know where a station is sends its unicast to every port.

    Here its table forgets at once (ageing time zero). In real networks it forgets before the
    hosts forget their ARP entries, or has no room, or one direction of a conversation takes
    another path. Each host sees everything, although it is not addressed: eth.dst is somebody
    else's. Nothing fails; but there is load on every port, and anybody can listen.
    """
    lab.keep_neighbours()
    for client in ("x", "c"):
        answers = ping(lab[client], lab["s"].ip(), count=lab.settings["count"], interval=0.1)
        lab.fact(f"ping of {client}", answers)


def _asks(asker: str, asked: str) -> tuple[Item, Item]:
    """A question for an Ethernet address, and its answer."""
    frames = (
        (
            f"{asker}_asks",
            "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff"
            f" && arp.src.hw_mac == ${{{asker}.mac}} && arp.src.proto_ipv4 == ${{{asker}.ip}}"
            f" && arp.dst.proto_ipv4 == ${{{asked}.ip}}",
        ),
        (
            f"{asked}_answers",
            f"arp.opcode == 2 && eth.dst == ${{{asker}.mac}}"
            f" && arp.src.hw_mac == ${{{asked}.mac}} && arp.src.proto_ipv4 == ${{{asked}.ip}}"
            f" && arp.dst.proto_ipv4 == ${{{asker}.ip}}",
        ),
    )
    question, answer = (step(name, text) for name, text in frames)
    return question, answer


def _copy(name: str) -> Item:
    """The very same frame, copied at another port."""
    return forwarded(name, "m", "m", hops=0, name=f"{name}_copy")


def _packet(name: str, text: str, ttl: int, source: str, destination: str) -> Item:
    stations = f"eth.src == ${{{source}.mac}} && eth.dst == ${{{destination}.mac}}"
    return step(name, f"{text} && ip.ttl == {ttl} && {stations}")


def _duplicates(settings: Settings) -> Item:
    items: list[Item] = []
    for n in range(1, settings["count"] + 1):
        ident = f"icmp.ident == ${{echo{n}.icmp.ident}}"
        echo = f"icmp.type == 8 && icmp.seq == {n} && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}}"
        reply = (
            f"icmp.type == 0 && icmp.seq == {n} && {ident} && data.data == ${{echo{n}.data.data}}"
            " && ip.src == ${s.ip} && ip.dst == ${c.ip}"
        )
        again = f"ip.id == ${{reply{n}.ip.id}} && icmp.checksum == ${{reply{n}.icmp.checksum}}"
        same = f"ip.id == ${{echo{n}.ip.id}} && icmp.checksum == ${{echo{n}.icmp.checksum}}"
        first = n == 1
        items += [
            _packet(f"echo{n}", echo, 64, "c", "r1"),
            _copy(f"echo{n}"),
            *(_asks("r1-eth1", "s") if first else ()),
            _packet(f"echo{n}_routed", f"{echo} && {ident} && {same}", 63, "r1-eth1", "s"),
            _packet(f"reply{n}", reply, 64, "s", "r1-eth1"),
            _packet(f"reply{n}_routed", f"{reply} && {again}", 63, "r1", "c"),
            _copy(f"reply{n}_routed"),
        ]
    question, answer = _asks("c", "r1")
    copies = (_copy("c_asks"), _copy("r1_answers"))
    return seq(question, copies[0], answer, copies[1], *items, closed=["eth"], at="m")


@scenario(
    "duplicate-capture",
    topology=Spans,
    points={"m": "m-eth0"},
    rfcs=("RFC 791 section 3.2", "RFC 1812 section 5.3.1"),
    settings=(_COUNT,),
    expect=_duplicates,
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look(
            "icmp.type == 8",
            "each request three times, with one identification: none was sent again",
            technique="apply as column",
        ),
        Look(
            "ip.ttl == 63",
            "behind the router: TTL one less, other Ethernet addresses. With a colour of their own"
            " routed copies are told from those that the switch made",
            technique="colouring rule",
        ),
        Look(
            "eth.src == ${c.mac}",
            "copies of the switch: equal in every byte, microseconds apart",
            technique="delta column",
        ),
    ),
)
def duplicate_capture(lab: Stage) -> None:
    """An analyzer that is given every packet two or three times.

    The SPAN session watches both ports that a packet passes on one switch, so it is copied when it
    comes in and when it goes out: two frames that are equal to the last byte. It also watches the
    other side of the router, where the same packet has a TTL one less and new Ethernet addresses.
    The identification says that all of them are one packet: a sender that repeats itself gives the
    repetition another number (but for zero, where it does not number at all). Counts and statistics
    of such a capture are wrong, and Wireshark calls TCP segments in it retransmissions.
    """
    lab.keep_neighbours()
    count = lab.settings["count"]
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=count, interval=0.1))
