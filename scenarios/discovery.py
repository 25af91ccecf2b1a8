"""Finding the scenarios: every module beside this one is (part of) a family of the catalogue."""

import importlib
import pkgutil
from collections.abc import Iterable

from wirelab.scenarios.scenario import Scenario, ScenarioError


def catalogue(folders: Iterable[str], package: str) -> dict[str, Scenario]:
    """Return the scenarios of a package by their id, module by module, in the order of its files.

    Args:
        folders: where the package's modules are.
        package: its name.

    Raises:
        ScenarioError: two scenarios have one id.
    """
    found: dict[str, Scenario] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(folders)):
        for value in vars(importlib.import_module(f"{package}.{module}")).values():
            if isinstance(value, Scenario) and _module(value) == module:
                if value.id in found:
                    first = _module(found[value.id])
                    raise ScenarioError(f"{first}.py and {module}.py both have {value.id!r}")
                found[value.id] = value
    return found


def _module(scenario: Scenario) -> str:
    """The name of the file in which it stands."""
    return scenario.play.__module__.rpartition(".")[2]
