"""What each scenario needs of a machine, read off its code and its network.

Nobody keeps a list that could be out of date: from the function that plays a scenario we follow
what it uses of `scenarios` and `traffic`, and note the programs that are named there. The tests
hold this against what the scenarios start when they are played.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType

from wirelab.requirements import PROGRAMS, Use
from wirelab.scenarios import CATALOGUE, Scenario

_ROOMS = ("wirelab.scenarios.", "wirelab.traffic.", "wirelab_own_")
_PROGRAMS = frozenset(program.name for program in PROGRAMS if program.use is Use.LABS)
_IN_A_SCRIPT = re.compile(r"/s?bin/([\w.-]+)")
_GENERATED = "<string>"
"""The file of functions that `dataclass` writes: they name fields, not programs."""
_TEMPLATES = Path(__file__).parents[1] / "traffic"

# Kernel features, by the names that `kernel.FEATURES` gives them.
_EVERY = ("veth", "bridge", "packet sockets")
_IPV6, _FILTERS, _MIRROR, _SIT = "IPv6", "nf_tables", "port mirroring", "sit"
TUNNELS = (_SIT, "tap devices")
"""Either of them will do for 6in4: the kernel's own, or a program's."""


def scenarios_by_need(scenarios: Iterable[Scenario] = ()) -> dict[str, tuple[str, ...]]:
    """Return the ids of the scenarios that need a program or kernel feature, by its name.

    Of the catalogue where none are given. A program that only a setting asks for, which has
    another value by default, is not needed.
    """
    found: dict[str, list[str]] = {}
    for scenario in scenarios or CATALOGUE.values():
        for need in needs(scenario):
            found.setdefault(need, []).append(scenario.id)
    return {need: tuple(ids) for need, ids in found.items()}


def needs(scenario: Scenario) -> frozenset[str]:
    """Return the programs and kernel features without which a scenario cannot be played."""
    words = _words(scenario.play)
    programs = (words & _PROGRAMS) - _only_by_choice(scenario)
    return frozenset({*programs, *_EVERY, *_features(scenario, words)})


def _only_by_choice(scenario: Scenario) -> set[str]:
    """Return the words that a setting may have, and has not by default."""
    return {word for each in scenario.settings for word in each.choices if word != each.default}


def _features(scenario: Scenario, words: frozenset[str]) -> Iterator[str]:
    topo = scenario.network(scenario.defaults())
    nodes = [topo.nodeInfo(node) for node in topo.nodes()]
    links = [info for _one, _other, info in topo.links(withInfo=True)]
    ends = [info.get(f"params{end}") or {} for info in links for end in (1, 2)]
    if any(each.get("ip6") or each.get("ipv6") for each in (*nodes, *ends)):
        yield _IPV6
    if any(each.get("mirror") for each in nodes):
        yield _MIRROR
    if "nft" in words:
        yield _FILTERS
    if _SIT in words:
        yield _SIT


def _words(start: object) -> frozenset[str]:
    """Return the words in the code of a function and of all that it uses of our two rooms."""
    waiting, seen, found = [start], set[int](), set[str]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        found.update(_said(each))
        waiting.extend(_used(each))
    return frozenset(found)


def _said(thing: object) -> Iterator[str]:
    """Yield the words of one function; of a tuple, such as the start of a command, its first."""
    if isinstance(thing, FunctionType) and _ours(thing):
        for word in _constants(thing.__code__):
            yield word
            if word.endswith(".j2"):
                yield from _in_template(word)
    elif isinstance(thing, tuple | list) and thing and isinstance(thing[0], str):
        yield thing[0]


def _used(thing: object) -> Iterator[object]:
    """Yield what something of ours uses."""
    if isinstance(thing, FunctionType):
        if _ours(thing):
            known = thing.__globals__
            yield from (known[name] for name in _names(thing.__code__) if name in known)
            yield from (cell.cell_contents for cell in thing.__closure__ or ())
    elif isinstance(thing, partial):
        yield from (thing.func, *thing.args, *thing.keywords.values())
    elif isinstance(thing, type):
        yield from vars(thing).values() if _ours(thing) else ()
    elif isinstance(thing, staticmethod | classmethod):
        yield thing.__func__
    elif isinstance(thing, property):
        yield thing.fget
    elif isinstance(thing, tuple | list | set | frozenset):
        yield from thing
    elif isinstance(thing, dict):
        yield from thing.values()
    elif _ours(type(thing)):
        yield type(thing)  # an instance, a server's configuration for example


def _ours(thing: type | FunctionType) -> bool:
    """Say whether something is of our rooms, and written there."""
    module = thing.__module__ or ""
    generated = isinstance(thing, FunctionType) and thing.__code__.co_filename == _GENERATED
    return module.startswith(_ROOMS) and not generated


def _constants(code: CodeType) -> Iterator[str]:
    for each in code.co_consts:
        if isinstance(each, str):
            yield each
        elif isinstance(each, tuple):
            yield from (word for word in each if isinstance(word, str))
        elif isinstance(each, CodeType):
            yield from _constants(each)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)


def _in_template(name: str) -> Iterator[str]:
    """Yield the programs that a template of a script calls by their paths."""
    for path in _TEMPLATES.glob(f"*/templates/{name}"):
        yield from _IN_A_SCRIPT.findall(path.read_text(encoding="utf-8"))
