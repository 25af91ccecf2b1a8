"""The classic capture format: one link type, a record a frame.

Source: draft-ietf-opsawg-pcap.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirelab.verify.frame import Frame, Point
from wirelab.verify.links import objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.source import Source

MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}
"""The first four bytes: the byte order, and the nanoseconds in one unit of its timestamps."""

LONGEST_FRAME = 262144
"""No frame of a capture is longer, in bytes; the limit of libpcap and Wireshark."""

_VERSION = 2
_SECOND = 1_000_000_000
_LINKTYPE = 0xFFFF
"""The bits of the link type; those above say whether frames end in a check sequence."""


class PcapReader:
    """The frames of a classic capture file, in their order."""

    def __init__(self, source: Source, magic: bytes) -> None:
        """Reads the header behind the magic number.

        Raises:
            CaptureError: the header is cut, or names a link that cannot be dissected.
        """
        order, self._unit = MAGICS[magic]
        self._record = struct.Struct(order + "IIII")
        self._source = source
        header = source.take(20, "the file header")
        major, minor, linktype = struct.unpack(order + "HH12xI", header)
        if major != _VERSION:
            raise source.error(f"is of version {major}.{minor} of the format", 4)
        linktype &= _LINKTYPE
        if reason := objection(linktype):
            raise source.error(reason, 20)
        self.points = [Point("", linktype=linktype)]
        """The only capture point, which has no name."""
        self.comment = ""
        """What the file says about itself: nothing in this format."""
        self.secrets: list[bytes] = []
        self.counts: dict[str, tuple[int | None, int | None]] = {}
        """Frames received and dropped by point: nothing in this format."""
        self.offset = source.offset
        """Where in the uncompressed file the record of the last frame starts."""

    def __iter__(self) -> Iterator[Frame]:
        source, linktype, number = self._source, self.points[0].linktype, 0
        while True:
            self.offset = source.offset
            header = source.take_if_any(16, "a record header")
            if not header:
                return
            number += 1
            seconds, fraction, captured, length = self._record.unpack(header)
            if captured > LONGEST_FRAME:
                raise source.error(f"frame {number} claims {captured} bytes", self.offset)
            data = source.take(captured, f"frame {number}")
            time = seconds * _SECOND + fraction * self._unit
            yield Frame(number, time, "", data, max(length, captured), linktype)
