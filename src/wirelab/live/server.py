"""The side of a running lab that answers: a thread for each connection.

The worker of a sandbox enters mount namespaces, which the kernel allows only to a task that shares
its working folder and root with no other (fs/namespace.c, mntns_install). So every thread here
gets its own first of all, and those that make threads never enter a namespace themselves.
"""

import socket
import threading
from contextlib import suppress

from wirelab.emulator import EmulatorError, Missing, syscalls
from wirelab.live.channel import Channel, close_all
from wirelab.live.handlers import HANDLERS
from wirelab.live.running import Running


def serve(running: Running, listening: socket.socket) -> None:
    """Answer whoever connects, in the background, until the process ends."""
    apart = threading.Event()
    threading.Thread(
        target=_accept, args=(running, listening, apart), name="control", daemon=True
    ).start()
    apart.wait()


def _accept(running: Running, listening: socket.socket, apart: threading.Event) -> None:
    syscalls.unshare(syscalls.CLONE_FS)
    apart.set()
    while True:
        connected, _address = listening.accept()
        threading.Thread(target=_converse, args=(running, connected), daemon=True).start()


def _converse(running: Running, connected: socket.socket) -> None:
    """Answer the requests of one connection, one after the other, until it ends."""
    syscalls.unshare(syscalls.CLONE_FS)
    channel = Channel(connected)
    with connected, suppress(OSError):  # whoever asked may be gone
        while True:
            try:
                received = channel.receive()
            except ValueError as error:
                channel.send({"error": f"not understood: {error}"})
                return
            if received is None:
                return
            request, fds = received
            try:
                answer = _answer(running, request, fds)
            finally:
                close_all(fds)
            channel.send(answer)


def _answer(running: Running, request: dict[str, object], fds: list[int]) -> dict[str, object]:
    """Return the answer of a handler; what goes wrong there is an answer, too."""
    handler = HANDLERS.get(str(request.get("do")))
    if handler is None:
        known = ", ".join(HANDLERS)
        return {"error": f"a lab cannot {request.get('do')!r}; it can {known}", "kind": "KeyError"}
    try:
        return dict(handler(running, request, fds))
    except Missing as error:
        return {"missing": (error.what, error.mend)}
    except EmulatorError as error:
        return {"error": str(error), "kind": type(error).__name__}
    except Exception as error:  # the lab goes on, whatever somebody asked
        told = f"{type(error).__name__}: {error}"
        return {"error": told, "kind": type(error).__name__}
