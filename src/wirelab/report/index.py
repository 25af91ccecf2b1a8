"""`index.html`: every scenario of a run, its verdict, its ladder, its files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from wirelab.run import Job, Outcome, Status
from wirelab.run.publish import publish_page


def write_index(output: Path, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Path:
    """Write the page of a run into its output folder and return its path.

    Raises:
        OutputError: it cannot be written there.
    """
    environment = Environment(loader=PackageLoader("wirelab.report"), autoescape=True)
    ended = {outcome.scenario: outcome for outcome in outcomes}
    entries = [
        _entry(output, job, ended[job.scenario.id]) for job in jobs if job.scenario.id in ended
    ]
    counts = {status: sum(o.status is status for o in outcomes) for status in Status}
    page = environment.get_template("index.html.j2").render(entries=entries, counts=counts)
    return publish_page(output, page)


def _entry(output: Path, job: Job, outcome: Outcome) -> dict[str, Any]:
    folder = output / job.scenario.id
    verdict: dict[str, Any] = {"steps": []}
    if outcome.directory:
        verdict = json.loads((folder / "verdict.json").read_text())
    points = {p: f"{job.scenario.id}/points/{p}.pcapng" for p in job.scenario.points}
    return {
        "scenario": job.scenario,
        "outcome": outcome,
        "verdict": verdict,
        "points": points if outcome.directory else {},
        "settings": job.settings,
    }
