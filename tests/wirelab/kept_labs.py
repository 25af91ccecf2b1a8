"""Labs in the background for tests, in a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAB = (sys.executable, "-m", "wirelab")


@dataclass(frozen=True)
class Kept:
    """Where a test's labs are."""

    environ: dict[str, str]
    """The environment in which commands find them, and no others."""

    def start(self, *words: str, **options: Any) -> "subprocess.Popen[Any]":
        """Start a command of `lab`, with its output in pipes."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen([*LAB, *words], env=self.environ, **options)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of `lab` to its end."""
        return subprocess.run(
            [*LAB, *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def did(self, *words: str) -> str:
        """Run a command of `lab`, which succeeds, and return what it printed."""
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @contextmanager
    def pinging(self, lab: str, node: str, address: str) -> Iterator[None]:
        """Have a node ping an address for the length of a `with`."""
        words = ("exec", lab, node, "ping", "-q", "-i", "0.05", address)
        process = self.start(*words, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.communicate(timeout=30)


@contextmanager
def keeping(folder: Path, *ups: tuple[str, ...]) -> Iterator[Kept]:
    """Keep labs for the length of a `with`; each of `ups` is what `lab up` is told."""
    folder.chmod(0o700)
    kept = Kept({**os.environ, "XDG_RUNTIME_DIR": str(folder)})
    try:
        for words in ups:
            kept.did("up", *words)
        yield kept
    finally:
        kept.run("down", "--all")
