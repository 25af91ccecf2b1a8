"""What all tests share."""

import signal

import pytest
from hypothesis import settings

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
