"""Other values for a field."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from wirelab.verify.mutate.site import Sort

if TYPE_CHECKING:
    from random import Random

    from wirelab.verify.mutate.site import Site

_LONG = 64
"""Bits above which a field is data, of which a few bytes are altered and not all."""


def alterations(site: Site, data: bytes, random: Random) -> list[int]:
    """Values that a field could have instead of its own, each other than it, two or fewer.

    One is its neighbour, which a check that is nearly right lets pass; one is anything.
    """
    value = site.read(data)
    if site.sort is Sort.TEXT:
        return [_misspelt(site, value, random)]
    if site.bits > _LONG:
        return [value ^ 1 << _somewhere(site, random)]
    near = value ^ 1 if site.sort is Sort.OCTETS else (value + 1) % (1 << site.bits)
    anything = random.randrange(1 << site.bits)
    return [other for other in dict.fromkeys((near, anything)) if other != value]


def _somewhere(site: Site, random: Random) -> int:
    return random.randrange(site.bits)


def _misspelt(site: Site, value: int, random: Random) -> int:
    """The text with another letter or digit in one place."""
    octets = bytearray(value.to_bytes(site.size, "big"))
    at = random.randrange(len(octets))
    alphabet = string.digits if chr(octets[at]).isdigit() else string.ascii_letters
    others = [letter for letter in alphabet.encode() if letter != octets[at]]
    octets[at] = random.choice(others)
    return int.from_bytes(octets, "big")
