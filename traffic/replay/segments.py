"""The segments that the kernel cut from one large TCP frame, recognized as they arrive."""

from __future__ import annotations

_TAGS = (b"\x81\x00", b"\x88\xa8")
_IP4 = b"\x08\x00"
_SEQUENCE = 1 << 32


class Large:
    """A frame that arrives in pieces: its payload in TCP segments, one behind the other."""

    def __init__(self, data: bytes) -> None:
        """Takes the frame as it was sent, a whole TCP segment over IPv4 or IPv6."""
        self._data = data
        self._ends, self._sequence, self._payload = _parts(data)
        self._come = 0

    @property
    def whole(self) -> bool:
        """Whether all of it has come."""
        return self._come >= len(self._payload)

    def takes(self, frame: bytes) -> bool:
        """Whether a frame is the next piece; it is taken then."""
        try:
            ends, sequence, payload = _parts(frame)
        except (IndexError, ValueError):
            return False
        expected = (self._sequence + self._come) % _SEQUENCE
        rest = self._payload[self._come : self._come + len(payload)]
        if not payload or (ends, sequence, payload) != (self._ends, expected, rest):
            return False
        self._come += len(payload)
        return True


def _parts(frame: bytes) -> tuple[bytes, int, bytes]:
    """Between whom a TCP segment is, its sequence number and its payload.

    Raises:
        ValueError: it is none.
        IndexError: it is cut.
    """
    at = 14
    kind = frame[12:14]
    while kind in _TAGS:
        kind, at = frame[at + 2 : at + 4], at + 4
    four = kind == _IP4
    tcp = at + (frame[at] & 15) * 4 if four else at + 40
    if frame[at + (9 if four else 6)] != 6:
        raise ValueError("no TCP")
    said = int.from_bytes(frame[at + 2 : at + 4]) if four else _length6(frame, at)
    end = at + said if said else len(frame)  # left open by some systems that have cards cut
    addresses = frame[at + 12 : at + 20] if four else frame[at + 8 : at + 40]
    ends = frame[:12] + addresses + frame[tcp : tcp + 4]
    sequence = int.from_bytes(frame[tcp + 4 : tcp + 8])
    return ends, sequence, frame[tcp + (frame[tcp + 12] >> 4) * 4 : end]


def _length6(frame: bytes, at: int) -> int:
    payload = int.from_bytes(frame[at + 4 : at + 6])
    return payload + 40 if payload else 0
