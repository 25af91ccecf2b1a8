"""A ring into which the kernel puts all that passes an interface (TPACKET_V3).

Source: Documentation/networking/packet_mmap.rst, include/uapi/linux/if_packet.h. The blocks of the
ring can be kept as they are: nothing has to be done for a frame while frames pass.
"""

import socket
import struct
from dataclasses import dataclass

from wirelab.emulator.tap import PointStatistics, packet_statistics

_ETH_P_ALL = 0x0003
_SOL_PACKET = 263
_PACKET_RX_RING = 5
_PACKET_VERSION = 10
_TPACKET_V3 = 2
_REQUEST = struct.Struct("=7I")  # struct tpacket_req3

BLOCK = 1 << 20
"""Bytes of a block; no frame is as large."""
_RETIRE = 10
"""After so many milliseconds a block is given to us even if it is not full."""
_FRAME = 2048  # of no meaning in this version, but it must divide the block


@dataclass(frozen=True)
class Ring:
    """A ring at work; it holds what passes until it is full."""

    socket: socket.socket
    """Whose memory is the ring: `BLOCK` bytes for each of its blocks."""
    blocks: int
    """How many these are."""

    def statistics(self) -> PointStatistics:
        """Return how many frames came, and how many were lost, since this was last asked."""
        found = packet_statistics(self.socket)
        # Here the kernel counts those that it dropped among those that came (packet_getsockopt).
        return PointStatistics(found.received, found.dropped)


def ring(interface: str, blocks: int) -> Ring:
    """Return a ring of an interface of the thread's namespace.

    Raises:
        OSError: the kernel has no memory for it, or no such interface.
    """
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    try:
        made.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V3)
        frames = blocks * BLOCK // _FRAME
        request = _REQUEST.pack(BLOCK, blocks, _FRAME, frames, _RETIRE, 0, 0)
        made.setsockopt(_SOL_PACKET, _PACKET_RX_RING, request)
        made.bind((interface, _ETH_P_ALL))
    except OSError:
        made.close()
        raise
    return Ring(made, blocks)
