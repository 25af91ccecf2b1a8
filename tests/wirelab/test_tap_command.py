"""`lab tap`: a running lab, captured into a file or a pipe."""

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_labs import LAB, Kept, keeping

from wirelab.live.sources import AT_ONCE
from wirelab.verify import Capture, read_capture

_SERVER = "192.168.10.1"
_SECTION = b"\x0a\x0d\x0d\x0a"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with keeping(tmp_path_factory.mktemp("run"), ("lan",)) as labs:
        yield labs


def _read(stream: bytes, folder: Path) -> Capture:
    (folder / "capture.pcapng").write_bytes(stream)
    return read_capture(folder / "capture.pcapng")


def _capturing(kept: Kept, *words: str) -> tuple["subprocess.Popen[bytes]", bytes]:
    """Start `lab tap -w -`, and wait for what it says as soon as its points are open."""
    tap = kept.start("tap", *words, "-w", "-")
    assert tap.stdout
    head = os.read(tap.stdout.fileno(), 65536)
    assert head.startswith(_SECTION), tap.communicate()
    return tap, head


def _ping(kept: Kept, count: int = 1) -> None:
    kept.did("exec", "lan", "c", "ping", "-q", "-c", str(count), "-i", "0.01", _SERVER)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_goes_on_until_it_is_told_to_end(
    number: signal.Signals, kept: Kept, tmp_path: Path
) -> None:
    tap, head = _capturing(kept, "lan", "c-eth0", "s-eth0")
    _ping(kept, 3)
    tap.send_signal(number)
    rest, errors = tap.communicate(timeout=30)
    capture = _read(head + rest, tmp_path)
    frames = len(capture.frames)
    assert [point.name for point in capture.points] == ["c-eth0", "s-eth0"]
    assert {point: lost for point, (_, lost) in capture.counts.items()} == {
        "c-eth0": 0,
        "s-eth0": 0,
    }
    assert sum(frame.data[12:14] == b"\x08\0" for frame in capture.frames) == 3 * 2 * 2
    assert (tap.returncode, errors.decode()) == (0, f"lab: {frames} frames; none lost\n")


def test_the_only_lab_need_not_be_named(kept: Kept, tmp_path: Path) -> None:
    with kept.pinging("lan", "c", _SERVER):
        file = tmp_path / "two.pcapng"
        ended = kept.run("tap", "s1-eth1", "-w", str(file), "-c", "2", "--filter", "icmp.type == 8")
    assert (ended.returncode, ended.stderr) == (0, "lab: 2 frames; none lost\n")
    assert [frame.data[34] for frame in read_capture(file).frames] == [8, 8]


def test_without_a_point_it_is_those_of_the_scenario(tmp_path: Path) -> None:
    with keeping(tmp_path, ("frag-router", "--name", "fragments")) as kept:
        tap, head = _capturing(kept)
        tap.terminate()
        tap.communicate(timeout=30)
    names = [point.name for point in _read(head, tmp_path).points]
    assert names == ["lan", "wan"]


def test_a_large_lab_is_captured_at_all_interfaces_at_once(tmp_path: Path) -> None:
    """So many sockets do not come with one message."""
    crowd = ("crowd", "--set", "hosts=52", "--set", "prefix=24", "--no-servers")
    points = ["c-eth0", "x-eth0", *(f"h{n}-eth0" for n in range(1, 53))]
    points += [f"s1-eth{n}" for n in range(1, len(points) + 1)]
    assert len(points) > AT_ONCE
    with keeping(tmp_path, crowd) as kept:
        tap, head = _capturing(kept, "crowd", *points)
        kept.did("exec", "crowd", "c", "ping", "-q", "-c", "1", "192.168.10.14")
        tap.terminate()
        rest, errors = tap.communicate(timeout=30)
    capture = _read(head + rest, tmp_path)
    assert [point.name for point in capture.points] == points
    assert {frame.point for frame in capture.frames} == set(points)  # all see the ARP request
    assert errors.endswith(b"none lost\n")


def test_two_captures_do_not_disturb_each_other(kept: Kept, tmp_path: Path) -> None:
    taps = [_capturing(kept, "x-eth0"), _capturing(kept, "c-eth0"), _capturing(kept, "c-eth0")]
    _ping(kept, 2)
    for tap, _head in taps:
        tap.terminate()
    streams = [head + tap.communicate(timeout=30)[0] for tap, head in taps]
    _bystander, one, other = [_read(stream, tmp_path).frames for stream in streams]
    assert [frame.data for frame in one] == [frame.data for frame in other]
    assert [frame.time for frame in one] == [frame.time for frame in other]
    assert len(one) >= 4


