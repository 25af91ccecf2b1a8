"""Of what a running lab is made: a topology, or a scenario, with its settings."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mininet.topo import Topo

from wirelab import topologies
from wirelab.emulator.links import check_mtu
from wirelab.live.errors import LiveError
from wirelab.run.plan import plan
from wirelab.scenarios import CATALOGUE, Scenario
from wirelab.scenarios.errors import near


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


def known_topologies() -> dict[str, type[Topo]]:
    """Return every topology by its name."""
    found: dict[str, type[Topo]] = {}
    for each in pkgutil.iter_modules(topologies.__path__):
        module = importlib.import_module(f"wirelab.topologies.{each.name}")
        found |= module.topos
    return found


def subject(name: str, assignments: Sequence[str], seed: int) -> Subject:
    """Return what a topology's or scenario's name stands for, with `name=value` settings.

    Raises:
        PlanError: a scenario has no such setting, or the value is out of its range.
        LiveError: there is nothing of that name, or a topology has no such parameter.
    """
    topos = known_topologies()
    if name in CATALOGUE:
        job = plan([name], assignments, seed)[0]
        scenario = job.scenario
        network: Topo = scenario.network(job.settings)
        kind = scenario.topology
        called = next((key for key, each in topos.items() if each is kind), kind.__name__.lower())
        return Subject(
            name, called, kind, network, job.settings, seed, scenario, dict(scenario.points)
        )
    if name in topos:
        settings = _parameters(name, topos[name], assignments)
        return Subject(name, name, topos[name], _drawn(name, topos[name], settings), settings, seed)
    told = f"there is no topology or scenario {name!r}"
    raise LiveError(f"{told}{near(name, {*CATALOGUE, *topos})}; topologies: {', '.join(topos)}")


def _parameters(name: str, kind: type[Topo], assignments: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of a topology that are to be other than by default."""
    known = {
        each.name: each.default
        for each in inspect.signature(kind.build).parameters.values()
        if each.default is not inspect.Parameter.empty
    }
    chosen: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key:
            raise LiveError(f"--set takes name=value, not {assignment!r}")
        if key not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise LiveError(f"the topology {name} has no setting {key!r}; {has}")
        chosen[key] = _value(key, text, known[key])
        if key.endswith("mtu"):
            check_mtu(chosen[key], name, ipv6=False)
    return chosen


def _drawn(name: str, kind: type[Topo], settings: Mapping[str, Any]) -> Topo:
    """Draw a network with settings that perhaps make no sense."""
    try:
        return kind(**settings)
    except Exception as error:  # whatever comes of six routers less than none
        told = ", ".join(f"{key}={value}" for key, value in settings.items()) or "its defaults"
        raise LiveError(f"the topology {name} cannot be built with {told}: {error}") from error


def _value(key: str, text: str, default: object) -> object:
    """Return a value of the type that the default has."""
    kind: Any = type(default)
    try:
        return float(text) if key in ("delay", "loss") else kind(text)
    except ValueError:
        raise LiveError(f"{key} is a number, not {text!r}") from None
