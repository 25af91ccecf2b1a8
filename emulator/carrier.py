"""A process that carries frames over the links of a lab that have a quality of their own.

For kernels without netem, and for losses that a seed decides. It reads what comes out at one
end of a link, keeps it for as long as the link takes, and puts it in at the other end.
"""

import contextlib
import errno
import gc
import json
import os
import signal
import socket
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from time import monotonic_ns, time_ns
from typing import NoReturn

from wirelab.emulator import syscalls
from wirelab.emulator.errors import EmulatorError
from wirelab.emulator.lane import Lane, Tally
from wirelab.emulator.tap import packet_socket, packet_statistics, receive

_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23  # include/uapi/linux/if_packet.h
_WAKING = 60_000  # ns; so much earlier it is awake, and looks again and again
_SOONEST = 1  # SCHED_FIFO: before everything ordinary, after everything urgent


def wire_socket(interface: str) -> socket.socket:
    """Return a socket that gets what an interface receives, and not what is sent by it."""
    end = packet_socket(interface)
    end.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    return end


@dataclass(frozen=True)
class Track:
    """A lane, and where its frames come from and go to."""

    name: str
    """As in `r1-eth1 > r2-eth0`: interfaces of the lab."""
    inlet: socket.socket
    """Gets the frames that the first of them sends."""
    outlet: socket.socket
    """What is sent here, the second receives."""
    lane: Lane
    """When, and whether."""

    def take_all(self) -> None:
        """Take what waits at the inlet."""
        later = monotonic_ns() - time_ns()  # from the clock of stamps to one that never jumps
        while True:
            try:
                frame = receive(self.name, self.inlet)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENETDOWN:  # which is read away so
                    raise
                continue
            self.lane.take(frame.data, frame.time + later)

    def give_due(self) -> None:
        """Send what is due at the outlet."""
        for frame in self.lane.leaving(monotonic_ns()):
            # An interface that is down, or has a smaller MTU, loses it, as any wire would.
            with contextlib.suppress(OSError):
                self.outlet.send(frame)

    def tally(self) -> Tally:
        """Return what became of the frames."""
        self.lane.tally.missed = packet_statistics(self.inlet).dropped
        return self.lane.tally


class Carrier:
    """The process, seen from the lab."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        """Start it; from then on the sockets are its own."""
        told, tells = os.pipe()
        asked, self._asks = os.pipe()
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._asks)
            _live(tracks, asked, tells, parent)
        self._told = os.fdopen(told)
        for fd in (tells, asked):
            os.close(fd)
        for track in tracks:
            track.inlet.close()
            track.outlet.close()

    def stop(self) -> dict[str, Tally]:
        """End it, and return what became of the frames of each track.

        Raises:
            EmulatorError: it had ended before, or was too slow.
        """
        os.close(self._asks)
        with self._told:
            said = self._told.read()
        os.waitpid(self._pid, 0)
        if not said:
            raise EmulatorError("the process that carries frames over slow links has died")
        tallies = {name: Tally(**counts) for name, counts in json.loads(said).items()}
        missed = [name for name, tally in tallies.items() if tally.missed]
        if missed:
            raise EmulatorError(f"too many frames at once on a slow link: {', '.join(missed)}")
        return tallies


def _live(tracks: Sequence[Track], asked: int, tells: int, parent: int) -> NoReturn:
    """Be that process: carry until somebody asks to stop, then tell what there was."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for whoever started the lab
        syscalls.die_with_parent(signal.SIGKILL)
        if os.getppid() == parent:
            _be_punctual()
            _carry(tracks, asked)
            told = {track.name: asdict(track.tally()) for track in tracks}
            os.write(tells, json.dumps(told).encode())
            status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _be_punctual() -> None:
    """Have the kernel wake us when we ask for it, and Python not pause."""
    gc.disable()
    syscalls.timer_slack(1)
    with contextlib.suppress(PermissionError):  # of an ordinary user
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_SOONEST))


def _carry(tracks: Sequence[Track], asked: int) -> None:
    poll = syscalls.Poll([asked, *(track.inlet.fileno() for track in tracks)])
    while True:
        ready = poll.wait(_until_next(tracks))
        if asked in ready:
            return
        for track in tracks:
            if track.inlet.fileno() in ready:
                track.take_all()
        for track in tracks:
            track.give_due()


def _until_next(tracks: Iterable[Track]) -> int | None:
    """Return the nanoseconds until the next frame is due; None when no frame is under way."""
    due = [track.lane.due for track in tracks if track.lane.due is not None]
    return max(0, min(due) - monotonic_ns() - _WAKING) if due else None
