"""What went wrong while a file of scenarios was read: its place, and where known the mend."""

import ast
import builtins
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import FrameType

from mininet.topo import Topo

from wirelab.scenarios.errors import ScenarioError, near
from wirelab.verify import VerifyError

_OFFERS = ("wirelab.verify", "wirelab.traffic.clients", "wirelab.traffic.servers",
           "wirelab.scenarios")  # fmt: skip
_UNKNOWN_ARGUMENT = re.compile(r"(?:\w+\.)*(\w+)\(\) got an unexpected keyword argument '(\w+)'")
_UNKNOWN_NAME = re.compile(r"cannot import name '(\w+)'")


def slip(error: BaseException, shown: Callable[[str], str]) -> ScenarioError | None:
    """Return what to say of an error: file, line, scenario and mend; None where it is not theirs.

    Args:
        error: what importing a file, or a function of it, raised.
        shown: what a source file is called in messages; empty where it is none of theirs.
    """
    if isinstance(error, ScenarioError) and error.__cause__ is not None:
        error = error.__cause__  # that is where it happened
    if isinstance(error, SyntaxError) and error.filename and shown(error.filename):
        return _told(f"{shown(error.filename)}, line {error.lineno}: {error.msg}")
    frames = [frame for frame in _frames(error) if shown(frame[0].f_code.co_filename)]
    if not frames:
        return None
    (first, first_line), (last, line) = frames[0], frames[-1]
    scenario = scenario_at(Path(first.f_code.co_filename), first_line)
    kind = "" if isinstance(error, VerifyError) else f"{type(error).__name__}: "
    reason = re.sub(r" \(/[^()]*\)$", "", str(error).partition("\n")[0])  # where a module is
    place = f"{shown(last.f_code.co_filename)}, line {line}{scenario}"
    return _told(f"{place}: {kind}{reason}{_mend(error, last)}")


def scenario_at(path: Path, line: int) -> str:
    """Return `, in 'frag-router'` where a line belongs to that scenario's decorator."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        for call in getattr(node, "decorator_list", ()):
            if call.lineno <= line <= (call.end_lineno or 0) and isinstance(call, ast.Call):
                return f", in {ast.unparse(call.args[0])}" if call.args else ""
    return ""


def _told(text: str) -> ScenarioError:
    return ScenarioError(text.rstrip(": "))


def _frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """Return where an error passed, the place where it was raised last."""
    found, trace = [], error.__traceback__
    while trace is not None:
        found.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _mend(error: BaseException, frame: FrameType) -> str:
    """Return the end of a message: what was meant, or what brings it; empty where unclear."""
    match error:
        case NameError(name=str(name)):
            return _name_mend(name, frame)
        case KeyError(args=(str(name),)) if isinstance(topo := frame.f_locals.get("self"), Topo):
            return f", which is no node{near(name, map(str, topo.nodes()))}"
        case AttributeError(name=str(name), obj=thing):
            return _meant(name, dir(thing))
        case ModuleNotFoundError(name=str(name)):
            return _module_mend(name, Path(frame.f_code.co_filename).parent)
        case ImportError(name=str(name)) if found := _UNKNOWN_NAME.match(str(error)):
            return _meant(found[1], vars(sys.modules[name])) if name in sys.modules else ""
        case TypeError() if found := _UNKNOWN_ARGUMENT.match(str(error)):
            function = frame.f_globals.get(found[1])
            return _meant(found[2], inspect.signature(function).parameters) if function else ""
    return ""


def _name_mend(name: str, frame: FrameType) -> str:
    for module in _OFFERS:
        if name in getattr(import_module(module), "__all__", ()):
            return f"; import it: from {module} import {name}"
    return _meant(name, {**vars(builtins), **frame.f_globals, **frame.f_locals})


def _module_mend(name: str, folder: Path) -> str:
    """Return which module was meant: one of wirelab's, or of the files beside this one."""
    parent, _, last = name.rpartition(".")
    if parent and (package := sys.modules.get(parent)) is not None:
        beside = [each.name for each in pkgutil.iter_modules(getattr(package, "__path__", ()))]
        return _meant(last, beside, f"{parent}.")
    beside = [path.stem for path in folder.glob("*.py")]
    return _meant(name, beside) or f"; nothing of that name is installed, or in {folder}"


def _meant(name: str, known: Iterable[str], before: str = "") -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {before}{near[0]}?" if near else ""
