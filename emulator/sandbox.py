"""A process tree of its own for every lab: nothing of a lab exists on the host.

    caller ── keeper ── init (process 1 of the PID namespace) ── worker (runs the function)

The keeper makes new user (unless root), mount, PID, network, UTS and IPC namespaces. `init`
reaps whatever daemons leave behind. When the caller ends, however it ends, the kernel kills
the keeper (PR_SET_PDEATHSIG), then init, and with the init of a PID namespace everything in
it: processes, interfaces, mounts. The only way out of a sandbox is the answer of its function.
"""

import contextlib
import os
import pickle
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, TypeVar

from wirelab.emulator import idmap, syscalls
from wirelab.emulator.errors import Missing, SandboxError

T = TypeVar("T")

SCRATCH = Path("/run/wirelab")
"""Folder in memory, private to the sandbox, at the same path in all nodes of a lab."""

_NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWIPC
)


def call(function: Callable[..., T], *args: object, keep_terminal: bool = False) -> T:
    """Run `function(*args)` in a new sandbox and return what it returns.

    The answer, or the exception, comes back pickled; the function itself and its arguments
    are simply inherited (fork), so they need not be picklable.

    Raises:
        Missing: this machine does not let us make the namespaces.
        SandboxError: the sandboxed process ended without an answer.
    """
    child = start(function, *args, keep_terminal=keep_terminal)
    try:
        return child.result()  # type: ignore[no-any-return]  # the type crosses a pipe
    finally:
        child.kill()


@dataclass(frozen=True)
class Child:
    """A sandbox at work."""

    pid: int
    """Process id of its keeper."""
    answers: Connection
    """Where its answer will come from; readable when there is one, or when it has died."""

    def fileno(self) -> int:
        """Return the descriptor to wait on, for `select` and the like."""
        return self.answers.fileno()

    def result(self) -> Any:
        """Wait for the answer and return it, or raise the exception that came instead."""
        try:
            succeeded, value = self.answers.recv()
        except EOFError:
            raise SandboxError("the sandbox was killed before it had an answer") from None
        if succeeded:
            return value
        raise value

    def terminate(self) -> None:
        """Begin to end everything in the sandbox, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End everything in the sandbox (if it still runs) and wait until it is gone."""
        self.terminate()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.answers.close()


def start(function: Callable[..., object], *args: object, keep_terminal: bool = False) -> Child:
    """Start `function(*args)` in a new sandbox and return at once.

    Without `keep_terminal` the sandbox is a session of its own, so that a Ctrl-C goes to the
    caller alone, who then ends the sandbox.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    ours, theirs = Pipe(duplex=False)
    mapped = idmap.Handshake()
    caller = os.getpid()
    with _signals_held() as mask:
        pid = os.fork()
        if pid == 0:
            ours.close()
            keeper = _Keeper(caller, mask, mapped, theirs, keep_terminal)
            _guarded(theirs, lambda: keeper.keep(function, args))
    theirs.close()
    mapped.map_child(pid)
    return Child(pid, ours)


@contextlib.contextmanager
def _signals_held() -> Iterator[set[int]]:
    """Hold signals back around a fork and give the mask from before, for the child to restore.

    The interpreter forgets what comes to a new child (`PyOS_AfterFork_Child` clears what is
    pending): a `terminate` right after `start` would be lost, and the sandbox live on.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield mask
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _guarded(answers: Connection, body: Callable[[], None]) -> None:
    """Run the body of a forked process: whatever happens, answer and exit, never return."""
    status = 0
    try:
        body()
    except BaseException as error:
        status = 1
        with contextlib.suppress(OSError):
            answers.send((False, _portable(error)))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@dataclass(frozen=True)
class _Keeper:
    """The process that outlives everything in a sandbox; its end says that all is gone."""

    caller: int
    mask: set[int]
    """Signals that the caller holds back; all are held until the keeper knows what to do."""
    mapped: idmap.Handshake
    answers: Connection
    keep_terminal: bool

    def keep(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        if not self.keep_terminal:
            os.setsid()
        _unshare(self.mapped)
        # After the change of credentials: that clears the parent-death signal (kernel/cred.c).
        _tie_to(self.caller)
        alive, held = os.pipe()  # reads as closed once the keeper, its only holder, has ended
        init = os.fork()
        if init == 0:
            os.close(held)
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
            _guarded(self.answers, lambda: _init(alive, self.answers, function, args))
        self.answers.close()
        if not self.keep_terminal:
            # What the caller's group was sent while we were in it is for the caller to pass on.
            for number in (signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask | _AWAITED)
        _await_end(init)


_AWAITED = {signal.SIGTERM, signal.SIGCHLD}


def _await_end(init: int) -> None:
    """Wait until a sandbox is gone, and kill it when asked to.

    Killing init and waiting for it, instead of just ending, means that the whole sandbox is gone
    when the keeper is. The signals are held back and taken one by one: a handler would not run
    where its signal comes just before the keeper begins to wait.
    """
    while True:
        ended, _status = os.waitpid(init, os.WNOHANG)
        if ended:
            return
        if signal.sigwaitinfo(_AWAITED).si_signo == signal.SIGTERM:
            _kill(init)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # asked twice
        os.kill(pid, signal.SIGKILL)


def _unshare(mapped: idmap.Handshake) -> None:
    try:
        if os.geteuid() != 0:
            syscalls.unshare(syscalls.CLONE_NEWUSER)
            mapped.wait_until_mapped()
        syscalls.unshare(_NAMESPACES)
    except OSError as error:
        raise Missing(
            f"this kernel does not let us make namespaces ({error.strerror})",
            "run `./lab doctor`, which names the setting",
        ) from error


def _tie_to(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends, or end now if it already has."""
    syscalls.die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _init(
    keeper_alive: int,
    answers: Connection,
    function: Callable[..., object],
    args: tuple[object, ...],
) -> None:
    syscalls.die_with_parent(signal.SIGKILL)
    if select.select([keeper_alive], [], [], 0)[0]:  # getppid() is 0 across PID namespaces
        os._exit(1)
    os.close(keeper_alive)
    _private_mounts()
    worker = os.fork()
    if worker == 0:
        _guarded(answers, lambda: answers.send((True, function(*args))))
    answers.close()
    _reap_until(worker)


def _private_mounts() -> None:
    """Give the sandbox a /proc of its own and an empty /run in memory."""
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("proc", "/proc", "proc", flags | syscalls.MS_NOEXEC)
    syscalls.mount("tmpfs", "/run", "tmpfs", flags, "mode=755")
    SCRATCH.mkdir()


def _reap_until(worker: int) -> None:
    """Reap every process that ends in the sandbox, until its worker has."""
    while True:
        pid, _status = os.wait()
        if pid == worker:
            return


def _portable(error: BaseException) -> BaseException:
    """Return `error`, or where it cannot cross a pipe one that says the same."""
    told = "".join(traceback.format_exception(error))
    if isinstance(error, SystemExit):  # of the function alone: the caller goes on
        return SandboxError(f"{type(error).__name__}: {error}\n{told}")
    try:
        error.add_note(f"in the sandbox:\n{told}")
        pickle.loads(pickle.dumps(error))
    except Exception:
        return SandboxError(f"{type(error).__name__}: {error}\n{told}")
    return error
