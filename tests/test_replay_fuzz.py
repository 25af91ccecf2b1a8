"""Whatever a capture holds, replaying it ends, and nothing of it reaches the machine."""

import gzip
import random
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from written import Blocks, pcap

from wirelab.emulator import sandbox
from wirelab.emulator.namespace import write_sysctls
from wirelab.emulator.sysctls import NO_IPV6
from wirelab.run.replay import replay
from wirelab.run.replay_plan import Options
from wirelab.traffic.replay.conversations.options import TalkOptions
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import FrameOptions, TooLarge
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.verify import VerifyError

_MOST_FRAMES = 40
_KINDS = ("0800", "0806", "86dd", "8100", "88a8", "0000", "ffff", "8808", "88cc", "0004")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    return 400 if request.config.getoption("--long") else 24


def _frame(draw: random.Random) -> bytes:
    """Make a frame: a header that may be one, or noise, or a few bytes."""
    size = draw.choice((0, 13, 14, 15, 18, 60, 128, 1514, 1515, 1518, 4000))
    kind = bytes.fromhex(draw.choice(_KINDS))
    to = draw.choice((b"\xff" * 6, bytes.fromhex("0180c2000001"), draw.randbytes(6)))
    head = to + draw.randbytes(6) + kind + draw.choice((b"", b"\x45", b"\x60", draw.randbytes(8)))
    return (head + draw.randbytes(size))[: size or draw.choice((0, 14, len(head)))]


def _capture(draw: random.Random) -> bytes:
    """Make a capture file of such frames, and damage some."""
    frames = [_frame(draw) for _ in range(draw.randrange(_MOST_FRAMES))]
    if draw.random() < 0.7:
        frames = [each for each in frames if 18 < len(each) <= 1514] or [bytes(60)]
    time, records = 1_700_000_000_000_000_000, []
    for each in frames:
        time += draw.choice((0, 1, 1000, 1_000_000)) - 500 * (draw.random() < 0.1)
        records.append((time, each, len(each) + (draw.random() < 0.02)))
    if draw.random() < 0.5:
        made = pcap(records, linktype=draw.choice((1, 1, 1, 1, 113, 101)))
    else:
        blocks = Blocks(draw.choice("<>")).section().interface((2, b"a"), (9, b"\x09"))
        blocks.interface((2, b"b"), (9, b"\x06"))
        for when, data, length in records:
            index = draw.randrange(2)
            blocks.packet(data, index=index, ticks=when // (1000 if index else 1), length=length)
        made = blocks.data
    if draw.random() < 0.3:
        spoilt = bytearray(made)
        for _ in range(draw.randrange(1, 6)):
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        made = bytes(
            spoilt[: draw.randrange(1, len(spoilt) + 1)] if draw.random() < 0.3 else spoilt
        )
    return gzip.compress(made) if draw.random() < 0.1 else made


def _options(draw: random.Random) -> Options:
    kind = draw.random()
    if kind < 0.15:
        return HostsOptions(patience=0.05)
    if kind < 0.3:
        return TalkOptions(speed=None, incomplete="skip", patience=0.2)
    at = draw.choice(({"": "c-eth0"}, {"": "s1-eth2"}, {"a": "r1-eth1", "b": "c-eth0"}, {}))
    large = draw.choice(list(TooLarge))
    return FrameOptions(
        at=at,
        topspeed=draw.random() < 0.7,
        loops=draw.randrange(1, 3),
        too_large=large,
        filter=draw.choice(("", "", "", "ip", "frame.len > 60")),
    )


def _machine() -> None:
    """Make this sandbox look like a machine: interfaces that are up, silent by themselves."""
    for command in (
        "link set lo up",
        "link add eth0 type veth peer name eth1",
        "link set eth0 up",
        "link set eth1 up",
        "address add 192.168.10.1/24 dev eth0",
        "address add 10.0.20.1/24 dev eth1",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def _counters() -> list[str]:
    """Return what the kernel counts of the interfaces of this network namespace."""
    return Path("/proc/thread-self/net/dev").read_text().splitlines()


def _results(rounds: int, folder: Path) -> Iterator[str]:
    for number in range(rounds):
        draw = random.Random(number)
        path = folder / f"{number}.pcap"
        path.write_bytes(_capture(draw))
        try:
            yield str(replay(path, "routed", _options(draw), output=folder / "out").status)
        except (ReplayError, VerifyError) as error:
            yield "refused" if "\n" not in str(error) else f"more than one line: {error}"


def test_random_captures_neither_crash_the_replayer_nor_reach_the_machine(
    rounds: int, tmp_path: Path
) -> None:
    def body() -> Counter[str]:
        write_sysctls(NO_IPV6)  # else the interfaces would say who they are
        _machine()
        before = _counters()
        assert len(before) == 2 + 3
        results = Counter(_results(rounds, tmp_path))
        assert _counters() == before
        return results

    results = sandbox.call(body)
    assert results.keys() <= {"passed", "failed", "refused"}, results
    assert results["passed"] >= rounds / 8, results
    assert results["refused"] >= rounds / 8, results


def test_the_counters_of_the_machine_would_notice() -> None:
    def body() -> bool:
        write_sysctls(NO_IPV6)
        _machine()
        before = _counters()
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
            out.bind(("eth0", 0))
            out.send(bytes(60))
        return _counters() != before

    assert sandbox.call(body)
