"""A verdict beside the frames of its capture."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from handmade import capture, echo, ping
from oracle import TSHARK, tshark

from wirelab.verify import Point, allow, judge, read_capture, seq, step, write_annotated
from wirelab.verify.annotate import remarks

if TYPE_CHECKING:
    from pathlib import Path

    from wirelab.verify import Capture, Verdict

PING = seq(
    step("request", "icmp.type == 8 && icmp.seq == 1"),
    step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}"),
    closed=["arp", "icmp"],
    allow=[allow("somebody resolves", "arp.opcode == 1", most=1)],
)


def judged(sent: Capture) -> Verdict:
    return judge(PING, sent)


def test_each_frame_is_told_what_it_is() -> None:
    said = remarks(judged(capture(ping())))
    assert said[1] == ["allowed: somebody resolves"]
    assert said[2][0].startswith("unexpected-frame: belongs to no step")
    assert said[3] == ["step request"]
    assert said[4] == ["step reply"]


def test_the_second_frame_of_a_step_is_counted() -> None:
    twice = seq(step("any", "icmp", count=2))
    assert remarks(judge(twice, capture(ping())))[4] == ["step any #2"]


def test_the_frame_that_comes_nearest_to_a_missing_step_is_told_how_it_differs() -> None:
    sent = ping()
    sent[2] = ("c", 0.3, echo(3))
    (said,) = [each for each in remarks(judged(capture(sent)))[3] if "nearest" in each]
    assert said == "nearest to step request: icmp.seq differs, want 1, got 3"


def test_the_secrets_of_sessions_are_kept(tmp_path: Path) -> None:
    made = replace(capture(ping()), secrets=(b"CLIENT_RANDOM 00 11\n", b"# more\n"))
    write_annotated(made, judged(made), tmp_path / "told.pcapng")
    assert read_capture(tmp_path / "told.pcapng").secrets == made.secrets


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_wireshark_reads_the_comments_and_all_else_is_kept(tmp_path: Path) -> None:
    made = capture([("lan", t, p) for _, t, p in ping()], points=["lan", "idle"])
    points = (Point("lan", "c, c-eth0", 1500), Point("idle"))
    frames = tuple(replace(frame, outgoing=frame.number % 2 == 1) for frame in made.frames)
    frames = (replace(frames[0], comment="mine"), *frames[1:])
    whole = replace(
        made, points=points, frames=frames, comment="of the lab", counts={"lan": (4, 0)}
    )
    path = tmp_path / "told.pcapng"
    write_annotated(whole, judged(whole), path)
    again = read_capture(path)
    assert again.points == points
    assert (again.comment, dict(again.counts)) == ("of the lab", {"lan": (4, 0)})
    assert [replace(each, comment="") for each in again.frames] == [
        replace(each, comment="") for each in frames
    ]
    rows = json.loads(
        tshark("-r", str(path), "-T", "json", "-e", "frame.comment", "-e", "frame.interface_name")
    )
    layers = [row["_source"]["layers"] for row in rows]
    assert "mine" in layers[0]["frame.comment"][0]
    assert "allowed: somebody resolves" in layers[0]["frame.comment"][0]
    assert layers[2]["frame.comment"] == ["step request"]
    assert {row["frame.interface_name"][0] for row in layers} == {"lan"}
