"""Running a program in a node for somebody outside, with the caller's own descriptors."""

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wirelab.emulator.spawn import environment
from wirelab.live.errors import LiveError
from wirelab.live.running import Running
from wirelab.live.whereabouts import inside

NOT_FOUND = 127
"""The exit status of a program that is not there, as shells have it."""
NOT_PERMITTED = 126
"""The exit status of a file that is no program."""


def execute(running: Running, request: Mapping[str, Any], fds: list[int]) -> Mapping[str, Any]:
    """`{"do": "exec", "node": …, "argv": […], "cwd": …, "environ": {…}}` with four descriptors.

    These are standard input, output and error of the program, and one end of a pair: a byte that
    comes over it is a signal for the program and its children, its end means that the caller is
    gone. The answer is `{"status": …}` when the program has ended, negative for a signal. With
    `"terminal": true` the first is a terminal that nobody controls yet: the program shall.
    """
    node, argv = running.node(request["node"]), [str(word) for word in request["argv"]]
    if len(fds) != 4 or not argv:
        raise LiveError("exec takes a command, and four descriptors")
    stdin, stdout, stderr, caller = fds
    environ = environment(request.get("environ"))
    folder = inside(request.get("cwd", "/"))
    if unfit := _unfit(argv[0], folder, environ["PATH"]):
        told, status = unfit
        os.write(stderr, f"lab: {told}\n".encode())
        return {"status": status}
    own_terminal = bool(request.get("terminal"))
    with running.lock:
        process = node.popen(
            ["setsid", "--ctty", *argv] if own_terminal else argv,
            stdin=stdin, stdout=stdout, stderr=stderr, env=environ,
            cwd=folder,
            start_new_session=not own_terminal,  # else setsid would have to fork
        )  # fmt: skip
    return {"status": _attended(process, caller)}


def _unfit(program: str, folder: str, path: str) -> tuple[str, int] | None:
    """Return what keeps a program from running, and the exit status for that, as shells do."""
    if "/" not in program:
        found = shutil.which(program, path=path)
        return None if found else (f"there is no program {program}", NOT_FOUND)
    file = Path(folder, program)
    if not file.exists():
        return f"there is no program {program}", NOT_FOUND
    if file.is_dir() or not os.access(file, os.X_OK):
        return f"{program}: Permission denied", NOT_PERMITTED
    return None


def _attended(process: subprocess.Popen[Any], caller: int) -> int:
    """Wait for a program's end, and hand it the signals that its caller sends."""
    ended = os.pidfd_open(process.pid)
    try:
        while ended not in (ready := select.select([ended, caller], [], [])[0]):
            assert ready
            numbers = os.read(caller, 64)
            for number in numbers or (signal.SIGHUP, signal.SIGCONT):  # as when a terminal goes
                _send(process, number)
            if not numbers:
                break
        return process.wait()
    finally:
        os.close(ended)


def _send(process: subprocess.Popen[Any], number: int) -> None:
    """Send a signal to a program and its children, which are a process group of their own."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:  # not yet, or it is over
        process.send_signal(number)
