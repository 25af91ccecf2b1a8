"""Every capture of the catalogue, and each foreign one, can be replayed frame by frame."""

import hashlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from wirelab.emulator.drawn_links import drawn_interfaces
from wirelab.run.networks import Network
from wirelab.run.replay import run_replay
from wirelab.run.replay_job import Replayed, ReplayJob
from wirelab.scenarios import CATALOGUE
from wirelab.topologies.crowd import Crowd
from wirelab.traffic.replay.frame_options import FrameOptions
from wirelab.traffic.replay.frames import prepare
from wirelab.verify import CaptureError, read_capture
from wirelab.verify.frame import LinkType

CAPTURES = Path(__file__).parents[2] / "shared" / "captures"
_FOREIGN = sorted(CAPTURES.glob("*.pcap*")) if CAPTURES.is_dir() else []
_LOSSLESS = {"delay": 0, "loss": 0, "rate": 0}
_AT_ONCE = 4


@dataclass(frozen=True)
class _Work:
    """A replay that a process of a pool prepares and does."""

    capture: Path
    scenario: str
    """Whose network it is; "" for a crowd on a switch."""
    folder: Path

    def network(self) -> Network:
        """Return the network, with links that lose nothing."""
        if not self.scenario:
            return Network("crowd", Crowd(), points={"": "x-eth0"})
        of = CATALOGUE[self.scenario]
        known = inspect.signature(of.topology.build).parameters
        settings = of.defaults() | {k: v for k, v in _LOSSLESS.items() if k in known}
        return Network(of.id, of.network(settings), settings, of.points)

    def done(self) -> Replayed:
        """Replay."""
        network = self.network()
        at = {} if self.scenario else dict(network.points)
        options = FrameOptions(at=at, topspeed=True)
        prepared = prepare(self.capture, network.topo, options, network.points)
        ended = run_replay(ReplayJob(self.capture, "frames", network, prepared), self.folder)
        assert ended is not None
        return ended


def _see_that_all_arrive(works: list[_Work]) -> None:
    """Replay several at once, each in a sandbox of its own, and read what arrived."""
    with get_context("fork").Pool(_AT_ONCE) as pool:
        for work, ended in zip(works, pool.imap(_Work.done, works), strict=True):
            assert ended.passed, (work, ended.problems, ended.otherwise)
            frames = read_capture(work.capture).frames
            assert ended.sent == len(frames)
            for point, interface in work.network().points.items():
                own = _digests(x.data for x in frames if point in ("", x.point))
                assert not own or _is_part(own, _arrived(work, ended, interface)), work


def _digests(frames: Iterable[bytes]) -> list[str]:
    return [hashlib.sha256(data).hexdigest() for data in frames]


def _arrived(work: _Work, ended: Replayed, name: str) -> list[str]:
    """Return what came to the other end of a link, read from the files that the replay left."""
    far = drawn_interfaces(work.network().topo)[name].peer
    read = read_capture(Path(ended.directory) / "points" / f"{far}.pcapng")
    return _digests(frame.data for frame in read.frames if frame.outgoing is False)


def _is_part(wanted: list[str], there: list[str]) -> bool:
    """Say whether all that is wanted is there, in its order."""
    rest = iter(there)
    return all(each in rest for each in wanted)


def test_captures_of_the_catalogue_arrive_whole_and_in_order(
    results: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    made = {name: Path(line["dir"]) for name, line in results.items() if line["dir"]}
    assert len(made) > len(CATALOGUE) / 2
    _see_that_all_arrive(
        [_Work(folder / "capture.pcapng", name, tmp_path / name) for name, folder in made.items()]
    )


@pytest.mark.skipif(not _FOREIGN, reason="the foreign captures are not there (shared/)")
def test_foreign_captures_arrive_whole_and_in_order(tmp_path: Path) -> None:
    ethernet = [path for path in _FOREIGN if _is_ethernet(path)]
    assert len(ethernet) == len(_FOREIGN) - 1  # PPP cannot be sent
    _see_that_all_arrive([_Work(path, "", tmp_path / path.name) for path in ethernet])


def _is_ethernet(path: Path) -> bool:
    try:
        return {each.linktype for each in read_capture(path).points} == {LinkType.ETHERNET}
    except CaptureError:
        return False
