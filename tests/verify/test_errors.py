import pickle

import pytest

from wirelab.verify.errors import CaptureError, ExpectationError, FilterError, VerifyError

_ERRORS = [
    (CaptureError("x.pcap", 24, "is cut"), "x.pcap: is cut (at byte 24)"),
    (
        FilterError("arp.opcod == 1", 1, "no such field"),
        "no such field (column 1 of 'arp.opcod == 1')",
    ),
    (ExpectationError("no steps"), "no steps"),
]


@pytest.mark.parametrize(("error", "line"), _ERRORS)
def test_an_error_says_everything_in_one_line(error: VerifyError, line: str) -> None:
    assert str(error) == line


@pytest.mark.parametrize(("error", "line"), _ERRORS)
def test_an_error_survives_its_way_between_processes(error: VerifyError, line: str) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == line
    assert vars(again) == vars(error)
