"""A recorder: what passes interfaces is written to files, however much, by a process of its own.

Taps keep frames in memory and read them one by one; a recorder copies whole blocks of the
kernel's rings, so that neither memory nor Python limits what can be captured.
"""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from wirelab.emulator.errors import EmulatorError, RecordingError
from wirelab.emulator.links import Interface
from wirelab.emulator.recorded import Recorded, read_recording
from wirelab.emulator.ring import Ring, ring
from wirelab.emulator.tap import PointStatistics

_PROGRAM = Path(__file__).with_name("recorder_main.py")
_ROOM = 256  # blocks (megabytes) for all rings together
_LEAST, _MOST = 4, 64  # for one


class Recorder:
    """The capture points of a replay."""

    def __init__(self, points: Mapping[str, Interface], folder: Path) -> None:
        """Record from now on.

        Args:
            points: interface by capture point.
            folder: where the recordings go, a file each; it must have room for all that passes.

        Raises:
            EmulatorError: the kernel has no memory for the rings.
        """
        self._points = dict(points)
        self._files = {point: folder / f".{number}.ring" for number, point in enumerate(points)}
        self._received = dict.fromkeys(points, 0)
        self._dropped = dict.fromkeys(points, 0)
        self._open = ExitStack()
        blocks = max(_LEAST, min(_MOST, _ROOM // max(len(points), 1)))
        self._rings = {point: self._ring(each, blocks) for point, each in points.items()}
        self._process = self._start()

    def _ring(self, interface: Interface, blocks: int) -> Ring:
        try:
            with interface.node.namespace.entered():
                made = ring(interface.name, blocks)
        except OSError as error:
            raise EmulatorError(f"no capture at {interface.name}: {error.strerror}") from error
        self._open.enter_context(made.socket)
        return made

    def _start(self) -> subprocess.Popen[str]:
        arguments, passed = [], []
        with ExitStack() as files:
            for point, made in self._rings.items():
                file = files.enter_context(self._files[point].open("wb"))
                passed += [made.socket.fileno(), file.fileno()]
                arguments.append(f"{made.socket.fileno()},{file.fileno()},{made.blocks}")
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM), *arguments],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=passed,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def received(self, point: str) -> int:
        """Return how many frames have passed a capture point, both ways, lost ones included."""
        found = self._rings[point].statistics()
        self._received[point] += found.received
        self._dropped[point] += found.dropped
        return self._received[point]

    def stop(self) -> dict[str, PointStatistics]:
        """Record what has passed until now, and no more; return the counts by point.

        Raises:
            RecordingError: the files could not be written.
        """
        for point in self._rings:
            self.received(point)
        wanted = [self._received[point] - self._dropped[point] for point in self._rings]
        try:
            _out, errors = self._process.communicate(" ".join(map(str, wanted)) + "\n")
        except BrokenPipeError:
            _out, errors = self._process.communicate()
        if self._process.returncode:
            raise RecordingError(errors.strip() or "the recorder was killed")
        return {
            point: PointStatistics(self._received[point], self._dropped[point])
            for point in self._rings
        }

    def recorded(self) -> Recorded:
        """Return all frames, when recording has stopped."""
        return read_recording(self._files)

    def close(self) -> None:
        """Let go of everything; the recordings are removed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._open.close()
        for file in self._files.values():
            file.unlink(missing_ok=True)
