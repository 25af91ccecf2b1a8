"""A capture of a small lab, made by hand: a client, a router, a server, and two points."""

from __future__ import annotations

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet as Crafted

from wirelab.verify import Capture, Frame, Point, Provenance, Way

C, R_LAN, R_WAN, S = (f"02:00:00:00:00:0{n}" for n in (1, 2, 3, 4))
EVERYBODY = "ff:ff:ff:ff:ff:ff"
CLIENT, NEAR, FAR, SERVER = "10.1.0.10", "10.1.0.1", "10.2.0.1", "10.2.0.20"
START, MS = 1_700_000_000_000_000_000, 1_000_000

_NAMES = {
    "c.ip": CLIENT, "c.mac": C, "r1.ip": NEAR, "r1.mac": R_LAN, "r1-eth1.ip": FAR,
    "r1-eth1.mac": R_WAN, "s.ip": SERVER, "s.mac": S,
}  # fmt: skip
_WAYS = {
    "lan": {
        CLIENT: Way(C, 0), NEAR: Way(R_LAN, 0), FAR: Way(R_LAN, 0), SERVER: Way(R_LAN, 1, ("wan",))
    },
    "wan": {
        CLIENT: Way(R_WAN, 1, ("lan",)), NEAR: Way(R_WAN, 0), FAR: Way(R_WAN, 0), SERVER: Way(S, 0)
    },
}  # fmt: skip
MADE = Provenance("by-hand", 0, {}, _NAMES, _WAYS)
"""What the capture says about its lab."""

Seen = tuple[str, Crafted]
"""A point and what was seen there."""


def out(packet: Crafted) -> list[Seen]:
    """A packet of the client, at both points."""
    return [("lan", Ether(src=C, dst=R_LAN) / packet), ("wan", _hop(R_WAN, S, packet))]


def back(packet: Crafted) -> list[Seen]:
    """A packet of the server, at both points."""
    return [("wan", Ether(src=S, dst=R_WAN) / packet), ("lan", _hop(R_LAN, C, packet))]


def _hop(source: str, destination: str, packet: Crafted) -> Crafted:
    copy = packet.copy()
    copy.ttl -= 1
    return Ether(src=source, dst=destination) / copy


def there(number: int = 1, **fields: object) -> Crafted:
    """An IP header of the client."""
    return IP(src=CLIENT, dst=SERVER, id=number, **fields)


def here(number: int = 2, **fields: object) -> Crafted:
    """An IP header of the server."""
    return IP(src=SERVER, dst=CLIENT, id=number, **fields)


def resolution() -> list[Seen]:
    """The client asks for its router's MAC."""
    who = ARP(op=1, hwsrc=C, psrc=CLIENT, hwdst="00:00:00:00:00:00", pdst=NEAR)
    return [
        ("lan", Ether(src=C, dst=EVERYBODY) / who),
        ("lan", Ether(src=R_LAN, dst=C) / ARP(op=2, hwsrc=R_LAN, psrc=NEAR, hwdst=C, pdst=CLIENT)),
    ]


def ping() -> list[Seen]:
    """An echo and its reply."""
    data = bytes(range(20))
    return [
        *out(there() / ICMP(type=8, id=7, seq=1) / data),
        *back(here() / ICMP(type=0, id=7, seq=1) / data),
    ]


def refused() -> list[Seen]:
    """A datagram for a closed port, and the error about it."""
    probe = there(3) / UDP(sport=40000, dport=9) / b"hello"
    arrived = probe.copy()
    arrived.ttl -= 1
    return [
        *out(probe),
        *back(here(4, tos=0xC0) / ICMP(type=3, code=3) / bytes(IP(bytes(arrived)))),
    ]


def redirected(spoilt: bytes = b"") -> list[Seen]:
    """A datagram, and the redirect about it; the last bytes of its quote are `spoilt`."""
    probe = there(3) / UDP(sport=40000, dport=9) / bytes(range(40))
    quote = bytes(probe)
    about = here(4, tos=0xC0) / ICMP(type=5, code=1, gw=FAR) / quote[: len(quote) - len(spoilt)]
    about.src = NEAR
    return [*out(probe), ("lan", Ether(src=R_LAN, dst=C) / (about / spoilt))]


def question(**flags: object) -> Crafted:
    """A DNS query of the client."""
    return (
        there(5) / UDP(sport=40001, dport=53) / DNS(id=9, rd=1, qd=DNSQR(qname="a.test"), **flags)
    )


