"""What the players are told: the turns of each host, and one file with all that is said."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.segments import TCP
from wirelab.traffic.replay.conversations.talk import CLIENT, SERVER, Deed, Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wirelab.traffic.replay.conversations.cast import Cast
    from wirelab.traffic.replay.conversations.store import Store

_AT_ONCE = 1 << 20

Addresses = dict[str, dict[int, str]]
"""Addresses of hosts by IP version."""


def write_texts(talks: Sequence[Talk], store: Store, file: IO[bytes]) -> list[tuple[int, int]]:
    """Writes all that is said into a file, of each conversation first what the client says.

    Returns:
        Where the two begin in the file, conversation by conversation.
    """
    places: list[tuple[int, int]] = []
    at = 0
    waiting = bytearray()
    for talk in talks:
        begins = []
        for text in talk.texts:
            begins.append(at)
            at += text.size
            for start, size in zip(text.starts, text.sizes, strict=True):
                waiting += store.slice(start, size)
                if len(waiting) >= _AT_ONCE:
                    file.write(waiting)
                    waiting.clear()
        places.append((begins[CLIENT], begins[SERVER]))
    file.write(waiting)
    file.flush()
    return places


def orders(
    talks: Sequence[Talk],
    cast: Cast,
    places: Sequence[tuple[int, int]],
    address: Callable[[int, str, str], tuple[str, str]],
    *,
    speed: float | None,
    patience: float,
) -> Mapping[str, dict[str, Any]]:
    """Makes the orders of each host that plays.

    Args:
        talks: the conversations.
        cast: who plays whom.
        places: where in the file what is said begins.
        address: given the IP version of a conversation and its two hosts, their addresses.
        speed: by what thinking times are divided; None for no thinking.
        patience: seconds without progress after which a conversation is given up.
    """
    made: dict[str, dict[str, Any]] = {
        host: {"patience": round(patience * 1e9), "ends": []} for host in cast.playing
    }
    for number, (talk, roles, begins) in enumerate(zip(talks, cast.roles, places, strict=True)):
        version = 4 if len(talk.ends[CLIENT].address) == 4 else 6
        ips = address(version, roles[CLIENT].host, roles[SERVER].host)
        reset = [turn.side for turn in talk.turns if turn.deed is Deed.RESET]
        for side, role in enumerate(roles):
            heard = talk.texts[1 - side]
            made[role.host]["ends"].append(
                {
                    "talk": number,
                    "tcp": talk.protocol == TCP,
                    "side": side,
                    "own": [ips[side], role.port],
                    "peer": [ips[1 - side], roles[1 - side].port],
                    "says": begins[side],
                    "hears": [begins[1 - side], heard.size],
                    "sizes": [] if talk.protocol == TCP else heard.sizes.tolist(),
                    "reset": 1 - side in reset,
                    "turns": _turns(talk, side, speed),
                }
            )
    return made


def _turns(talk: Talk, side: int, speed: float | None) -> list[list[Any]]:
    return [
        [
            str(turn.deed),
            turn.start,
            turn.size,
            _scaled(turn.think, speed),
            [[need.talk, int(need.heard), need.amount] for need in turn.needs],
        ]
        for turn in talk.turns
        if turn.side == side
    ]


def _scaled(time: int, speed: float | None) -> int:
    return 0 if speed is None else round(time / speed)
