"""The program that empties rings into files, block by block (see `recorder`).

Arguments: for each ring `SOCKET,FILE,BLOCKS`, the first two of which are descriptors. It ends when
its input ends. A line there says, ring by ring, how many frames are to be waited for first.
"""

import mmap
import os
import select
import struct
import sys
import time

_BLOCK = 1 << 20
_HEAD = struct.Struct("=III")  # of a block, from its status on: status, frames, first frame
_STATUS_AT, _LENGTH_AT = 8, 20
_OURS, _KERNELS = 1, 0
_PATIENCE = 10.0  # seconds for the last block, which the kernel gives after ten milliseconds
_LOOK_EVERY = 20  # milliseconds


class _Ring:
    def __init__(self, words: str) -> None:
        self.socket, self._file, self._blocks = map(int, words.split(","))
        self._memory = mmap.mmap(self.socket, self._blocks * _BLOCK)
        self._bytes = memoryview(self._memory)
        self._next = 0
        self.kept = 0

    def empty(self) -> None:
        """Write all blocks that are ours, and give them back."""
        for _ in range(self._blocks):  # then it is for others to be emptied
            at = self._next * _BLOCK
            status, frames, _first = _HEAD.unpack_from(self._bytes, at + _STATUS_AT)
            if not status & _OURS:
                return
            if frames:
                (length,) = struct.unpack_from("=I", self._bytes, at + _LENGTH_AT)
                self._write(self._bytes[at : at + length])
                self.kept += frames
            struct.pack_into("=I", self._bytes, at + _STATUS_AT, _KERNELS)
            self._next = (self._next + 1) % self._blocks

    def _write(self, block: memoryview) -> None:
        while block:
            block = block[os.write(self._file, block) :]


def main() -> None:
    """Empty rings until the input ends."""
    rings = [_Ring(words) for words in sys.argv[1:]]
    poll = select.poll()
    poll.register(0, select.POLLIN)
    for ring in rings:
        poll.register(ring.socket, select.POLLIN)
    ended = False
    while not ended:
        ended = any(fd == 0 for fd, _event in poll.poll(_LOOK_EVERY))
        for ring in rings:
            ring.empty()
    _finish(rings, [int(word) for word in sys.stdin.readline().split()])


def _finish(rings: list[_Ring], wanted: list[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    pending = list(zip(rings, wanted, strict=False))
    while pending and time.monotonic() < deadline:
        for ring in rings:
            ring.empty()
        pending = [(ring, count) for ring, count in pending if ring.kept < count]
        if pending:
            select.select([ring.socket for ring, _count in pending], [], [], _LOOK_EVERY / 1000)
    if pending:
        sys.exit("the kernel did not give the last block of a ring")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"the capture cannot be written: {error.strerror}")
