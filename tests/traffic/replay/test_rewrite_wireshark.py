"""Wireshark finds no checksum wrong, and nothing malformed, that was not so before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bench.mixture import mixture
from recorded import recorded
from sharkd import SHARKD, Sharkd
from test_rewrite_frames import MAPS, rewriting

from wirelab.traffic.replay.rewrite import rewriter
from wirelab.verify import CaptureWriter, Point

if TYPE_CHECKING:
    from pathlib import Path

CHECKED = {f"{protocol}.check_checksum": "TRUE" for protocol in ("ip", "udp", "tcp")}
SUMMED = ("ip", "tcp", "udp", "icmp", "icmpv6")
WRONG = " || ".join([*(f"{each}.checksum.status == 0" for each in SUMMED), "_ws.malformed"])
PIECES = [
    *MAPS,
    ("ip", "10.1.0.0/16=172.16.0.0/16,198.51.100.0/24=7.7.7.0/24"),
    ("inside", "ftp,http,dns"),
    ("ttl", "-1"),
    ("dscp", "ef"),
]


def wrong(frames: list[bytes], path: Path) -> frozenset[int]:
    with CaptureWriter(path, [Point("")]) as writer:
        for number, data in enumerate(frames, 1):
            writer.write("", number * 1000, data)
    with Sharkd(path, CHECKED) as shark:
        return shark.frames(WRONG)


@pytest.mark.skipif(not SHARKD, reason="sharkd, which comes with tshark, is not installed")
def test_wireshark_finds_nothing_wrong_that_was_not_wrong_before(tmp_path: Path) -> None:
    frames = [*recorded(), *(data for _, _, data in mixture(3000, seed=9))]
    work = rewriter(rewriting(*PIECES))
    before = wrong(frames, tmp_path / "before.pcapng")
    after = wrong([work.frame(data) for data in frames], tmp_path / "after.pcapng")
    assert after == before
    assert 0 < len(before) < 10
