"""What this machine has and lacks for labs, and the command that mends each lack."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from wirelab.doctor.finding import Finding
from wirelab.doctor.kernel import features
from wirelab.doctor.machine import confined_programs, disk, python, system, user_ids
from wirelab.doctor.namespaces import namespaces
from wirelab.doctor.needs import TUNNELS, scenarios_by_need
from wirelab.doctor.programs import programs

__all__ = ["Finding", "charged", "examine"]

OUTPUT = Path("out")
"""Where `lab run` writes unless told otherwise."""


def examine(output: Path = OUTPUT) -> list[Finding]:
    """Look at everything that labs depend on; takes about a second.

    `output` is the folder whose disk is looked at. Nothing is changed: what the kernel can do
    is tried in a sandbox.
    """
    isolation = namespaces()
    found = [
        system(),
        python(),
        isolation,
        user_ids(),
        *(features() if isolation.ok else ()),
        *programs(),
        confined_programs(),
        disk(output),
    ]
    return charged(found, scenarios_by_need())


def charged(findings: Iterable[Finding], needed: Mapping[str, tuple[str, ...]]) -> list[Finding]:
    """Return the findings, each lack with the scenarios that are not played for it.

    `needed` are ids of scenarios by what they need. Of two ways to make a tunnel one will do.
    """
    found = list(findings)
    works = {finding.name for finding in found if finding.ok}
    tunnels = needed.get(TUNNELS[0], ()) if works.isdisjoint(TUNNELS) else ()
    due = {**needed, **dict.fromkeys(TUNNELS, tunnels)}
    return [each if each.ok else replace(each, scenarios=due.get(each.name, ())) for each in found]
