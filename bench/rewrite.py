"""Rewriting many small packets: ours against tcprewrite, in turn in one run.

Each is a process of its own that reads a capture from memory (/dev/shm), maps the networks, a port
and the TTL of all frames, and writes another capture there. How long rewriting alone takes, without
start, reading and writing, is measured inside our process. The first frames are compared.
"""

import argparse
import json
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from shutil import which
from statistics import median
from time import process_time

from bench import packets as p
from bench.verify import run
from wirelab.traffic.replay.rewrite import Rewriting, rewriter
from wirelab.traffic.replay.rewrite.packed import Packed
from wirelab.traffic.replay.rewrite.parse import parsed
from wirelab.verify import load_capture
from wirelab.verify.capture import open_capture
from wirelab.verify.columns.table import Table

OLD_CLIENTS, NEW_CLIENTS = "10.1.0.0/16", "172.16.0.0/16"
OLD_SERVERS, NEW_SERVERS = "198.51.100.0/24", "203.0.113.0/24"
_RECORD = 16
_SAMPLE = 20_000
_BATCH = 1 << 18


@dataclass(frozen=True)
class Row:
    """What rewriting took; medians, in seconds."""

    packets: int
    """How many there are."""
    tcprewrite: float
    """The whole command."""
    wirelab: float
    """The same with ours: start, reading, rewriting, writing."""
    tcprewrite_cpu: float
    """The whole command, in processor seconds."""
    wirelab_cpu: float
    """The same with ours."""
    rewriting: float
    """Processor seconds of ours without start, reading and writing."""

    @property
    def ratio(self) -> float:
        """How many times faster our whole process is."""
        return self.tcprewrite / self.wirelab


def asked() -> Rewriting:
    """What is rewritten."""
    made = parsed("ip", f"{OLD_CLIENTS}={NEW_CLIENTS},{OLD_SERVERS}={NEW_SERVERS}")
    return parsed("ttl", "-1", parsed("port", "80=8080", made))


def arguments() -> list[str]:
    """The same for tcprewrite."""
    pnat = f"--pnat={OLD_CLIENTS}:{NEW_CLIENTS},{OLD_SERVERS}:{NEW_SERVERS}"
    return ["tcprewrite", pnat, "--portmap=80:8080", "--ttl=-1"]


def small(count: int) -> Iterator[bytes]:
    """Datagrams of 18 bytes between 200 clients and 40 servers: frames of 60 bytes."""
    clients = [p.host(n, f"10.1.{n >> 7}.{n % 128 + 10}") for n in range(200)]
    servers = [p.host(4096 + n, f"198.51.100.{n + 1}") for n in range(40)]
    for number in range(count):
        client, server = clients[number % 200], servers[number % 40]
        made = p.udp(client, server, (1024 + number % 50000, 80), number.to_bytes(18, "big"))
        yield p.frame(client, server, p.UDP, made, number & 0xFFFF)


def write(path: Path, frames: Iterator[bytes]) -> None:
    """Write a pcap file of small packets, a microsecond apart."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, data in enumerate(frames):
            sizes = len(data), len(data)
            file.write(struct.pack("<IIII", number // 10**6, number % 10**6, *sizes) + data)


def rewrite(source: Path, to: Path) -> float:
    """Rewrite one file into another; tells how many seconds of that were rewriting."""
    frames = load_capture(source).frames
    if not isinstance(frames, Table):
        raise TypeError(source)
    whole, work, seconds = Packed.at(frames.columns), rewriter(asked()), 0.0
    with to.open("wb") as file:
        file.write(whole.octets[: whole.start[0] - _RECORD])
        for first in range(0, len(whole), _BATCH):
            some = slice(first, first + _BATCH)
            batch = Packed(whole.octets, whole.start[some], whole.size[some])
            begun = process_time()
            made = work.frames(batch)
            seconds += process_time() - begun
            # No frame has another length, so the records between them are copied with them.
            file.write(whole.octets[batch.start[0] - _RECORD : batch.start[0]])
            file.write(made.octets[made.start[0] : made.start[-1] + made.size[-1]])
    return seconds


def _check(theirs: Path, ours: Path) -> None:
    with open_capture(theirs) as one, open_capture(ours) as other:
        for their, our in islice(zip(one, other, strict=True), _SAMPLE):
            if their.data != our.data or their.time != our.time:
                sys.exit(f"bench: frame {our.number} is not what tcprewrite makes of it")


def measure(folder: Path, count: int, repeats: int) -> Row:
    """Rewrite the same capture with both in turn."""
    source, theirs, ours = (folder / f"{name}.pcap" for name in ("source", "theirs", "ours"))
    write(source, small(count))
    command = [*arguments(), "-i", str(source), "-o", str(theirs)]
    own = [sys.executable, "-m", "bench.rewrite", str(source), str(ours)]
    rows = []
    for _ in range(repeats):
        their, our = run(command), run(own)
        rows.append((their.seconds, our.seconds, their.cpu, our.cpu, float(our.output)))
    _check(theirs, ours)
    return Row(count, *(median(each) for each in zip(*rows, strict=True)))


def main(arguments_: Sequence[str]) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m bench rewrite", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="in the capture (10^6)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each (3)")
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"), help="for the captures")
    parser.add_argument("--json", action="store_true", help="JSON instead of a line")
    options = parser.parse_args(arguments_)
    if not which("tcprewrite"):
        sys.exit("bench: tcprewrite is missing; apt-get install tcpreplay")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        row = measure(Path(folder), options.packets, options.repeats)
    if options.json:
        print(json.dumps({**asdict(row), "ratio": row.ratio}, indent=2))
        return
    rate = row.packets / row.rewriting / 1e6
    print(
        f"{row.packets} packets, medians: tcprewrite {row.tcprewrite:.2f} s, wirelab"
        f" {row.wirelab:.2f} s, {row.ratio:.1f}x (processor: {row.tcprewrite_cpu:.2f} s,"
        f" {row.wirelab_cpu:.2f} s); rewriting alone {row.rewriting:.2f} s, that is"
        f" {rate:.1f} million packets a second"
    )


if __name__ == "__main__":
    print(rewrite(Path(sys.argv[1]), Path(sys.argv[2])))
