"""Running the players: one program in each host that has a part."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

import wirelab
from wirelab.emulator import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wirelab.emulator import Host, Lab
    from wirelab.traffic.replay.kind import Progress

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from wirelab.traffic.replay.conversations.player_main import main; main()"
)
_READY_WITHIN = 30.0
_END_WITHIN = 5.0
_LEAD = 20_000_000
"""Nanoseconds from the last player's being ready to their common start."""


class PlayerError(EmulatorError):
    """A host could not take its part."""


@dataclass
class _Player:
    """A running player."""

    host: str
    process: subprocess.Popen[bytes]
    log: Path
    rest: bytes = b""
    done: int = 0
    over: dict[str, Any] | None = field(default=None)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Takes what it has written.

        Raises:
            PlayerError: it has ended, or says why it cannot play.
        """
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        if not data:
            said = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise PlayerError(
                f"the player on {self.host} ended early: {''.join(said) or 'no reason given'}"
            )
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "error" in told:
                raise PlayerError(f"{self.host} {told['error']}")
            yield told

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()

    def stop(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def play(
    lab: Lab, orders: Mapping[str, dict[str, Any]], file: int, progress: Progress
) -> Mapping[str, dict[str, Any]]:
    """Has all hosts take their parts, and returns what each player tells in the end.

    Args:
        lab: the running lab.
        orders: by host, what `orders.orders` made.
        file: the descriptor of the file with all that is said.
        progress: is told how many turns were said.

    Raises:
        PlayerError: a host cannot serve where it should, or its player ended early.
    """
    with ExitStack() as stack:
        board = stack.enter_context(os.fdopen(os.memfd_create("wirelab-board"), "r+b"))
        most = max((end["talk"] for order in orders.values() for end in order["ends"]), default=0)
        board.truncate(16 * (most + 1))
        players = []
        for host, order in orders.items():
            player = _launch(lab, lab[host], order, (file, board.fileno()))
            stack.callback(player.stop)
            players.append(player)
        _await_ready(players)
        start = monotonic_ns() + _LEAD
        for player in players:
            player.tell(f"{start}\n")
        _follow(players, progress)
        return {player.host: player.over | {"start": start} for player in players if player.over}


def _launch(lab: Lab, host: Host, order: dict[str, Any], files: tuple[int, int]) -> _Player:
    folder = lab.scratch / "players" / host.name
    folder.mkdir(parents=True, exist_ok=True)
    path, log = folder / "orders.json", lab.logs / f"{host.name}-player.log"
    path.write_text(json.dumps(order))
    root = str(Path(wirelab.__file__).parents[1])
    argv = [sys.executable, "-I", "-S", "-c", _START, root, str(path), *map(str, files)]
    with log.open("wb") as errors:
        process = host.popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, pass_fds=files
        )
    return _Player(host.name, process, log)


def _await_ready(players: list[_Player]) -> None:
    for player in players:
        if not _readable([player], _READY_WITHIN):
            raise PlayerError(f"the player on {player.host} is not ready after {_READY_WITHIN:g} s")
        for _ in player.lines():
            pass


def _follow(players: list[_Player], progress: Progress) -> None:
    going = list(players)
    while going:
        for player in _readable(going, None):
            for told in player.lines():
                player.done = told.get("done", player.done)
                player.over = told.get("over", player.over)
        progress(sum(player.done for player in players))
        going = [player for player in going if player.over is None]


def _readable(players: list[_Player], seconds: float | None) -> list[_Player]:
    poll = select.poll()
    by_fd = {}
    for player in players:
        assert player.process.stdout is not None
        by_fd[player.process.stdout.fileno()] = player
        poll.register(player.process.stdout, select.POLLIN)
    return [by_fd[fd] for fd, _ in poll.poll(None if seconds is None else seconds * 1000)]
