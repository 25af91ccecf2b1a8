"""Playing orders: a process for each interface, all with one time zero."""

from __future__ import annotations

import mmap
import os
import select
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import replace
from time import monotonic_ns, time_ns
from typing import TYPE_CHECKING, Self

import numpy as np

from wirelab.emulator import EmulatorError
from wirelab.emulator.spawn import environment
from wirelab.traffic.replay.account import Account, Count
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.offload import Cuts, cuts
from wirelab.traffic.replay.parcel import READY, Parcel, Words
from wirelab.traffic.replay.sent import Sent, errors_of
from wirelab.traffic.replay.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wirelab.emulator import Interface, Lab
    from wirelab.traffic.replay.order import Order

BOUND = 1_000_000
"""Nanoseconds; what is sent later than that after it was due is late."""
_HEAD_START = 5_000_000
"""Nanoseconds from when all are ready to time zero: enough to tell them all."""
_SECOND = 1_000_000_000
_READY_WITHIN = 30 * _SECOND
_END_WITHIN = 10.0
"""Seconds; it ends within milliseconds when it is asked to."""
_ALONE = {"OPENBLAS_NUM_THREADS": "1"}
"""Else NumPy starts a thread for each processor, which a sender has no use for."""
_PROGRAM = "wirelab.traffic.replay.sender_main"
_LOOK = 0.05
"""Seconds between two looks at how far all is."""


class Enough(Exception):  # noqa: N818 - it is no error
    """Raised by a `progress` to end sending; `play` then returns what was sent until then."""


def play(
    lab: Lab,
    orders: Mapping[str, Order],
    *,
    progress: Callable[[int], None] = lambda _: None,
    bound: int = BOUND,
) -> Mapping[str, Sent]:
    """Send what each interface is to send, all from one time zero on; return when all is sent.

    Where the loops of the orders last differently long, all take as long as the longest.

    Args:
        lab: one that has started.
        orders: by the names of interfaces.
        progress: is told now and then how many frames are done with. What it raises ends sending
            at once: `Enough` quietly, anything else goes on to the caller.
        bound: nanoseconds; what is sent later than that after it was due counts as late.

    Raises:
        ReplayError: there is nothing to send.
        NodeError: there is no such interface.
        EmulatorError: an interface went down, or a process that sends has died.
    """
    if not orders:
        raise ReplayError("there is no interface that is to send anything")
    period = max(order.period for order in orders.values())
    timed = {name: replace(order, period=period) for name, order in orders.items()}
    with Sources() as sources, ExitStack() as stack:
        senders = {
            name: stack.enter_context(
                _Sender(lab.interface(name), order, sources.descriptor(order), bound)
            )
            for name, order in timed.items()
        }
        for sender in senders.values():
            sender.await_ready()
        zero = monotonic_ns() + _HEAD_START
        for sender in senders.values():
            sender.start(zero)
        with suppress(Enough):
            _watch(senders.values(), progress)
        return {name: sender.stop() for name, sender in senders.items()}


def _watch(senders: Iterable[_Sender], progress: Callable[[int], None]) -> None:
    """Tell how far all is until all has ended."""
    running = {sender.fileno(): sender for sender in senders}
    while running:
        ready, _, _ = select.select(running, [], [], _LOOK)
        for fd in ready:
            if running[fd].has_ended():
                del running[fd]
        progress(sum(sender.handled for sender in senders))


