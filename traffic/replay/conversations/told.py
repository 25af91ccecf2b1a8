"""What a replay as conversations would do, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.segments import TCP
from wirelab.traffic.replay.conversations.talk import CLIENT, SERVER, Deed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.conversations.cast import Cast
    from wirelab.traffic.replay.conversations.options import TalkOptions
    from wirelab.traffic.replay.conversations.talk import Talk, Talks

_MOST_LINES = 200
"""So many conversations are listed for people."""


def told(talks: Talks, cast: Cast, options: TalkOptions) -> Sequence[str]:
    """What would be done, a line each."""
    hosts = [f"{address} is played by {host}" for address, host in cast.hosts.items()]
    rows: list[tuple[str, ...]] = [
        ("", "conversation", "client", "server", "turns", "bytes >", "< bytes")
    ]
    for number, (talk, (client, server)) in enumerate(zip(talks.talks, cast.roles, strict=True), 1):
        if number > _MOST_LINES:
            break
        says = sum(turn.deed is Deed.SAY for turn in talk.turns)
        sizes = (str(talk.texts[side].size) for side in (CLIENT, SERVER))
        played = (f"{client.host}:{client.port}", f"{server.host}:{server.port}")
        rows.append((str(number), talk.name, *played, str(says), *sizes))
    left_out = len(talks.talks) - _MOST_LINES
    more = [f"and {left_out} more conversations"] if left_out > 0 else []
    return [*hosts, *_columns(rows), *more, *_remarks(talks, options)]


def _remarks(talks: Talks, options: TalkOptions) -> list[str]:
    pace = "none" if options.speed is None else f"as recorded, divided by {options.speed:g}"
    lines = [f"thinking times: {pace}"]
    open_ones = sum(talk.left_open for talk in talks.talks)
    if open_ones:
        lines.append(f"{open_ones} connections are open at the end of the capture: they are closed")
    if talks.unopened:
        lines.append(f"{talks.unopened} connections never came about and are left out")
    lines += remarks(talks)
    return lines + [f"skipped: {talk.name}: {talk.lacks}" for talk in talks.incomplete]


def remarks(talks: Talks) -> list[str]:
    """What was decided about the capture that could have been meant otherwise."""
    if not talks.copies:
        return []
    which = "1 UDP datagram is" if talks.copies == 1 else f"{talks.copies} UDP datagrams are"
    return [f"{which} taken for repeated sightings of the one before: not sent again"]


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if 0 < at < 4 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def as_json(talks: Talks, cast: Cast, options: TalkOptions) -> dict[str, Any]:
    """The same in types of JSON."""
    return {
        "hosts": dict(cast.hosts),
        "speed": options.speed,
        "conversations": [
            _talk(talk) | {"hosts": [r.host for r in roles], "ports": [r.port for r in roles]}
            for talk, roles in zip(talks.talks, cast.roles, strict=True)
        ],
        "incomplete": [{"name": talk.name, "lacks": talk.lacks} for talk in talks.incomplete],
        "unopened": talks.unopened,
        "repeated_sightings": talks.copies,
    }


def _talk(talk: Talk) -> dict[str, Any]:
    return {
        "name": talk.name,
        "protocol": "tcp" if talk.protocol == TCP else "udp",
        "turns": sum(turn.deed is Deed.SAY for turn in talk.turns),
        "bytes": [text.size for text in talk.texts],
        "frame": talk.first,
        "left_open": talk.left_open,
    }
