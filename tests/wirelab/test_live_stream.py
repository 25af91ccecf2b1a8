"""Live captures of a real lab: what passes comes out at once, in order, whoever reads it."""

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wirelab.emulator import Lab, sandbox, syscalls
from wirelab.emulator.tap import packet_socket
from wirelab.live.outlet import Outlet
from wirelab.live.selecting import selecting
from wirelab.live.stream import Ended, Source, Stream, Why
from wirelab.topologies.lan import Lan
from wirelab.verify import Capture, FilterError, Point, read_capture

_SECTION = b"\x0a\x0d\x0d\x0a"
_CAPTURE = sandbox.SCRATCH / "live.pcapng"


@dataclass
class _Tapped:
    """A lab with a capture under way, its reader's end, and how to end it."""

    lab: Lab
    reader: int
    _stop: int
    _thread: threading.Thread
    _ended: list[Ended]

    def stop(self) -> None:
        os.write(self._stop, b"x")

    def ended(self) -> Ended:
        self._thread.join(20)
        return self._ended[0]

    def ping(self, count: int = 1) -> None:
        self.lab["c"].run(["ping", "-c", str(count), "-i", "0.01", self.lab["s"].ip()])

    def read(self) -> bytes:
        """What the reader gets within a moment."""
        assert select.select([self.reader], [], [], 10)[0]
        return os.read(self.reader, 1 << 20)

    def capture(self) -> Capture:
        """What is left for the reader, read to its end."""
        with open(self.reader, "rb", closefd=False) as file:
            _CAPTURE.write_bytes(file.read())
        return read_capture(_CAPTURE)


@contextmanager
def _tapped(interfaces: tuple[str, ...], buffer: int = 0, **options: Any) -> Iterator[_Tapped]:
    with Lab(Lan()) as lab:
        sources = [_source(lab, name, buffer) for name in interfaces]
        out, into = os.pipe()
        stopped, stop = os.pipe()
        ended: list[Ended] = []

        def run() -> None:
            syscalls.unshare(syscalls.CLONE_FS)
            lab_gone = options.pop("lab_gone", None)
            ended.append(Stream(sources, Outlet(into), **options).run(stopped, lab_gone))
            os.close(into)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield _Tapped(lab, out, stop, thread, ended)


def _source(lab: Lab, name: str, buffer: int) -> Source:
    interface = lab.interface(name)
    with interface.node.namespace.entered():
        tap = packet_socket(name)
    if buffer:
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    return Source(Point(name, f"interface {name}", interface.mtu), tap)


def _flood(lab: Lab, count: int, to: str = "s") -> None:
    """Have large requests and replies pass, as fast as they come."""
    flood = ["ping", "-q", "-f", "-c", str(count), "-s", "1400", lab[to].ip()]
    lab["c"].run(flood, timeout=60)


def _copy(reader: int) -> None:
    """Read the capture while it comes."""
    syscalls.unshare(syscalls.CLONE_FS)
    with open(reader, "rb", closefd=False) as file:
        _CAPTURE.write_bytes(file.read())


def _in_lab(work: Callable[[_Tapped], Any], *interfaces: str, **options: Any) -> Any:
    def body() -> Any:
        with _tapped(interfaces or ("c-eth0",), **options) as tapped:
            return work(tapped)

    return sandbox.call(body)


def test_several_points_are_in_the_order_of_their_times() -> None:
    def work(tapped: _Tapped) -> tuple[Ended, Capture]:
        tapped.ping(20)
        tapped.stop()
        return tapped.ended(), tapped.capture()

    ended, capture = _in_lab(work, "c-eth0", "s1-eth1", "s-eth0")
    assert [point.name for point in capture.points] == ["c-eth0", "s1-eth1", "s-eth0"]
    times = [frame.time for frame in capture.frames]
    assert times == sorted(times)
    assert any(time % 1000 for time in times)  # nanoseconds
    # A request passes three points one after the other.
    echo = [frame for frame in capture.frames if frame.data[12:14] == b"\x08\0"]
    assert [frame.point for frame in echo[:6]] == [
        "c-eth0", "s1-eth1", "s-eth0", "s-eth0", "s1-eth1", "c-eth0",
    ]  # fmt: skip
    assert len(echo) == 20 * 2 * 3
    assert ended == Ended(Why.STOPPED, len(capture.frames), capture.counts)  # type: ignore[arg-type]
    assert {dropped for _received, dropped in ended.counts.values()} == {0}


def test_a_frame_is_with_the_reader_before_anything_follows() -> None:
    def work(tapped: _Tapped) -> tuple[bytes, bytes]:
        header = tapped.read()
        tapped.ping()
        got = b""
        while got.count(b"\x08\0\x45\0") < 2:  # request and reply
            got += tapped.read()
        return header, got

    header, _frames = _in_lab(work, "c-eth0", "s-eth0")
    assert header.startswith(_SECTION)
    assert b"c-eth0" in header
    assert b"s-eth0" in header


