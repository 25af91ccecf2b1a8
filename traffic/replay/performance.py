"""Starting the conductor in its process, and reading what it tells."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wirelab
from wirelab.traffic.replay.conductor import Order, Outcome
from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from wirelab.traffic.replay.kind import Progress

_PROGRAM = "from wirelab.traffic.replay.conductor import main; main()"


class Performance:
    """What became of orders."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.outcomes = {each[0]: Outcome(*each) for each in told["outcomes"]}
        """By the number of the order."""
        self.sent_at: list[int] = told["sent_at"]
        """When each was sent, in nanoseconds since the epoch; 0 for what was not."""
        self.cpu: float = told["cpu"]
        """Seconds of a processor that it took, the kernel's forwarding included."""
        self.strangers = [(int(at), bytes.fromhex(data)) for at, data in told["strangers"]]
        """What came though nobody sent it, by the number of the socket."""


def perform(
    folder: Path,
    sockets: Sequence[socket.socket],
    watched: Sequence[int],
    orders: Sequence[Order],
    progress: Progress,
    *,
    patience: float,
    least_mtu: int,
) -> Performance:
    """Have a conductor play orders, and return what became of each.

    Args:
        folder: where its files may be.
        sockets: packet sockets, one for each interface; they are closed.
        watched: the numbers of those at which what nobody sent is noted.
        orders: what to send and to expect, in this order.
        progress: is told how many are done.
        patience: seconds after which a frame that is waited for counts as lost.
        least_mtu: packets of more bytes may arrive in fragments.

    Raises:
        ReplayError: a frame could not be sent.
    """
    path = folder / "orders.pickle"
    fds = [each.fileno() for each in sockets]
    with path.open("wb") as file:
        content = (fds, list(watched), patience, least_mtu, [tuple(each) for each in orders])
        pickle.dump(content, file, pickle.HIGHEST_PROTOCOL)
    # Only our own code and the standard library: a site-packages would cost 20 ms.
    root = Path(wirelab.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with ExitStack() as open_ones:
        for each in sockets:
            open_ones.enter_context(each)
        process = subprocess.Popen(
            [sys.executable, "-S", "-s", "-P", "-c", _PROGRAM, str(path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=fds, env=environment, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None  # it is a pipe
            for line in process.stdout:
                progress(int(line))
            _output, errors = process.communicate()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    path.unlink()
    if process.returncode:
        raise ReplayError(f"the conductor ended: {errors.strip().rpartition(chr(10))[2]}")
    told = path.with_suffix(".json")
    performance = Performance(json.loads(told.read_text()))
    told.unlink()
    return performance
