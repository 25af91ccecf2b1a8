"""Of what a running lab is made: a topology, or a scenario, with its settings."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mininet.topo import Topo

from wirelab.emulator.links import check_mtu
from wirelab.live.errors import LiveError
from wirelab.run.networks import known_topologies
from wirelab.run.parameters import parameters
from wirelab.run.plan import jobs
from wirelab.scenarios import CATALOGUE, Scenario, own
from wirelab.scenarios.errors import near

_T = TypeVar("_T")


@dataclass(frozen=True)
class Subject:
    """What a lab is to be."""

    name: str
    """As it was asked for: the topology or the scenario."""
    topology: str
    """The network's name."""
    kind: type[Topo]
    """The network."""
    network: Topo
    """The network with the settings in it."""
    settings: Mapping[str, Any]
    """Every setting."""
    seed: int
    """Decides addresses, names, sizes."""
    scenario: Scenario | None = None
    """What can be played in it."""
    points: Mapping[str, str] = field(default_factory=dict)
    """The capture points of the scenario: interface by name."""

    @property
    def drawing(self) -> str:
        """The topology's drawing and addresses, as its file has them."""
        module = inspect.getmodule(self.kind)
        return (inspect.getdoc(module) or "").partition("\n")[2].strip("\n")


def subject(name: str, assignments: Sequence[str], seed: int) -> Subject:
    """Return what a name, or a file of one's own, stands for, with `name=value` settings.

    Raises:
        ScenarioError: something in a file is wrong.
        PlanError: there is no such setting or parameter, or the value is out of its range.
        LiveError: there is nothing of that name, or the network cannot be built so.
    """
    topos = known_topologies()
    if own.is_file(name):
        if _means_a_scenario(name):
            return _of_scenario(_only(name, own.asked(name)), topos, assignments, seed)
        file, wanted = own.parts(name)
        topos = own.topologies(Path(file))
        name = wanted or _only(name, list(topos))
        if name not in topos:
            raise LiveError(f"{file} has no topology {name!r}{near(name, topos)}")
    elif name in CATALOGUE:
        return _of_scenario(CATALOGUE[name], topos, assignments, seed)
    if name in topos:
        settings = _parameters(name, topos[name], assignments)
        return Subject(name, name, topos[name], _drawn(name, topos[name], settings), settings, seed)
    told = f"there is no topology or scenario {name!r}"
    raise LiveError(f"{told}{near(name, {*CATALOGUE, *topos})}; topologies: {', '.join(topos)}")


def _means_a_scenario(name: str) -> bool:
    """Say whether `FILE.py` or `FILE.py:NAME` is a scenario's; else it is a topology's."""
    file, wanted = own.parts(name)
    path = Path(file)
    return own.has_scenarios(path) and (
        own.has_scenarios(path, wanted) or wanted not in own.networks(path)
    )


def _only(file: str, found: Sequence[_T]) -> _T:
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.id if isinstance(each, Scenario) else str(each) for each in found)
    raise LiveError(f"{file} has several: {names}; choose one with FILE.py:NAME")


def _of_scenario(
    scenario: Scenario, topos: Mapping[str, type[Topo]], assignments: Sequence[str], seed: int
) -> Subject:
    job = jobs([scenario], assignments, seed)[0]
    network: Topo = scenario.network(job.settings)
    kind = scenario.topology
    called = next((key for key, each in topos.items() if each is kind), kind.__name__.lower())
    points = dict(scenario.points)
    return Subject(scenario.id, called, kind, network, job.settings, seed, scenario, points)


def _parameters(name: str, kind: type[Topo], assignments: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of a topology that are to be other than by default."""
    chosen = parameters(name, kind, assignments)
    for key, value in chosen.items():
        if key.endswith("mtu") and isinstance(value, int):
            check_mtu(value, name, ipv6=False)
    return chosen


def _drawn(name: str, kind: type[Topo], settings: Mapping[str, Any]) -> Topo:
    """Draw a network with settings that perhaps make no sense."""
    try:
        return kind(**settings)
    except Exception as error:  # whatever comes of six routers less than none
        told = ", ".join(f"{key}={value}" for key, value in settings.items()) or "its defaults"
        raise LiveError(f"the topology {name} cannot be built with {told}: {error}") from error
