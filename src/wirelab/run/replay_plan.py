"""Which capture is replayed into which network, decided and checked before anything starts."""

from collections.abc import Iterable
from pathlib import Path

from wirelab.run.networks import network
from wirelab.run.replay_job import ReplayJob
from wirelab.traffic.replay.frame_options import FrameOptions
from wirelab.traffic.replay.frames import prepare


def plan_replay(
    capture: Path,
    on: str,
    options: FrameOptions,
    *,
    assignments: Iterable[str] = (),
    seed: int = 0,
) -> ReplayJob:
    """Return a replay that can begin.

    Args:
        capture: the file.
        on: a topology, or a scenario whose network it is; of a scenario the points of its captures
            say where the frames of each are sent, if `options.at` does not.
        options: what is asked for; their type says the kind of replay.
        assignments: parameters of the topology or settings of the scenario, as `name=value`.
        seed: decides MACs.

    Raises:
        PlanError: there is no such network, or not with these parameters.
        ReplayError: these frames cannot be sent so.
        CaptureError: the file is no capture.
        FilterError: a filter cannot be understood.
    """
    where = network(on, assignments)
    prepared = prepare(capture, where.topo, options, where.points)
    return ReplayJob(capture, "frames", where, prepared, seed)
