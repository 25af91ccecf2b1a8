"""Taking the conversations out of a capture: pure, of one sighting of each packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wirelab.traffic.replay.conversations.connection import Connection
from wirelab.traffic.replay.conversations.flow import Flow
from wirelab.traffic.replay.conversations.segments import TCP, UDP, Segment, segments
from wirelab.traffic.replay.conversations.store import Store
from wirelab.traffic.replay.conversations.talk import SERVER, Talk, Talks
from wirelab.traffic.replay.conversations.turns import Turns
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.glance import glance
from wirelab.verify.collector import paused
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.columns.table import Table

Seen = Connection | Flow
_Ends = tuple[bytes, bytes]
_ETHERNET = 14


def extract(table: Table) -> tuple[Talks, Store]:
    """Takes the conversations out of a capture.

    Of several points the one is taken, conversation by conversation, that saw all of it, and saw
    it first.

    Args:
        table: the capture.

    Returns:
        The conversations, and where their payloads lie.

    Raises:
        ReplayError: times run backwards at a point, or there is nothing to play.
    """
    _see_that_time_goes_on(table)
    store = Store(table.columns.octets.data)
    with paused():
        found = _collected(segments(table, store), store)
    chosen = [min(each, key=_worth) for each in found.values()]
    known = [each for each in chosen if each.opened and each.from_start]
    whole = sorted(
        (each for each in known if not _lacks(each)), key=lambda each: (each.time, each.first)
    )
    lacking = [each for each in chosen if _lacks(each) and each.said]
    unopened = sum(not each.opened and each.from_start and not each.said for each in chosen)
    if not whole and not lacking:
        raise ReplayError(_nothing(table, unopened, len(chosen) - unopened))
    talks = [_talk(each) for each in whole]
    Turns(talks, whole).work_out()
    everything = sum(each.repeated for group in found.values() for each in group)
    return (
        Talks(
            talks,
            [_talk(each) for each in lacking],
            unopened,
            everything,
            talks[0].time if talks else 0,
            sum(each.repeated for each in whole if isinstance(each, Flow)),
        ),
        store,
    )


def _nothing(table: Table, unopened: int, silent: int) -> str:
    """Say that nothing can be played, and what there is instead."""
    ethernet = (frame.data for frame in table if frame.linktype == LinkType.ETHERNET)
    seen = (glance(data) for data in ethernet if len(data) >= _ETHERNET)
    cut = {
        (each.src, each.dst, each.fragment[0])
        for each in seen
        if each.fragment and each.protocol in (TCP, UDP)
    }
    there = [
        _several(unopened, "connection that never came about", "connections that never came about"),
        _several(silent, "connection in which nothing is said", "connections in which nothing is"
                 " said"),
        _several(len(cut), "datagram that lacks fragments", "datagrams that lack fragments"),
    ]  # fmt: skip
    told = " and ".join(filter(None, there))
    but = f", only {told}" if told else ""
    return f"the capture has no TCP connection and no UDP datagram to play again{but}"


def _several(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}" if count else ""


def _see_that_time_goes_on(table: Table) -> None:
    time, points = table.columns.time, table.point_numbers
    for point in range(len(table.point_names)):
        (places,) = (points == point).nonzero()
        (back,) = (np.diff(time[places]) < 0).nonzero()
        if len(back):
            frame = int(places[back[0] + 1])
            early = int(time[places[back[0]]] - time[frame])
            raise ReplayError(
                f"frame {frame + 1} is {early / 1e6:g} ms earlier than the one before it: put the "
                "frames in order first (reordercap)"
            )


def _collected(found: Iterable[Segment], store: Store) -> dict[object, list[Seen]]:
    """Every conversation, as each point saw it."""
    current: dict[tuple[object, ...], Seen] = {}
    everything: dict[object, list[Seen]] = {}
    reuses: dict[tuple[object, ...], int] = {}
    for segment in found:
        one = segment.source, segment.source_port
        other = segment.destination, segment.destination_port
        pair = (one, other) if one <= other else (other, one)
        key = (segment.point, segment.protocol, pair)
        known = current.get(key)
        if known is None or (isinstance(known, Connection) and known.begins_anew(segment)):
            number = reuses[key] = reuses.get(key, -1) + 1
            tcp = segment.protocol == TCP
            known = current[key] = Connection(segment) if tcp else Flow(segment, store)
            identity = (segment.seq if tcp and known.from_start else number, known.from_start)
            everything.setdefault((segment.protocol, pair, identity), []).append(known)
        known.add(segment)
    return everything


def _worth(seen: Seen) -> tuple[bool, bool, int, int, int]:
    """The less, the better a sighting it is."""
    size = sum(voice.amount for voice in seen.voices)
    return not seen.opened, bool(_lacks(seen)), -size, seen.time, seen.first


def _lacks(seen: Seen) -> str:
    """Why a conversation cannot be played as it was; "" when it can."""
    return seen.lacks or ("no socket can have port 0" if not seen.ends[SERVER].port else "")


def _talk(seen: Seen) -> Talk:
    protocol = TCP if isinstance(seen, Connection) else 17
    texts = (seen.voices[0].text, seen.voices[1].text)
    ends = seen.ends
    return Talk(protocol, ends, seen.first, seen.time, seen.point, texts, lacks=_lacks(seen))
