"""The network that a capture is replayed into: a topology by its name, or that of a scenario."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mininet.topo import Topo

from wirelab import topologies
from wirelab.run.errors import PlanError
from wirelab.run.parameters import parameters
from wirelab.run.plan import plan
from wirelab.scenarios import CATALOGUE


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


def known_topologies() -> dict[str, type[Topo]]:
    """Return every topology of `topologies/` by its name, that of `mn --topo`."""
    found: dict[str, type[Topo]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(topologies.__path__)):
        found |= importlib.import_module(f"{topologies.__name__}.{module}").topos
    return found


def network(name: str, assignments: Iterable[str] = ()) -> Network:
    """Return the network of a topology, or of a scenario, with `name=value` parameters.

    Raises:
        PlanError: there is neither, or no such parameter, or a value is not of its kind.
        TopologyError: the topology cannot be drawn so.
    """
    given = tuple(assignments)
    drawn = known_topologies().get(name)
    if drawn is not None:
        values = parameters(name, drawn, given)
        return Network(name, _drawn(name, drawn, values), values)
    if name not in CATALOGUE:
        raise PlanError(f"there is no topology or scenario {name!r}; {_help(name)}")
    (job,) = plan([name], given, seed=0)
    scenario = job.scenario
    settings = {**scenario.fixed, **job.settings}
    return Network(name, scenario.network(job.settings), settings, scenario.points)


def _drawn(name: str, drawn: type[Topo], values: Mapping[str, Any]) -> Topo:
    try:
        return drawn(**values)
    except (ValueError, TypeError, LookupError) as error:  # a topology does not check its values
        told = ", ".join(f"{key}={value}" for key, value in values.items())
        raise PlanError(f"the topology {name} cannot be drawn with {told}: {error}") from error


def _help(name: str) -> str:
    known = known_topologies()
    if near := difflib.get_close_matches(name, [*known, *CATALOGUE], n=1):
        return f"did you mean {near[0]}?"
    return f"there are the topologies {', '.join(known)}, and the scenarios of `lab list`"
