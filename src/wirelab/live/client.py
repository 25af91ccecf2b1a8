"""What commands do with running labs: find them, ask them, end them."""

import os
import select
import signal
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from wirelab.emulator.errors import Missing
from wirelab.live import folder
from wirelab.live.channel import Channel
from wirelab.live.errors import LiveError, Refused, Silent

_END_WITHIN = 30.0  # seconds; a tenth is usual
_WITHIN = 2.0
"""Seconds in which a lab is there for somebody; a hundredth is usual."""


@dataclass(frozen=True)
class LabInfo:
    """A lab that runs."""

    name: str
    """What it is called."""
    pid: int
    """The process that keeps it, as this machine numbers it; when it ends, so does the lab."""
    topology: str
    """Its network."""
    scenario: str
    """The scenario that can be played in it; empty for none."""
    since: float
    """When it was ready, in seconds since the epoch."""
    points: Mapping[str, str]
    """Where it can be tapped: interface by name; a scenario's points first, then all others."""
    nodes: Sequence[str]
    """Hosts, routers and switches."""
    answers: bool = True
    """Whether it has said all this; else only its name, and perhaps its process, is known."""


class Control:
    """A connection to a running lab."""

    def __init__(self, name: str, connected: socket.socket) -> None:
        self.name = name
        """Of the lab."""
        # Of whoever began to listen, in our numbers: the keeper, outside of the sandbox.
        peer = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        self.pid: int = struct.unpack("=iII", peer)[0]
        """The process that keeps the lab."""
        self._channel = Channel(connected)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def fileno(self) -> int:
        """Return a descriptor that becomes readable when the lab ends."""
        return self._channel.fileno()

    def ask(self, request: Mapping[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        """Send a request, as in `{"do": "info"}`, and return the answer; see `HANDLERS`.

        Args:
            request: what to `do`, and its arguments.
            fds: descriptors of which the lab gets duplicates.

        Raises:
            Refused: the lab cannot do that.
            LiveError: the lab ended meanwhile.
        """
        self.send(request, fds)
        return self.answer()

    def send(self, request: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
        """Send a request, the first half of `ask`.

        Raises:
            LiveError: the lab has ended.
        """
        try:
            self._channel.send(request, fds)
        except OSError:
            raise self._ended() from None

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to a request and return it, the second half of `ask`.

        Raises:
            Refused: the lab cannot do that.
            Silent: it took longer than `connect` was told to wait.
            LiveError: the lab has ended.
        """
        try:
            received = self._channel.receive()
        except TimeoutError:
            raise _silent(self.name) from None
        except OSError:
            received = None
        if received is None:
            raise self._ended()
        answer, _fds = received
        if "missing" in answer:
            raise Missing(*answer["missing"])
        if "error" in answer:
            raise Refused(answer["error"], answer.get("kind", ""))
        return answer

    def _ended(self) -> LiveError:
        return LiveError(f"the lab {self.name} has ended")

    def info(self) -> LabInfo:
        """Return what the lab says of itself."""
        told = self.ask({"do": "info"})
        return LabInfo(pid=self.pid, **told)

    def close(self) -> None:
        """End the connection."""
        self._channel.close()


def connect(name: str = "", patience: float | None = None) -> Control:
    """Connect to a running lab; without a name to the only one there is.

    Args:
        name: the lab.
        patience: seconds that an answer may take; without end by default.

    Raises:
        Silent: so many others wait for the lab that there is no room for one more.
        LiveError: there is none of that name, or there are several, or none at all.
    """
    chosen = name or _only()
    folder.check_name(chosen)
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    connected.settimeout(_WITHIN)
    try:
        connected.connect(str(folder.path_of(chosen)))
        connected.settimeout(patience)
    except (TimeoutError, BlockingIOError):
        connected.close()
        raise _silent(chosen) from None
    except OSError:
        connected.close()
        raise LiveError(f"no lab {chosen!r} runs; {_running()}") from None
    return Control(chosen, connected)


def _silent(name: str) -> Silent:
    return Silent(f"the lab {name} does not answer")


def _only() -> str:
    names = folder.names()
    if len(names) != 1:
        raise LiveError(f"which lab? {_running()}" if names else f"no lab runs; {_running()}")
    return names[0]


def _running() -> str:
    names = folder.names()
    return f"running: {', '.join(names)}" if names else "`lab up TOPOLOGY|SCENARIO` starts one"


def labs() -> list[LabInfo]:
    """Return the labs of this user that run, by name; those that do not answer in time as well."""
    found = []
    for name in folder.names():
        pid = 0
        try:
            with connect(name, _WITHIN) as control:
                pid = control.pid
                found.append(control.info())
        except Silent:
            found.append(LabInfo(name, pid, "", "", 0.0, {}, (), answers=False))
        except LiveError:  # it has ended just now
            continue
    return found


def down(name: str) -> None:
    """End a lab and wait until nothing of it is left.

    Raises:
        LiveError: there is none, or it does not end.
    """
    with connect(name) as control:
        keeper = os.pidfd_open(control.pid)
    try:
        signal.pidfd_send_signal(keeper, signal.SIGTERM)
        if not select.select([keeper], [], [], _END_WITHIN)[0]:
            raise LiveError(f"the lab {name} (process {control.pid}) does not end")
    except ProcessLookupError:
        return
    finally:
        os.close(keeper)
