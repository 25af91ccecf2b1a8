"""Whatever a capture holds, replaying it ends, and nothing of it reaches this machine."""

import gzip
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from written import Blocks, pcap

from wirelab.run.replay import replay
from wirelab.run.replay_plan import Options
from wirelab.traffic.replay.conversations.options import TalkOptions
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import FrameOptions, TooLarge
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.verify import VerifyError

_HOST = Path("/sys/class/net")
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


def _counters() -> dict[str, int]:
    """Return what this machine's interfaces have sent and dropped, by name."""
    return {
        f"{path.parent.parent.name} {path.name}": int(path.read_text())
        for path in _HOST.glob("*/statistics/*")
        if path.name in ("tx_packets", "tx_errors", "tx_dropped")
    }


def _results(rounds: int, folder: Path) -> Iterator[str]:
    for number in range(rounds):
        draw = random.Random(number)
        path = folder / f"{number}.pcap"
        path.write_bytes(_capture(draw))
        try:
            yield str(replay(path, "routed", _options(draw), output=folder / "out").status)
        except (ReplayError, VerifyError) as error:
            yield "refused" if "\n" not in str(error) else f"more than one line: {error}"


def test_random_captures_neither_crash_the_replayer_nor_reach_this_machine(
    rounds: int, tmp_path: Path
) -> None:
    interfaces, before = sorted(path.name for path in _HOST.iterdir()), _counters()
    results = Counter(_results(rounds, tmp_path))
    assert sorted(path.name for path in _HOST.iterdir()) == interfaces
    sent = {name: count - before[name] for name, count in _counters().items()}
    # What this machine itself says meanwhile is far less than what was replayed.
    quiet = {name: count for name, count in sent.items() if name.split()[0] != "lo"}
    assert all(count < 50 for count in quiet.values()), quiet
    assert results.keys() <= {"passed", "failed", "refused"}, results
    assert results["passed"] >= rounds / 8, results
    assert results["refused"] >= rounds / 8, results
