"""What a scenario is: a network, traffic, and what must be seen of it."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mininet.topo import Topo

from wirelab.scenarios.errors import ScenarioError, SettingError
from wirelab.scenarios.stage import Stage
from wirelab.verify import Equivalent, Item, VerifyError


@dataclass(frozen=True)
class Setting:
    """Something about a scenario that its user may change with `--set`."""

    name: str
    """As written in `--set name=value`; a topology's parameter of this name gets the value."""
    default: int | str
    """The value when nothing is said."""
    meaning: str
    """One phrase."""
    minimum: int | None = None
    """Smallest number allowed."""
    maximum: int | None = None
    """Largest number allowed."""
    unit: str = ""
    """Of a number: `bytes`, `routers`, `s`."""
    choices: tuple[str, ...] = ()
    """The words allowed, where it is one of a few."""
    pattern: str = ""
    """What it looks like, as a regular expression, where it is any other text."""

    def parse(self, text: str) -> int | str:
        """Return the value that `text` stands for.

        Raises:
            SettingError: it is not a value of this setting.
        """
        if self.choices:
            if text not in self.choices:
                raise SettingError(f"{self.name} is one of {', '.join(self.choices)}, not {text!r}")
            return text
        if self.pattern:
            if not re.fullmatch(self.pattern, text):
                raise SettingError(f"{self.name} looks like {self.default}, unlike {text!r}")
            return text
        try:
            value = int(text)
        except ValueError:
            raise SettingError(f"{self.name} is a number, not {text!r}") from None
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            unit = f" {self.unit}" if self.unit else ""
            raise SettingError(f"{self.name} is {low} to {high}{unit}, not {value}")
        return value


@dataclass(frozen=True)
class Look:
    """Something to do with its capture in Wireshark, and what that tells."""

    filter: str
    """A display filter to type in; may refer to names of the lab, `${c.ip}`. Or empty: see all."""
    tells: str
    """One phrase: what is seen then."""
    technique: str = ""
    """How, where a filter is not all: a technique of `TECHNIQUES`."""


TECHNIQUES = {
    "SPAN port": "a switch copies what its ports carry to the port of the analyzer",
    "display filter": "only the packets that a filter selects are shown",
    "custom profile": "columns, filter buttons and colours kept for one kind of work",
    "delta column": "a column with the time since the packet shown before",
    "apply as column": "a field of the details becomes a column of the list",
    "filter button": "a display filter that is a click away",
    "colouring rule": "packets that a filter selects are coloured; the first rule that fits wins",
    "exclusion": "a filter with a ! in front shows everything but",
    "endpoints": "Statistics > Endpoints: who takes part, and how much each sends and receives",
    "conversations": "Statistics > Conversations: who talks with whom, sorted by bytes",
    "displayed count": "the status bar: how many packets a filter selects",
    "packet list": "the source, destination and info columns, read line by line",
    "first TTL": "the TTL of the first packets tells initial value, hops and side of the capture",
    "follow stream": "Follow > TCP Stream: both sides of a conversation as text",
    "stream number": "a filter tcp.stream == N shows one connection",
    "save raw": "Follow > TCP Stream, Show as Raw, Save as: the bytes that were transferred",
    "quoted ports": "the ports of an answer are compared with those in the quoted request",
}
"""The ways of working that scenarios are there to practise."""


REAL, CRAFTED = "real", "crafted"
"""Where the packets of a scenario come from."""
MARKS = {
    "slow": "waits for timers of its protocol, eight seconds or more",
    CRAFTED: "has packets that no kernel, daemon or client sends",
}

Settings = Mapping[str, Any]
Play = Callable[[Stage], None]


