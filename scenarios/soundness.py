"""What can be told to be wrong with a scenario before it is played."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wirelab.emulator.drawn import drawn_names, neighbours
from wirelab.scenarios.errors import near
from wirelab.scenarios.scenario import Play, Scenario
from wirelab.scenarios.search import filters
from wirelab.verify.lint import names_of, steps_of, validate
from wirelab.verify.match.points import points_of

_ADDRESSES = ("ip", "ip6", "ll6", "mac")
"""What a lab names of each interface."""


@dataclass(frozen=True)
class Fault:
    """Something that is wrong."""

    word: str
    """What stands in the file where it is wrong."""
    reason: str
    """What is wrong, and the mend: one line."""


def faults(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with a scenario, with its settings as they are.

    Raises:
        VerifyError: its expectation, or a filter, is wrong in itself.
        Exception: whatever a function of it raises.
    """
    settings = scenario.defaults()
    expectation = scenario.expect(settings)
    validate(expectation)
    filters(scenario)
    topo = scenario.network(settings)
    interfaces = neighbours(topo)
    for point, interface in scenario.points.items():
        if interface not in interfaces:
            where = f"which is no interface of {scenario.topology.__name__}"
            reason = f"point {point!r} is at {interface!r}, {where}{near(interface, interfaces)}"
            yield Fault(f'"{interface}"', reason)
    yield from _points(scenario, points_of(expectation))
    if not _may_name(scenario.play):
        nodes = {str(node) for node in topo.nodes() if not topo.isSwitch(node)}
        known = nodes | {each for each in interfaces if each.rpartition("-")[0] in nodes}
        for name in sorted(names_of(expectation) - set(drawn_names(topo))):
            yield from _name(name, known, steps_of(expectation))


def _points(scenario: Scenario, wanted: tuple[str | None, ...]) -> Iterator[Fault]:
    if not scenario.points:
        yield Fault("points", 'it is captured nowhere: give points={"c": "c-eth0"}')
    for point in wanted:
        if point is None and len(scenario.points) > 1:
            known = ", ".join(scenario.points)
            reason = f"a step says nothing of its point: give it at=, one of {known}"
            yield Fault("step(", reason)
        elif point is not None and point not in scenario.points:
            yield Fault(f'"{point}"', f"{point!r} is no point{near(point, scenario.points)}")


def _name(name: str, known: set[str], steps: Iterable[str]) -> Iterator[Fault]:
    owner, _, key = name.partition(".") if name.count(".") > 1 else name.rpartition(".")
    if owner not in known:
        reason = f"${{{name}}} is neither of a step nor of a node{near(owner, known.union(steps))}"
        yield Fault(f"${{{name}}}", reason)
    elif key not in _ADDRESSES:
        reason = f"${{{name}}}: a node has {', '.join(_ADDRESSES)}, not {key!r}"
        yield Fault(f"${{{name}}}", reason)


def _may_name(play: Play) -> bool:
    """Say whether a scenario's traffic may give names of its own to the expectation.

    It does that through its stage: as `lab.names`, or by handing `lab` to somebody else.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(play)))
    except (OSError, SyntaxError, TypeError):
        return True
    function = next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)), None)
    if function is None or not function.args.args:
        return True
    stage = function.args.args[0].arg
    return any(
        isinstance(used, ast.Name) and used.id == stage and not _harmless(node, used)
        for node in ast.walk(function)
        for used in ast.iter_child_nodes(node)
    )


def _harmless(node: ast.AST, stage: ast.Name) -> bool:
    """Say whether a use of the stage is `lab["c"]`, or `lab.something` other than its names."""
    if isinstance(node, ast.Attribute):
        return node.attr != "names"
    return isinstance(node, ast.Subscript) and node.value is stage
