"""What the tests of commands share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_labs import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A place for the labs of one test, which are ended with it."""
    found = Place(tmp_path)
    yield found
    found.lab("down", "--all")
    assert found.is_empty()
