"""Every scenario, played once: verdicts, and what an independent dissector says of them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wirelab.scenarios import CATALOGUE
from wirelab.scenarios.stage import resolved
from wirelab.verify import Capture, Frame, judge, read_capture

SCENARIOS = sorted(CATALOGUE)


def _verdict(result: dict[str, Any]) -> dict[str, Any]:
    verdict: dict[str, Any] = json.loads((Path(result["dir"]) / "verdict.json").read_text())
    return verdict


def _capture_path(result: dict[str, Any]) -> Path:
    return Path(result["dir"]) / "capture.pcapng"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_passes(results: dict[str, dict[str, Any]], scenario: str) -> None:
    assert results[scenario]["status"] == "passed", results[scenario].get("reason")
    assert _verdict(results[scenario])["steps"]


def _tshark(capture: Path, display_filter: str, *fields: str) -> list[list[str]]:
    """Return the fields of the frames that tshark selects."""
    if not shutil.which("tshark"):
        pytest.skip("tshark is not installed")
    checks = [f"{protocol}.check_checksum:TRUE" for protocol in ("ip", "udp", "tcp")]
    argv = ["tshark", "-r", str(capture), "-Y", display_filter, "-T", "fields"]
    argv += [word for check in checks for word in ("-o", check)]
    argv += [word for field in fields for word in ("-e", field)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{display_filter}\n{ended.stderr}"
    return [line.split("\t") for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_tshark_selects_the_frame_of_every_step(
    results: dict[str, dict[str, Any]], scenario: str
) -> None:
    capture = _capture_path(results[scenario])

    def missed(step: dict[str, Any]) -> bool:
        selected = _tshark(capture, step["filter"], "frame.number")
        return [str(step["frame"])] not in selected

    steps = _verdict(results[scenario])["steps"]
    with ThreadPoolExecutor(2) as pool:
        assert [
            step for step, miss in zip(steps, pool.map(missed, steps), strict=True) if miss
        ] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_one_is_to_look_at_is_there(results: dict[str, dict[str, Any]], scenario: str) -> None:
    """Wireshark itself finds something with every filter that `lab show` offers."""
    capture = _capture_path(results[scenario])
    facts = json.loads((Path(results[scenario]["dir"]) / "facts.json").read_text())
    filters = [resolved(look.filter, facts["names"]) for look in CATALOGUE[scenario].look]
    assert [each for each in filters if not _tshark(capture, each, "frame.number")] == []


_WRONG = (
    "_ws.malformed || ip.checksum.status == 0 || icmp.checksum.status == 0"
    " || icmpv6.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_tshark_finds_nothing_malformed(results: dict[str, dict[str, Any]], scenario: str) -> None:
    assert _tshark(_capture_path(results[scenario]), _WRONG, "frame.number") == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_frame_is_larger_than_its_link_allows(
    results: dict[str, dict[str, Any]], scenario: str
) -> None:
    facts = json.loads((Path(results[scenario]["dir"]) / "facts.json").read_text())
    mtus = {point: found["mtu"] for point, found in facts["points"].items()}
    frames = _tshark(_capture_path(results[scenario]), "frame", "frame.interface_name", "frame.len")
    assert len(frames) == results[scenario]["packets"]
    assert all(int(length) - 14 <= mtus[point] for point, length in frames)


def _spoilt(capture: Capture, steps: list[dict[str, Any]]) -> Iterator[tuple[str, Capture]]:
    """Yield the capture without, and then with twice, each frame that a step matched."""
    for number in sorted({step["frame"] for step in steps}):
        before, frame = list(capture.frames[: number - 1]), capture.frames[number - 1]
        after = list(capture.frames[number:])
        yield f"frame {number} dropped", _with(capture, before + after)
        yield f"frame {number} duplicated", _with(capture, [*before, frame, frame, *after])


def _with(capture: Capture, frames: list[Frame]) -> Capture:
    numbered = tuple(replace(frame, number=n) for n, frame in enumerate(frames, start=1))
    return replace(capture, frames=numbered)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_dropping_or_duplicating_any_matched_packet_fails(
    results: dict[str, dict[str, Any]], scenario: str
) -> None:
    facts = json.loads((Path(results[scenario]["dir"]) / "facts.json").read_text())
    capture = read_capture(_capture_path(results[scenario]))
    expectation = CATALOGUE[scenario].expect(facts["settings"])
    known = {"names": facts["names"], "excuse": CATALOGUE[scenario].excuse}
    assert judge(expectation, capture, **known).passed
    survived = [
        what
        for what, spoilt in _spoilt(capture, _verdict(results[scenario])["steps"])
        if judge(expectation, spoilt, **known).passed
    ]
    assert survived == []