def test_a_reader_that_does_not_read_harms_only_itself() -> None:
    """The lab goes on; frames for which there is no buffer are counted, and told in the file."""

    def work(tapped: _Tapped) -> tuple[Ended, Capture]:
        _flood(tapped.lab, 9000)
        tapped.stop()
        capture = tapped.capture()
        return tapped.ended(), capture

    ended, capture = _in_lab(work, buffer=65536)
    received, dropped = ended.counts["c-eth0"]
    assert dropped > 0
    assert received - dropped == len(capture.frames) == ended.written
    assert capture.counts["c-eth0"] == (received, dropped)


def test_a_reader_that_goes_is_noticed_in_a_quiet_network() -> None:
    def work(tapped: _Tapped) -> Ended:
        tapped.read()
        os.close(tapped.reader)
        return tapped.ended()

    assert _in_lab(work).why is Why.READER_GONE


def test_the_end_of_the_lab_ends_the_capture_with_all_that_passed() -> None:
    gone, go = os.pipe()

    def work(tapped: _Tapped) -> tuple[Ended, int]:
        tapped.ping(3)
        os.write(go, b"x")
        return tapped.ended(), len(tapped.capture().frames)

    ended, frames = _in_lab(work, lab_gone=gone)
    assert (ended.why, ended.written) == (Why.LAB_GONE, frames)
    assert frames >= 3 * 2 + 2
    os.close(gone)
    os.close(go)


def test_enough_is_as_many_frames_as_were_wanted() -> None:
    def work(tapped: _Tapped) -> tuple[Ended, int]:
        tapped.ping(5)
        return tapped.ended(), len(tapped.capture().frames)

    ended, frames = _in_lab(work, "c-eth0", "s-eth0", most=7)
    assert (ended.why, ended.written, frames) == (Why.ENOUGH, 7, 7)


def test_a_capture_goes_on_when_its_interface_was_down() -> None:
    def work(tapped: _Tapped) -> int:
        tapped.ping()
        port = tapped.lab.interface("s1-eth1")
        port.down()
        port.up()
        port.node.namespace.netlink.check()
        tapped.lab._wait_until_ready()
        tapped.ping()
        tapped.stop()
        tapped.ended()
        return sum(frame.data[12:14] == b"\x08\0" for frame in tapped.capture().frames)

    assert _in_lab(work, "s1-eth1") == 4


def test_frames_that_wait_when_an_interface_goes_down_are_in_the_capture() -> None:
    """The kernel tells that it went down before it hands over what passed till then."""

    def work(tapped: _Tapped) -> tuple[Ended, int]:
        _flood(tapped.lab, 4000)  # far more than waits for a reader
        port = tapped.lab.interface("s1-eth1")
        port.down()
        port.node.namespace.netlink.check()
        tapped.stop()
        frames = len(tapped.capture().frames)
        return tapped.ended(), frames

    ended, frames = _in_lab(work, "s1-eth1")
    assert ended.counts == {"s1-eth1": (frames, 0)}
    assert frames >= 8000


def test_nothing_overtakes_a_point_with_a_backlog() -> None:
    """Frames of the bystander came last, and are read first: few are in front of them there."""

    def body() -> Capture:
        with Lab(Lan()) as lab:
            sources = [_source(lab, name, 0) for name in ("x-eth0", "c-eth0")]
            _flood(lab, 2000)
            _flood(lab, 700, "x")
            never, _stop = os.pipe()
            with _CAPTURE.open("wb") as file:
                Stream(sources, Outlet(file.fileno()), most=6_000).run(never)
            return read_capture(_CAPTURE)

    times = [frame.time for frame in sandbox.call(body).frames]
    assert len(times) == 6_000
    assert times == sorted(times)


def test_points_under_load_come_in_the_order_of_their_times_too() -> None:
    def work(tapped: _Tapped) -> list[int]:
        reader = threading.Thread(target=_copy, args=(tapped.reader,))
        reader.start()
        _flood(tapped.lab, 2000)
        tapped.stop()
        reader.join()
        return [frame.time for frame in read_capture(_CAPTURE).frames]

    times = _in_lab(work, "s-eth0", "s1-eth3", "s1-eth1", "c-eth0")
    assert len(times) > 4 * 2 * 2000  # no point lost any
    assert times == sorted(times)


def test_a_filter_chooses_frames_while_they_come() -> None:
    def work(tapped: _Tapped) -> Capture:
        tapped.ping(4)
        tapped.stop()
        tapped.ended()
        return tapped.capture()

    capture = _in_lab(work, wanted=selecting("icmp.type == 0 && icmp.seq > 2"))
    assert [frame.data[34] for frame in capture.frames] == [0, 0]


def test_told_twice_to_end_it_does_not_wait_for_its_reader(tmp_path: Path) -> None:
    def work(tapped: _Tapped) -> Ended:
        _flood(tapped.lab, 500)
        tapped.stop()
        tapped.stop()
        return tapped.ended()

    ended = _in_lab(work)
    assert ended.why is Why.STOPPED
    assert ended.unread > 0


def test_a_filter_that_refers_to_something_is_refused() -> None:
    with pytest.raises(FilterError, match="nothing to refer to"):
        selecting("ip.src == ${c.ip}")