def answer(name: str = "a.test", **flags: object) -> Crafted:
    """The server's answer, about `name`."""
    record = DNSRR(rrname=name, rdata="192.0.2.1", ttl=60)
    message = DNS(id=9, qr=1, aa=1, rd=1, qd=DNSQR(qname="a.test"), an=record, **flags)
    return here(6) / UDP(sport=53, dport=40001) / message


def lookup() -> list[Seen]:
    """A DNS query and its answer."""
    return [*out(question()), *back(answer())]


def segment(flags: str, seq: int, ack: int, data: bytes = b"", *, server: bool = False) -> Crafted:
    """A TCP segment."""
    ports = {"sport": 21, "dport": 40002} if server else {"sport": 40002, "dport": 21}
    header = here(seq % 65536) if server else there(seq % 65536)
    return header / TCP(**ports, flags=flags, seq=seq, ack=ack) / data


def talk() -> list[Seen]:
    """A connection in which the server says something."""
    return [
        *out(segment("S", 100, 0)),
        *back(segment("SA", 500, 101, server=True)),
        *out(segment("A", 101, 501)),
        *back(segment("PA", 501, 101, b"220 hi\r\n", server=True)),
        *out(segment("A", 101, 509)),
        *out(segment("FA", 101, 509)),
        *back(segment("FA", 509, 102, server=True)),
        *out(segment("A", 102, 510)),
    ]


def closed_port() -> list[Seen]:
    """A SYN for a port on which nobody listens."""
    return [*out(segment("S", 100, 0)), *back(segment("RA", 0, 101, server=True))]


def shut_window() -> list[Seen]:
    """The client takes no more, and is asked whether it does again."""
    shut = segment("A", 101, 509)
    shut.window = 0
    probe = back(segment("A", 508, 101, server=True))
    return [*talk()[:8], *out(shut), *probe, *out(shut)]


def overtaken_segment() -> list[Seen]:
    """Of two segments the second is the first to pass the second point."""
    first, second = _two_segments()
    return [*talk()[:6], first[0], *second, first[1]]


def _two_segments() -> tuple[list[Seen], list[Seen]]:
    first = back(segment("A", 501, 101, b"one", server=True))
    return first, back(segment("PA", 504, 101, b"two", server=True))


def lost_segment() -> list[Seen]:
    """The first of two segments is lost behind the first point, and sent again."""
    first, second = _two_segments()
    return [*talk()[:6], first[0], *second, *out(segment("A", 101, 501)), *first]


def message(kind: str, **fields: object) -> Crafted:
    """A DHCP message of 300 bytes: of the client, or the router's Offer, ACK or NAK."""
    offer = kind in ("offer", "ack", "nak")
    mine = {"op": 2, "yiaddr": "10.1.0.50"} if offer else {"op": 1}
    lease = [("server_id", NEAR), ("lease_time", 600), ("subnet_mask", "255.255.255.0")]
    more = fields.pop("options", lease if offer else [])
    options = [("message-type", kind), *more, "end"]  # type: ignore[misc]  # a list, as every caller gives
    chaddr = bytes.fromhex(C.replace(":", "")) + bytes(10)
    bootp = BOOTP(xid=5, **{"chaddr": chaddr, **mine, **fields}) / DHCP(options=options)
    padded = bytes(bootp).ljust(300, b"\0")
    if offer:
        to = (EVERYBODY, "255.255.255.255") if kind == "nak" else (C, "10.1.0.50")
        head = Ether(src=R_LAN, dst=to[0]) / IP(src=NEAR, dst=to[1], id=8, tos=0xC0)
        return head / UDP(sport=67, dport=68) / padded
    head = Ether(src=C, dst=EVERYBODY) / IP(src="0.0.0.0", dst="255.255.255.255", id=7)
    return head / UDP(sport=68, dport=67) / padded


def lease() -> list[Seen]:
    """A Discover and an Offer."""
    return [("lan", message("discover")), ("lan", message("offer"))]


def everything() -> list[Seen]:
    """All of that, one after the other."""
    return [*resolution(), *ping(), *refused(), *lookup(), *talk(), *lease()]


def capture(seen: list[Seen], *, gap: int = MS) -> Capture:
    """The capture of some packets, one each `gap` nanoseconds."""
    frames = []
    for number, (point, packet) in enumerate(seen, start=1):
        data = bytes(packet)
        frames.append(Frame(number, START + number * gap, point, data, len(data)))
    points = (Point("lan", mtu=1500), Point("wan", mtu=1500))
    return Capture(tuple(frames), points, MADE.comment())
