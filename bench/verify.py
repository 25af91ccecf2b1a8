"""Judging large captures: filters against tshark in turn, and what a packet costs.

A mixed capture is made from a seed in a temporary folder. Each filter is given to `lab verify
--filter` and to `tshark -Y`, as whole commands; the frames that they print must be the same. Then a
scenario's expectation is judged on the capture, and filters on captures of growing size.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from statistics import median
from time import perf_counter

from bench.mixture import write

FILTERS = (
    "arp.opcode == 2",
    "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "ip.addr == 198.51.100.7",
    "icmp.type == 3",
    'dns.qry.name == "www1.example.test"',
)
"""Ordinary filters; the last needs the messages taken apart."""
EXPECTATION = "dns-recursion"
NAME = "www.name=www.example.test"
"""Whose lookup is meant: there are some thousand others in the capture."""
_HANDFUL = 3000
"""So few are judged in the time that start-up takes; the walk of the recursor is among them."""
_LAB = (sys.executable, "-P", "-m", "wirelab", "verify")


@dataclass(frozen=True)
class Ran:
    """One run of a command."""

    seconds: float
    """From its start to its end."""
    cpu: float
    """What it used of the processors, in seconds."""
    memory: int
    """The most memory that it held, in bytes."""
    output: str
    """What it printed."""
    status: int
    """Its exit status."""


@dataclass(frozen=True)
class Row:
    """One filter, or an expectation, with both programs; medians."""

    asked: str
    """The filter, or the name of the scenario."""
    frames: int
    """How many frames it selects."""
    tshark: float
    """Seconds with tshark."""
    wirelab: float
    """The same with ours."""
    tshark_cpu: float
    """Processor seconds with tshark."""
    wirelab_cpu: float
    """The same with ours."""

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.tshark / self.wirelab


@dataclass(frozen=True)
class Size:
    """What judging a capture of some size costs; medians, beyond those of a handful of packets."""

    packets: int
    """How many packets it has."""
    seconds: float
    """How long a filter takes longer."""
    judging: float
    """How long the expectation takes longer."""
    memory: int
    """The most memory held while filtering beyond that, in bytes."""
    judging_memory: int
    """The same while judging."""


def run(argv: Sequence[str], allowed: Sequence[int] = (0,)) -> Ran:
    """Run a command to its end."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        begun = perf_counter()
        process = subprocess.Popen(argv, stdout=output, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
        ran = Ran(seconds, cpu, memory, output.read(), process.returncode)
    if ran.status not in allowed:
        sys.exit(f"bench: exit status {ran.status} of {' '.join(argv)}")
    return ran


def _numbers(output: str) -> list[int]:
    """The frame numbers at the beginnings of lines."""
    return [int(line.split(maxsplit=1)[0]) for line in output.splitlines()]


def _ours(path: Path, asked: str) -> Ran:
    return run([*_LAB, str(path), "--filter", asked])


def _theirs(path: Path, asked: str) -> Ran:
    return run(["tshark", "-n", "-r", str(path), "-Y", asked])


def _judged(path: Path) -> Ran:
    return run([*_LAB, str(path), "--expect", EXPECTATION, "--open", "--name", NAME])


def _row(asked: str, frames: int, theirs: Sequence[Ran], ours: Sequence[Ran]) -> Row:
    return Row(
        asked,
        frames,
        median(each.seconds for each in theirs),
        median(each.seconds for each in ours),
        median(each.cpu for each in theirs),
        median(each.cpu for each in ours),
    )


def compare(path: Path, asked: str, repeats: int) -> Row:
    """Ask both programs in turn."""
    theirs, ours = [], []
    for _ in range(repeats):
        theirs.append(_theirs(path, asked))
        ours.append(_ours(path, asked))
        if _numbers(ours[-1].output) != _numbers(theirs[-1].output):
            sys.exit(f"bench: {asked} selects other frames than tshark does")
    return _row(asked, len(_numbers(ours[0].output)), theirs, ours)


def judge(path: Path, repeats: int) -> Row:
    """Judge an expectation, and have tshark read the capture once, in turn."""
    theirs, ours = [], []
    for _ in range(repeats):
        theirs.append(_theirs(path, "dns"))
        ours.append(_judged(path))
    return _row(EXPECTATION, len(_numbers(theirs[0].output)), theirs, ours)


def _make(path: Path, packets: int, seed: int) -> None:
    """Write a capture, all the way to the disk: else the kernel would do that while we measure."""
    write(path, packets, seed)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _cost(folder: Path, packets: int, seed: int, repeats: int) -> Size:
    """What a capture of one size costs, start-up and all."""
    path = folder / f"{packets}.pcapng"
    was_there = path.exists()
    if not was_there:
        _make(path, packets, seed)
    filtered = [_ours(path, FILTERS[1]) for _ in range(repeats)]
    judged = [_judged(path) for _ in range(repeats)]
    if not was_there:
        path.unlink()
    return Size(
        packets,
        median(each.seconds for each in filtered),
        median(each.seconds for each in judged),
        max(each.memory for each in filtered),
        max(each.memory for each in judged),
    )


def grow(folder: Path, packets: Sequence[int], seed: int, repeats: int) -> list[Size]:
    """What captures of several sizes cost beyond start-up, which a handful of packets costs too."""
    sizes: list[Size] = []
    first = _cost(folder, _HANDFUL, seed, repeats)
    for count in packets:
        cost = _cost(folder, count, seed, repeats)
        sizes.append(
            Size(
                count,
                cost.seconds - first.seconds,
                cost.judging - first.judging,
                cost.memory - first.memory,
                cost.judging_memory - first.judging_memory,
            )
        )
    return sizes


def _print(rows: Sequence[Row], sizes: Sequence[Size]) -> None:
    print(f"{'medians of whole commands':42} {'frames':>8} {'tshark':>9} {'wirelab':>9} {'':>7}")
    for row in rows:
        print(
            f"{row.asked:42} {row.frames:8} {row.tshark:7.2f} s {row.wirelab:7.2f} s"
            f" {row.ratio:6.1f}x   (processor: {row.tshark_cpu:.2f} s, {row.wirelab_cpu:.2f} s)"
        )
    if sizes:
        print(f"\n{'packets':>10} {'filter':>10} {'a packet':>11} {'memory':>12}"
              f" {EXPECTATION:>14} {'a packet':>11} {'memory':>12}")  # fmt: skip
    for size in sizes:
        filtering, judging = size.seconds / size.packets, size.judging / size.packets
        print(
            f"{size.packets:10} {size.seconds:8.2f} s {filtering * 1e6:8.2f} µs"
            f" {size.memory / size.packets:6.0f} bytes {size.judging:12.2f} s"
            f" {judging * 1e6:8.2f} µs {size.judging_memory / size.packets:6.0f} bytes"
        )


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench verify", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="in the capture (10^6)")
    parser.add_argument("--most", type=int, help="in the largest of the growing captures")
    parser.add_argument("--repeats", type=int, default=3, help="runs per filter (3)")
    parser.add_argument("--seed", type=int, default=1, help="of the capture (1)")
    parser.add_argument("--folder", type=Path, help="where captures are kept; temporary if absent")
    parser.add_argument("--json", action="store_true", help="JSON instead of tables")
    options = parser.parse_args(arguments)
    if not which("tshark"):
        sys.exit("bench: tshark is missing; apt-get install tshark")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{options.packets}.pcapng"
        if not path.exists():
            _make(path, options.packets, options.seed)
        rows = [compare(path, asked, options.repeats) for asked in FILTERS]
        rows.append(judge(path, options.repeats))
        most = options.most or options.packets
        counts = [count for count in (10**4, 10**5, 10**6, 10**7) if count <= most]
        sizes = grow(folder, counts, options.seed, min(options.repeats, 3))
    if options.json:
        found = {"filters": [{**asdict(row), "ratio": row.ratio} for row in rows]}
        print(json.dumps({**found, "sizes": [asdict(size) for size in sizes]}, indent=2))
    else:
        _print(rows, sizes)
