"""The package's names: imported late, and never taken for the modules beside them."""

import subprocess
import sys
from types import ModuleType

import wirelab.verify

_EVERY_MODULE = """
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType as M
import wirelab.verify as package
for found in walk_packages(package.__path__, package.__name__ + "."):
    import_module(found.name)
"""


def test_every_name_is_there_and_none_is_a_module() -> None:
    found = {name: getattr(wirelab.verify, name) for name in wirelab.verify.__all__}
    assert not [name for name, value in found.items() if isinstance(value, ModuleType)]


def test_names_stay_what_they_are_when_every_module_was_imported_before() -> None:
    code = _EVERY_MODULE + "print([n for n in package.__all__ if type(getattr(package, n)) is M])"
    argv = [sys.executable, "-P", "-c", code]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_filter_starts_without_the_matcher() -> None:
    code = "import sys, wirelab.verify.found as _; print('wirelab.verify.judging' in sys.modules)"
    argv = [sys.executable, "-P", "-c", code]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "False\n"
