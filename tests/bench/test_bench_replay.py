"""The benchmark of sending frames measures all programs and says so."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not shutil.which("tcpreplay"), reason="Debian's package tcpreplay is missing")
def test_all_programs_are_measured_by_what_arrives() -> None:
    argv = [sys.executable, "-m", "bench", "replay", "--quick", "--repeats", "1", "--json"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=True)
    found = json.loads(ended.stdout)
    assert [(row["program"], row["size"]) for row in found["speed"]] == [
        (program, size)
        for size in (64, 1400)
        for program in (
            "wirelab",
            "tcpreplay --topspeed",
            "tcpreplay --topspeed -K",
            "Scapy sendp",
            "Scapy sendpfast",
        )
    ]
    assert all(row["kpps"] > 0 and row["ratio"] > 0 for row in found["speed"])
    assert [row["program"] for row in found["gaps"]] == ["wirelab", "tcpreplay"]
    assert all(row["max"] >= row["p99"] >= row["p50"] >= 0 for row in found["gaps"])
