"""A ring: a packet socket whose frames the kernel writes into memory that we share (TPACKET_V3).

A tap that takes frame by frame keeps up with some 200,000 a second. Here whole blocks of frames
are copied as they fill, and taken apart when somebody asks for the frames; in return a block is
handed over only when it is full or some milliseconds old
(Documentation/networking/packet_mmap.rst, include/uapi/linux/if_packet.h).
"""

import mmap
import socket
import struct
from collections.abc import Iterator

_SOL_PACKET = 263
_PACKET_RX_RING, _PACKET_VERSION, _TPACKET_V3 = 5, 10, 2
_REQUEST = struct.Struct("=7I")
_OLDEST = 4  # milliseconds after which the kernel hands over a block that is not full
_FRAME_SIZE = 2048  # a multiple of the alignment; in version 3 nothing else comes of it

BLOCK = 1 << 20
"""Bytes of a block: more than any frame."""
BLOCKS = 64
"""So many may wait until they are copied."""

_STATUS, _TO_KERNEL, _TO_USER = 8, 0, 1
_BLOCK = struct.Struct("=8xIIII")
"""Of a block: its status, how many frames it has, where the first is, and how long it is."""
_FRAME = struct.Struct("=IIIIIIHH4xIH20xB")
"""Of a frame: offset of the next, seconds, nanoseconds, bytes captured, length, status, where its
bytes are, VLAN tag and its type; then, in its `sockaddr_ll`, whether the node sent it."""
_VLAN_VALID, _OUTGOING = 0x10, 4


class Ring:
    """The ring of one packet socket."""

    def __init__(self, tap: socket.socket, blocks: int = BLOCKS) -> None:
        """Have the kernel write into a ring what `tap` gets, from when it is bound on.

        Args:
            tap: a packet socket that is not bound yet.
            blocks: how many blocks it has, 1 MiB each.

        Raises:
            OSError: there is no memory for it.
        """
        tap.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V3)
        frames = BLOCK // _FRAME_SIZE * blocks
        request = _REQUEST.pack(BLOCK, blocks, _FRAME_SIZE, frames, _OLDEST, 0, 0)
        tap.setsockopt(_SOL_PACKET, _PACKET_RX_RING, request)
        self._memory = mmap.mmap(tap.fileno(), BLOCK * blocks)
        self._blocks, self._next = blocks, 0
        self.seen = 0
        """How many frames were in the blocks that were taken."""

    def take(self) -> Iterator[bytes]:
        """Yield copies of the blocks that wait, and give their room back."""
        while True:
            start = self._next * BLOCK
            status, count, _first, length = _BLOCK.unpack_from(self._memory, start)
            if not status & _TO_USER:
                return
            block = self._memory[start : start + length]
            struct.pack_into("=I", self._memory, start + _STATUS, _TO_KERNEL)
            self._next = (self._next + 1) % self._blocks
            self.seen += count
            yield block

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()


def frames(block: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the frames of a block: nanoseconds since the epoch, bytes, and whether it was sent."""
    _status, count, at, _length = _BLOCK.unpack_from(block)
    for _ in range(count):
        following, seconds, nanoseconds, captured, _whole, status, mac, _net, tag, kind, sent = (
            _FRAME.unpack_from(block, at)
        )
        data = block[at + mac : at + mac + captured]
        if status & _VLAN_VALID:  # the kernel takes the tag out: put it back
            data = data[:12] + struct.pack("!HH", kind or 0x8100, tag) + data[12:]
        yield seconds * 1_000_000_000 + nanoseconds, data, sent == _OUTGOING
        at += following
