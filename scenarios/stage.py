"""The stage on which a scenario plays: its lab, its servers, what has been seen so far."""

import random
import re
from collections.abc import Callable, Mapping
from time import monotonic, sleep
from typing import Any

from wirelab.emulator import EmulatorError, Host, Lab
from wirelab.scenarios.errors import ScenarioError, near
from wirelab.traffic.daemon import Daemon, Running, start
from wirelab.verify import Frame, display_filter, dissect

_SEEN_WITHIN = 10.0
_LOOK_EVERY = 0.005  # seconds between two looks at what a player says
_REFERENCE = re.compile(r"\$\{([^{}]+)\}")


class NotSeen(EmulatorError):  # noqa: N818 - named after what happened
    """What a scenario waited for did not pass its capture point in time."""


def resolved(text: str, names: Mapping[str, str]) -> str:
    """Return a display filter with the lab's names replaced by what they stand for.

    Raises:
        ScenarioError: there is no such name.
    """
    for name in _REFERENCE.findall(text):
        if name not in names:
            raise ScenarioError(
                f"${{{name}}} in {text!r} is no name of this lab{near(name, names)}"
            )
    return _REFERENCE.sub(lambda found: names[found[1]], text)


class Stage:
    """A running lab, as a scenario's traffic sees it."""

    def __init__(self, lab: Lab, settings: Mapping[str, Any], seed: int, scenario: str) -> None:
        self.lab = lab
        self.settings = settings
        """The values of `--set`, or their defaults."""
        self.random = random.Random(f"{scenario} {seed}")
        """For names, sizes and contents: the same for the same seed."""
        self.facts: dict[str, Any] = {}
        self.names: dict[str, str] = lab.names()
        """The names that expectations may use; a scenario may add its own."""
        self.key_log = ""
        """Secrets of TLS sessions, which the capture gets: lines of an NSS key log."""
        self._running: list[Running] = []

    def __getitem__(self, node: str) -> Host:
        """Return a host or router by its name.

        Raises:
            ScenarioError: there is none of this name.
        """
        if node not in self.lab:
            raise ScenarioError(f"there is no node {node!r} in this lab{near(node, self.lab)}")
        found: Host = self.lab[node]
        return found

    def start(self, node: str, daemon: Daemon) -> Running:
        """Start a server on a node and return when it listens."""
        running = start(self.lab, self[node], daemon)
        self._running.append(running)
        return running

    def keep_neighbours(self) -> None:
        """Have all nodes trust what ARP told them for a minute.

        Otherwise, five seconds after they first used it, they ask whether it still holds: where a
        machine is slow that would be an exchange more in the capture.
        """
        for host in self.lab.hosts:
            for interface in host.intfNames():
                host.sysctl(f"net.ipv4.neigh.{interface}.delay_first_probe_time", 60)

    def fact(self, key: str, value: Any) -> None:
        """Record a piece of ground truth, told by a player, for `facts.json`."""
        self.facts[key] = value

    def secrets(self, key_log: str) -> None:
        """Put the secrets of a TLS session into the capture, so that Wireshark decrypts it."""
        self.key_log += key_log

    def wait_for(
        self, text: str, *, at: str, count: int = 1, timeout: float = _SEEN_WITHIN
    ) -> None:
        """Wait until `count` frames that a display filter selects have passed point `at`.

        Raises:
            NotSeen: they have not within `timeout` seconds.
            DaemonDied: a server ended meanwhile.
        """
        wanted = display_filter(resolved(text, self.names))
        deadline = monotonic() + timeout
        while True:
            captured = self.lab.taps.frames()
            frames = (
                Frame(number, each.time, at, each.data, len(each.data), 1, each.outgoing)
                for number, each in enumerate(captured, start=1)
                if each.point == at
            )
            seen = sum(map(wanted.selects, dissect(frames)))
            if seen >= count:
                return
            self.check()
            if not self.lab.taps.wait_for_more(len(captured), min(deadline, monotonic() + 0.5)):
                if monotonic() < deadline:
                    continue
                raise NotSeen(f"{seen} of {count} seen at {at} within {timeout:g} s: {text}")

    def wait_until(
        self, so: Callable[[], bool], what: str, *, timeout: float = _SEEN_WITHIN
    ) -> None:
        """Wait until a player says that something is so, which no frame shows.

        Raises:
            NotSeen: it is not so within `timeout` seconds.
            DaemonDied: a server ended meanwhile.
        """
        deadline = monotonic() + timeout
        while not so():
            self.check()
            if monotonic() > deadline:
                raise NotSeen(f"not within {timeout:g} s: {what}")
            sleep(_LOOK_EVERY)

    def stop(self, running: Running) -> None:
        """End a server, or a client that stays, before the scenario ends, as its user would.

        Raises:
            DaemonDied: it had ended before.
        """
        running.check()
        running.stop()
        self._running.remove(running)
        self._keep(running)

    def check(self) -> None:
        """See that every server still runs.

        Raises:
            DaemonDied: one does not.
        """
        for running in self._running:
            running.check()

    def abandon(self) -> None:
        """Stop the servers, in whatever state they are."""
        for running in reversed(self._running):
            running.stop()

    def close(self) -> None:
        """Stop the servers, last started first, and collect what they and the wires know."""
        self.check()
        for running in reversed(self._running):
            running.stop()
            self._keep(running)
        if wires := self.lab.wires.stop():
            self.fact("wires", wires)

    def _keep(self, running: Running) -> None:
        """Collect what one knows, beside what one of its name knew before it."""
        servers = self.facts.setdefault("servers", {})
        names = (running.name, *(f"{running.name} ({n})" for n in range(2, 1000)))
        servers[next(name for name in names if name not in servers)] = running.facts()
