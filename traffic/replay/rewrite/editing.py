"""A frame while it is rewritten: its bytes, and the checksums that cover them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.ones import complement, total, updated
from wirelab.traffic.replay.rewrite.rewriting import Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.mapping import Maps
    from wirelab.traffic.replay.rewrite.rewriting import Rewriting
    from wirelab.traffic.replay.rewrite.shifts import Shifts

_LONGEST = 0xFFFF
DEEPEST = 8
"""So many packets in packets are looked into."""


class LyingError(Exception):
    """A header is cut or says what cannot be; what it carries stays as it is."""


@dataclass(slots=True)
class Cover:
    """A checksum, and what it covers."""

    at: int
    """Where it is."""
    ranges: tuple[tuple[int, int], ...]
    """From where to where bytes are covered; each begins at an even place of the sum."""
    never_zero: bool = False
    """Whether 0 would mean that there is none."""
    computable: bool = False
    """Whether all that it covers is in the frame."""
    constant: int = 0
    """What is in the sum besides the ranges: the length and protocol of a pseudo header."""
    delta: int = 0
    """What has come to the sum."""

    def grow(self, at: int, grown: int) -> None:
        """Cover so many bytes more behind a place, if it is covered."""
        if self.odd(at) is None:
            return
        if self.constant:
            self.constant += grown
            self.delta += grown
        self.ranges = tuple(
            (start, end + grown if start <= at < end else end) for start, end in self.ranges
        )

    def odd(self, at: int) -> int | None:
        """Whether a byte is the second one of a word; None where it is not covered."""
        for start, end in self.ranges:
            if start <= at < end:
                return (at - start) & 1
        return None


class Editing:
    """One frame."""

    def __init__(self, data: bytes, rules: Rewriting, maps: Maps, shifts: Shifts) -> None:
        self.octets = bytearray(data)
        """Its bytes."""
        self.before = data
        """Its bytes as they were."""
        self.rules = rules
        """What shall be different."""
        self.maps = maps
        """Which address becomes which."""
        self.shifts = shifts
        """By how much the sequence numbers of connections have moved."""
        self.covers: list[Cover] = []
        """The checksums met so far; an inner one stands behind the ones around it."""
        self.stations: dict[bytes, bytes] = {}
        """What became of the MAC addresses of the frame itself."""
        self.quoted = False
        """Whether the packet looked at was sent by somebody else before."""
        self.depth = 0
        """In how many packets the packet looked at is."""
        self.lengths: list[int] = []
        """Where the packets in which the packet looked at is, and itself, say their lengths."""
        self.left: list[str] = []
        """What was left as it is, since it is cut or says what cannot be."""

    def need(self, at: int, size: int, end: int) -> int:
        """Where something that is needed ends.

        Raises:
            LyingError: that is beyond the end.
        """
        if size < 0 or at + size > min(end, len(self.octets)):
            raise LyingError
        return at + size

    def number(self, at: int, size: int) -> int:
        """A number in network byte order."""
        return int.from_bytes(self.octets[at : at + size], "big")

    def cover(self, cover: Cover) -> None:
        """Remember a checksum, which may cover what was rewritten before."""
        for start, end in cover.ranges:
            now, before = self.octets[start:end], self.before[start:end]
            if now != before:
                cover.delta += total(now) - total(before)
        self.covers.append(cover)

    def put(self, at: int, new: bytes) -> None:
        """Replace bytes by as many; no piece may cross the border of what a checksum covers."""
        old = bytes(self.octets[at : at + len(new)])
        if old == new:
            return
        self.octets[at : at + len(new)] = new
        self.moved(at, total(new) - total(old))

    def moved(self, at: int, delta: int) -> None:
        """Tell the checksums by how much the sum of the bytes from some place on has changed."""
        for cover in self.covers:
            odd = cover.odd(at)
            if odd is not None and at != cover.at:
                cover.delta += delta << 8 if odd else delta  # a byte further is 256 times as much

    def put_number(self, at: int, number: int, size: int) -> None:
        """Replace a number."""
        self.put(at, number.to_bytes(size, "big"))

    def address(self, at: int, size: int, where: Where = Where.BOTH) -> None:
        """Rewrite an IPv4 (4) or IPv6 (16) address."""
        self.put(at, self.maps.address(bytes(self.octets[at : at + size]), where))

    def addresses(self, start: int, end: int, size: int) -> None:
        """Rewrite addresses that stand one behind the other."""
        for at in range(start, end - size + 1, size):
            self.address(at, size)

    def mac(self, at: int) -> None:
        """Rewrite a MAC address."""
        old = bytes(self.octets[at : at + 6])
        self.put(at, self.stations.get(old) or self.rules.macs.get(old, old))

    def splice(self, at: int, end: int, new: bytes) -> None:
        """Replace the payload of a TCP segment or a UDP datagram by one of another length.

        The lengths of IP follow. What stands behind stays; that is no padding, since no frame with
        a text that can change is so short.

        Args:
            at: where the payload starts, at an even place of its checksum.
            end: where it ends, as the packet does.
            new: the payload that it shall have.

        Raises:
            LyingError: the packet would be longer than IP can say.
        """
        grown, old = len(new) - (end - at), bytes(self.octets[at:end])
        lengths = [(each, self.number(each, 2)) for each in self.lengths]
        if any(length + grown > _LONGEST for _, length in lengths):
            raise LyingError
        for place, length in lengths:
            if length:  # the kernel fills in a zero
                self.put_number(place, length + grown, 2)
        self.moved(at, total(new) - total(old))
        for cover in self.covers:
            cover.grow(at, grown)
        self.octets[at:end] = new

    def leave(self, what: str) -> None:
        """Count something as left; not in a quoted packet, which may end anywhere."""
        if not self.quoted:
            self.left.append(what)

    def settle(self) -> None:
        """Mend all checksums, the innermost first, since those around it cover it."""
        for cover in reversed(self.covers):
            old = bytes(self.octets[cover.at : cover.at + 2])
            if self.rules.fix_checksums and cover.computable:
                new = self._computed(cover)
            else:
                new = updated(int.from_bytes(old, "big"), cover.delta, never_zero=cover.never_zero)
            self.octets[cover.at : cover.at + 2] = old
            self.put_number(cover.at, new, 2)

    def _computed(self, cover: Cover) -> int:
        octets = self.octets
        octets[cover.at : cover.at + 2] = b"\0\0"
        sum_ = cover.constant + sum(total(octets[start:end]) for start, end in cover.ranges)
        return complement(sum_, never_zero=cover.never_zero)