class _Sender:
    """The process that sends from one interface, seen from who started it."""

    def __init__(self, interface: Interface, order: Order, capture: int, bound: int) -> None:
        self._order, self._bound, self._name = order, bound, interface.name
        self._said = b""
        with ExitStack() as stack:
            self._cuts = _cuts(order, interface.mtu, capture)
            due = np.zeros(0, np.int64) if order.due is None else order.due
            captured = order.captured.astype(np.int64)
            parcel = Parcel(order.start, captured, due, self._cuts).pack()
            stack.callback(os.close, parcel)
            account = os.memfd_create("account")
            stack.callback(os.close, account)
            paced = order.due is not None
            os.truncate(account, Account.size(len(order), order.loops, paced=paced))
            self._account = Account(mmap.mmap(account, 0), len(order))
            fds, cut = (capture, parcel, account), len(self._cuts.at)
            loops, period = order.loops, order.period
            words = Words(
                self._name, os.getpid(), *fds, len(order), cut, paced, loops, period, bound
            )
            self._process: subprocess.Popen[bytes] = interface.node.popen(
                [sys.executable, "-P", "-m", _PROGRAM, *words.argv()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=fds,
                env=environment() | _ALONE,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def fileno(self) -> int:
        """What is readable when it says something, or has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def handled(self) -> int:
        """How many frames are done with."""
        return self._account.numbers[Count.HANDLED]

    def await_ready(self) -> None:
        """Return when it could begin at once.

        Raises:
            EmulatorError: it has died, or takes too long.
        """
        deadline = monotonic_ns() + _READY_WITHIN
        while self._said != READY:
            left = max(0, deadline - monotonic_ns()) / _SECOND
            if not select.select([self], [], [], left)[0]:
                raise EmulatorError(f"sending from {self._name} is not ready, and should be")
            if self.has_ended() or not READY.startswith(self._said):
                raise self._died()

    def start(self, zero: int) -> None:
        """Have it send from a time of the monotonic clock on."""
        self._zero, self._epoch = zero, time_ns() - monotonic_ns()
        assert self._process.stdin is not None
        self._process.stdin.write(str(zero).encode())
        self._process.stdin.flush()

    def has_ended(self) -> bool:
        """Take what it says, which there must be; whether that was the end."""
        said = os.read(self.fileno(), 65536)
        self._said += said
        return not said

    def stop(self) -> Sent:
        """End it if it has not ended, and return what it has sent.

        Raises:
            EmulatorError: it has died, or its interface took no more frames.
        """
        with suppress(subprocess.TimeoutExpired):
            self._said += self._process.communicate(timeout=_END_WITHIN)[0]
        if self._process.returncode != 0:
            raise self._died()
        return self._sent()

    def _died(self) -> EmulatorError:
        self._process.kill()
        self._said += self._process.communicate()[0]
        lines = self._said.removeprefix(READY).decode(errors="replace").strip().splitlines()
        told = lines[-1] if lines else f"exit status {self._process.returncode}"
        more = "\n".join(["", *lines]) if len(lines) > 1 else ""  # where in the program
        return EmulatorError(f"sending from {self._name} has ended early: {told}{more}")

    def _sent(self) -> Sent:
        order, numbers, account = self._order, self._account.numbers, self._account
        handled, refusals = numbers[Count.HANDLED], numbers[Count.REFUSED]
        return Sent(
            total=order.total,
            frames=handled - refusals,
            bytes=numbers[Count.OCTETS],
            refused=tuple(order.places[np.flatnonzero(account.refused)].tolist()),
            refusals=refusals,
            segmented=tuple(order.places[self._cuts.at[self._cuts.at < handled]].tolist()),
            late=numbers[Count.LATE],
            bound=self._bound,
            worst=numbers[Count.WORST],
            waits=numbers[Count.WAITS],
            started=numbers[Count.STARTED] + self._epoch,
            ended=numbers[Count.ENDED] + self._epoch,
            cpu=numbers[Count.CPU],
            punctual=bool(numbers[Count.PUNCTUAL]),
            errors_ns=errors_of(order, self._zero, account.times, handled),
        )


def _cuts(order: Order, mtu: int, capture: int) -> Cuts:
    """What the kernel is to cut of an order."""
    none = np.zeros(0, np.int64)
    if not order.segment:
        return cuts(np.zeros(1, np.uint8), none, none, none, mtu)
    with mmap.mmap(capture, 0, access=mmap.ACCESS_READ) as mapped:
        data = np.frombuffer(mapped, np.uint8)
        large = order.too_large(mtu, data)
        captured = order.captured[large].astype(np.int64)
        found = cuts(data, large, order.start[large], captured, mtu)
        del data
        return found
