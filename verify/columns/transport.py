"""The layers of UDP and TCP, and what may lie above them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.octets import distinct
from wirelab.verify.columns.protocols import IN_UDP, WRONG, bits
from wirelab.verify.dissectors.numbers import TCP_PORTS, UDP_PORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.verify.columns.layers import Layers, Stack
    from wirelab.verify.columns.octets import Ints, Words

_UDP_HEADER, _TCP_HEADER, _MOST = 8, 20, 65536
_LOOKED_INTO = ("dhcp", "dhcpv6", "dns", "tftp")
"""Protocols whose messages may turn out to be malformed."""
TFTP = 69
"""The port to which requests for transfers on other ports go (RFC 1350 4)."""


def _names(ports: Mapping[int, str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int8]], list[str]]:
    """For every port the place of its protocol in a list; the first of the list is "data"."""
    names = ["data", *dict.fromkeys(ports.values())]
    places = np.zeros(_MOST, np.int8)
    for port, name in ports.items():
        places[port] = names.index(name)
    return places, names


_UDP_PLACES, _UDP_NAMES = _names(UDP_PORTS)
_TCP_PLACES, _TCP_NAMES = _names(TCP_PORTS)


_UDP_SETS = np.array([bits(("udp", "data", name, *WRONG)) for name in _UDP_NAMES], np.uint64)


def _ports(stack: Stack, layers: Layers) -> tuple[Ints, Ints]:
    """The lower and the higher port of each layer."""
    both = stack.octets.number(layers.start, 4)
    source, destination = both >> 16, both & 0xFFFF
    return np.minimum(source, destination), np.maximum(source, destination)


def udp(stack: Stack, layers: Layers) -> None:
    """UDP datagrams; what they carry is told by their ports, unless TFTP announced it."""
    whole = layers.end - layers.start >= _UDP_HEADER
    if layers.quoted:
        stack.give_up(layers.row[~whole & (layers.stop > layers.end)])
    else:
        stack.give_up(layers.row[~whole])
    length = stack.octets.number(layers.start + 4, 2)
    stop = np.minimum(layers.stop, np.where(length > 0, layers.start + length, layers.stop))
    wrong = whole & (length < _UDP_HEADER) & ((length > 0) | (layers.stop - layers.start < _MOST))
    stack.give_up(layers.row[wrong])
    stop = np.where(whole & ~wrong, stop, layers.stop)
    ended = replace(layers, stop=stop, end=np.minimum(layers.end, stop))
    stack.found["udp"][-1] = ended
    carried = ended.behind(_UDP_HEADER).where(whole & ~wrong & (stop > layers.start + _UDP_HEADER))
    _datagrams(stack, ended.where(whole & ~wrong & (stop > layers.start + _UDP_HEADER)), carried)


def _datagrams(stack: Stack, layers: Layers, carried: Layers) -> None:
    """What datagrams carry, by the lower of their ports, then by the other."""
    low, high = _ports(stack, layers)
    places = _UDP_PLACES[low]
    places = np.where(places > 0, places, _UDP_PLACES[high])
    for place in distinct(places):
        name, mine = _UDP_NAMES[place], carried.where(places == place)
        cut = mine.start >= mine.end
        if name != "data" and cut.any():
            stack.give_up(mine.row[cut])
        mine = mine.where(~cut)
        stack.add(name, mine)
        if name in _LOOKED_INTO:
            stack.doubt(mine.row, bits(WRONG))
        if name == "tftp":
            stack.doubt(mine.row, bits(("data",)))


def protocols_of_datagrams(stack: Stack, layers: Layers) -> Words:
    """UDP and what datagrams that begin here may carry, as sets; all where ports are missing."""
    low, high = _ports(stack, layers)
    places = _UDP_PLACES[low]
    sets = _UDP_SETS[np.where(places > 0, places, _UDP_PLACES[high])]
    return np.where(layers.end - layers.start < 4, np.uint64(IN_UDP | bits(("udp",))), sets)


def tcp(stack: Stack, layers: Layers) -> None:
    """TCP segments; what they carry depends on the connection that they belong to."""
    whole = layers.end - layers.start >= _TCP_HEADER
    stack.give_up(layers.row[~whole & ((not layers.quoted) | (layers.stop > layers.end))])
    layers = layers.where(whole)
    header = (stack.octets.number(layers.start + 12, 1) >> 4) * 4
    payload = layers.start + header
    wrong = (header < _TCP_HEADER) | (payload > layers.end)
    stack.give_up(layers.row[wrong])
    full = ~wrong & (payload < layers.end)
    layers = layers.where(full)
    low, high = _ports(stack, layers)
    places = _TCP_PLACES[low]
    places = np.where(places > 0, places, _TCP_PLACES[high])
    for place in distinct(places):
        stack.doubt(layers.row[places == place], _CARRIED[_TCP_NAMES[place]], context=True)


_CARRIED = {
    name: bits((name, "ftp-data", *WRONG)) | (bits(("data",)) if name == "tls" else 0)
    for name in _TCP_NAMES
} | {"data": bits(("tls", "http", "ftp-data", "data", *WRONG))}
"""What a segment may carry, by the protocol of its ports; where they tell none, its bytes may."""
