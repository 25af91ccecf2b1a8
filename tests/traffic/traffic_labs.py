"""Running work in a lab, as who runs the tests or as somebody else."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from multiprocessing import Pipe
from typing import Any

from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox

Work = Callable[[Lab], Any]

STRANGER = 12345
"""A user without a name or a range in /etc/subuid: a single id is mapped in its sandboxes."""


def in_lab(topo: Topo, work: Work) -> Any:
    """Return `work(lab)` for a started lab, in a sandbox."""

    def body() -> Any:
        with Lab(topo) as lab:
            return work(lab)

    return sandbox.call(body)


@cache
def open_to_strangers() -> bool:
    """Say whether another user can read this checkout and its environment: not in /root, say."""
    become = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    argv = [*become, sys.executable, "-c", "import wirelab.traffic"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def in_strangers_lab(topo: Topo, work: Work) -> Any:
    """Return `work(lab)`, where root is a stranger outside and nobody else exists inside."""
    ours, theirs = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(STRANGER, STRANGER, STRANGER)
            os.setresuid(STRANGER, STRANGER, STRANGER)
            # Changing user took the process's own /proc away from it (PR_SET_DUMPABLE, prctl(2)).
            ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
            theirs.send((True, in_lab(topo, work)))
        except BaseException as error:  # it is passed on, to the test
            theirs.send((False, repr(error)))
        finally:
            os._exit(0)
    theirs.close()
    succeeded, value = ours.recv()
    os.waitpid(child, 0)
    assert succeeded, value
    return value
