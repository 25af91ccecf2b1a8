"""Which capture is replayed into which network, decided and checked before anything starts."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from wirelab.run.networks import Network, network
from wirelab.run.replay_job import ReplayJob
from wirelab.traffic.replay import frames, hosts
from wirelab.traffic.replay.choice import chosen, table_of
from wirelab.traffic.replay.conversations import prepared as conversations
from wirelab.traffic.replay.conversations.options import TalkOptions
from wirelab.traffic.replay.frame_options import Choice, FrameOptions
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.traffic.replay.kind import Prepared
from wirelab.verify import Capture, load_capture

Options = FrameOptions | HostsOptions | TalkOptions
"""What is asked of a replay; the type says its kind."""

KINDS = {FrameOptions: "frames", HostsOptions: "hosts", TalkOptions: "conversations"}
"""The kinds of replay by the options that each has."""


def plan_replay(
    capture: Path,
    on: str,
    options: Options,
    *,
    choice: Choice | None = None,
    assignments: Iterable[str] = (),
    seed: int = 0,
) -> ReplayJob:
    """Return a replay that can begin.

    Args:
        capture: the file.
        on: a topology, or a scenario whose network it is; of a scenario the points of its captures
            say where the frames of each are sent, if `FrameOptions.at` does not.
        options: what is asked for; their type says the kind of replay.
        choice: which packets, of a replay by hosts; `FrameOptions` say so themselves.
        assignments: parameters of the topology or settings of the scenario, as `name=value`.
        seed: that of the lab.

    Raises:
        PlanError: there is no such network, or not with these parameters.
        ReplayError: the capture cannot be replayed so.
        CaptureError: the file is no capture.
        FilterError: a filter cannot be understood.
    """
    where = network(on, assignments)
    prepared = _prepared(capture, where, options, choice, seed)
    return ReplayJob(capture, KINDS[type(options)], where, prepared, seed)


def _prepared(
    path: Path, where: Network, options: Options, choice: Choice | None, seed: int
) -> Prepared:
    if isinstance(options, FrameOptions):
        mtus = sorted(each for each in where.parameters if each.endswith("mtu"))
        return frames.prepare(path, where.topo, options, where.points, mtus=mtus)
    if isinstance(options, HostsOptions):
        return hosts.prepare(_capture(path, choice), where.topo, seed=seed, options=options)
    return conversations.prepare(path, where.topo, options)


def _capture(path: Path, choice: Choice | None) -> Capture:
    if choice is None or choice == Choice():
        return load_capture(path)
    table = table_of(path)
    kept = tuple(table[place] for place in chosen(table, choice).tolist())
    return replace(load_capture(path), frames=kept)
