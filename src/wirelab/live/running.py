"""A lab that runs, as those who work in it see it."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from wirelab.emulator import Host, Interface, Lab, NodeError
from wirelab.live.errors import LiveError
from wirelab.live.subject import Subject
from wirelab.scenarios import Stage
from wirelab.scenarios.errors import near


@dataclass
class Running:
    """A lab that runs, inside its sandbox."""

    name: str
    """What it is called."""
    subject: Subject
    """Of what it was made."""
    lab: Lab
    """The network."""
    stage: Stage
    """Where its servers run."""
    since: float = field(default_factory=time.time)
    """When it was ready, in seconds since the epoch."""
    serving: dict[tuple[str, str], str] = field(default_factory=dict)
    """What was started with `serve`: what to say of it, by node and service."""
    lacking: list[str] = field(default_factory=list)
    """Why it does not have all its usual servers: programs, and how to install them."""
    played: Stage | None = None
    """Where its scenario was played last: the servers of that go on."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while a program is started: a node's view of the file system is made with its first."""

    @property
    def points(self) -> dict[str, str]:
        """Where it can be tapped: interface by name; a scenario's points, then all interfaces."""
        own = dict(self.subject.points)
        hosts = (name for host in self.lab.hosts for name in host.intfNames())
        ports = (name for switch in self.lab.switches for name in switch.intfNames())
        return own | {name: name for name in (*hosts, *ports)}

    def node(self, name: str) -> Host:
        """Return a host, router or switch.

        Raises:
            LiveError: there is none of this name.
        """
        if name not in self.lab:
            raise LiveError(f"there is no node {name!r} in {self.name}{near(name, self.lab)}")
        found: Host = self.lab[name]
        return found

    def point(self, name: str) -> Interface:
        """Return the interface that a capture point, or itself, is called so.

        Raises:
            LiveError: there is none of this name.
        """
        try:
            return self.lab.interface(self.points.get(name, name))
        except NodeError:
            told = f"there is no point or interface {name!r} in {self.name}"
            raise LiveError(f"{told}{near(name, self.points)}") from None

    def addresses(self) -> dict[str, str]:
        """Return the addresses of each host and router, in words."""
        told = {}
        for host in self.lab.hosts:
            ends = [(each.name, [str(a) for a in each.addresses]) for each in host.intfList()]
            told[host.name] = "  ".join(f"{name} {' '.join(a)}" for name, a in ends if a)
        return told

    def info(self) -> dict[str, Any]:
        """Return what `LabInfo` says of it, but for its process."""
        scenario = self.subject.scenario
        return {
            "name": self.name,
            "topology": self.subject.topology,
            "scenario": scenario.id if scenario else "",
            "since": self.since,
            "points": self.points,
            "nodes": [node.name for node in (*self.lab.hosts, *self.lab.switches)],
        }
