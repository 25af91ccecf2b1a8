"""`play` at the prompt: a scenario's traffic in a lab that goes on, captured and judged."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Captured, PointStatistics, Taps, sandbox
from wirelab.live.errors import LiveError
from wirelab.live.running import Running
from wirelab.scenarios import Scenario, Stage
from wirelab.verify import (
    CaptureWriter,
    Point,
    Provenance,
    Verdict,
    judge,
    ladder,
    read_capture,
)
from wirelab.verify.ladders import RowKind


@dataclass(frozen=True)
class Played:
    """What came of it."""

    verdict: Verdict
    """Whether it was as expected; a lab that was used before is not as one that is new."""
    capture: Path
    """Its capture, which the next one replaces."""


def steps(running: Running) -> tuple[str, ...]:
    """Return the names of the steps that are expected of the scenario of a lab.

    Raises:
        LiveError: it has none.
    """
    expected = _scenario(running).expect(running.subject.settings)
    names = (row.name for row in ladder(expected) if row.kind is RowKind.STEP)
    return tuple(dict.fromkeys(name.partition("@")[0] for name in names))


def _scenario(running: Running) -> Scenario:
    if running.subject.scenario is None:
        raise LiveError("this lab has no scenario to play; `serve` starts servers")
    return running.subject.scenario


def play(running: Running) -> Played:
    """Play the scenario of a lab; the servers that it starts stay until the next time.

    Raises:
        LiveError: the lab is of a topology, without a scenario.
        EmulatorError: it could not be played to its end.
    """
    scenario = _scenario(running)
    if running.played is not None:
        running.played.abandon()
    subject = running.subject
    stage = Stage(running.lab, subject.settings, subject.seed, scenario.id)
    running.played = stage
    with _tapped(running, scenario.points) as (taps, statistics):
        scenario.play(stage)
    path = sandbox.SCRATCH / "played.pcapng"
    _write(running, scenario, path, taps.frames(), statistics)
    verdict = judge(
        scenario.expect(subject.settings),
        read_capture(path),
        names=stage.names,
        excuse=scenario.excuse,
    )
    return Played(verdict, path)


@contextmanager
def _tapped(
    running: Running, points: Mapping[str, str]
) -> Iterator[tuple[Taps, dict[str, PointStatistics]]]:
    """Within, the lab has taps of its own for this one time: it waits for what passes them."""
    lab, taps, statistics = running.lab, Taps(), dict[str, PointStatistics]()
    for point, name in points.items():
        interface = lab.interface(name)
        taps.open(point, interface.node.namespace, name)
    before, lab.taps = lab.taps, taps
    taps.start()
    try:
        yield taps, statistics
    finally:
        lab.taps = before
        statistics |= taps.stop()


def _write(
    running: Running,
    scenario: Scenario,
    path: Path,
    captured: tuple[Captured, ...],
    statistics: Mapping[str, PointStatistics],
) -> None:
    lab, subject = running.lab, running.subject
    stage = running.played
    assert stage is not None
    points = [
        Point(point, f"interface {name} of the lab", lab.interface(name).mtu)
        for point, name in scenario.points.items()
    ]
    made = Provenance(scenario.id, subject.seed, subject.settings, stage.names, {}, scenario.origin)
    with path.open("wb") as file:
        writer = CaptureWriter(file, points, comment=made.comment())
        if stage.key_log:
            writer.write_secrets(stage.key_log.encode())
        for frame in captured:
            writer.write(frame.point, frame.time, frame.data, len(frame.data), frame.outgoing)
        writer.close({p: (count.received, count.dropped) for p, count in statistics.items()})
