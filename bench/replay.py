"""Sending frames: packets a second, and gaps, with ours, tcpreplay and Scapy, in turn in one run.

One veth pair between two hosts of a lab. Packets a second are those that the receiver's interface
counts, from its first to its last. Gaps are those between the kernel's time stamps at the receiver.
Prints medians; a ratio is the median of the ratios of all rounds. On a machine that is busy
otherwise the processor time of a packet says more than packets a second.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from statistics import median
from time import monotonic_ns
from typing import TYPE_CHECKING

import numpy as np

from bench.senders import FAR, NEAR, OURS, PROGRAMS, SECOND, Counter, Pair, write
from wirelab.emulator import Lab, sandbox
from wirelab.traffic.replay import schedule
from wirelab.traffic.replay.order import Order
from wirelab.traffic.replay.sender import play
from wirelab.traffic.replay.sent import Errors
from wirelab.verify.capture import load_capture

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (64, 1400)
"""Bytes of the frames."""
_IN_FILE = 20_000
"""Frames of a capture, which is sent again and again."""
_GAPS = (100, 10_000)
"""The shortest and the longest gap, in µs; as many are about the one as about the other."""


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
    cpu: float
    """Nanoseconds of the processors that a packet costs, start and loading included; median."""
    cpu_ratio: float
    """How many times as much as with ours that is."""


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


def top_speed(path: Path, program: str, loops: int) -> tuple[float, float]:
    """Send a capture as fast as a program does, in a lab of its own.

    Returns:
        Packets a second, and what a packet costs, in nanoseconds of the processors.
    """
    send, often = PROGRAMS[program]
    times = loops if often else 1

    def body() -> tuple[int, float, float]:
        with Lab(Pair()) as lab:
            lab["a"].view  # noqa: B018 - it is made now, not when time is taken
            before = _used()
            with Counter(lab) as counter:
                send(lab, path, times)
            return counter.received, counter.rate, _used() - before

    received, rate, used = sandbox.call(body)
    if received != times * _IN_FILE:
        sys.exit(f"bench: {program} sent {times * _IN_FILE} frames, of which {received} came")
    return rate, used * SECOND / received


def _used() -> float:
    """What the children of this process used of the processors, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare_speed(folder: Path, size: int, rounds: int, loops: int) -> list[Speed]:
    """Let all programs send, in turn."""
    path = folder / f"{size}.pcap"
    write(path, size, [1] * (_IN_FILE - 1))
    found: dict[str, list[tuple[float, float]]] = {program: [] for program in PROGRAMS}
    for number in range(rounds):
        for program, (_, often) in PROGRAMS.items():
            if often or number == 0:
                found[program].append(top_speed(path, program, loops))
    return [_speed(program, size, runs, found[OURS]) for program, runs in found.items()]


def _speed(
    program: str, size: int, runs: list[tuple[float, float]], ours: list[tuple[float, float]]
) -> Speed:
    pairs = list(zip(runs, ours, strict=False))
    return Speed(
        program,
        size,
        median(rate for rate, _ in runs) / 1000,
        median(own / rate for (rate, _), (own, _) in pairs),
        median(cpu for _, cpu in runs),
        median(cpu / own for (_, cpu), (_, own) in pairs),
    )


def kept(path: Path, program: str) -> tuple[Errors, float]:
    """Send a capture with its gaps; how far these were off, and how much of a processor it took."""
    capture = load_capture(path)
    due = np.array([frame.time for frame in capture.frames], np.int64)

    def ours(lab: Lab) -> float:
        made, places = schedule.recorded(due), np.arange(len(due))
        order = Order.of(path, capture, places, made.due, period=made.period)
        return play(lab, {NEAR: order})[NEAR].cpu / SECOND

    def theirs(lab: Lab) -> float:
        process = lab["a"].popen(["tcpreplay", "-q", "-i", NEAR, str(path)])
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.communicate()
        return used.ru_utime + used.ru_stime

    def body() -> tuple[Errors, float]:
        with Lab(Pair(), taps={"b": FAR}) as lab:
            begun = monotonic_ns()
            cpu = (ours if program == OURS else theirs)(lab)
            took = (monotonic_ns() - begun) / SECOND
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
    return [_punctuality(program, runs) for program, runs in found.items()]


def _punctuality(program: str, runs: list[tuple[Errors, float]]) -> Punctuality:
    def middle(name: str) -> float:
        return float(median(getattr(errors, name) for errors, _ in runs)) / 1000

    p50, p99, most, drift = (middle(name) for name in ("p50", "p99", "max", "drift"))
    return Punctuality(program, p50, p99, most, drift, median(cpu for _, cpu in runs))


def _print(speeds: Sequence[Speed], gaps: Sequence[Punctuality]) -> None:
    if speeds:
        print(f"{'top speed':26} {'frame':>10} {'sent':>12} {'':>8} {'processor':>13}")
    for row in speeds:
        print(
            f"{row.program:26} {row.size:4} bytes {row.kpps:7.0f} kpps {row.ratio:7.2f}x"
            f" {row.cpu:10.0f} ns {row.cpu_ratio:7.2f}x"
        )
    low, high = _GAPS
    if gaps:
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
        found = {"speed": [asdict(row) for row in speeds], "gaps": [asdict(row) for row in gaps]}
        print(json.dumps(found, indent=2))
    else:
        _print(speeds, gaps)
