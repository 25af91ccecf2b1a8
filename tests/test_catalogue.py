"""Every scenario, played once: verdicts, and what an independent dissector says of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sharkd import SHARKD, Sharkd

from wirelab.scenarios import CATALOGUE, Scenario
from wirelab.scenarios.stage import resolved
from wirelab.verify import Capture, Frame, judge, read_capture

SCENARIOS = sorted(CATALOGUE)
_ETHERNET_HEADER = 14
_MOST = 12
"""Frames of a scenario that are dropped and duplicated in an ordinary run; all in a long one."""
_CHECKED = {f"{protocol}.check_checksum": "TRUE" for protocol in ("ip", "udp", "tcp")}


@dataclass(frozen=True)
class Played:
    """A scenario that was played once, and Wireshark with its capture open."""

    scenario: Scenario
    result: dict[str, Any]
    folder: Path
    shark: Sharkd | None

    @property
    def capture(self) -> Path:
        return self.folder / "capture.pcapng"

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.folder / "facts.json").read_text())
        return facts

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = json.loads((self.folder / "verdict.json").read_text())[
            "steps"
        ]
        return steps

    def selected(self, text: str) -> frozenset[int]:
        """The frames that Wireshark selects."""
        if self.shark is None:
            pytest.skip("sharkd, which comes with tshark, is not installed")
        return self.shark.frames(text)


@pytest.fixture(scope="module", params=SCENARIOS)
def played(request: pytest.FixtureRequest, results: dict[str, dict[str, Any]]) -> Iterator[Played]:
    """Each scenario in turn."""
    result, scenario = results[request.param], CATALOGUE[request.param]
    if result["status"] in ("passed", "failed") and SHARKD:
        folder = Path(result["dir"])
        with Sharkd(folder / "capture.pcapng", _CHECKED) as shark:
            yield Played(scenario, result, folder, shark)
    else:
        yield Played(scenario, result, Path(result["dir"]), None)


def test_it_passes(played: Played) -> None:
    assert played.result["status"] == "passed", played.result.get("reason")
    assert played.steps


def test_wireshark_selects_the_frame_of_every_step(played: Played) -> None:
    assert [s for s in played.steps if s["frame"] not in played.selected(s["filter"])] == []


def test_what_one_is_to_look_at_is_there(played: Played) -> None:
    """Wireshark itself finds something with every filter that `lab show` offers."""
    filters = [resolved(look.filter, played.facts["names"]) for look in played.scenario.look]
    assert [each for each in filter(None, filters) if not played.selected(each)] == []


_WRONG = (
    "_ws.malformed || ip.checksum.status == 0 || icmp.checksum.status == 0"
    " || icmpv6.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
)


def test_wireshark_finds_nothing_malformed(played: Played) -> None:
    assert played.selected(_WRONG) == frozenset()
    assert played.selected("ip.checksum.status == 1 || ipv6 || arp")  # checksums are looked at


def test_no_frame_is_larger_than_its_link_allows(played: Played) -> None:
    mtus = {point: found["mtu"] for point, found in played.facts["points"].items()}
    assert len(played.selected("frame")) == played.result["packets"]
    for point, mtu in mtus.items():
        large = f'frame.interface_name == "{point}" && frame.len > {mtu + _ETHERNET_HEADER}'
        assert played.selected(large) == frozenset()


def _spoilt(
    capture: Capture, steps: list[dict[str, Any]], most: int
) -> Iterator[tuple[str, Capture]]:
    """Yield the capture without, and then with twice, frames that steps matched."""
    matched = sorted({step["frame"] for step in steps})
    for number in matched[:: -(-len(matched) // most)]:
        before, frame = list(capture.frames[: number - 1]), capture.frames[number - 1]
        after = list(capture.frames[number:])
        yield f"frame {number} dropped", _with(capture, before + after)
        yield f"frame {number} duplicated", _with(capture, [*before, frame, frame, *after])


def _with(capture: Capture, frames: list[Frame]) -> Capture:
    numbered = tuple(replace(frame, number=n) for n, frame in enumerate(frames, start=1))
    return replace(capture, frames=numbered)


def test_dropping_or_duplicating_any_matched_packet_fails(
    played: Played, pytestconfig: pytest.Config
) -> None:
    facts, capture = played.facts, read_capture(played.capture)
    expectation = played.scenario.expect(facts["settings"])

    def passes(judged: Capture) -> bool:
        excuse = played.scenario.excuse
        verdict = judge(expectation, judged, names=facts["names"], excuse=excuse, diagnose=False)
        return verdict.passed

    most = len(played.steps) if pytestconfig.getoption("--long") else _MOST
    assert passes(capture)
    assert [what for what, spoilt in _spoilt(capture, played.steps, most) if passes(spoilt)] == []
