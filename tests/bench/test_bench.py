"""The benchmark measures both sides and says so."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mnexec"),
    reason="stock Mininet needs root and Debian's package mininet",
)
def test_both_are_measured_on_every_network() -> None:
    argv = [sys.executable, "-m", "bench", "--quick", "--repeats", "1", "--json"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=True)
    rows = json.loads(ended.stdout)
    assert [row["network"] for row in rows] == [
        "star of 10 hosts",
        "star of 50 hosts",
        "line of 20 routers",
    ]
    assert all(row["mininet_ms"] > 0 and row["wirelab_ms"] > 0 for row in rows)
