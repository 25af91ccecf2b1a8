"""Sums of the Internet checksum (RFC 1071), and what becomes of one (RFC 1624)."""

from __future__ import annotations

MODULUS = 0xFFFF
"""Sums are numbers modulo this; of the two zeros stacks write the one that a sum yields."""


def total(data: bytes | bytearray) -> int:
    """The sum of bytes that begin at an even place, up to 65535; 0 only if all are zero."""
    if len(data) % 2:
        data = data + b"\0"
    number = int.from_bytes(data, "big")
    return number % MODULUS or (MODULUS if number else 0)


def updated(checksum: int, delta: int, *, never_zero: bool) -> int:
    """A checksum when what it covers has changed.

    Args:
        checksum: as it stands in the packet, right or wrong.
        delta: what was added to the sum of what is covered.
        never_zero: whether 0 is written as 65535, as in UDP (RFC 768).
    """
    if not delta % MODULUS:
        return checksum
    # Bytes that add up to 65535 are assumed, not bytes that are all zero.
    return complement(((MODULUS ^ checksum) + delta) % MODULUS or MODULUS, never_zero=never_zero)


def complement(sum_: int, *, never_zero: bool) -> int:
    """The checksum of what has a sum."""
    found = MODULUS ^ (sum_ % MODULUS or (MODULUS if sum_ else 0))
    return MODULUS if never_zero and not found else found
