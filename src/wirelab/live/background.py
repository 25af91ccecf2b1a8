"""Labs in the background: a process of their own keeps them, without a terminal."""

import functools
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any

from wirelab.emulator import EmulatorError, SandboxError
from wirelab.live import folder
from wirelab.live.keeper import keep
from wirelab.live.lab import Plan, stay


def up(plan: Plan) -> dict[str, Any]:
    """Start a lab in the background; return when it is ready, with what there is to say of it.

    That is `addresses`, in words by node, and `servers`, a line each.

    Whatever ends this call, an exception of a signal handler included, ends the lab, too.

    Raises:
        LiveError: the name is taken, or cannot be one.
        EmulatorError: the lab does not start.
    """
    name = plan.name
    folder.check_name(name)
    if name in folder.names():
        raise folder.taken(name)
    heard, tell = Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    keeper = os.fork()
    if keeper == 0:
        heard.close()
        _apart(functools.partial(_keep, plan, tell))
    tell.close()
    try:
        good, value = heard.recv()
    except EOFError:
        raise SandboxError(f"the lab {name} was killed before it was ready") from None
    except BaseException:
        os.kill(keeper, signal.SIGTERM)
        os.waitpid(keeper, 0)
        raise
    finally:
        heard.close()
    if good:
        return dict(value)
    os.waitpid(keeper, 0)
    raise value


def _keep(plan: Plan, tell: Connection) -> None:
    """Keep a lab to its end; say how its start went, and be silent from then on."""
    try:
        keep(plan.name, functools.partial(stay, plan), functools.partial(_ready, tell))
    except EmulatorError as error:
        tell.send((False, error))
    except Exception as error:
        tell.send((False, SandboxError(f"{type(error).__name__}: {error}")))


def _ready(tell: Connection, info: dict[str, Any]) -> None:
    tell.send((True, info))
    tell.close()


def _apart(body: Callable[[], None]) -> None:
    """Run `body` in this fork, without a terminal and without the folder of the caller."""
    status = 1
    try:
        os.setsid()
        os.chdir("/")
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nowhere, fd)
        os.close(nowhere)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        body()
        status = 0
    finally:
        os._exit(status)
