"""The first kind of replay: frames leave an interface of a lab node as they were captured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from wirelab.traffic.replay import schedule
from wirelab.traffic.replay.arrival import Arrival, Wanted, arriving, compared, named
from wirelab.traffic.replay.besides import told_apart
from wirelab.traffic.replay.choice import (
    check,
    chosen,
    in_time,
    refuse,
    see_that_cut,
    table_of,
    too_large,
)
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import FrameOptions, TooLarge
from wirelab.traffic.replay.kind import Judged, Played, Progress
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.placing import left_out, placed
from wirelab.traffic.replay.segments import Large
from wirelab.verify.columns.octets import batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mininet.topo import Topo

    from wirelab.emulator import Captured, Lab
    from wirelab.emulator.drawn_links import DrawnInterface
    from wirelab.traffic.replay.placing import Placed
    from wirelab.traffic.replay.schedule import Schedule
    from wirelab.verify.columns.octets import Ints, Mask
    from wirelab.verify.columns.table import Table

_SECOND = 1_000_000_000


@dataclass(frozen=True)
class Frames:
    """A replay of frames of which everything is decided."""

    table: Table
    """The capture."""
    options: FrameOptions
    """What was asked for."""
    orders: Mapping[str, Order]
    """What each interface sends."""
    senders: Mapping[str, DrawnInterface]
    """The interfaces that send."""
    duration: int | None
    """How long it takes, in nanoseconds; None where it goes as fast as it can."""
    skipped: int = 0
    """How many frames are left out since they are too large, in all loops."""
    oversize: Mapping[str, Mask] = field(default_factory=dict)
    """Which frames of an interface the kernel cuts."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many frames no interface is named for, by capture point."""

    @property
    def total(self) -> int:
        """How many frames there are to be sent."""
        return sum(order.total for order in self.orders.values())

    @cached_property
    def points(self) -> Mapping[str, str]:
        """Both ends of each link over which frames are sent, each called by its own name."""
        ends = chain.from_iterable((each.name, each.peer) for each in self.senders.values())
        return {name: name for name in dict.fromkeys(ends)}

    def told(self) -> Sequence[str]:
        """Say what would be sent where, when, how many frames, how large."""
        lines = [self._told(name, order) for name, order in self.orders.items()]
        if self.duration is None:
            lines.append("pace: as fast as it goes")
        else:
            lines.append(f"pace: {self._pace()}; it takes {self.duration / _SECOND:.6g} s")
        lines += left_out(self.left_out)
        if self.skipped:
            lines.append(f"left out, larger than their links carry: {self.skipped}")
        if cut := sum(int(mask.sum()) for mask in self.oversize.values()) * self.options.loops:
            lines.append(f"cut by the kernel, larger than their links carry: {cut}")
        return lines

    def _told(self, name: str, order: Order) -> str:
        sizes = order.captured
        size = f"{sizes.min()}" if sizes.min() == sizes.max() else f"{sizes.min()} to {sizes.max()}"
        loops = f", {order.loops} times" if order.loops > 1 else ""
        total = int(sizes.sum(dtype=np.int64)) * order.loops
        far = self.senders[name].peer
        return f"{name} → {far}: {len(order)} frames{loops} of {size} bytes, {total} in all"

    def _pace(self) -> str:
        options = self.options
        if options.pps is not None:
            return f"{options.pps:g} frames a second"
        if options.mbps is not None:
            return f"{options.mbps:g} Mbit/s"
        return "as recorded" if options.speed == 1 else f"{options.speed:g} times as fast"

    def as_json(self) -> Mapping[str, Any]:
        """Return the same for programs."""
        return {
            "kind": "frames",
            "frames": self.total,
            "duration": None if self.duration is None else self.duration / _SECOND,
            "skipped": self.skipped,
            "left_out": self.left_out,
            "interfaces": {
                name: {
                    "to": self.senders[name].peer,
                    "frames": len(order),
                    "loops": order.loops,
                    "bytes": int(order.captured.sum(dtype=np.int64)) * order.loops,
                    "smallest": int(order.captured.min()),
                    "largest": int(order.captured.max()),
                    "first_due": None if order.due is None else int(order.due[0]) / _SECOND,
                    "last_due": None if order.due is None else int(order.due[-1]) / _SECOND,
                    "segmented": int(self._cut(name).sum()),
                }
                for name, order in self.orders.items()
            },
        }

    def _cut(self, name: str) -> Mask:
        none: Mask = np.zeros(len(self.orders[name]), bool)
        return self.oversize.get(name, none)

    def play(self, lab: Lab, progress: Progress) -> Played:
        """Send everything; all interfaces begin together."""
        from wirelab.traffic.replay.sender import play  # noqa: PLC0415 - it starts processes

        sent = play(lab, self.orders, progress=progress, bound=self.options.late_by)
        otherwise: Counter[str] = Counter(skipped=self.skipped)
        for name, each in sent.items():
            otherwise["refused"] += each.refusals
            otherwise["late"] += each.late
            otherwise["segmented"] += int(self._cut(name).sum()) * self.options.loops
        facts = {"interfaces": {name: each.as_json() for name, each in sent.items()}}
        frames = sum(each.frames for each in sent.values())
        return Played(frames, {key: count for key, count in otherwise.items() if count}, facts)

    def judge(self, played: Played, captured: Sequence[Captured]) -> Judged:  # noqa: ARG002
        """Compare what arrived at the other end of each link with what was sent."""
        arrivals = {name: self._arrival(name, captured) for name in self.orders}
        problems = []
        for name, arrival in arrivals.items():
            if arrival.problem:
                first = arrival.first_missing
                which = "" if first is None else f", the first is {self._frame(name, first)}"
                problems.append(f"{arrival.problem} at {self.senders[name].peer}{which}")
        links = {name: self._details(name, each, captured) for name, each in arrivals.items()}
        return Judged(tuple(problems), {"links": links, "left_out": self.left_out})

    def count(self, played: Played, received: Mapping[str, int]) -> Judged:
        """See that no fewer frames came to the other end of each link than were sent.

        What the node's own kernel sent meanwhile is counted as well, so more may have come.
        """
        problems, links = [], {}
        for name, facts in played.facts["interfaces"].items():
            far, sent = self.senders[name].peer, facts["frames"]
            links[name] = {"far_end": far, "sent": sent, "counted": received[far]}
            if received[far] < sent:
                problems.append(f"{sent - received[far]} of {sent} frames did not arrive at {far}")
        return Judged(tuple(problems), {"links": links, "left_out": self.left_out})

    def _arrival(self, name: str, captured: Sequence[Captured]) -> Arrival:
        far = self.senders[name].peer
        return compared(partial(self._expected, name), partial(arriving, captured, far))

    def _details(
        self, name: str, arrival: Arrival, captured: Sequence[Captured]
    ) -> Mapping[str, Any]:
        sent = chain.from_iterable(self._once(each) for each in self.orders if each != name)
        whole = (data for data in sent if isinstance(data, bytes))
        back = told_apart(arriving(captured, name), whole, self.options.loops)
        return {
            "far_end": self.senders[name].peer,
            "sent": arrival.expected,
            "arrived": arrival.arrived,
            "in_order": arrival.in_order,
            "of_the_node_itself": named(arrival.others, arrival.other_count),
            "from_other_interfaces": back.replayed,
            "from_the_lab": named(back.others.kept, back.others.count),
        }

    def _expected(self, name: str) -> Iterator[Wanted]:
        """Yield what an interface is to send, loop after loop."""
        for _ in range(self.orders[name].loops):
            yield from self._once(name)

    def _once(self, name: str) -> Iterator[Wanted]:
        order, octets, cut = self.orders[name], self.table.columns.octets, self._cut(name)
        for places in batches(np.arange(len(order))):
            starts, sizes = order.start[places].tolist(), order.captured[places].tolist()
            for start, size, in_pieces in zip(starts, sizes, cut[places].tolist(), strict=True):
                data = octets.slice(start, start + size)
                yield Large(data) if in_pieces else data

    def _frame(self, name: str, at: int) -> str:
        order = self.orders[name]
        place = at % len(order)
        loop = f" in loop {at // len(order) + 1}" if order.loops > 1 else ""
        return f"frame {int(order.places[place]) + 1} ({order.captured[place]} bytes){loop}"


