"""Every command block of the README and the pages of docs/ runs as it stands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_OTHERS = {"tutorial.md": "with its edits: tests/test_tutorial.py"}
_PAGES = [
    _ROOT / "README.md",
    *sorted(page for page in (_ROOT / "docs").glob("*.md") if page.name not in _OTHERS),
]
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_RUN_BY_CI = {"./lab test": "this very run", "./lab test --bench": "its parts: tests/bench"}


def _commands(page: Path) -> list[str]:
    blocks = _BLOCK.findall(page.read_text())
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_work_in_their_order(page: Path, tmp_path: Path) -> None:
    (tmp_path / "lab").symlink_to(_ROOT / "lab")
    # Wireshark and running labs of whoever runs the tests have nothing to do with these.
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_RUNTIME_DIR": str(tmp_path)}
    for command in _commands(page):
        if command in _RUN_BY_CI:
            continue
        ended = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=os.environ | own,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"


def test_the_readme_has_commands() -> None:
    assert len(_commands(_ROOT / "README.md")) >= 8
