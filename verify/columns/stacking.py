"""Finding the layers of many frames at once, as the dissectors do frame by frame.

Each function here takes the layers of one protocol and hands on what lies behind their headers.
Whatever is out of the ordinary (a cut header, a tunnel, a fragment, an IPv6 extension) is given up:
such a frame counts as unknown, and is dissected.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns import transport
from wirelab.verify.columns.layers import Layers, Stack
from wirelab.verify.columns.octets import distinct
from wirelab.verify.columns.protocols import TUNNELS, WRONG, bits
from wirelab.verify.dissectors import LINKS
from wirelab.verify.dissectors.numbers import ETHERTYPES, IP_PROTOCOLS
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wirelab.verify.columns.index import Index
    from wirelab.verify.columns.octets import Ints, Mask

_LOWEST_TYPE, _LONGEST_LENGTH = 1536, 1500
_SPANNING_TREE = 0x4242
_TCP, _UDP = 6, 17
_EXTENSIONS = (0, 43, 44, 60)
_ICMP_ERRORS = (3, 4, 5, 11, 12)
_REDIRECT, _REDIRECT_QUOTE = 5, 28
_ECHOES = (0, 8)
_TIME = 8
_ICMPV6_ERRORS = (1, 2, 3, 4)
_ECHOES6 = (128, 129)
_LISTENERS = (130, 131, 132, 143)
_OPTIONS_AT = {133: 8, 134: 16, 135: 24, 136: 24}
_ND_REDIRECT = 137
_LINK_ADDRESSES, _REDIRECTED = (1, 2), 4
_MOST_OPTIONS = 4
_NO_FAMILY = 0xFFFF


def stacked(index: Index, first: int, behind: int) -> Stack:
    """The layers of the frames from one to another, counted from 0."""
    start = index.start[first:behind]
    stack = Stack(index.octets, behind - first)
    end, stop = start + index.captured[first:behind], start + index.length[first:behind]
    whole = Layers(np.arange(behind - first), start, end, stop, start)
    stack.add("frame", whole)
    links = np.array([each.linktype for each in index.interfaces])[index.interface[first:behind]]
    for link in distinct(links):
        mine = whole.where(links == link)
        if link in (LinkType.LINUX_SLL, LinkType.LINUX_SLL2):
            if mine := _enter(stack, "sll", mine):
                _sll(stack, mine, is_2=link == LinkType.LINUX_SLL2)
        else:
            follow(stack, LINKS.get(link, "data"), mine)
    return stack


def follow(stack: Stack, name: str, layers: Layers) -> None:
    """Takes in layers of a protocol, and what they carry."""
    if (layers := _enter(stack, name, layers)) and (dissector := _DISSECTORS.get(name)):
        dissector(stack, layers)


def _enter(stack: Stack, name: str, layers: Layers) -> Layers:
    """Takes in those of the layers that have any bytes."""
    there = layers.where(layers.start < layers.stop)
    if name != "data":
        there = _least(stack, there, 1)
    there = there.where(there.start < there.end)
    stack.add(name, there)
    return there


def _least(stack: Stack, layers: Layers, size: int | Ints) -> Layers:
    """Those of the layers that have bytes enough; frames whose bytes run out are given up."""
    return _only(stack, layers, layers.end - layers.start >= size)


def _only(stack: Stack, layers: Layers, good: Mask) -> Layers:
    """Some of the layers; the frames of the others are given up."""
    if not good.all():
        stack.give_up(layers.row[~good])
    return layers.where(good)


@cache
def _among(octets: Iterable[int]) -> Mask:
    """For each value of a byte whether it is one of some."""
    mask = np.zeros(256, bool)
    mask[list(octets)] = True
    return mask


def _number(stack: Stack, layers: Layers, offset: int, size: int) -> Ints:
    return stack.octets.number(layers.start + offset, size)


def _ended(layers: Layers, stop: Ints) -> Layers:
    """The layers, none of which goes beyond its stop."""
    stop = np.minimum(layers.stop, stop)
    return replace(layers, stop=stop, end=np.minimum(layers.end, stop))


def _dispatch(stack: Stack, layers: Layers, kinds: Ints, names: Mapping[int, str]) -> None:
    """Hands layers on by a number of two bytes at most that says what they are."""
    for kind in distinct(kinds):
        follow(stack, names.get(kind, "data"), layers.where(kinds == kind))


def _ethernet(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 14)
    _carried(stack, layers, _number(stack, layers, 12, 2), 14)


def _vlan(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 4)
    _carried(stack, layers, _number(stack, layers, 2, 2), 4)


def _sll(stack: Stack, layers: Layers, *, is_2: bool) -> None:
    size, offset = (20, 0) if is_2 else (16, 14)
    layers = _least(stack, layers, size)
    kinds = _number(stack, layers, offset, 2)
    behind, typed = layers.behind(size), kinds >= _LOWEST_TYPE
    _dispatch(stack, behind.where(typed), kinds[typed], ETHERTYPES)
    short = kinds <= _LONGEST_LENGTH
    limited = _ended(behind.where(short), (behind.start + kinds)[short])
    follow(stack, "data", limited)
    follow(stack, "data", behind.where(~typed & ~short))


def _carried(stack: Stack, layers: Layers, kinds: Ints, size: int) -> None:
    """What follows a header that ends in a type or a length."""
    behind, typed = layers.behind(size), kinds >= _LOWEST_TYPE
    _dispatch(stack, behind.where(typed), kinds[typed], ETHERTYPES)
    if typed.all():
        return
    short = kinds <= _LONGEST_LENGTH
    follow(stack, "llc", _ended(behind.where(short), (behind.start + kinds)[short]))
    follow(stack, "data", behind.where(~typed & ~short))


def _llc(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 3)
    trees = layers.where(_number(stack, layers, 0, 2) == _SPANNING_TREE)
    follow(stack, "stp", trees.behind(3))


def _null(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 4)
    big, little = _number(stack, layers, 0, 4), stack.octets.number(layers.start, 4, little=True)
    family = np.minimum(np.where(big < 1 << 16, big, little), _NO_FAMILY)
    names = {2: "ip", **dict.fromkeys((10, 24, 28, 30), "ipv6")}
    _dispatch(stack, layers.behind(4), family, names)


def _raw(stack: Stack, layers: Layers) -> None:
    _dispatch(stack, layers, _number(stack, layers, 0, 1) >> 4, {4: "ip", 6: "ipv6"})


def _arp(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 8)
    length = 8 + 2 * (_number(stack, layers, 4, 1) + _number(stack, layers, 5, 1))
    layers = _ended(layers, layers.start + length)
    stack.found["arp"][-1] = _least(stack, layers, length)


def _ip(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 20)
    first, said = _number(stack, layers, 0, 1), _number(stack, layers, 2, 2)
    header = (first & 15) * 4
    length = np.where(said > 0, said, layers.stop - layers.start)
    good = (first >> 4 == 4) & (header >= 20) & (length >= header)
    layers, header, length = _only(stack, layers, good), header[good], length[good]
    layers = _ended(layers, layers.start + length)
    enough = layers.end >= layers.start + header
    layers, header = _only(stack, layers, enough), header[enough]
    layers = replace(layers, network=layers.start)
    stack.found["ip"][-1] = layers
    protocol, fragment = _number(stack, layers, 9, 1), _number(stack, layers, 6, 2) & 0x3FFF
    whole = fragment == 0
    if not whole.all():
        pieces = layers.behind(header).where(~whole)
        _fragments(stack, pieces, protocol[~whole], fragment[~whole] & 0x1FFF)
    _packets(stack, layers.behind(header).where(whole), protocol[whole])


def _fragments(stack: Stack, layers: Layers, protocol: Ints, offset: Ints) -> None:
    """Fragments: only those of UDP and TCP are looked at later; they carry no IP."""
    plain = (
        ((protocol == _TCP) | (protocol == _UDP))
        & (not layers.quoted)
        & (layers.stop == layers.end)
    )
    stack.fragments.append((layers.where(plain), offset[plain]))
    stack.give_up(layers.row[~plain])


def _packets(stack: Stack, layers: Layers, protocol: Ints) -> None:
    """What whole IP packets carry."""
    plain = ~_among(TUNNELS)[protocol]
    layers = _only(stack, layers, plain)
    _dispatch(stack, layers, protocol[plain], IP_PROTOCOLS)


def _ipv6(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 40)
    length, following = _number(stack, layers, 4, 2), _number(stack, layers, 6, 1)
    limit = np.where(length > 0, layers.start + 40 + length, layers.stop)
    layers = replace(_ended(layers, limit), network=layers.start)
    stack.found["ipv6"][-1] = layers
    plain = ~_among(_EXTENSIONS)[following]
    _packets(stack, _only(stack, layers, plain).behind(40), following[plain])


def _icmp(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 8)
    kinds, behind = _number(stack, layers, 0, 1), layers.behind(8)
    echoes = behind.where(_among(_ECHOES)[kinds])
    timed = echoes.end - echoes.start <= _TIME
    stack.doubt(echoes.row[timed], bits(("data",)))  # all of it may be the time that ping notes
    follow(stack, "data", echoes.where(~timed))
    errors = _among(_ICMP_ERRORS)[kinds]
    quotes, redirects = behind.where(errors), kinds[errors] == _REDIRECT
    _quoted(
        stack, "ip", _ended(quotes, quotes.start + np.where(redirects, _REDIRECT_QUOTE, 1 << 32))
    )


def _quoted(stack: Stack, name: str, layers: Layers) -> None:
    """Packets that errors quote; such as quote errors are given up."""
    if layers.quoted:
        stack.give_up(layers.row)
    else:
        follow(stack, name, replace(layers, quoted=True))


def _icmpv6(stack: Stack, layers: Layers) -> None:
    layers = _least(stack, layers, 4)
    kinds, malformed = _number(stack, layers, 0, 1), bits(WRONG)
    stack.doubt(layers.row[_among(_LISTENERS)[kinds]], malformed)
    stack.give_up(layers.row[kinds == _ND_REDIRECT])
    for kind, at in _OPTIONS_AT.items():
        _discovery(stack, layers.where(kinds == kind), at)
    echoes = _least(stack, layers.where(_among(_ECHOES6)[kinds]), 8)
    follow(stack, "data", echoes.behind(8))
    _quoted(stack, "ipv6", layers.where(_among(_ICMPV6_ERRORS)[kinds]).behind(8))


def _discovery(stack: Stack, layers: Layers, at: int) -> None:
    """Neighbour discovery: given up when an option is wrong, or quotes a packet."""
    left = _least(stack, layers, at).behind(at)
    for _ in range(_MOST_OPTIONS):
        left = left.where(left.start < left.end)
        left = _least(stack, left, 2)
        kind, size = _number(stack, left, 0, 1), _number(stack, left, 1, 1) * 8
        good = (size > 0) & (left.start + size <= left.end) & (kind != _REDIRECTED)
        stack.doubt(left.row[good & ~_among(_LINK_ADDRESSES)[kind]], bits(WRONG))
        left = _only(stack, left, good).behind(size[good])
    stack.give_up(left.row[left.start < left.end])


_DISSECTORS: dict[str, Callable[[Stack, Layers], None]] = {
    "eth": _ethernet,
    "vlan": _vlan,
    "ieee8021ad": _vlan,
    "llc": _llc,
    "null": _null,
    "raw": _raw,
    "arp": _arp,
    "ip": _ip,
    "ipv6": _ipv6,
    "icmp": _icmp,
    "icmpv6": _icmpv6,
    "udp": transport.udp,
    "tcp": transport.tcp,
}
