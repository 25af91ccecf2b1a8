"""The program that sends the frames of an order out of an interface (see `sender.py`).

It is given descriptors and numbers (`parcel.Words`), says on its output that it is ready, reads
time zero from its input, and ends when all is sent, or when its input is closed. Anything else that
it says is an error. Between two system calls Python has nothing to do but to add up.
"""

from __future__ import annotations

import gc
import mmap
import os
import signal
import sys
from bisect import bisect_right
from contextlib import suppress
from time import monotonic_ns, process_time_ns

import numpy as np

from wirelab.traffic.replay import kernel
from wirelab.traffic.replay.account import Account, Count
from wirelab.traffic.replay.load import Load
from wirelab.traffic.replay.messages import MESSAGE
from wirelab.traffic.replay.outlet import Outlet, Stopped
from wirelab.traffic.replay.parcel import READY, Parcel, Words

_INPUT, _OUTPUT = 0, 1
_HANDLED, _WORST, _LATE = int(Count.HANDLED), int(Count.WORST), int(Count.LATE)
_BATCH = 256
"""Frames a system call at top speed."""
_AT_ONCE = 64
"""Frames a system call when they are late: as many as are sent before the clock is read again."""
_WAKING = 80_000
"""So many ns before a frame is due the process has itself woken, and then looks at the clock."""
_LEAST, _MOST = 30_000, 250_000
"""Bounds of that: it becomes what this machine needs to wake in time for all but one in 200."""
_SPARE, _MORE, _LESS = 10_000, 10_000, 50
"""Who wakes with less to spare wakes so much earlier the next time, and else so much less early."""
_SENDING = 2_000
"""Nanoseconds that a frame takes, about."""
_BUSY = 0.5
"""A process that is awake for more of the time than this must not run before all others."""


class Sender:
    """Sends what there is to send."""

    def __init__(self, words: Words) -> None:
        """Make all ready."""
        if words.paced:
            kernel.wake_in_time()  # first: what it locks into memory must not be the capture
        self._words, parcel = words, Parcel.unpack(words)
        memory = mmap.mmap(words.account, 0)
        self._account = Account(memory, words.frames)
        self._asked = kernel.Wait({_INPUT: kernel.POLLIN})
        self._outlet = Outlet(words.interface, _INPUT, self._account, vnet=bool(words.cuts))
        self._load = Load(parcel, words)
        self._early = _WAKING
        self._due, self._times = parcel.due, self._account.times

    def run(self) -> None:
        """Say that all is ready, wait for time zero, and send."""
        if self._words.paced and self._awake() < _BUSY:
            self._account.numbers[Count.PUNCTUAL] = kernel.run_first()
        os.write(_OUTPUT, READY)
        zero = os.read(_INPUT, 64)
        if not zero:
            return
        self._zero = int(zero)
        self._account.numbers[Count.STARTED] = self._zero
        try:
            with suppress(Stopped):
                self._sleep_until(self._zero)
                self._pace() if self._words.paced else self._rush()
        finally:
            self._account.numbers[Count.ENDED] = monotonic_ns()
            self._load.tell(self._account)
            self._account.numbers[Count.CPU] = process_time_ns()

    def _awake(self) -> float:
        """For how much of the time, about, it looks at the clock, or sends."""
        watching = int(np.minimum(np.diff(self._due), _WAKING).sum())
        return (watching + len(self._due) * _SENDING) / max(int(self._due[-1]), 1)

    def _sleep_until(self, time: int) -> None:
        """Wait, and be awake at that time."""
        if time - monotonic_ns() > self._early:
            while (left := time - monotonic_ns()) > self._early:
                self._go_on(left - self._early)
            if left < _SPARE:
                self._early = min(self._early + _MORE, _MOST)
            else:
                self._early = max(self._early - _LESS, _LEAST)
        while monotonic_ns() < time:
            pass

    def _go_on(self, wait: int = 0) -> None:
        """Wait so many ns for being asked to stop, and do so if asked."""
        if self._asked.first(wait):
            raise Stopped

    def _rush(self) -> None:
        """Send as fast as it goes."""
        load, outlet, numbers = self._load, self._outlet, self._account.numbers
        for count in load.parts():
            self._go_on()
            at = 0
            while at < count:
                done = outlet.send(load.address + at * MESSAGE, min(_BATCH, count - at))
                if done <= 0:
                    done = outlet.mend(done, load.first + at)
                at += done
                numbers[_HANDLED] += done

    def _pace(self) -> None:
        """Send each frame when it is due; those that are due by then, together."""
        load, outlet, numbers = self._load, self._outlet, self._account.numbers
        handled = 0
        for count in load.parts():
            base = self._zero + load.loop * self._words.period
            due = (self._due[load.first : load.first + count] + base).tolist()
            self._go_on()
            at = 0
            while at < count:
                if monotonic_ns() < due[at]:
                    self._sleep_until(due[at])
                upto = bisect_right(due, monotonic_ns(), at, min(count, at + _AT_ONCE))
                done = outlet.send(load.address + at * MESSAGE, upto - at)
                if done > 0:
                    self._note(due[at : at + done], handled)
                else:
                    done = outlet.mend(done, load.first + at)
                at += done
                handled += done
                numbers[_HANDLED] = handled

    def _note(self, due: list[int], before: int) -> None:
        """Note that frames were sent just now, of which some were sent `before`."""
        now, numbers = monotonic_ns(), self._account.numbers
        if before < len(self._times):
            self._times[before : before + len(due)] = now
        late = now - due[0]
        numbers[_WORST] = max(numbers[_WORST], late)
        if late > self._words.bound:
            numbers[_LATE] += bisect_right(due, now - self._words.bound - 1)


def main() -> None:
    """Send, and say what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for whoever started the lab
    words = Words.of(sys.argv[1:])
    kernel.end_with(words.parent)
    gc.disable()
    try:
        Sender(words).run()
    except OSError as error:
        os.write(_OUTPUT, f"{words.interface}: {error.strerror}".encode())
        sys.exit(1)


if __name__ == "__main__":
    main()
