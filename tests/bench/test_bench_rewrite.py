"""The benchmark of rewriting measures both, and sees that they make the same."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not shutil.which("tcprewrite"), reason="tcprewrite (tcpreplay) is not there")
def test_both_rewrite_the_same_packets(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "bench", "rewrite", "--packets", "60000", "--repeats", "1"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [*argv, "--folder", tmp_path, "--json"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    row = json.loads(ended.stdout)
    assert row["packets"] == 60_000
    assert min(row["tcprewrite"], row["wirelab"], row["rewriting"]) > 0
