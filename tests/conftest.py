"""What all tests share."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import settings

from wirelab.scenarios import CATALOGUE

# How long one example takes says something about the machine, not about the code.
settings.register_profile("wirelab", deadline=None)
settings.load_profile("wirelab")


def pytest_configure() -> None:
    # Started in the background of a script Ctrl-C is ignored, and everything started from here
    # would inherit that; the tests of Ctrl-C could not test anything.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="prove more: longer soaks, more repetitions, more generated cases",
    )


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every line of `lab run all --json`, by scenario: the catalogue is played once."""
    folder = tmp_path_factory.mktemp("out")
    argv = [sys.executable, "-m", "wirelab", "run", "all", "--json", "-o", str(folder)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == len(CATALOGUE), ended.stderr
    return {line["scenario"]: line for line in lines}
