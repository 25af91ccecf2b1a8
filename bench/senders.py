"""Programs that send a capture, the lab in which they do, and who counts what arrives."""

from __future__ import annotations

import os
import struct
import sys
import threading
from time import monotonic_ns, sleep
from typing import TYPE_CHECKING

import numpy as np
from mininet.topo import Topo

from bench import packets as p
from wirelab.emulator import syscalls
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.sender import play
from wirelab.verify.capture import load_capture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wirelab.emulator import Lab

OURS = "wirelab"
NEAR, FAR = "a-eth0", "b-eth0"
"""The interfaces of the lab: where is sent, and where what arrives is counted."""
SECOND = 1_000_000_000
_LOOK = 0.001


class Pair(Topo):
    """Two hosts and a cable."""

    def build(self) -> None:
        """Draw the network."""
        self.addLink(self.addHost("a", ip=None), self.addHost("b", ip=None))


def write(path: Path, size: int, gaps: Sequence[int]) -> None:
    """Write a classic capture of UDP packets to somebody who is not there; gaps are in µs."""
    a, b = p.host(1, "192.0.2.1"), p.host(0xB0, "192.0.2.2")
    payload = bytes(size - 42)
    time = 1_700_000_000_000_000
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, gap in enumerate((0, *gaps)):
            time += gap
            frame = p.frame(a, b, p.UDP, p.udp(a, b, (7, 9), payload), number & 0xFFFF)
            file.write(struct.pack("<IIII", *divmod(time, 10**6), len(frame), len(frame)) + frame)


class Counter:
    """Looks again and again at how many packets an interface of a lab has received."""

    def __init__(self, lab: Lab) -> None:
        with lab["b"].namespace.entered():
            self._file = os.open("/proc/thread-self/net/dev", os.O_RDONLY | os.O_CLOEXEC)
        self._seen = [(0, self._count())]
        self._apart, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Counter:
        self._thread.start()
        self._apart.wait()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._file)

    def _count(self) -> int:
        text = os.pread(self._file, 65536, 0).decode()
        (line,) = (line for line in text.splitlines() if FAR in line)
        return int(line.split(":")[1].split()[1])

    def _look(self) -> None:
        # Else the main thread could not enter the mount namespaces of nodes.
        syscalls.unshare(syscalls.CLONE_FS)
        self._apart.set()
        while not self._ended.is_set():
            if (count := self._count()) != self._seen[-1][1]:
                self._seen.append((monotonic_ns(), count))
            sleep(_LOOK)
        if (count := self._count()) != self._seen[-1][1]:
            self._seen.append((monotonic_ns(), count))

    @property
    def received(self) -> int:
        """How many packets came."""
        return self._seen[-1][1] - self._seen[0][1]

    @property
    def rate(self) -> float:
        """Packets a second, from when the first were seen to when the last were."""
        (begun, before), (ended, after) = self._seen[1], self._seen[-1]
        return (after - before) * SECOND / (ended - begun)


def _ours(lab: Lab, path: Path, loops: int) -> None:
    capture = load_capture(path)
    order = Order.of(path, capture, np.arange(len(capture.frames)), None, loops)
    play(lab, {NEAR: order})


def _tcpreplay(*options: str) -> Callable[[Lab, Path, int], None]:
    def run(lab: Lab, path: Path, loops: int) -> None:
        argv = ["tcpreplay", "-q", *options, f"--loop={loops}", "-i", NEAR, str(path)]
        lab["a"].run(argv, timeout=300)

    return run


def _scapy(call: str) -> Callable[[Lab, Path, int], None]:
    program = (
        "import sys; from scapy.all import rdpcap, sendp, sendpfast; "
        f"frames = rdpcap(sys.argv[1]); {call}"
    )

    def run(lab: Lab, path: Path, loops: int) -> None:
        argv = [sys.executable, "-c", program, str(path), NEAR]
        for _ in range(loops):
            lab["a"].run(argv, timeout=300)

    return run


PROGRAMS: dict[str, tuple[Callable[[Lab, Path, int], None], int]] = {
    OURS: (_ours, 1),
    "tcpreplay --topspeed": (_tcpreplay("--topspeed"), 1),
    "tcpreplay --topspeed -K": (_tcpreplay("--topspeed", "-K"), 1),
    "Scapy sendp": (_scapy("sendp(frames, iface=sys.argv[2], verbose=0)"), 0),
    "Scapy sendpfast": (_scapy("sendpfast(frames, iface=sys.argv[2], pps=10**7)"), 0),
}
"""What sends a file so often; 0 for those that are so slow that once is enough."""
