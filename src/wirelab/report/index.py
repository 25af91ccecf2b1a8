"""`index.html`: every scenario of a run, its verdict, its packets, its files."""

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from wirelab.report.drawing import drawing
from wirelab.run import Job, Outcome, Status
from wirelab.run.publish import publish_page
from wirelab.scenarios import TECHNIQUES, Look, Scenario
from wirelab.scenarios.scenario import MARKS
from wirelab.scenarios.stage import resolved


def write_index(output: Path, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Path:
    """Write the page of a run into its output folder and return its path.

    Raises:
        OutputError: it cannot be written there.
    """
    environment = Environment(loader=PackageLoader("wirelab.report"), autoescape=True)
    ended = {outcome.scenario: outcome for outcome in outcomes}
    by_family = sorted(jobs, key=lambda job: job.scenario.family)
    entries = [
        _entry(output, job, ended[job.scenario.id]) for job in by_family if job.scenario.id in ended
    ]
    counts = {status: sum(o.status is status for o in outcomes) for status in Status}
    page = environment.get_template("index.html.j2").render(
        entries=entries, counts=counts, marks=MARKS, packets=sum(o.packets for o in outcomes)
    )
    return publish_page(output, page)


def _entry(output: Path, job: Job, outcome: Outcome) -> dict[str, Any]:
    folder = output / job.scenario.id
    told: dict[str, dict[str, Any]] = {
        "verdict": {"steps": [], "names": {}},
        "facts": {"names": {}},
    }
    files = _files(folder, job.scenario) if outcome.directory else {}
    for part in told.keys() & files:
        told[part] = json.loads((output / files[part]).read_text())
    verdict, names = told["verdict"], told["facts"]["names"]
    return {
        "scenario": job.scenario,
        "outcome": outcome,
        "verdict": verdict,
        "files": files,
        "settings": job.settings,
        "network": _network(job.scenario),
        "drawing": drawing(verdict["steps"], verdict["names"]),
        "looks": [_look(look, names) for look in job.scenario.look],
        "again": _again(job),
    }


def _files(folder: Path, scenario: Scenario) -> dict[str, str]:
    """Return the files that a run left, by what they are; a run with an error leaves a part."""
    captures = {point: f"points/{point}.pcapng" for point in scenario.points}
    wanted = {
        "all points": "capture.pcapng",
        **captures,
        "verdict": "verdict.json",
        "facts": "facts.json",
        "ladder": "ladder.txt",
        "logs": "logs/",
    }
    return {
        what: f"{folder.name}/{path}" for what, path in wanted.items() if (folder / path).exists()
    }


def _look(look: Look, names: Mapping[str, str]) -> dict[str, str]:
    """Return what to do in Wireshark; its filter can be pasted where the names are known."""
    return {
        "filter": resolved(look.filter, names) if names else look.filter,
        "tells": look.tells,
        "technique": look.technique,
        "how": TECHNIQUES.get(look.technique, ""),
    }


def _network(scenario: Scenario) -> str:
    """Return the drawing of its topology: what follows the first line of the module's text."""
    module = inspect.getmodule(scenario.topology)
    return (inspect.getdoc(module) or "").partition("\n")[2].strip("\n")


def _again(job: Job) -> str:
    """Return the options that make this run once more."""
    defaults = job.scenario.defaults()
    changed = [f" --set {k}={v}" for k, v in job.settings.items() if defaults.get(k) != v]
    return "".join(changed) + (f" --seed {job.seed}" if job.seed else "")
