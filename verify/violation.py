"""Something in a capture that should never be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Something in a capture that should never be."""

    name: str
    """What it is, "udp-checksum"; the name of an invariant."""
    frame: int
    """The number of the frame that shows it."""
    text: str
    """What is wrong, with the values, in one line."""
