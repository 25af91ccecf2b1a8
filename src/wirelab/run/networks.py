"""The network that a capture is replayed into: a topology by its name, or that of a scenario."""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mininet.topo import Topo

from wirelab import topologies
from wirelab.run.errors import PlanError
from wirelab.run.plan import plan
from wirelab.scenarios import CATALOGUE, own

_KINDS: dict[object, Callable[[str], Any]] = {int: int, float: float, str: str}
_DECIMAL = ("delay", "loss")
"""Parameters that are numbers with decimals, whatever their defaults look like."""


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
    values = dict(_parsed(name, drawn, each) for each in assignments)
    known = frozenset(_parameters(drawn))
    return Network(name, _drawn(name, drawn, values), values, parameters=known)


def _of_scenario(name: str, assignments: Iterable[str]) -> Network:
    jobs = plan([name], assignments, seed=0)
    _only(name, [job.scenario.id for job in jobs])
    scenario, chosen = jobs[0].scenario, jobs[0].settings
    known = frozenset(setting.name for setting in scenario.settings)
    settings = {**scenario.fixed, **chosen}
    return Network(scenario.id, scenario.network(chosen), settings, scenario.points, known)


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


def _parsed(name: str, drawn: type[Topo], assignment: str) -> tuple[str, Any]:
    key, equals, text = assignment.partition("=")
    if not (key and equals):
        raise PlanError(f"--set takes name=value, not {assignment!r}")
    known = _parameters(drawn)
    if key not in known:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise PlanError(f"the topology {name} has no parameter {key!r}; {has}")
    kind = known[key]
    try:
        return key, float(text) if key in _DECIMAL else _KINDS.get(kind, str)(text)
    except ValueError:
        raise PlanError(f"{key} of the topology {name} is a number, not {text!r}") from None


def _parameters(drawn: type[Topo]) -> dict[str, object]:
    """Return what a topology takes, and of which type each is."""
    given = inspect.signature(drawn.build).parameters.values()
    return {
        each.name: type(each.default)
        for each in given
        if each.default is not inspect.Parameter.empty
    }


def _help(name: str) -> str:
    known = known_topologies()
    if near := difflib.get_close_matches(name, [*known, *CATALOGUE], n=1):
        return f"did you mean {near[0]}?"
    return f"there are the topologies {', '.join(known)}, and the scenarios of `lab list`"
