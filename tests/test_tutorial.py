"""The tutorial, followed literally, works: its commands are typed, and its edits made."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/tutorial.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    word: str
    """A file, or the exit status that the commands have."""
    text: str


def blocks(page: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(page)]


def follow(page: str, folder: Path) -> None:
    """Do what the page says, in its order."""
    for block in blocks(page):
        match block.language:
            case "console":
                status = int(block.word.removeprefix("status=") or 0)
                for command, shown in commands(block.text):
                    type_in(command, shown, status, folder)
            case "python":
                (folder / block.word).write_text(block.text)
            case "diff":
                edit(folder / block.word, block.text)
            case language:
                raise AssertionError(f"nobody knows what to do with {language}")


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command, and what the page shows below it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    assert parts[0] == "", text
    return list(zip(parts[1::2], parts[2::2], strict=True))


def type_in(command: str, shown: str, status: int, folder: Path) -> None:
    ended = subprocess.run(
        ["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, env=os.environ | {"COLUMNS": "100"},
    )  # fmt: skip
    assert ended.returncode == status, f"{command}\n{ended.stdout}"
    assert shows(shown, ended.stdout), f"{command}\n{ended.stdout}\nis not\n{shown}"


def shows(shown: str, output: str) -> bool:
    """Say whether an output begins as a page shows it.

    A `…` of the page is anything, and alone in its line any lines.
    """
    if not shown:
        return True
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.split("…"))) + "\n"
        for line in shown.splitlines()
    )
    return re.match(pattern, output) is not None


def edit(path: Path, diff: str) -> None:
    """Change a file as a diff says, whose lines must be found in it, once and together."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    content = path.read_text()
    assert content.count(before) == 1, f"{path}\n{diff}"
    path.write_text(content.replace(before, after))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab").symlink_to(ROOT / "lab")
    return tmp_path


def test_the_tutorial_works_when_it_is_followed(folder: Path) -> None:
    follow(PAGE.read_text(), folder)
    assert sorted(path.name for path in (folder / "mine").iterdir()) == ["branch.py", "too_big.py"]


def test_it_does_what_it_promises() -> None:
    found = blocks(PAGE.read_text())
    typed = [command for each in found if each.language == "console"
             for command, _ in commands(each.text)]  # fmt: skip
    for word in ("new topology", "new scenario", "run", "show", "mutate", "verify"):
        assert any(f"./lab {word}" in command for command in typed), word
    statuses = {each.word for each in found if each.language == "console"}
    assert statuses == {"", "status=1", "status=2"}


@pytest.mark.parametrize(
    ("shown", "output", "is_so"),
    [
        ("a … c\n", "a bbb c\n", True),
        ("a … c\n", "a bbb d\n", False),
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\nz\n", "a\nz\n", True),
        ("a\nz\n", "a\nb\nz\n", False),
        ("1.5\n", "1x5\n", False),
        ("a\n", "a\nb\n", True),
        ("b\n", "a\nb\n", False),
        ("", "anything\n", True),
    ],
)
def test_what_differs_from_the_page_is_noticed(shown: str, output: str, is_so: bool) -> None:
    assert shows(shown, output) == is_so


def test_a_step_that_does_not_work_is_noticed(folder: Path) -> None:
    (folder / "a.py").write_text("one\ntwo\n")
    for page in (
        "```console\n$ false\n```\n",
        "```console status=1\n$ true\n```\n",
        "```console\n$ echo two\none\n```\n",
        "```diff a.py\n-three\n+four\n```\n",
        "```perl\n1\n```\n",
    ):
        with pytest.raises(AssertionError):
            follow(page, folder)
    follow("```diff a.py\n one\n-two\n+three\n```\n", folder)
    assert (folder / "a.py").read_text() == "one\nthree\n"
