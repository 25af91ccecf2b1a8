"""The code is formatted, lints clean and has types that hold; settings: pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "check",
    [("ruff", "check", "--quiet"), ("ruff", "format", "--check"), ("mypy", "--no-error-summary")],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_python_sources(check: tuple[str, ...]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, f"{told.stdout}{told.stderr}"


@pytest.mark.parametrize(
    "script", ["lab", "tools/prepare.sh", "tools/packages", "tools/lock", "tools/fields"]
)
def test_shell_scripts_parse_as_posix_sh(script: str) -> None:
    told = subprocess.run(["sh", "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    "script", ["lab", "tools/packages", "tools/lock", "tools/fields", ".ci/run"]
)
def test_scripts_can_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
