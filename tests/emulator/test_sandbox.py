"""Sandboxes: everything ends with them, and nothing of them is seen outside."""

import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from wirelab.emulator import CommandFailed, SandboxError, sandbox


def test_an_answer_comes_back() -> None:
    assert sandbox.call(lambda a, b: a + b, 2, 3) == 5


def test_an_exception_comes_back_with_its_attributes() -> None:
    def fail() -> None:
        raise CommandFailed("c", ["ping", "x"], "exit status 2", "unknown host")

    with pytest.raises(CommandFailed, match="unknown host") as caught:
        sandbox.call(fail)
    assert caught.value.node == "c"


def test_an_exception_that_cannot_be_pickled_is_told() -> None:
    class Local(Exception):  # noqa: N818
        pass

    def fail() -> None:
        raise Local("something")

    with pytest.raises(SandboxError, match="Local: something"):
        sandbox.call(fail)


def test_a_sandbox_has_only_a_loopback_interface_and_no_route() -> None:
    def look() -> tuple[set[str], list[str]]:
        names = {name for _index, name in socket.if_nameindex()}
        return names, Path("/proc/net/route").read_text().splitlines()[1:]

    names, routes = sandbox.call(look)
    assert "lo" in names
    assert not {name for name in names if name.startswith(("eth", "en", "wl", "docker"))}
    assert routes == []


def test_its_processes_and_mounts_are_not_the_hosts() -> None:
    def look() -> tuple[int, list[str]]:
        return len(list(Path("/proc").glob("[0-9]*"))), [
            path.name for path in Path("/run").iterdir()
        ]

    processes, run = sandbox.call(look)
    assert processes == 2
    assert run == ["wirelab"]
    assert not Path("/run/wirelab").exists()


def test_being_killed_before_an_answer_is_said() -> None:
    with pytest.raises(SandboxError, match="killed before it had an answer"):
        sandbox.call(lambda: os.kill(os.getpid(), signal.SIGKILL))


def _marked_processes(mark: str) -> list[str]:
    """Return the processes of this machine that have `mark` in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
        except OSError:
            continue
    return found


def _daemonize(ready: int) -> None:
    """Leave a daemon behind (twice forked, its own session), say so, and wait."""
    os.environ["PATH"] = os.environ.get("PATH", "/bin:/usr/bin")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvpe("sleep", ["sleep", "1000"], {**os.environ, "WIRELAB_TEST_MARK": "daemon"})
        os._exit(0)
    os.wait()
    os.write(ready, b"x")
    signal.pause()


def test_killing_the_caller_ends_a_daemon_in_the_sandbox() -> None:
    reading, writing = os.pipe()
    caller = os.fork()
    if caller == 0:
        sandbox.call(_daemonize, writing)
        os._exit(0)
    os.read(reading, 1)
    os.kill(caller, signal.SIGKILL)
    os.waitpid(caller, 0)
    deadline = time.monotonic() + 5
    while _marked_processes("WIRELAB_TEST_MARK=daemon") and time.monotonic() < deadline:
        os.sched_yield()
    assert _marked_processes("WIRELAB_TEST_MARK=daemon") == []
    os.close(reading)
    os.close(writing)


def test_kill_returns_when_all_is_gone() -> None:
    reading, writing = os.pipe()
    child = sandbox.start(_daemonize, writing)
    os.read(reading, 1)
    child.kill()
    assert _marked_processes("WIRELAB_TEST_MARK=daemon") == []
    os.close(reading)
    os.close(writing)


def test_a_sandbox_told_to_end_as_soon_as_it_is_started_ends() -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: os._exit(1))  # as a command's own handler
    try:
        for _ in range(50):
            child = sandbox.start(signal.pause)
            child.terminate()
            assert select.select([child], [], [], 10)[0], "it never heard that it shall end"
            child.kill()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_function_that_exits_does_not_end_the_caller() -> None:
    with pytest.raises(SandboxError, match="SystemExit: 3"):
        sandbox.call(sys.exit, 3)
