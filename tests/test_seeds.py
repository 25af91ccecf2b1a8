"""One seed gives one lab, whatever the moment; two seeds give two. docs/seeds.md is the promise."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wirelab.scenarios import CATALOGUE
from wirelab.verify import dissect, read_capture
from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.packet import Packet

_PAGE = Path(__file__).parents[1] / "docs" / "seeds.md"
_QUICK = sorted(scenario.id for scenario in CATALOGUE.values() if not scenario.slow)
_OTHER_SEED = 7
Results = dict[str, dict[str, Any]]


def _rows() -> list[list[list[str]]]:
    """Return what is in backticks in each cell of each row of the page's tables."""
    lines = [line for line in _PAGE.read_text().splitlines() if line.startswith("| `")]
    return [[re.findall(r"`([^`]+)`", cell) for cell in line.split(" | ")] for line in lines]


def _patterns() -> list[str]:
    """Return the fields that the page lists, as patterns of their names."""
    return [pattern for row in _rows() if len(row) == 2 for pattern in row[0]]


def _left_to_chance(scenario: str) -> list[str]:
    """Return what else the page lists for a scenario: patterns of fields and names."""
    rows = [row for row in _rows() if len(row) == 3]
    return [pattern for names, patterns, _why in rows if scenario in names for pattern in patterns]


def _is_any(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@cache
def _determined() -> tuple[str, ...]:
    """Return the fields that a seed determines."""
    return tuple(
        name
        for name, field in FIELDS.items()
        if field.kind is not Kind.PROTOCOL and not _is_any(name, _patterns())
    )


def _played(folder: Path, seed: int, names: list[str]) -> Results:
    argv = [sys.executable, "-m", "wirelab", "run", *names, "--json", "-o", str(folder)]
    ended = subprocess.run(
        [*argv, "--seed", str(seed)], capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == len(names), ended.stderr
    return {line["scenario"]: line for line in lines}


@pytest.fixture(scope="module")
def names(pytestconfig: pytest.Config) -> list[str]:
    return sorted(CATALOGUE) if pytestconfig.getoption("--long") else _QUICK


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> Iterator[list[Results]]:
    """Another run with the seed of `results`, and one with another seed, side by side."""
    folder = tmp_path_factory.mktemp("seeds")
    with ThreadPoolExecutor(2) as pool:
        asked = ((folder / str(seed), seed, names) for seed in (0, _OTHER_SEED))
        yield list(pool.map(lambda each: _played(*each), asked))


@pytest.fixture(scope="module")
def again(runs: list[Results]) -> Results:
    return runs[0]


@pytest.fixture(scope="module")
def other(runs: list[Results]) -> Results:
    return runs[1]


def _read(results: Results, scenario: str, file: str) -> dict[str, Any]:
    """Return what a run tells of a scenario, if it could be played here."""
    if not results[scenario]["dir"]:
        pytest.skip(results[scenario]["reason"])
    found: dict[str, Any] = json.loads((Path(results[scenario]["dir"]) / file).read_text())
    return found


def _steps(results: Results, scenario: str) -> dict[tuple[str, int], Packet]:
    """Return the packets of the steps, by name and occurrence."""
    steps = _read(results, scenario, "verdict.json")["steps"]
    packets = dissect(read_capture(Path(results[scenario]["dir"]) / "capture.pcapng").frames)
    return {
        (step["name"], step["occurrence"]): packets[step["frame"] - 1]
        for step in steps
        if step["frame"]
    }


@pytest.mark.parametrize("scenario", sorted(CATALOGUE))
def test_one_seed_gives_the_same_packets_field_by_field(
    results: Results, again: Results, scenario: str
) -> None:
    if scenario not in again:
        pytest.skip("waits for long timers: with --long")
    first, second = _steps(results, scenario), _steps(again, scenario)
    both = first.keys() & second.keys()
    assert both
    chance = _left_to_chance(scenario)
    different = {
        (step, field): (first[step].values(field), second[step].values(field))
        for field in _determined()
        if not _is_any(field, chance)
        for step in both
        if first[step].values(field) != second[step].values(field)
    }
    assert different == {}


@pytest.mark.parametrize("scenario", sorted(CATALOGUE))
def test_one_seed_gives_the_same_names(results: Results, again: Results, scenario: str) -> None:
    if scenario not in again:
        pytest.skip("waits for long timers: with --long")
    ours, theirs = (_read(run, scenario, "verdict.json")["names"] for run in (results, again))
    chance = _left_to_chance(scenario)
    different = {name for name, value in ours.items() if theirs.get(name) != value}
    assert [name for name in different if not _is_any(name, chance)] == []


@pytest.mark.parametrize("scenario", sorted(CATALOGUE))
def test_another_seed_gives_other_addresses(
    results: Results, other: Results, scenario: str
) -> None:
    if scenario not in other:
        pytest.skip("waits for long timers: with --long")
    ours, theirs = (_read(run, scenario, "facts.json")["names"] for run in (results, other))
    macs = [name for name in ours.keys() & theirs if name.endswith(".mac")]
    assert macs
    assert [name for name in macs if ours[name] == theirs[name]] == []
    addresses = [name for name in ours.keys() & theirs if re.search(r"\.(ip|ip6)$", name)]
    assert [name for name in addresses if ours[name] != theirs[name]]


def _all_packets(results: Results, scenarios: list[str]) -> list[Packet]:
    paths = [Path(results[each]["dir"]) for each in scenarios if results[each]["dir"]]
    captures = [read_capture(path / "capture.pcapng") for path in paths]
    return [packet for capture in captures for packet in dissect(capture.frames)]


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("names", ("dns.qry.name", "ftp.request.arg", "dhcp.option.hostname")),
        ("sizes", ("tcp.reassembled.length", "data.len", "tcp.len")),
    ],
)
def test_another_seed_gives_other(
    what: str, fields: tuple[str, ...], results: Results, other: Results, names: list[str]
) -> None:
    told = [
        {value for packet in _all_packets(run, names) for f in fields for value in packet.values(f)}
        for run in (results, other)
    ]
    assert told[0] != told[1]


def test_the_page_lists_fields_that_exist() -> None:
    listed = _patterns()
    assert len(listed) > 20
    assert [
        pattern for pattern in listed if not any(fnmatchcase(name, pattern) for name in FIELDS)
    ] == []
    assert {name for row in _rows() if len(row) == 3 for name in row[0]} <= set(CATALOGUE)


def test_what_a_seed_determines_is_most_of_a_packet() -> None:
    assert len(_determined()) > len(FIELDS) / 2
    assert {"eth.src", "ip.len", "ip.ttl", "icmp.seq", "dns.a", "ftp.response.code"} <= set(
        _determined()
    )
