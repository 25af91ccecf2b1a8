"""Who may import whom: the contracts in pyproject.toml, and that they would notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a checkout, whichever is installed."""
    return subprocess.run(
        [LINT, "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_down() -> None:
    told = lint(ROOT)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize(
    ("floor", "line"),
    [
        ("verify", "import wirelab.emulator"),
        ("verify", "import socket"),
        ("emulator", "import wirelab.verify"),
        ("topologies", "import wirelab.traffic"),
        ("traffic", "import wirelab.scenarios"),
        ("scenarios", "import wirelab.run"),
        ("run", "import wirelab.cli"),
        ("live", "import wirelab.report"),
    ],
)
def test_an_import_that_goes_up_or_aside_is_noticed(tmp_path: Path, floor: str, line: str) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src/wirelab" / floor / "__init__.py").open("a") as module:
        module.write(f"\n{line}\n")
    told = lint(tmp_path)
    assert told.returncode == 1
    assert "BROKEN" in told.stdout
    assert f"wirelab.{floor}" in told.stdout
