"""Importing Mininet without `distutils`.

Mininet compares versions of Open vSwitch with `distutils.version.StrictVersion`. Python 3.12 has no
distutils, and what setuptools offers in its place costs more time than all of a small lab: 65 ms.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_NAMES = ("distutils", "distutils.version")


class StrictVersion(tuple[int, ...]):
    """A version of numbers and dots, as Open vSwitch has them; versions can be compared."""

    __slots__ = ()

    def __new__(cls, text: str) -> "StrictVersion":
        """Read `2.17.9`."""
        return super().__new__(cls, map(int, text.split(".")))


@contextmanager
def no_distutils() -> Iterator[None]:
    """Within, who imports `distutils.version` gets ours; afterwards nothing of that is left."""
    if "distutils" in sys.modules:
        yield
        return
    for name in _NAMES:
        sys.modules[name] = ModuleType(name)
    vars(sys.modules["distutils.version"])["StrictVersion"] = StrictVersion
    try:
        yield
    finally:
        for name in _NAMES:
            del sys.modules[name]


with no_distutils():
    import mininet.node  # noqa: F401 - the first to import it decides
