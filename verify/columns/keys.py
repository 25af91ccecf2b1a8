"""What the frames of one conversation have in common, as one number a frame.

The numbers are hashes with a secret of the process: two conversations have the same one by an
unlikely accident only. Then they are dissected together, which changes nothing.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.columns.layers import Layers, Stack
    from wirelab.verify.columns.octets import Words

ALONE, ARP, ALL = 0, 1, 2
"""Keys of frames that have nothing to do with others, of ARP, and of a capture that is not divided;
no hash is so small."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SECRET = np.uint64(secrets.randbits(64))
_LEAST = np.uint64(16)
PAIR, END = 0, 1
"""What else is hashed than the conversations of a protocol, by whose number these go."""


def _mixed(number: Words) -> Words:
    """Spreads every bit of a number over all of them."""
    number = (number ^ number >> np.uint64(31)) * _MULTIPLIER
    number = (number ^ number >> np.uint64(29)) * _MULTIPLIER
    return number ^ number >> np.uint64(32)


def _finished(number: Words, kind: int) -> Words:
    return np.maximum(_mixed(number + np.uint64(kind)), _LEAST)


def _of_pair(one: Words, other: Words, kind: int) -> Words:
    """A hash of two that does not depend on which of them comes first."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return _finished(_mixed(low) * np.uint64(3) + high, kind)


def _address(words: Sequence[Words]) -> Words:
    total = np.zeros(len(words[0]), np.uint64) + _SECRET
    for word in words:
        total = _mixed(total + word)
    return total


def _addresses(stack: Stack, layers: Layers) -> tuple[Words, Words]:
    """Hashes of the sources and destinations of the IP packets around some layers."""
    octets, network = stack.octets, layers.network
    is_6 = octets.number(network, 1) >> 4 == 6
    both = []
    for at_4, at_6 in ((12, 8), (16, 24)):
        found = _address(octets.words(network + at_4, 4))
        if is_6.any():
            found[is_6] = _address(octets.words(network[is_6] + at_6, 16))
        both.append(found)
    return both[0], both[1]


def pair_keys(stack: Stack, layers: Layers, kind: int = PAIR) -> Words:
    """The keys of the pairs of hosts between which layers pass."""
    return _of_pair(*_addresses(stack, layers), kind)


def conversation_keys(stack: Stack, layers: Layers, protocol: int) -> Words:
    """The keys of the conversations of UDP or TCP layers."""
    source, destination = _addresses(stack, layers)
    ports = _ports(stack, layers)
    return _of_pair(_mixed(source + ports[0]), _mixed(destination + ports[1]), protocol)


def end_keys(stack: Stack, layers: Layers) -> tuple[Words, Words]:
    """The keys of each end with the other one's address; first those of the senders."""
    source, destination = _addresses(stack, layers)
    ports = _ports(stack, layers)
    return (
        _finished(_mixed(source + ports[0]) * np.uint64(5) + destination, END),
        _finished(_mixed(destination + ports[1]) * np.uint64(5) + source, END),
    )


def reassembly_keys(stack: Stack, layers: Layers) -> Words:
    """The keys of the datagrams of which IPv4 fragments are parts."""
    octets, network = stack.octets, layers.network
    number = octets.number(network + 4, 2) << 8 | octets.number(network + 9, 1)
    return _finished(_address([number.astype(np.uint64), *octets.words(network + 12, 8)]), 9)


def _ports(stack: Stack, layers: Layers) -> tuple[Words, Words]:
    both = stack.octets.number(layers.start, 4).astype(np.uint64)
    return both >> np.uint64(16), both & np.uint64(0xFFFF)


def _hashed(address: bytes) -> Words:
    first = len(address) % 8 or 8
    parts = [address[:first], *(address[at : at + 8] for at in range(first, len(address), 8))]
    return _address([np.array([int.from_bytes(part, "big")], np.uint64) for part in parts])


def conversation_key(source: bytes, destination: bytes, protocol: int) -> int:
    """The key of one conversation; each end is an address with a port behind it."""
    ends = [_mixed(_hashed(end[:-2]) + np.uint64(_port(end))) for end in (source, destination)]
    return int(_of_pair(ends[0], ends[1], protocol)[0])


def pair_key(source: bytes, destination: bytes, kind: int = PAIR) -> int:
    """The key of one pair of addresses."""
    return int(_of_pair(_hashed(source), _hashed(destination), kind)[0])


def end_key(end: bytes, other: bytes) -> int:
    """The key of one end, an address with a port behind it, and another address."""
    mixed = _mixed(_hashed(end[:-2]) + np.uint64(_port(end)))
    return int(_finished(mixed * np.uint64(5) + _hashed(other), END)[0])


def _port(end: bytes) -> int:
    return int.from_bytes(end[-2:], "big")


def fragment_key(key: bytes) -> int:
    """The key of the fragments that a reassembly would put together."""
    padded = key.ljust(-len(key) % 8 + len(key), b"\0")
    return int(_finished(_hashed(padded), 7)[0])