def prepare(
    path: Path,
    topo: Topo,
    options: FrameOptions,
    points: Mapping[str, str] | None = None,
    *,
    mtus: Sequence[str] = (),
) -> Frames:
    """Decide everything about a replay of frames.

    Args:
        path: the capture file; it must not change until all is sent.
        topo: the network into which it is replayed.
        options: what is asked for.
        points: interface by capture point of a scenario, where the capture has such points and
            `options.at` says nothing.
        mtus: the parameters of the network that are MTUs, which then are advised.

    Raises:
        CaptureError: the file is no capture.
        FilterError: the filter cannot be understood.
        ReplayError: these frames cannot be sent so.
    """
    table = table_of(path)
    known = {name: at for name, at in (points or {}).items() if name in table.point_names}
    found = placed(table, in_time(table, chosen(table, options)), options.at or known, topo)
    check(table, found.places)
    mtu = np.array([each.mtu for each in found.senders])[found.sender]
    oversize = too_large(table, found.places, mtu)
    if options.too_large is TooLarge.REFUSE:
        refuse(table, found.places, oversize, mtu, mtus=mtus)
    elif options.too_large is TooLarge.SEGMENT:
        see_that_cut(table, found.places, oversize, mtu, mtus=mtus)
    return _ordered(path, table, options, found, oversize)


def _ordered(
    path: Path, table: Table, options: FrameOptions, found: Placed, oversize: Mask
) -> Frames:
    skips = options.too_large is TooLarge.SKIP
    kept = ~oversize if skips else np.ones(len(oversize), bool)
    if not kept.any():
        raise ReplayError("every frame is larger than its link carries: nothing would be sent")
    places, sender = found.places[kept], found.sender[kept]
    timing = _timing(table, places, options)
    orders, cut = {}, {}
    for number, interface in enumerate(found.senders):
        mine = sender == number
        if not mine.any():
            continue
        due, period = (None, None) if timing is None else (timing.due[mine], timing.period)
        segment = options.too_large is TooLarge.SEGMENT
        orders[interface.name] = Order.of(
            path, table, places[mine], due, options.loops, period=period, segment=segment
        )
        if segment and oversize[kept][mine].any():
            cut[interface.name] = oversize[kept][mine]
    duration = None
    if timing is not None:
        duration = (options.loops - 1) * timing.period + int(timing.due[-1])
    senders = {each.name: each for each in found.senders if each.name in orders}
    skipped = int((~kept).sum()) * options.loops
    return Frames(table, options, orders, senders, duration, skipped, cut, found.left_out)


def _timing(table: Table, places: Ints, options: FrameOptions) -> Schedule | None:
    """When each frame is due; None for top speed."""
    columns = table.columns
    if options.topspeed:
        return None
    if options.pps is not None:
        return schedule.packets_a_second(len(places), options.pps)
    if options.mbps is not None:
        return schedule.megabits_a_second(columns.captured[places], options.mbps)
    return schedule.recorded(columns.time[places], speed=options.speed, numbers=places + 1)
