"""Scenarios and topologies of one's own: any Python file, from anywhere.

A file is written as those of the catalogue are, and may import what lies beside it.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mininet.topo import Topo

from wirelab.scenarios.errors import ScenarioError, near
from wirelab.scenarios.scenario import Scenario
from wirelab.scenarios.slips import scenario_at, slip
from wirelab.scenarios.soundness import faults

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_modules: dict[Path, ModuleType] = {}
"""The files that were read, each once, however they were called."""
_folders: list[str] = []
"""From which files were read, in the order in which that was first done."""


def is_file(name: str) -> bool:
    """Say whether what a command was given is a file, not a name of the catalogue."""
    return "/" in name or parts(name)[0].endswith(".py")


def asked(name: str) -> list[Scenario]:
    """Return the scenarios of `FILE.py`, or the one of `FILE.py:ID`.

    Raises:
        ScenarioError: as `load` does, or the file has no such scenario.
    """
    path, wanted = parts(name)
    found = load(Path(path))
    chosen = [scenario for scenario in found if wanted in ("", scenario.id)]
    if not chosen:
        known = near(wanted, (scenario.id for scenario in found))
        raise ScenarioError(f"{path} has no scenario {wanted!r}{known}")
    return chosen


def has_scenarios(path: Path, wanted: str = "") -> bool:
    """Say whether a file has scenarios, or one of a name; be they in order or not.

    Raises:
        ScenarioError: there is no such file, or it cannot be read.
    """
    values = vars(_module(path)).values()
    return any(isinstance(value, Scenario) and wanted in ("", value.id) for value in values)


def load(path: Path) -> list[Scenario]:
    """Return the scenarios of a file, in their order, each looked through for slips.

    Raises:
        ScenarioError: there is no such file, something in it is wrong, or it has no scenario.
            The message is one line, with file and line.
    """
    module = _module(path)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, Scenario) and value.play.__module__ == module.__name__
    ]
    if not found:
        mend = "with @scenario(…) above it; `lab new scenario NAME` writes one to begin with"
        raise ScenarioError(f"{path} has no scenario: no function {mend}")
    _see_that_names_differ(path, found)
    for scenario in found:
        _look_through(path, scenario)
    return found


def topologies(path: Path) -> dict[str, type[Topo]]:
    """Return the networks of a file by their names: those of `topos`, as `mn --custom` has it.

    Raises:
        ScenarioError: as `load` does, or it has no topology.
    """
    if not (found := networks(path)):
        mend = "`lab new topology NAME` writes one to begin with"
        raise ScenarioError(f"{path} has no topology: no class of Mininet's Topo; {mend}")
    return found


def networks(path: Path) -> dict[str, type[Topo]]:
    """Return the networks of a file as `topologies` does, or none.

    Raises:
        ScenarioError: there is no such file, or it cannot be read.
    """
    module = _module(path)
    found = dict(getattr(module, "topos", {}))
    for name, value in vars(module).items():
        own = isinstance(value, type) and value.__module__ == module.__name__
        if own and issubclass(value, Topo) and value not in found.values():
            found[name.lower()] = value
    return found


def parts(name: str) -> tuple[str, str]:
    """Return the file, and the scenario or topology in it, of `FILE.py:NAME`."""
    path, _, wanted = name.rpartition(":")
    return (path, wanted) if path.endswith(".py") else (name, "")


def _module(path: Path) -> ModuleType:
    if path.is_dir():
        raise ScenarioError(f"{path} is a folder: scenarios stand in FILE.py")
    if path.suffix != ".py":
        raise ScenarioError(f"{path} is no Python file: scenarios stand in FILE.py")
    if not path.is_file():
        beside = sorted(str(each) for each in path.parent.glob("*.py"))
        raise ScenarioError(f"there is no file {path}{near(str(path), beside) if beside else ''}")
    file = path.resolve()
    if file not in _modules:
        _modules[file] = _read(file, path)
    return _modules[file]


def _read(file: Path, path: Path) -> ModuleType:
    """Run a file as a module of its own name; `path` is what its user calls it."""
    with _beside(file.parent) as package:
        module = ModuleType(f"{package}.{re.sub(r'[^0-9A-Za-z_]', '_', file.stem)}")
        module.__file__, module.__package__ = str(file), package
        sys.modules[module.__name__] = module  # where pickle and inspect look for it
        try:
            # From its text: a .pyc counts as new when its file was saved twice in a second.
            exec(compile(file.read_bytes(), file, "exec", dont_inherit=True), vars(module))
        except OSError as error:
            raise _told(error, file, path) or ScenarioError(f"{path}: {error.strerror}") from error
        except (Exception, SystemExit) as error:  # a file's own code may raise anything
            if told := _told(error, file, path):
                raise told from error
            raise ScenarioError(f"{path}: {type(error).__name__}: {error}") from error
    return module


def _told(error: BaseException, file: Path, path: Path) -> ScenarioError | None:
    """Return what to say of an error in a file, or in one beside it."""

    def shown(source: str) -> str:
        return str(path.parent / Path(source).name) if Path(source).parent == file.parent else ""

    return slip(error, shown)


@contextmanager
def _beside(folder: Path) -> Iterator[str]:
    """Have imports find what lies in a folder, behind everything installed; give it a package name.

    Nothing is written there. Files of one name that lie in different folders are kept apart.
    """
    name = str(folder)
    if name not in _folders:
        _folders.append(name)
        package = ModuleType(f"wirelab_own_{len(_folders)}")
        package.__path__ = [name]
        sys.modules[package.__name__] = package
    others = {each for each in _folders if each != name}
    for each, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." not in each and file and str(Path(file).parent) in others:
            del sys.modules[each]
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    installed = [each for each in sys.path if each not in _folders]
    sys.path[:] = [*installed, name]
    try:
        yield f"wirelab_own_{_folders.index(name) + 1}"
    finally:
        sys.path[:] = [*installed, *_folders]  # what is played may import as well
        sys.dont_write_bytecode = writing


def _see_that_names_differ(path: Path, found: list[Scenario]) -> None:
    from wirelab.scenarios import CATALOGUE  # noqa: PLC0415 - made of the modules beside this one

    ids = Counter(scenario.id for scenario in found)
    for scenario in found:
        if ids[scenario.id] > 1:
            raise _at(path, scenario.id, "another scenario of this file has this name")
        if scenario.id in CATALOGUE:
            reason = "the catalogue has a scenario of this name; give yours another"
            raise _at(path, scenario.id, reason)
        if not _ID.fullmatch(scenario.id):
            form = "a name is of small letters, digits and single - between them"
            raise _at(path, scenario.id, f"{form}, as in my-scenario")
    functions = Counter(
        node.name
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    )
    for name, count in functions.items():
        if count > 1:
            reason = f"{count} functions are called {name!r}, so only the last is a scenario"
            raise ScenarioError(f"{path}, line {_line(path, f'def {name}(', last=True)}: {reason}")


def _look_through(path: Path, scenario: Scenario) -> None:
    try:
        found = next(faults(scenario), None)
    except Exception as error:  # its own functions may raise anything
        told = _told(error, path.resolve(), path)
        raise told or _at(path, scenario.id, _plain(error, scenario)) from error
    if found:
        raise _at(path, scenario.id, found.reason, found.word)


def _plain(error: Exception, scenario: Scenario) -> str:
    """Return what an error says, without the scenario's name in front."""
    reason = str(error).partition("\n")[0].removeprefix(f"{scenario.id}: ")
    return reason if isinstance(error, ScenarioError) else f"{type(error).__name__}: {reason}"


def _at(path: Path, scenario: str, reason: str, word: str = "") -> ScenarioError:
    """Return an error at the first line of a scenario's decorator that has a word in it."""
    lines = range(1, len(path.read_bytes().splitlines()) + 1)
    own = [line for line in lines if scenario_at(path, line) == f", in {scenario!r}"]
    line = next((each for each in own if word and word in _text(path, each)), own[0] if own else 0)
    place = f", line {line or _line(path, word or scenario)}"
    return ScenarioError(f"{path}{place}, in {scenario!r}: {reason}")


def _text(path: Path, line: int) -> str:
    return path.read_text(errors="replace").splitlines()[line - 1]


def _line(path: Path, word: str, *, last: bool = False) -> int:
    """Return the first (or last) line with a word in it; 1 where there is none."""
    texts = enumerate(path.read_text(errors="replace").splitlines(), start=1)
    found = [number for number, text in texts if word in text] or [1]
    return found[-1 if last else 0]
