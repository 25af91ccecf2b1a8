"""Running a program whose exit status is an answer."""

import pytest
from traffic_labs import in_lab

from wirelab.emulator import CommandFailed
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients.program import run


def test_a_status_that_is_fine_is_no_failure() -> None:
    work = lambda lab: run(lab["c"], ["sh", "-c", "cat; exit 4"], timeout=5, fine=(4,), input="x")  # noqa: E731
    assert in_lab(Lan(), work).stdout == "x"


def test_another_status_is_a_failure_that_tells_all() -> None:
    argv = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    with pytest.raises(CommandFailed, match="exit status 3") as caught:
        in_lab(Lan(), lambda lab: run(lab["c"], argv, timeout=5, fine=(0, 4)))
    assert caught.value.argv == tuple(argv)
    assert caught.value.output == "out\nerr\n"
