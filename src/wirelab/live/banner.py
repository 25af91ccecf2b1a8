"""What is told of a lab that has come up: its network, addresses and servers."""

from collections.abc import Iterator, Mapping
from typing import Any

from wirelab.live.lab import Plan


def banner(plan: Plan, told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines.

    Args:
        plan: what was asked for.
        told: `addresses` and `servers` of the lab, as `up` returns them.
    """
    subject = plan.subject
    scenario = subject.scenario
    settings = "".join(f", {name}={value}" for name, value in subject.settings.items())
    what = f"{scenario.id} on {subject.topology}" if scenario else subject.topology
    yield f"{plan.name}: {what}{settings}"
    yield ""
    yield from (f"  {line}".rstrip() for line in subject.drawing.splitlines())
    yield ""
    if subject.seed:
        yield f"  drawn so; with seed {subject.seed} the addresses are:"
    longest = max(map(len, told["addresses"]), default=0)
    yield from (f"  {node:{longest}}  {text}".rstrip() for node, text in told["addresses"].items())
    if subject.points:
        yield ""
        yield "  points: " + ", ".join(f"{p} ({name})" for p, name in subject.points.items())
    if told["servers"]:
        yield ""
        yield from (f"  {line}" for line in told["servers"])
