"""Replay by hosts: the endpoints of a capture become hosts of a topology."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

from wirelab.traffic.replay.arrivals import Limits, Sent, departed, problems, received
from wirelab.traffic.replay.conductor import NOBODY, Order
from wirelab.traffic.replay.endpoints import endpoints
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.glance import glance
from wirelab.traffic.replay.hosts_options import RECORDED, HostsOptions
from wirelab.traffic.replay.identity import quoted
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.traffic.replay.mapping import Roles, learned, roles_by_name, roles_by_part
from wirelab.traffic.replay.network import Network
from wirelab.traffic.replay.sendings import KERNELS, Tasks
from wirelab.traffic.replay.sightings import first_on_link, first_on_way, interfaces
from wirelab.verify import provenance
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mininet.topo import Topo

    from wirelab.emulator import Captured, Lab
    from wirelab.traffic.replay.conductor import Outcome
    from wirelab.traffic.replay.endpoints import Endpoint
    from wirelab.traffic.replay.glance import Glance
    from wirelab.traffic.replay.kind import Progress
    from wirelab.traffic.replay.performance import Performance
    from wirelab.traffic.replay.sendings import Sending
    from wirelab.traffic.replay.translate import Translation
    from wirelab.verify import Capture, Frame

_MOST_PROBLEMS = 100
_LONGEST_GRACE = 10_000_000_000  # ns


def prepare(
    capture: Capture, topo: Topo, *, seed: int = 0, options: HostsOptions | None = None
) -> HostsReplay:
    """Decide all about a replay of a capture by the hosts of a topology.

    Args:
        capture: what to play.
        topo: where.
        seed: that of the lab, which decides addresses.
        options: how.

    Raises:
        ReplayError: the capture cannot be played so, or the topology has too few hosts.
        TopologyError: the topology cannot be read.
    """
    options = options or HostsOptions()
    network = Network.of(topo, seed)
    frames = _in_time(_playable(capture.frames))
    glances = [glance(frame.data) for frame in frames]
    parts = endpoints(glances)
    made = provenance(capture.comment)
    roles = None if options.map or not made else roles_by_name(made.names, network)
    own = roles is not None
    if roles is None:
        roles = roles_by_part(parts, network, options.map)
    learned(roles, parts, network)
    places = interfaces(capture.points, network) if own else {}
    mirrors = {point for point, name in places.items() if network.ports[name].mirror}
    tasks = Tasks(frames, glances, roles, network, places)
    if options.routers == RECORDED:
        links = {point: network.ports[name].link for point, name in places.items()}
        sendings = tasks.recorded(first_on_link(frames, links, mirrors))
    else:
        ways = made.ways if made and own else {}
        sendings = tasks.real(first_on_way(frames, glances, ways, mirrors))
    if not any(not each.expected for each in sendings):
        raise ReplayError("nothing is left to send: no frame is from a host that has a part")
    replay = HostsReplay(
        tuple(frames), tuple(glances), parts, network, roles, tuple(sendings), places,
        dict(tasks.left), made.names if made and own else {}, options,
    )  # fmt: skip
    replay.check_sizes()
    return replay


def _playable(frames: Sequence[Frame]) -> Iterator[Frame]:
    """Yield the frames.

    Raises:
        ReplayError: one cannot be sent as it is.
    """
    for frame in frames:
        if frame.linktype != LinkType.ETHERNET:
            raise ReplayError(
                f"frame {frame.number} is of link type {frame.linktype}, and only Ethernet (1) can"
                " be sent: capture at an interface, not at `any`"
            )
        if frame.length > len(frame.data):
            raise ReplayError(
                f"frame {frame.number} was cut to {len(frame.data)} of {frame.length} bytes:"
                " capture without a limit (tcpdump -s 0), or select other frames"
            )
        if len(frame.data) < 14:
            raise ReplayError(
                f"frame {frame.number} has {len(frame.data)} bytes, less than an Ethernet header"
            )
        yield frame


def _in_time(frames: Iterator[Frame]) -> list[Frame]:
    """The frames of several points in the order of their times."""
    return sorted(frames, key=lambda frame: frame.time)


@dataclass(frozen=True)
class HostsReplay:
    """A replay by hosts of which everything is decided (`Prepared` of kind.py)."""

    frames: tuple[Frame, ...]
    """The frames of the capture, in the order of their times."""
    glances: tuple[Glance, ...]
    """What each is."""
    parts: tuple[Endpoint, ...]
    """Who takes part in the capture."""
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

    def check_sizes(self) -> None:
        """See that every frame fits the interface that sends it.

        Raises:
            ReplayError: one does not.
        """
        for each in self.sendings:
            if each.expected:
                continue
            size, port = len(self.frames[each.at].data) - 14, self.network.ports[each.port]
            tagged = self.frames[each.at].data[12:14] in (b"\x81\x00", b"\x88\xa8")
            if size - 4 * tagged > port.mtu:
                raise ReplayError(
                    f"frame {self.frames[each.at].number} is a packet of {size} bytes, and the MTU"
                    f" of {port.name} is {port.mtu}: choose a topology with a larger one, or"
                    " capture without segmentation offload (ethtool -K … tso off gso off gro off)"
                )

    def told(self) -> Sequence[str]:
        """The mapping, and what would be sent."""
        lines = [f"{who} -> {name}{f' ({new})' if new else ''}" for who, name, new in self._table()]
        for port, count in Counter(each.port for each in self.sendings if each.port).items():
            expected = sum(each.expected for each in self.sendings if each.port == port)
            real = f", and the kernel of {port} its own {expected}" if expected else ""
            if count > expected or expected:
                lines.append(f"{port} sends {count - expected} frames{real}")
        for old, new in self.roles.networks.items():
            if old != new:
                lines.append(f"{old} becomes {new}")
        lines += [f"{count} frames are not sent: {why}" for why, count in self.left.items()]
        return lines

    def _table(self) -> Iterator[tuple[str, str, str]]:
        for mac, port in self.roles.stations.items():
            yield mac.hex(":"), port, ""
        for address, port in self.roles.holders.items():
            new = self.roles.addresses.get(address, address)
            yield str(ip_address(address)), port, str(ip_address(new)) if new != address else ""

    def as_json(self) -> Mapping[str, Any]:
        """The same for programs."""
        return {
            "map": [
                {"recorded": who, "interface": name, "address": new}
                for who, name, new in self._table()
            ],
            "networks": {str(old): str(new) for old, new in self.roles.networks.items()},
            "sends": Counter(each.port for each in self.sendings if not each.expected),
            "expected": sum(each.expected for each in self.sendings),
            "left": dict(self.left),
            "routers": self.options.routers,
            "speed": self.options.speed,
        }

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
        sent = [self._sent(each, translation) for each in self.sendings]
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

    def _sent(self, task: Sending, translation: Translation) -> Sent:
        frame = self.frames[task.at]
        data = translation.frame(frame.data, task)
        hops = self._hops(task)
        port = "" if task.expected else task.port
        return Sent(frame.number, port, task.targets, data, hops)

    def _hops(self, task: Sending) -> int | None:
        if task.expected or not task.targets or self.options.routers == RECORDED:
            return None
        return self.network.distance(task.port, task.targets)

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
            (task.port, each.dst)
            for task, made in zip(self.sendings, sent, strict=True)
            if task.expected and (each := glance(made.data)) and each.ethertype == 0x0806
            and each.kind == 1
        }  # fmt: skip
        asked |= {
            (task.port, made.data[62:78])
            for task, made in zip(self.sendings, sent, strict=True)
            if task.expected and made.data[12:14] == b"\x86\xdd" and made.data[54:55] == b"\x87"
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
        times = [done.sent_at[n] for n in own]
        facts = {
            "began": began,
            "sent": [
                {"frame": sent[n].number, "by": sent[n].port, "time": done.sent_at[n]} for n in own
            ],
            "seconds": (max(times) - min(times)) / 1e9 if times else 0,
            "cpu": done.cpu,
            "strangers": [(self._ports[at], data.hex()) for at, data in done.strangers],
            "map": self.as_json()["map"],
            "names": names,
        }
        played = _HostsPlayed(
            len(own) - lost,
            {"lost": lost} if lost else {},
            facts,
            tuple(sent),
            done.outcomes,
        )
        if skipped := sum(count for why, count in self.left.items() if why != KERNELS):
            return _HostsPlayed(
                played.sent, {**played.otherwise, "skipped": skipped}, facts,
                played.frames, played.outcomes,
            )  # fmt: skip
        return played

    # Judging

    @cached_property
    def limits(self) -> Limits:
        """What the topology may do to packets."""
        ports = self.network.ports.values()
        routers = {port.node for port in ports if port.router}
        return Limits(min(port.mtu for port in ports), len(routers))

    def judge(self, played: Played, captured: Sequence[Captured]) -> Judged:
        """Judge what was sent by what arrived, and by what passed capture points at its ends."""
        if not isinstance(played, _HostsPlayed):
            raise TypeError("only what this replay played can be judged by it")
        found = problems(played.frames, played.outcomes, self.limits)
        began = played.facts["began"]
        for point, name in self.points.items():
            frames = [each for each in captured if each.point == point and each.time >= began]
            port = self.network.ports.get(name)
            if port is None or port.mirror:
                continue
            if not port.router or self.options.routers == RECORDED:
                leaving = [each.data for each in frames if each.outgoing]
                found += departed(played.frames, name, leaving)
            coming = [each.data for each in frames if not each.outgoing]
            found += received(played.frames, played.outcomes, name, coming)
        found += self._strange(played)
        whats = Counter(each.what for each in played.outcomes.values())
        more = [f"and {len(found) - _MOST_PROBLEMS} more"] if len(found) > _MOST_PROBLEMS else []
        return Judged((*found[:_MOST_PROBLEMS], *more), {"outcomes": dict(whats)})

    @staticmethod
    def _strange(played: Played) -> Iterator[str]:
        """What nobody was to send: errors that no packet of the capture drew."""
        for name, data in played.facts["strangers"]:
            if error := quoted(bytes.fromhex(data)):
                yield (
                    f"{name}: an ICMP error of type {error[0]}, code {error[1]} came that was not"
                    " recorded"
                )


@dataclass(frozen=True)
class _HostsPlayed(Played):
    """What was done, with what the judge needs of it."""

    frames: tuple[Sent, ...] = ()
    """What was sent and expected."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """What became of it."""