@dataclass(frozen=True)
class Scenario:
    """One entry of the catalogue."""

    id: str
    """Its name, as in `lab run arp-cold-resolve`."""
    family: str
    """What it is about: `arp`, `dhcp`, …"""
    topology: type[Topo]
    """The network."""
    points: Mapping[str, str]
    """Where it is captured: interface by capture point."""
    expect: Callable[[Settings], Item]
    """What must be seen, given the settings."""
    play: Play
    """The traffic."""
    rfcs: tuple[str, ...]
    """The sections that define the behaviour."""
    settings: tuple[Setting, ...] = ()
    """What its user may change."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the topology that this scenario fixes."""
    origin: str = REAL
    """`real` where kernels, daemons and ordinary clients send every packet; else `crafted`."""
    excuse: tuple[str, ...] = ()
    """Invariants that its capture breaks, because it is about that."""
    equivalents: tuple[Equivalent, ...] = ()
    """What may as well be otherwise, with the reason: `lab mutate` lets such mutants live."""
    look: tuple[Look, ...] = ()
    """What to do with its capture in Wireshark."""
    slow: bool = False
    """Whether it waits for long timers (eight seconds or more)."""

    @property
    def title(self) -> str:
        """Its first line of text."""
        return (inspect.getdoc(self.play) or self.id).partition("\n")[0]

    @property
    def lesson(self) -> str:
        """What it teaches: its text after the first line."""
        return (inspect.getdoc(self.play) or "").partition("\n")[2].strip()

    @property
    def marks(self) -> tuple[str, ...]:
        """What one should know before running it: `slow`, `crafted`."""
        return (*(("slow",) if self.slow else ()), *(() if self.origin == REAL else (self.origin,)))

    def defaults(self) -> dict[str, Any]:
        """Return the settings when nothing is said."""
        return {setting.name: setting.default for setting in self.settings}

    def network(self, settings: Settings) -> Topo:
        """Return its network under these settings."""
        known = inspect.signature(self.topology.build).parameters
        chosen = {name: value for name, value in settings.items() if name in known}
        return self.topology(**(dict(self.fixed) | chosen))


def scenario(
    id: str,  # noqa: A002 - the catalogue's word
    *,
    topology: type[Topo],
    points: Mapping[str, str],
    expect: Item | Callable[[Settings], Item],
    rfcs: tuple[str, ...],
    settings: tuple[Setting, ...] = (),
    fixed: Mapping[str, Any] | None = None,
    origin: str = REAL,
    excuse: tuple[str, ...] = (),
    equivalents: tuple[Equivalent, ...] = (),
    look: tuple[Look, ...] = (),
    slow: bool = False,
    family: str = "",
) -> Callable[[Play], Scenario]:
    """Make a scenario of the function below: its text is the lesson, its body the traffic.

    Its family is the name of its module, up to the first `_`, unless `family` is another.
    """
    if strange := {each.technique for each in look} - {"", *TECHNIQUES}:
        raise ScenarioError(f"{id}: no technique {strange.pop()!r}; there are {list(TECHNIQUES)}")
    if origin not in (REAL, CRAFTED):
        raise ScenarioError(f"{id}: its origin is {REAL!r} or {CRAFTED!r}, not {origin!r}")

    if not callable(expect):
        _see_that_it_is_an_item(expect)

    def of_settings(settings: Settings) -> Item:
        try:
            found = expect(settings) if callable(expect) else expect
            _see_that_it_is_an_item(found)
        except VerifyError as error:
            raise ScenarioError(f"{id}: {error}") from error
        return found

    def make(play: Play) -> Scenario:
        _see_that_it_can_be_played(play)
        module = play.__module__.rpartition(".")[2]
        named = family or module.partition("_")[0]
        return Scenario(
            id, named, topology, points, of_settings, play, rfcs, settings, fixed or {}, origin,
            excuse, equivalents, look, slow,
        )  # fmt: skip

    return make


def _see_that_it_is_an_item(found: object) -> None:
    if not isinstance(found, Item):
        kind = type(found).__name__
        raise ScenarioError(f"expect is an Item such as seq(…), not a {kind}")


def _see_that_it_can_be_played(play: Play) -> None:
    """See that a function takes the stage, and plays when it is called: not later, or never."""
    name = getattr(play, "__name__", "play")
    if inspect.iscoroutinefunction(play) or inspect.isasyncgenfunction(play):
        raise ScenarioError(f"{name} is a plain function: def, not async def")
    if inspect.isgeneratorfunction(play):
        raise ScenarioError(f"{name} is a plain function, without yield")
    try:
        inspect.signature(play).bind(None)
    except TypeError:
        reason = f"{name} takes the stage and nothing else: def {name}(lab: Stage)"
        raise ScenarioError(reason) from None
