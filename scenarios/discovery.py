"""Finding the scenarios: every module beside this one is (part of) a family of the catalogue."""

import ast
import importlib
import pkgutil
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from wirelab.scenarios.errors import ScenarioError
from wirelab.scenarios.scenario import Scenario
from wirelab.verify import VerifyError


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
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        raise ScenarioError(f"scenarios/{file}, line {error.lineno}: {error.msg}") from error
    except Exception as error:  # a module's own code may raise anything
        paths = {str(Path(folder) / file) for folder in folders}
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno or 0 for frame in frames if frame.filename in paths]
        if not lines:
            raise
        path = next(frame.filename for frame in frames if frame.filename in paths)
        scenario = _scenario_at(Path(path), lines[0])
        kind = "" if isinstance(error, VerifyError) else f"{type(error).__name__}: "
        told = f"scenarios/{file}, line {lines[-1]}{scenario}: {kind}{error}"
        raise ScenarioError(told.partition("\n")[0]) from error


def _scenario_at(path: Path, line: int) -> str:
    """Return `, in 'frag-router'` where a line belongs to that scenario's decorator."""
    for node in ast.walk(ast.parse(path.read_text())):
        for call in getattr(node, "decorator_list", ()):
            if call.lineno <= line <= (call.end_lineno or 0) and isinstance(call, ast.Call):
                return f", in {ast.unparse(call.args[0])}" if call.args else ""
    return ""
