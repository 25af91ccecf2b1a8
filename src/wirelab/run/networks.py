"""The network that a capture is replayed into: a topology by its name, or that of a scenario."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mininet.topo import Topo

from wirelab import topologies
from wirelab.run.errors import PlanError
from wirelab.run.parameters import known, parameters
from wirelab.run.plan import plan
from wirelab.scenarios import CATALOGUE, own


@dataclass(frozen=True)
class Network:
    """A network that can be built."""

    name: str
    """What it was asked for by."""
    topo: Topo
    """The network, as Mininet describes it."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The parameters that are not as drawn."""
    points: Mapping[str, str] = field(default_factory=dict)
    """Where the scenario is captured: interface by capture point; none for a plain topology."""
    parameters: frozenset[str] = frozenset()
    """What may be set."""


def known_topologies() -> dict[str, type[Topo]]:
    """Return every topology of `topologies/` by its name, that of `mn --topo`."""
    found: dict[str, type[Topo]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(topologies.__path__)):
        found |= importlib.import_module(f"{topologies.__name__}.{module}").topos
    return found


def network(name: str, assignments: Iterable[str] = ()) -> Network:
    """Return the network of a topology, or of a scenario, with `name=value` parameters.

    Args:
        name: that of either, or a file of one's own: `FILE.py`, `FILE.py:ID`.
        assignments: the parameters.

    Raises:
        ScenarioError: something in the file is wrong.
        PlanError: there is neither, or no such parameter, or a value is not of its kind.
        TopologyError: the topology cannot be drawn so.
    """
    given, topos = tuple(assignments), known_topologies()
    if own.is_file(name):
        path = Path(name)
        if path.suffix != ".py" or own.has_scenarios(path):  # FILE.py:ID is a scenario's
            return _of_scenario(name, given)
        topos = own.topologies(path)
        called = _only(name, list(topos))
        return _of_topology(called, topos[called], given)
    if name in topos:
        return _of_topology(name, topos[name], given)
    if name not in CATALOGUE:
        raise PlanError(f"there is no topology or scenario {name!r}; {_help(name)}")
    return _of_scenario(name, given)


def _of_topology(name: str, drawn: type[Topo], assignments: Iterable[str]) -> Network:
    values = parameters(name, drawn, assignments)
    return Network(name, _drawn(name, drawn, values), values, parameters=frozenset(known(drawn)))


def _of_scenario(name: str, assignments: Iterable[str]) -> Network:
    jobs = plan([name], assignments, seed=0)
    _only(name, [job.scenario.id for job in jobs])
    scenario, chosen = jobs[0].scenario, jobs[0].settings
    may_be_set = frozenset(setting.name for setting in scenario.settings)
    settings = {**scenario.fixed, **chosen}
    return Network(scenario.id, scenario.network(chosen), settings, scenario.points, may_be_set)


def _only(file: str, found: Sequence[str]) -> str:
    if len(found) == 1:
        return found[0]
    raise PlanError(
        f"{file} has several: {', '.join(found)}; choose a scenario with FILE.py:ID, or have one"
        " topology in the file"
    )


def _drawn(name: str, drawn: type[Topo], values: Mapping[str, Any]) -> Topo:
    try:
        return drawn(**values)
    except Exception as error:  # a topology does not check its values, and may be anybody's
        told = ", ".join(f"{key}={value}" for key, value in values.items()) or "its defaults"
        raise PlanError(f"the topology {name} cannot be drawn with {told}: {error}") from error


def _help(name: str) -> str:
    there = known_topologies()
    if near := difflib.get_close_matches(name, [*there, *CATALOGUE], n=1):
        return f"did you mean {near[0]}?"
    return f"there are the topologies {', '.join(there)}, and the scenarios of `lab list`"
