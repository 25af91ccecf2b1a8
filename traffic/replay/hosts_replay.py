"""A replay by hosts of which everything is decided: it plays, and judges what it played."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.arrivals import Limits, Sent, departed, problems, received
from wirelab.traffic.replay.conductor import NOBODY, Order
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.glance import glance
from wirelab.traffic.replay.hosts_options import RECORDED, HostsOptions
from wirelab.traffic.replay.hosts_played import HostsPlayed, facts
from wirelab.traffic.replay.hosts_told import aimless, as_json, told
from wirelab.traffic.replay.identity import network_header, quoted
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.traffic.replay.sendings import KERNELS
from wirelab.traffic.replay.tagged import crowding, tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wirelab.emulator import Captured, Lab
    from wirelab.traffic.replay.kind import Progress
    from wirelab.traffic.replay.mapping import Roles
    from wirelab.traffic.replay.network import Network
    from wirelab.traffic.replay.performance import Performance
    from wirelab.traffic.replay.sendings import Sending
    from wirelab.traffic.replay.translate import Translation
    from wirelab.verify import Frame

_MOST_PROBLEMS = 20
_LONGEST_GRACE = 10_000_000_000  # ns


@dataclass(frozen=True)
class HostsReplay:
    """A replay by hosts of which everything is decided (`Prepared` of kind.py)."""

    frames: tuple[Frame, ...]
    """The frames of the capture, in the order of their times."""
    network: Network
    """The topology."""
    roles: Roles
    """Who stands for whom."""
    sendings: tuple[Sending, ...]
    """Who sends what, in this order."""
    places: Mapping[str, str]
    """The interface of each recorded capture point, where that is known."""
    left: Mapping[str, int]
    """How many frames nobody sends, by reason."""
    segmented: int
    """How many frames were cut since they were too large."""
    names: Mapping[str, str]
    """The names that the capture binds, as recorded."""
    options: HostsOptions
    """What was asked for."""

    @property
    def total(self) -> int:
        """How many frames are sent or waited for."""
        return len(self.sendings)

    @cached_property
    def points(self) -> Mapping[str, str]:
        """Where the lab is captured."""
        if self.options.points is not None:
            return self.options.points
        return self.places or {name: name for name in self._ports if not self._port_routes(name)}

    @cached_property
    def _ports(self) -> tuple[str, ...]:
        """The interfaces that send, or at which something is waited for."""
        names = dict.fromkeys(each.port for each in self.sendings if not each.expected)
        names |= dict.fromkeys(name for each in self.sendings for name in each.targets)
        return tuple(names)

    def _port_routes(self, name: str) -> bool:
        return self.network.ports[name].router

    def told(self) -> Sequence[str]:
        """The mapping, and what would be sent."""
        lines = told(self.roles, self.sendings, self.left, self.options)
        return [*lines, *([f"cut into segments: {self.segmented}"] if self.segmented else [])]

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        about = as_json(self.roles, self.sendings, self.left, self.options)
        return {**about, "segmented": self.segmented}

    # Playing

    def play(self, lab: Lab, progress: Progress) -> Played:
        """Send all, in a lab that has started."""
        # These need the emulator, or are of use only here: a dry run starts without them.
        from wirelab.traffic.replay.performance import perform  # noqa: PLC0415
        from wirelab.traffic.replay.standins import (  # noqa: PLC0415
            introduce,
            packet_sockets,
            silence,
        )
        from wirelab.traffic.replay.translate import Translation, rewriting  # noqa: PLC0415

        macs = {
            name: bytes.fromhex(lab.interface(name).mac.replace(":", ""))
            for name in self.network.ports
        }
        translation = Translation(rewriting(self.roles, macs, self.options), macs)
        hops = self._hops()
        sent = [self._sent(each, translation, hops) for each in self.sendings]
        self._see_that_all_fit(sent)
        everybody = self.options.routers == RECORDED
        ports = self.network.ports.values()
        silence(lab, dict.fromkeys(p.node for p in ports if everybody or not p.router))
        if not everybody:
            introduce(lab, self._neighbours(translation, sent))
        sockets = packet_sockets(lab, self._ports)
        began = time_ns()
        performance = perform(
            Path(lab.scratch),
            sockets,
            [n for n, name in enumerate(self._ports) if not self._port_routes(name)],
            self._orders(sent),
            progress,
            patience=self.options.patience,
            least_mtu=self.limits.least_mtu,
        )
        names = {name: translation.named(value) for name, value in self.names.items()}
        return self._played(sent, performance, began, names)

    def _sent(
        self, task: Sending, translation: Translation, hops: Mapping[object, int | None]
    ) -> Sent:
        frame = self.frames[task.at]
        data = translation.frame(frame.data, task)
        port = "" if task.expected else task.port
        far = None if task.expected else hops.get((task.port, task.targets))
        return Sent(frame.number, port, task.targets, data, far)

    def _see_that_all_fit(self, sent: Sequence[Sent]) -> None:
        """See that nothing grew too large when it was rewritten, as payloads with addresses may."""
        for each in sent:
            mtu = self.network.ports[each.port].mtu if each.port else len(each.data)
            at = network_header(each.data)[1]
            if len(each.data) - at > mtu - crowding(tags(each.data)):
                raise ReplayError(
                    f"frame {each.number} is larger once it is rewritten ({len(each.data) - at}"
                    f" bytes) than the MTU of {each.port} ({mtu}): choose a topology with a larger"
                    " one, or rewrite less"
                )

    def _hops(self) -> dict[object, int | None]:
        """The routers between each interface that sends and those that receive, if they forward."""
        ways = {(task.port, task.targets) for task in self.sendings if task.port and task.targets}
        if self.options.routers == RECORDED:
            return {}
        return {way: self.network.distance(*way) for way in ways}

    def _orders(self, sent: Sequence[Sent]) -> list[Order]:
        numbers = {name: n for n, name in enumerate(self._ports)}
        speed, start = self.options.speed, self.sendings[0].time
        return [
            Order(
                made.data,
                numbers[made.port] if made.port else NOBODY,
                tuple(numbers[name] for name in made.targets),
                int((task.time - start) / speed) if speed else 0,
                task.time,
                task.arrived,
                grace,
            )
            for task, made, grace in zip(self.sendings, sent, self._graces(), strict=True)
        ]

    def _graces(self) -> Iterator[int]:
        """How long each may take beyond the patience: kernels of routers have their timers.

        They take their time whatever the speed: as long as the recorded one took, and half as much.
        """
        last = self.sendings[0].time
        for each in self.sendings:
            yield min(3 * (each.time - last) // 2, _LONGEST_GRACE) if each.expected else 0
            last = last if each.expected else each.time

    def _neighbours(
        self, translation: Translation, sent: Sequence[Sent]
    ) -> dict[tuple[str, bytes], str]:
        """Whom routers cannot ask for: on each link the stand-ins for which no question is known.

        Where a router asked in the capture it is to ask again, and the recorded answer is sent.
        """
        asked = {
            (task.port, glance(made.data).asked)
            for task, made in zip(self.sendings, sent, strict=True)
            if task.expected
        }
        found = {}
        for old, name in self.roles.holders.items():
            new = translation.address(old)
            port = self.network.ports[name]
            for other in self.network.at(port.link):
                if other.router and not port.router and (other.name, new) not in asked:
                    found[other.name, new] = name
        return found

    def _played(
        self, sent: Sequence[Sent], done: Performance, began: int, names: Mapping[str, str]
    ) -> Played:
        whole = {n for n, each in done.outcomes.items() if each.what != "unseen"}
        own = [n for n, each in enumerate(sent) if each.port]
        lost = sum(n not in whole for n in own if sent[n].targets)
        skipped = sum(count for why, count in self.left.items() if why != KERNELS)
        otherwise = {"lost": lost, "skipped": skipped, "segmented": self.segmented}
        return HostsPlayed(
            len(own) - lost,
            {what: count for what, count in otherwise.items() if count},
            facts(sent, self.sendings, done.sent_at, self.options.speed)
            | {"began": began, "cpu": done.cpu, "names": names, "map": self.as_json()["map"]},
            tuple(sent),
            done.outcomes,
            tuple((self._ports[at], data) for at, data in done.strangers),
        )

    # Judging

    @cached_property
    def limits(self) -> Limits:
        """What the topology may do to packets."""
        ports = self.network.ports.values()
        routers = {port.node for port in ports if port.router}
        return Limits(min(port.mtu for port in ports), len(routers))

    def judge(self, played: Played, captured: Sequence[Captured]) -> Judged:
        """Judge what was sent by what arrived, and by what passed capture points at its ends."""
        done = _own(played)
        found = [*self._arrived(done)]
        for point, name in self.points.items():
            frames = [each for each in captured if each.point == point]
            found += self._passed(done, name, [f for f in frames if f.time >= done.facts["began"]])
        return self._judged(done, found)

    def count(self, played: Played, received: Mapping[str, int]) -> Judged:
        """Judge where the capture has holes, by what the conductor itself saw arrive."""
        del received
        done = _own(played)
        return self._judged(done, [*self._arrived(done)])

    def _arrived(self, done: HostsPlayed) -> Iterator[str]:
        yield from problems(done.frames, done.outcomes, self.limits)
        yield from self._strange(done)

    def _passed(self, done: HostsPlayed, name: str, frames: Sequence[Captured]) -> Iterator[str]:
        """What a capture point at an interface contradicts."""
        port = self.network.ports.get(name)
        if port is None or port.mirror:
            return
        if not port.router or self.options.routers == RECORDED:
            leaving = [each.data for each in frames if each.outgoing]
            yield from departed(done.frames, name, leaving)
        coming = [each.data for each in frames if not each.outgoing]
        yield from received(done.frames, done.outcomes, name, coming)

    def _judged(self, done: HostsPlayed, found: Sequence[str]) -> Judged:
        whats = Counter(each.what for each in done.outcomes.values())
        more = [f"and {len(found) - _MOST_PROBLEMS} more"] if len(found) > _MOST_PROBLEMS else []
        details = {"outcomes": dict(whats), "remarks": aimless(self.sendings)}
        return Judged((*found[:_MOST_PROBLEMS], *more), details)

    @staticmethod
    def _strange(played: HostsPlayed) -> Iterator[str]:
        """What nobody was to send: errors that no packet of the capture drew."""
        for name, data in played.strangers:
            if error := quoted(data):
                yield (
                    f"{name}: an ICMP error of type {error[0]}, code {error[1]} came that was not"
                    " recorded"
                )


def _own(played: Played) -> HostsPlayed:
    if not isinstance(played, HostsPlayed):
        raise TypeError("only what a replay by hosts played can be judged by it")
    return played
