"""Whether what crossed the lab is what was recorded: pure, from the captured frames.

The bytes are put together by what judges expectations (`verify`), not by what took the conversations
out of the capture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.collector import paused
from wirelab.verify.dissect import Dissection
from wirelab.verify.field import as_bytes
from wirelab.verify.match.segments import sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.verify.frame import Frame
    from wirelab.verify.packet import Packet

Socket = tuple[str, int]
"""An address and a port."""
_Way = tuple[str, str, Socket, Socket]
"""A capture point, tcp or udp, and the sockets that send and receive."""


@dataclass(frozen=True)
class Expected:
    """What one side of a conversation said."""

    talk: str
    """What the conversation is called."""
    who: str
    """Which side: `client` or `server`."""
    protocol: str
    """`tcp` or `udp`."""
    sender: Socket
    """From where it was sent in the lab."""
    receiver: Socket
    """To where."""
    points: tuple[str, ...]
    """The capture points that it passed, the sender's first."""
    pieces: Sequence[bytes]
    """All that it said; of UDP datagram by datagram."""


@dataclass(frozen=True)
class Seen:
    """What the capture shows of all that was said."""

    problems: Sequence[str]
    """What differs, a line each."""
    streams: int
    """How many streams and flows were compared."""
    datagrams_lost: int
    """Datagrams that were sent and did not come to their receiver's point."""


def compare(expected: Iterable[Expected], frames: Iterable[Frame]) -> Seen:
    """Compares what was captured with what was recorded.

    Args:
        expected: what each side said.
        frames: the frames of all points, in the order of time.
    """
    wanted = list(expected)
    ways = {
        (point, each.protocol, each.sender, each.receiver)
        for each in wanted
        for point in each.points
    }
    found = _by_way(frames, ways)
    problems: list[str] = []
    lost = 0
    for each in wanted:
        for point in each.points:
            packets = found.get((point, each.protocol, each.sender, each.receiver), [])
            at_receiver = point == each.points[-1]
            if each.protocol == "tcp":
                problems += _stream(each, point, packets)
            else:
                missing, more = _datagrams(each, packets)
                lost += missing if at_receiver else 0
                problems += more if at_receiver else _all_sent(each, point, missing) + more
    return Seen(problems, len(wanted), lost)


def _by_way(frames: Iterable[Frame], ways: set[_Way]) -> dict[_Way, list[Packet]]:
    dissection = Dissection()
    found: defaultdict[_Way, list[Packet]] = defaultdict(list)
    with paused():
        for frame in frames:
            packet = dissection.add(frame)
            way = _way(packet)
            if way in ways:
                found[way].append(packet)
    return found


def _way(packet: Packet) -> _Way | None:
    for layer in packet.layers:
        if layer.protocol in ("tcp", "udp") and not layer.quoted:
            protocol = layer.protocol
            break
    else:
        return None
    if not packet.values(f"{protocol}.payload"):
        return None
    sockets: list[Socket] = []
    for end, port in (("src", "srcport"), ("dst", "dstport")):
        address = packet.values(f"ip.{end}", 1) or packet.values(f"ipv6.{end}", 1)
        number = packet.values(f"{protocol}.{port}", 1)
        if not address or not number:
            return None
        sockets.append((str(address[0]), int(number[0])))  # type: ignore[call-overload]  # a port
    return packet.frame.point, protocol, sockets[0], sockets[1]


def _stream(each: Expected, point: str, packets: list[Packet]) -> list[str]:
    wanted = b"".join(each.pieces)
    data = sent(packets).data if packets else b""
    if data == wanted:
        return []
    at = _first_difference(data, wanted)
    return [
        f"{each.talk}: at {point} the {each.who} says {len(data)} bytes, recorded are {len(wanted)}; "
        f"they differ from byte {at} on"
    ]


def _datagrams(each: Expected, packets: list[Packet]) -> tuple[int, list[str]]:
    wanted = Counter(piece for piece in each.pieces if piece)
    seen = Counter(as_bytes(packet.values("udp.payload")[0]) for packet in packets)
    missing, more = (wanted - seen).total(), (seen - wanted).total()
    if not more:
        return missing, []
    return missing, [f"{each.talk}: {more} datagrams of the {each.who} are not as recorded"]


def _all_sent(each: Expected, point: str, missing: int) -> list[str]:
    return [f"{each.talk}: {missing} datagrams of the {each.who} were not sent at {point}"] * (
        missing > 0
    )


def _first_difference(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:  # the longest prefix that is the same
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
