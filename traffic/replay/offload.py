"""TCP frames that are larger than a link carries, as the kernel takes them to cut them itself.

An offloaded capture has frames that never were on a wire so: the kernel of the capturing machine
handed them to a network card that cut them. A packet socket with PACKET_VNET_HDR takes them with a
`struct virtio_net_hdr` (include/uapi/linux/virtio_net.h) in front, and cuts them into segments with
headers and checksums of their own. The checksum field must hold the sum of the pseudo-header then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wirelab.traffic.replay.schedule import Ints

VNET = np.dtype(
    [
        ("flags", np.uint8),
        ("type", np.uint8),
        ("header", np.uint16),
        ("segment", np.uint16),
        ("start", np.uint16),
        ("offset", np.uint16),
    ]
)
"""A `struct virtio_net_hdr`, in the byte order of the machine."""
_NEEDS_CHECKSUM, _TCP4, _TCP6, _ECN = 1, 1, 4, 0x80
_CHECKSUM = 16  # its offset in a TCP header
_ETHERNET, _TAG, _TAGS = 14, 4, (0x8100, 0x88A8)
_IP4, _IP6, _TCP, _CWR = 0x0800, 0x86DD, 6, 0x80
_LEAST, _MOST = 8, 0xFFFF


@dataclass(frozen=True)
class Cuts:
    """Which frames are to be cut, and how; columns are equally long."""

    at: Ints
    """Their places among the frames of an order."""
    size: Ints
    """How many bytes of each there are: a trailer behind the IP packet is not sent."""
    checksum: Ints
    """The offset of the TCP checksum in the frame."""
    sums: NDArray[np.uint16]
    """What it must hold: the sum of the pseudo-header, in network byte order."""
    headers: NDArray[np.void]
    """What goes in front, as `VNET` says."""


def cuts(data: NDArray[np.uint8], at: Ints, start: Ints, captured: Ints, mtu: int) -> Cuts:
    """How the kernel is to cut frames; what is no whole TCP segment is left out.

    Args:
        data: bytes in which the frames lie.
        at: what to call the frames in the answer.
        start: the offset of each.
        captured: how many bytes each has.
        mtu: of the link, in bytes.
    """
    frames = _Frames(data, start, captured)
    good = np.flatnonzero(frames.whole & (mtu - frames.headers >= _LEAST))
    found = _Frames(data, start[good], captured[good])
    headers = np.zeros(len(good), VNET)
    headers["flags"] = _NEEDS_CHECKSUM
    headers["type"] = np.where(found.six, _TCP6, _TCP4) | np.where(found.shrinks, _ECN, 0)
    headers["header"] = found.ip + found.headers
    headers["segment"] = mtu - found.headers
    headers["start"] = found.tcp
    headers["offset"] = _CHECKSUM
    sums = found.pseudo_sums().astype(">u2").view(np.uint16)
    return Cuts(at[good], found.end, found.tcp + _CHECKSUM, sums, headers)


class _Frames:
    """What stands in the headers of frames, a column for each thing; offsets are in the frame."""

    def __init__(self, data: NDArray[np.uint8], start: Ints, captured: Ints) -> None:
        self._data, self._start = data, start
        kind, self.ip = self._two(np.full(len(start), 12)), np.full(len(start), _ETHERNET)
        for _ in range(2):
            tagged = np.isin(kind, _TAGS)
            self.ip = self.ip + np.where(tagged, _TAG, 0)
            kind = np.where(tagged, self._two(self.ip - 2), kind)
        version = self._one(self.ip) >> 4
        four = (kind == _IP4) & (version == 4)
        self.six = (kind == _IP6) & (version == 6)
        words = self._one(self.ip) & 15
        self.tcp = self.ip + np.where(self.six, 40, words * 4)
        said = np.where(self.six, self._two(self.ip + 4) + 40, self._two(self.ip + 2))
        # Of a packet that is to be cut some systems leave the length open.
        open_length = np.where(self.six, said == 40, said == 0)
        self.end = np.where(open_length, captured, self.ip + said)
        protocol = self._one(self.ip + np.where(self.six, 6, 9))
        in_pieces = ~self.six & (self._two(self.ip + 6) & 0x3FFF > 0)
        tcp_words = self._one(self.tcp + 12) >> 4
        self.headers = self.tcp - self.ip + tcp_words * 4
        """Bytes of the headers of IP and TCP."""
        self.shrinks = self._one(self.tcp + 13) & _CWR > 0
        self.whole = (four & (words >= 5) | self.six) & (protocol == _TCP) & ~in_pieces
        self.whole &= (tcp_words >= 5) & (self.ip + self.headers < self.end)
        self.whole &= (self.end <= captured) & (self.end - self.ip <= _MOST)

    def pseudo_sums(self) -> NDArray[np.int64]:
        """The sums of the pseudo-headers (RFC 9293 3.1, RFC 8200 8.1), not complemented."""
        total: NDArray[np.int64] = self.end - self.tcp + _TCP
        first, words = self.ip + np.where(self.six, 8, 12), np.where(self.six, 16, 4)
        for word in range(16):
            total += np.where(word < words, self._two(first + 2 * word), 0)
        for _ in range(2):
            total = (total & 0xFFFF) + (total >> 16)
        return total

    def _one(self, at: Ints) -> Ints:
        found: Ints = self._data.take(self._start + at, mode="clip").astype(np.int64)
        return found

    def _two(self, at: Ints) -> Ints:
        return self._one(at) << 8 | self._one(at + 1)
