"""What the tests of the judge share; beside it, its modules can be imported from every folder."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether more shall be proved than in an ordinary run."""
    return bool(request.config.getoption("--long"))
