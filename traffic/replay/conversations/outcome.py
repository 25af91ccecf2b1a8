"""What became of conversations, as the players and the capture tell it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.judging import Expected
from wirelab.traffic.replay.conversations.talk import CLIENT, SERVER, Deed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wirelab.traffic.replay.conversations.cast import Cast
    from wirelab.traffic.replay.conversations.talk import Talk, Talks

_SIDES = ("client", "server")


def shortfalls(talks: Talks, ended: Mapping[str, dict[str, Any]]) -> tuple[int, dict[str, int]]:
    """How many turns were said, and how much was not as recorded, by what became of it."""
    ends = _ends(ended)
    said = sum(
        sum(turn.deed is Deed.SAY for turn in _turns(talk, side)[: ends[number, side]["turns"]])
        for number, talk in enumerate(talks.talks)
        for side in (CLIENT, SERVER)
    )
    counts = {
        "skipped": len(talks.incomplete),
        "lost": sum(end.get("lost", 0) for end in ends.values()),
        "unawaited": sum(end["skipped"] for end in ends.values()),
        "given_up": len({number for (number, _), end in ends.items() if end["error"]}),
    }
    return said, {name: count for name, count in counts.items() if count}


def facts(talks: Talks, cast: Cast, ended: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Ground truth, as the players tell it."""
    ends = _ends(ended)
    return {
        "conversations": [
            {
                "name": talk.name,
                "hosts": [role.host for role in roles],
                "ports": [role.port for role in roles],
                "turns": len(talk.turns),
                "sides": {
                    name: _side(talk, side, ends[number, side], ends[number, 1 - side])
                    for side, name in enumerate(_SIDES)
                },
            }
            for number, (talk, roles) in enumerate(zip(talks.talks, cast.roles, strict=True))
        ],
        "thinking_late_ns": {host: told["late"] for host, told in ended.items()},
        "strangers": sum(told["strangers"] for told in ended.values()),
        "incomplete": [{"name": talk.name, "lacks": talk.lacks} for talk in talks.incomplete],
    }


def _side(
    talk: Talk, side: int, end: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    """What one side said, and what of that the other heard."""
    return {
        "address": end["own"],
        "said": talk.texts[side].size,
        "heard_by_other": other["heard"],
        "sha256": other["sha256"],
        "differs": other["differs"],
        "lost": other.get("lost", 0),
        "unexpected": other.get("unexpected", 0),
        "error": end["error"],
        "began_s": round(max(0, end["begun"] - end["start"]) / 1e9, 6),
        "ended_s": round(max(0, end["ended"] - end["start"]) / 1e9, 6),
        "late_most_ns": end["late_most"],
    }


def problems(told: Mapping[str, Any]) -> Iterator[str]:
    """What the players say went wrong, a line each."""
    for number, talk in enumerate(told["conversations"], start=1):
        for name, side in talk["sides"].items():
            which = f"conversation {number}, {talk['name']}"
            other = "server" if name == "client" else "client"
            if side["error"]:
                yield f"{which}: its {name} on {talk['hosts'][_SIDES.index(name)]}: {side['error']}"
            if side["differs"] is not None:
                yield f"{which}: what the {other} hears differs from byte {side['differs']} on"
            elif side["heard_by_other"] != side["said"] and not side["lost"]:
                yield (
                    f"{which}: the {other} heard {side['heard_by_other']} of the {side['said']} "
                    f"bytes of the {name}"
                )
            if side["unexpected"]:
                count = side["unexpected"]
                yield f"{which}: the {other} got {count} datagrams that were not recorded"


def expected(talks: Talks, cast: Cast, told: Mapping[str, Any]) -> Iterator[Expected]:
    """What the capture of the replay should show."""
    for talk, roles, fact in zip(talks.talks, cast.roles, told["conversations"], strict=True):
        sockets = [
            (str(ip_address(fact["sides"][name]["address"])), role.port)
            for name, role in zip(_SIDES, roles, strict=True)
        ]
        for side, name in enumerate(_SIDES):
            yield Expected(
                talk.name,
                name,
                talk.protocol,
                sockets[side],
                sockets[1 - side],
                (roles[side].host, roles[1 - side].host),
                talk.texts[side],
            )


def _turns(talk: Talk, side: int) -> Sequence[Any]:
    return [turn for turn in talk.turns if turn.side == side]


def _ends(ended: Mapping[str, dict[str, Any]]) -> dict[tuple[int, int], dict[str, Any]]:
    return {
        (end["talk"], end["side"]): end | {"start": told["start"]}
        for told in ended.values()
        for end in told["ends"]
    }
