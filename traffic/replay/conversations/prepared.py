"""A replay as conversations, from a capture file to what became of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.conversations.cast import Cast, cast
from wirelab.traffic.replay.conversations.extract import extract
from wirelab.traffic.replay.conversations.orders import orders, write_texts
from wirelab.traffic.replay.conversations.outcome import expected, facts, problems, shortfalls
from wirelab.traffic.replay.conversations.segments import TCP
from wirelab.traffic.replay.conversations.talk import Deed
from wirelab.traffic.replay.conversations.told import as_json, remarks, told
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.verify.capture import Capture, load_capture
from wirelab.verify.frame import Frame, Point

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mininet.topo import Topo

    from wirelab.emulator import Captured, Lab
    from wirelab.traffic.replay.conversations.options import TalkOptions
    from wirelab.traffic.replay.conversations.store import Store
    from wirelab.traffic.replay.conversations.talk import Talks
    from wirelab.traffic.replay.kind import Progress
    from wirelab.verify.columns.table import Table


def prepare(path: str | Path, topo: Topo, options: TalkOptions) -> Conversations:
    """Prepares to play a capture's conversations between hosts of a topology.

    Args:
        path: the capture file; it must not change before the replay is over.
        topo: the topology, as Mininet describes it; its routers take no part.
        options: how.

    Raises:
        ReplayError: nothing can be played so; the message says what would mend it.
        CaptureError: the file is missing, damaged or no capture.
    """
    options.check()
    talks, store = extract(_table(load_capture(path)))
    if talks.incomplete and options.incomplete == "refuse":
        first = talks.incomplete[0]
        others = len(talks.incomplete) - 1
        more = f" (and {others} more are not whole)" if others else ""
        raise ReplayError(f"{first.name}: {first.lacks}{more}; --incomplete skip leaves such out")
    if not talks.talks:
        raise ReplayError("no conversation in the capture is whole: there is nothing to play")
    hosts = _hosts(topo)
    if len(hosts) < 2:
        raise ReplayError("conversations need a topology with two hosts that have addresses")
    parts = cast(talks.talks, hosts, options.map, recorded_ports=options.ports == "recorded")
    return Conversations(talks, store, parts, options)


def _table(capture: Capture) -> Table:
    from wirelab.verify.columns.load import tabled  # noqa: PLC0415 - NumPy takes 0.1 s
    from wirelab.verify.columns.table import Table  # noqa: PLC0415

    frames = capture.frames
    if not isinstance(frames, Table):
        frames = tabled(capture).frames
    if not isinstance(frames, Table):
        raise ReplayError("the capture has no frames, or one with a time out of this world")
    return frames


def _hosts(topo: Topo) -> list[str]:
    """The hosts that may play, in the order in which the topology adds them."""
    found = []
    for name in topo.hosts(sort=False):
        about = topo.nodeInfo(name)
        if not about.get("router") and (about.get("ip", "any") or about.get("ip6")):
            found.append(str(name))
    return found


@dataclass(frozen=True)
class Conversations:
    """A replay as conversations of which everything is decided: see `kind.Prepared`."""

    talks: Talks
    """What is played."""
    store: Store = field(repr=False)
    """Where its bytes lie."""
    cast: Cast
    """Who plays whom."""
    options: TalkOptions
    """How."""
    _addresses: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)

    @property
    def total(self) -> int:
        """How many turns there are in which something is said."""
        return sum(turn.deed is Deed.SAY for talk in self.talks.talks for turn in talk.turns)

    @property
    def points(self) -> Mapping[str, str]:
        """The interfaces of the hosts that play, by their names."""
        return {host: f"{host}-eth0" for host in self.cast.playing}

    def told(self) -> Sequence[str]:
        """What would be done, for people."""
        return told(self.talks, self.cast, self.options)

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        return as_json(self.talks, self.cast, self.options)

    def play(self, lab: Lab, progress: Progress) -> Played:
        """Have the hosts converse.

        Raises:
            ReplayError: two hosts have no addresses of one IP version.
            PlayerError: a host cannot serve where it should.
        """
        from wirelab.traffic.replay.conversations.players import play  # noqa: PLC0415 - see floors

        with tempfile.TemporaryFile(prefix="wirelab-") as file:
            places = write_texts(self.talks.talks, self.store, file)
            made = orders(
                self.talks.talks,
                self.cast,
                places,
                partial(_address, lab, self._addresses),
                speed=self.options.speed,
                patience=self.options.patience,
            )
            ended = play(lab, made, file.fileno(), progress)
        sent, otherwise = shortfalls(self.talks, ended)
        return Played(sent, otherwise, facts(self.talks, self.cast, ended))

    def judge(self, played: Played, captured: Sequence[Captured]) -> Judged:
        """Judge what the players heard, and what passed the capture points."""
        from wirelab.traffic.replay.conversations.judging import compare  # noqa: PLC0415

        wanted = list(expected(self.talks, self.cast, played.facts))
        seen = compare(wanted, self.store, _captured(captured, set(self.points)))
        details = {"streams_compared": seen.compared, "datagrams_lost": seen.lost}
        return Judged([*problems(played.facts), *seen.problems], self._counts() | details)

    def count(self, played: Played, received: Mapping[str, int]) -> Judged:
        """Judge where the capture has holes: by what the players heard, and compared."""
        del received
        lost = sum(
            side["lost"]
            for talk in played.facts["conversations"]
            for side in talk["sides"].values()
        )
        return Judged(list(problems(played.facts)), self._counts() | {"datagrams_lost": lost})

    def _counts(self) -> dict[str, Any]:
        talks = self.talks.talks
        return {
            "conversations": len(talks),
            "tcp": sum(talk.protocol == TCP for talk in talks),
            "bytes": sum(talk.size for talk in talks),
            "remarks": remarks(self.talks),
        }


def _captured(captured: Sequence[Captured], points: set[str]) -> Table | None:
    from wirelab.verify.columns.table import Table  # noqa: PLC0415 - NumPy takes 0.1 s

    frames = [
        Frame(number, each.time, each.point, each.data, len(each.data), 1, each.outgoing)
        for number, each in enumerate(captured, start=1)
        if each.point in points
    ]
    return Table.of(frames, [Point(point) for point in sorted(points)])


def _address(
    lab: Lab, known: dict[tuple[str, int], str], version: int, *hosts: str
) -> tuple[str, str]:
    """Addresses of two hosts, of the recorded IP version where both have one, else of the other."""
    for wanted in (version, 10 - version):
        found = [_of_version(lab, known, host, wanted) for host in hosts]
        if all(found):
            return found[0], found[1]
    raise ReplayError(f"{hosts[0]} and {hosts[1]} have no addresses of one IP version")


def _of_version(lab: Lab, known: dict[tuple[str, int], str], host: str, version: int) -> str:
    if (host, version) not in known:
        interface = lab[host].interface()
        known[host, version] = (interface.IP() if version == 4 else interface.ip6()) or ""
    return known[host, version]
