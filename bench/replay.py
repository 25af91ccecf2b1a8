"""Sending frames: packets a second, and gaps, with ours, tcpreplay and Scapy, in turn in one run.

One veth pair between two hosts of a lab. Packets a second are those that the receiver's interface
counts, from its first to its last. Gaps are those between the kernel's time stamps at the receiver.
Prints medians; a ratio is the median of the ratios of all rounds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import struct
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from statistics import median
from time import monotonic_ns, sleep
from typing import TYPE_CHECKING

import numpy as np
from mininet.topo import Topo

from bench import packets as p
from wirelab.emulator import Lab, sandbox, syscalls
from wirelab.traffic.replay import schedule
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.sender import play
from wirelab.traffic.replay.sent import Errors
from wirelab.verify.capture import load_capture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OURS = "wirelab"
SIZES = (64, 1400)
"""Bytes of the frames."""
_SENDER, _RECEIVER = "a-eth0", "b-eth0"
_IN_FILE = 20_000
"""Frames of a capture, which is sent again and again."""
_LOOK = 0.001
_SECOND = 1_000_000_000
_GAPS = (100, 10_000)
"""The shortest and the longest gap, in µs; as many are about the one as about the other."""


class Pair(Topo):
    """Two hosts and a cable."""

    def build(self) -> None:
        """Draw the network."""
        self.addLink(self.addHost("a", ip=None), self.addHost("b", ip=None))


@dataclass(frozen=True)
class Speed:
    """What one program does at top speed with frames of one size."""

    program: str
    """Its name and options."""
    size: int
    """Bytes of a frame."""
    kpps: float
    """Thousands of packets a second; median."""
    ratio: float
    """How many times faster ours is."""


@dataclass(frozen=True)
class Punctuality:
    """How one program keeps gaps; medians."""

    program: str
    """Its name."""
    p50: float
    """Half of all gaps were no further from their target, in µs."""
    p99: float
    """Nor were 99 of 100."""
    max: float
    """Nor was any."""
    drift: float
    """How much later than due frames were sent in the end, in µs."""
    cpu: float
    """How much of a processor it took, in percent, its start included."""


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
        (line,) = (line for line in text.splitlines() if _RECEIVER in line)
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
        return (after - before) * _SECOND / (ended - begun)


def _ours(lab: Lab, path: Path, loops: int) -> None:
    capture = load_capture(path)
    order = Order.of(path, capture, np.arange(len(capture.frames)), None, loops)
    play(lab, {_SENDER: order})


def _tcpreplay(*options: str) -> Callable[[Lab, Path, int], None]:
    def run(lab: Lab, path: Path, loops: int) -> None:
        argv = ["tcpreplay", "-q", *options, f"--loop={loops}", "-i", _SENDER, str(path)]
        lab["a"].run(argv, timeout=300)

    return run


def _scapy(call: str) -> Callable[[Lab, Path, int], None]:
    program = (
        "import sys; from scapy.all import rdpcap, sendp, sendpfast; "
        f"frames = rdpcap(sys.argv[1]); {call}"
    )

    def run(lab: Lab, path: Path, loops: int) -> None:
        argv = [sys.executable, "-c", program, str(path), _SENDER]
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


def top_speed(path: Path, program: str, loops: int) -> float:
    """Send a capture as fast as a program does, in a lab of its own; packets a second."""
    send, often = PROGRAMS[program]
    times = loops if often else 1

    def body() -> tuple[int, float]:
        with Lab(Pair()) as lab:
            lab["a"].view  # noqa: B018 - it is made now, not when time is taken
            with Counter(lab) as counter:
                send(lab, path, times)
            return counter.received, counter.rate

    received, rate = sandbox.call(body)
    if received != times * _IN_FILE:
        sys.exit(f"bench: {program} sent {times * _IN_FILE} frames, of which {received} came")
    return rate


def compare_speed(folder: Path, size: int, rounds: int, loops: int) -> list[Speed]:
    """Let all programs send, in turn."""
    path = folder / f"{size}.pcap"
    write(path, size, [1] * (_IN_FILE - 1))
    rates: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    for number in range(rounds):
        for program, (_, often) in PROGRAMS.items():
            if often or number == 0:
                rates[program].append(top_speed(path, program, loops))
    found = []
    for program, reached in rates.items():
        ratio = median(ours / each for ours, each in zip(rates[OURS], reached, strict=False))
        found.append(Speed(program, size, median(reached) / 1000, ratio))
    return found


def kept(path: Path, program: str) -> tuple[Errors, float]:
    """Send a capture with its gaps; how far these were off, and how much of a processor it took."""
    capture = load_capture(path, small=0)
    columns = Order.of(path, capture, np.arange(len(capture.frames))), capture.frames
    due = np.array([frame.time for frame in columns[1]], np.int64)

    def ours(lab: Lab) -> float:
        made = schedule.recorded(due)
        places = np.arange(len(due))
        order = Order.of(path, capture, places, made.due, period=made.period)
        return play(lab, {_SENDER: order})[_SENDER].cpu / _SECOND

    def theirs(lab: Lab) -> float:
        process = lab["a"].popen(["tcpreplay", "-q", "-i", _SENDER, str(path)])
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.communicate()
        return used.ru_utime + used.ru_stime

    def body() -> tuple[Errors, float]:
        with Lab(Pair(), taps={"b": _RECEIVER}) as lab:
            begun = monotonic_ns()
            cpu = (ours if program == OURS else theirs)(lab)
            took = (monotonic_ns() - begun) / _SECOND
            sent = np.array([frame.time for frame in lab.taps.frames()], np.int64)
            if len(sent) != len(due):
                raise RuntimeError(f"{program} sent {len(due)} frames, of which {len(sent)} came")
            return Errors.of(due, sent), cpu / took * 100

    return sandbox.call(body)


def compare_gaps(folder: Path, rounds: int, seconds: float) -> list[Punctuality]:
    """Let ours and tcpreplay keep gaps, in turn."""
    path, draw = folder / "gaps.pcap", random.Random(1)
    low, high = (math.log(each) for each in _GAPS)
    mean = (_GAPS[1] - _GAPS[0]) / (high - low)
    count = round(seconds * 1e6 / mean)
    write(path, 200, [round(math.exp(draw.uniform(low, high))) for _ in range(count)])
    found: dict[str, list[tuple[Errors, float]]] = {OURS: [], "tcpreplay": []}
    for _ in range(rounds):
        for program, runs in found.items():
            runs.append(kept(path, program))
    return [
        Punctuality(
            program,
            *(
                median(getattr(errors, name) for errors, _ in runs) / 1000
                for name in ("p50", "p99", "max", "drift")
            ),
            median(cpu for _, cpu in runs),
        )
        for program, runs in found.items()
    ]


def _print(speeds: Sequence[Speed], gaps: Sequence[Punctuality]) -> None:
    print(f"{'top speed':26} {'frame':>10} {'sent':>12} {'ours is':>9}")
    for row in speeds:
        print(f"{row.program:26} {row.size:4} bytes {row.kpps:7.0f} kpps {row.ratio:8.2f}x")
    low, high = _GAPS
    print(f"\n{f'gaps of {low} µs to {high // 1000} ms':26} {'p50':>9} {'p99':>9} {'max':>9}"
          f" {'drift':>11} {'processor':>9}")  # fmt: skip
    for kept_gaps in gaps:
        print(
            f"{kept_gaps.program:26} {kept_gaps.p50:6.1f} µs {kept_gaps.p99:6.0f} µs"
            f" {kept_gaps.max:6.0f} µs {kept_gaps.drift:8.0f} µs {kept_gaps.cpu:7.1f} %"
        )


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench replay", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="rounds (5)")
    parser.add_argument("--quick", action="store_true", help="send less: to see that it works")
    parser.add_argument("--only", choices=("speed", "gaps"), help="leave the other half out")
    parser.add_argument("--json", action="store_true", help="JSON instead of tables")
    options = parser.parse_args(arguments)
    if not which("tcpreplay"):
        sys.exit("bench: tcpreplay is missing; apt-get install tcpreplay")
    loops, seconds = (3, 1.0) if options.quick else (60, 15.0)
    speeds: list[Speed] = []
    gaps: list[Punctuality] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.only != "gaps":
            for size in SIZES:
                speeds += compare_speed(folder, size, options.repeats, loops)
        if options.only != "speed":
            gaps += compare_gaps(folder, options.repeats, seconds)
    if options.json:
        found = {"speed": speeds, "gaps": gaps}
        print(json.dumps({k: [asdict(row) for row in rows] for k, rows in found.items()}, indent=2))
    else:
        _print(speeds, gaps)
