"""What scenarios are said to need is what they use, and without it they are not played."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wirelab.doctor.kernel import FEATURES
from wirelab.doctor.needs import needs, scenarios_by_need
from wirelab.requirements import PROGRAMS, Use
from wirelab.scenarios import CATALOGUE
from wirelab.scenarios.own import load
from wirelab.starting import Kind, write

NAMES = {program.name for program in PROGRAMS if program.use is Use.LABS}
INDIRECT = {"sshd", "udhcpc"}
"""Started by another program: a script, BusyBox."""
OVERSTATED = {"ip"}
"""Also a word of leases; no machine with labs is without it."""


def test_what_is_started_was_foreseen_and_little_else(results: dict[str, dict[str, Any]]) -> None:
    for scenario in CATALOGUE.values():
        facts = json.loads((Path(results[scenario.id]["dir"]) / "facts.json").read_text())
        started = {name for node in facts["programs"].values() for name in node} & NAMES
        foreseen = needs(scenario) & NAMES
        assert started <= foreseen, scenario.id
        assert foreseen - started <= INDIRECT | OVERSTATED, scenario.id


def test_every_need_is_something_that_the_doctor_looks_at() -> None:
    looked_at = NAMES | {feature.name for feature in FEATURES}
    assert set(scenarios_by_need()) <= looked_at


def test_what_every_lab_needs_every_scenario_needs() -> None:
    found = scenarios_by_need()
    for feature in FEATURES:
        if feature.essential:
            assert found[feature.name] == tuple(CATALOGUE)


@pytest.mark.parametrize(
    ("need", "some", "none"),
    [
        ("IPv6", "v6-frag", "frag-router"),
        ("port mirroring", "span-vs-port", "unicast-flooding"),
        ("nf_tables", "unreach-admin", "unreach-port"),
        ("sit", "v6-6in4", "v6-ndp"),
        ("vsftpd", "ftp-active", "ftp-passive"),
        ("sshd", "sftp", "tftp"),
    ],
)
def test_needs_are_told_apart(need: str, some: str, none: str) -> None:
    assert need in needs(CATALOGUE[some])
    assert need not in needs(CATALOGUE[none])


def test_the_needs_of_a_file_of_ones_own_are_seen(tmp_path: Path) -> None:
    path = write(Kind.SCENARIO, "first-ping", tmp_path / "first_ping.py", frozenset())
    assert set(scenarios_by_need(load(path))) & NAMES == {"ping"}


@pytest.mark.parametrize("program", ["dig", "curl", "snmpget", "tftp", "arping"])
def test_without_a_program_those_that_need_it_are_skipped(tmp_path: Path, program: str) -> None:
    others = tmp_path / "bin"
    others.mkdir()
    for path in Path("/usr/bin").iterdir():
        if path.name != program:
            (others / path.name).symlink_to(path)
    needed = scenarios_by_need()[program]
    argv = [sys.executable, "-P", "-m", "wirelab", "run", *needed, "--json"]
    ended = subprocess.run(
        [*argv, "-o", str(tmp_path / "out")], capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": str(others)},
    )  # fmt: skip
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {line["scenario"] for line in lines} == set(needed)
    for line in lines:
        assert (line["status"], program in line["reason"]) == ("skipped", True), line
