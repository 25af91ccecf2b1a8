"""What `--set` gives to a topology: `name=value`, each of the type that its parameter has."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from mininet.topo import Topo

from wirelab.run.errors import PlanError

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_FRACTIONS = ("delay", "loss")
"""Numbers with a fraction by what they are, where the topology writes a default without one."""


def parameters(name: str, kind: type[Topo], assignments: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of a topology that are to be other than by default.

    Raises:
        PlanError: it has no such parameter, or a value is not of its type.
    """
    may_be_set = known(kind)
    chosen: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not (key and equals):
            raise PlanError(f"--set takes name=value, not {assignment!r}")
        if key not in may_be_set:
            has = f"it has {', '.join(may_be_set)}" if may_be_set else "it has none"
            raise PlanError(f"the topology {name} has no parameter {key!r}; {has}")
        chosen[key] = _value(f"{key} of the topology {name}", may_be_set[key], text)
    return chosen


def known(kind: type[Topo]) -> dict[str, type]:
    """Return what a topology takes, and of which type each is: as annotated, or as by default."""
    build = kind.build
    given = inspect.signature(build).parameters
    with suppress(Exception):  # an annotation that means nothing is no reason to refuse a network
        given = inspect.signature(build, eval_str=True).parameters
    positional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        each.name: _type(each)
        for each in given.values()
        if each.name != "self" and each.kind not in positional
    }


def _type(parameter: inspect.Parameter) -> type:
    if parameter.annotation in _READ:
        return parameter.annotation  # type: ignore[no-any-return]  # one of these
    found = type(parameter.default)
    if parameter.default is inspect.Parameter.empty:
        return type(None)
    return float if found is int and parameter.name in _FRACTIONS else found


def _value(what: str, kind: type, text: str) -> object:
    if kind not in _READ:
        raise PlanError(f"{what} is a {kind.__name__}, which --set cannot give")
    form, read = _READ[kind]
    try:
        return read(text)
    except (ValueError, KeyError):
        raise PlanError(f"{what} is {form}, not {text!r}") from None


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _anything(text: str) -> object:
    """Return a number where it looks like one, else the text."""
    for read in (int, _number):
        with suppress(ValueError):
            return read(text)
    return text


_READ: Mapping[object, tuple[str, Callable[[str], object]]] = {
    bool: ("true or false", lambda text: _WORDS[text.lower()]),
    int: ("a number", int),
    float: ("a number", _number),
    str: ("text", str),
    type(None): ("anything", _anything),
}
"""How each type is called and read."""
