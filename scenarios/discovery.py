"""Finding the scenarios: every module beside this one is (part of) a family of the catalogue."""

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from wirelab.scenarios.errors import ScenarioError
from wirelab.scenarios.scenario import Scenario
from wirelab.scenarios.slips import slip


def catalogue(folders: Iterable[str], package: str) -> dict[str, Scenario]:
    """Return the scenarios of a package by their id, module by module, in the order of its files.

    Args:
        folders: where the package's modules are.
        package: its name.

    Raises:
        ScenarioError: two scenarios have one id, or the expectation of one is wrong.
    """
    found: dict[str, Scenario] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(folders)):
        for value in vars(_imported(f"{package}.{module}", folders)).values():
            if isinstance(value, Scenario) and _module(value) == module:
                if value.id in found:
                    first = _module(found[value.id])
                    raise ScenarioError(f"{first}.py and {module}.py both have {value.id!r}")
                found[value.id] = value
    return found


def _module(scenario: Scenario) -> str:
    """The name of the file in which it stands."""
    return scenario.play.__module__.rpartition(".")[2]


def _imported(name: str, folders: Iterable[str]) -> ModuleType:
    """Import a module; what is wrong in it is told with its place."""
    file = f"{name.rpartition('.')[2]}.py"
    paths = {str(Path(folder) / file) for folder in folders}
    try:
        return importlib.import_module(name)
    except Exception as error:  # a module's own code may raise anything
        told = slip(error, lambda path: f"scenarios/{file}" if path in paths else "")
        if told is None:
            raise
        raise told from error
