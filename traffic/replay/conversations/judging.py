"""Whether what crossed the lab is what was recorded: pure, from the captured frames.

How streams are put together here is not how they were taken out of the recording: that kept what
came first, this sorts by sequence numbers, as `verify.match.segments` does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.player_ends import first_difference
from wirelab.traffic.replay.conversations.segments import TCP, UDP, Segment, segments
from wirelab.traffic.replay.conversations.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.conversations.talk import Text
    from wirelab.verify.columns.table import Table

Socket = tuple[str, int]
"""An address and a port."""
_Way = tuple[str, int, Socket, Socket]
"""A capture point, TCP or UDP, and the sockets that send and receive."""
_MODULO, _HALF = 1 << 32, 1 << 31


@dataclass(frozen=True)
class Expected:
    """What one side of a conversation said."""

    talk: str
    """What the conversation is called."""
    who: str
    """Which side: `client` or `server`."""
    protocol: int
    """TCP or UDP."""
    sender: Socket
    """From where it was sent in the lab."""
    receiver: Socket
    """To where."""
    points: tuple[str, str]
    """The capture points that it passed: the sender's and the receiver's."""
    text: Text
    """All that it said, as it lies in the recording's store."""


@dataclass(frozen=True)
class Seen:
    """What the capture shows of all that was said."""

    problems: Sequence[str]
    """What differs, a line each."""
    compared: int
    """How many streams and flows were compared, each at both points."""
    lost: int
    """Datagrams that were sent and did not come to their receiver's point."""


def compare(expected: Sequence[Expected], recorded: Store, table: Table | None) -> Seen:
    """Compares what was captured with what was recorded.

    Args:
        expected: what each side said.
        recorded: where that lies.
        table: the frames of all points, in the order of time; None for none.
    """
    ways: dict[_Way, list[Segment]] = {
        (point, each.protocol, each.sender, each.receiver): []
        for each in expected
        for point in each.points
    }
    store = Store(table.columns.octets.data if table else b"")
    if table:
        _sort(table, store, ways)
    problems: list[str] = []
    lost = 0
    for each in expected:
        said = list(map(recorded.slice, each.text.starts, each.text.sizes))
        for point in each.points:
            found = ways[point, each.protocol, each.sender, each.receiver]
            if each.protocol == TCP:
                problems += _stream(each, point, b"".join(said), joined(found, store))
                continue
            missing, told = _datagrams(each, point, said, found, store)
            problems += told
            if point == each.points[1]:
                lost += missing
            elif missing:
                problems.append(
                    f"{each.talk}: {missing} datagrams of the {each.who} were not sent at {point}"
                )
    return Seen(problems, len(expected), lost)


def _sort(table: Table, store: Store, ways: dict[_Way, list[Segment]]) -> None:
    """Sorts what brings data by its way."""
    shown: defaultdict[bytes, str] = defaultdict(str)
    for segment in segments(table, store):
        if not segment.size and segment.protocol == TCP:
            continue
        for address in (segment.source, segment.destination):
            if address not in shown:
                shown[address] = str(ip_address(address))
        way = (
            table.point_names[segment.point],
            segment.protocol,
            (shown[segment.source], segment.source_port),
            (shown[segment.destination], segment.destination_port),
        )
        if way in ways:
            ways[way].append(segment)


def joined(found: Sequence[Segment], store: Store) -> bytes:
    """The data of one side of a connection up to the first gap, in whatever order it came."""
    if not found:
        return b""
    first = found[0].seq
    placed = sorted(
        ((each.seq - first + _HALF) % _MODULO - _HALF, each.start, each.size) for each in found
    )
    data, end = bytearray(), placed[0][0]
    for at, start, size in placed:
        if at <= end < at + size:
            data += store.slice(start + end - at, at + size - end)
            end = at + size
    return bytes(data)


def _stream(each: Expected, point: str, wanted: bytes, data: bytes) -> list[str]:
    if data == wanted:
        return []
    at = first_difference(data, wanted)
    return [
        f"{each.talk}: at {point} the {each.who} says {len(data)} bytes, recorded are "
        f"{len(wanted)}; they differ from byte {at} on"
    ]


def _datagrams(
    each: Expected, point: str, said: list[bytes], found: Sequence[Segment], store: Store
) -> tuple[int, list[str]]:
    """How many datagrams are not there, and what is there that was not recorded."""
    assert each.protocol == UDP
    wanted = Counter(said)
    seen = Counter(store.slice(segment.start, segment.size) for segment in found)
    more = (seen - wanted).total()
    told = f"{each.talk}: at {point} {more} datagrams of the {each.who} are not as recorded"
    return (wanted - seen).total(), [told] if more else []