def test_a_reader_that_goes_ends_it_although_nothing_passes(kept: Kept) -> None:
    tap, _head = _capturing(kept, "x-eth0")
    assert tap.stdout
    tap.stdout.close()
    assert tap.wait(30) == 128 + signal.SIGPIPE
    assert tap.stderr
    assert tap.stderr.read() == b""
    tap.stderr.close()


def test_a_capture_that_is_killed_leaves_nothing_in_the_lab(kept: Kept) -> None:
    def sockets() -> list[str]:
        return kept.did("exec", "lan", "c", "cat", "/proc/net/packet").splitlines()[1:]

    tap, _head = _capturing(kept, "c-eth0")
    assert len(sockets()) == 1
    tap.kill()
    tap.communicate(timeout=30)
    assert sockets() == []
    assert "lan" in kept.did("ps")


def test_the_end_of_the_lab_is_the_end_of_the_capture(tmp_path: Path) -> None:
    with keeping(tmp_path, ("lan",)) as kept:
        tap, head = _capturing(kept, "c-eth0")
        _ping(kept, 2)
        kept.did("down", "lan")
        rest, errors = tap.communicate(timeout=30)
    frames = _read(head + rest, tmp_path).frames
    assert sum(frame.data[12:14] == b"\x08\0" for frame in frames) == 4
    told = f"lab: {len(frames)} frames; the lab has ended; none lost\n"
    assert (tap.returncode, errors.decode()) == (0, told)
    assert list(tmp_path.glob("wirelab/*")) == []


def test_a_reader_that_stands_still_does_not_keep_a_lab_from_its_end(tmp_path: Path) -> None:
    with keeping(tmp_path, ("lan",)) as kept:
        tap, head = _capturing(kept, "c-eth0")
        flood = ("ping", "-q", "-f", "-c", "3000", "-s", "1400", _SERVER)
        kept.did("exec", "lan", "c", *flood)  # some 9 MB, of which a pipe takes little
        kept.did("down", "lan")
        rest, errors = tap.communicate(timeout=30)
    capture = _read(head + rest, tmp_path)
    assert capture.counts["c-eth0"] == (len(capture.frames), 0)
    assert sum(len(frame.data) for frame in capture.frames) > 4 << 20
    assert (tap.returncode, b"the lab has ended" in errors) == (0, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["c-eth0"], "where to? -w FILE, or lab tap … -w - | wireshark -k -i -"),
        (["-w", "-"], "where in lan? It has the interfaces c-eth0,"),
        (["lan", "c-eth9", "-w", "-"], "there is no point or interface 'c-eth9' in lan"),
        (
            ["lam", "c-eth0", "-w", "-"],
            "no point or interface 'lam' in lan, and no lab has that name; did you mean lan?",
        ),
        (["c-eth0", "-w", "-", "--filter", "icmp.tipe == 8"], "icmp.tipe"),
        (["c-eth0", "-w", "/no/such/folder/a.pcapng"], "/no/such/folder/a.pcapng: No such file"),
        (["c-eth0", "-w", "/dev/full"], "/dev/full: No space left on device"),
        (["c-eth0", "-w", "-", "-c", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_is_one_line_and_status_2(words: list[str], told: str, kept: Kept) -> None:
    ended = kept.run("tap", *words)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("words", [["c-eth9"], ["c-eth0", "--filter", "icmp.tipe == 8"]])
def test_what_cannot_be_leaves_an_earlier_file_as_it_is(
    words: list[str], kept: Kept, tmp_path: Path
) -> None:
    file = tmp_path / "earlier.pcapng"
    file.write_bytes(b"precious")
    assert kept.run("tap", *words, "-w", str(file)).returncode == 2
    assert file.read_bytes() == b"precious"


def test_a_terminal_is_refused(kept: Kept) -> None:
    ours, terminal = pty.openpty()
    ended = subprocess.run(
        [*LAB, "tap", "c-eth0", "-w", "-"], env=kept.environ, stdout=terminal,
        stderr=subprocess.PIPE, text=True, check=False, timeout=30,
    )  # fmt: skip
    os.close(terminal)
    os.close(ours)
    assert ended.returncode == 2
    assert "a terminal cannot show a capture: lab tap … -w - | wireshark -k -i -" in ended.stderr


def test_with_no_lab_it_says_how_to_start_one(tmp_path: Path) -> None:
    with keeping(tmp_path) as kept:
        ended = kept.run("tap", "c-eth0", "-w", "-")
    assert (ended.returncode, "no lab runs; `lab up" in ended.stderr) == (2, True)
