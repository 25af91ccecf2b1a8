"""Summaries of many frames: from columns where these tell, without dissection."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.columns.places import plain
from wirelab.verify.columns.values import satisfied, values
from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError
from wirelab.verify.dissectors.dns_names import name
from wirelab.verify.fields import FIELDS, render
from wirelab.verify.filter.nodes import FieldRef
from wirelab.verify.summary import DETAILS, Summary

if TYPE_CHECKING:
    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.layers import Layers
    from wirelab.verify.columns.octets import Ints, Mask

_SIMPLE = ("arp", "icmp", "icmpv6", "udp", "tcp")
"""Protocols whose details are numbers at fixed places."""
_SOURCES = {"ip": (12, 4), "ipv6": (8, 16), "arp": (14, 4)}
_BETWEEN = {"ip": 0, "ipv6": 0, "arp": 6}
"""Where a layer has its sender's address, and what lies between that and the receiver's."""
_DNS_HEADER = 12


def summaries(batch: Batch, rows: Ints) -> dict[int, Summary]:
    """The summaries of frames that need not be dissected, by their rows in the batch.

    Args:
        batch: the frames.
        rows: those that are asked for, in order.
    """
    wanted = np.zeros(batch.size, bool)
    wanted[rows] = True
    wanted &= ~batch.stack.is_unknown(DETAILS)
    ends = _ends(batch, wanted)
    innermost = _innermost(batch, wanted)
    found: dict[int, Summary] = {}
    for protocol, mine in innermost.items():
        details = _of_dns(batch, mine) if protocol == "dns" else _details(batch, protocol, mine)
        for row, text in details.items():
            if row in ends:
                found[row] = Summary(protocol, *ends[row], text)
    return found


def _outer(batch: Batch, protocol: str) -> list[Layers]:
    """The layers of a protocol that are not only quoted."""
    return [each for each in batch.stack.found.get(protocol, ()) if not each.quoted]


def _innermost(batch: Batch, wanted: Mask) -> dict[str, Ints]:
    """The frames by their innermost protocol, of which all named ones are known."""
    place = np.zeros(batch.size, np.int8)
    names = ("", *_SIMPLE, *(each for each in DETAILS if each not in _SIMPLE))
    for number, protocol in enumerate(names):
        for layers in _outer(batch, protocol):
            place[layers.row] = number
    kept = {*_SIMPLE, "dns"}
    return {
        protocol: ((place == number) & wanted).nonzero()[0]
        for number, protocol in enumerate(names)
        if protocol in kept
    }


def _ends(batch: Batch, wanted: Mask) -> dict[int, tuple[str, str]]:
    """The addresses of the outermost network layer of each frame."""
    found: dict[int, tuple[str, str]] = {}
    data = batch.stack.octets.data
    for protocol, (offset, size) in _SOURCES.items():
        for layers in _outer(batch, protocol):
            mine = layers.where(wanted[layers.row])
            if protocol == "arp":
                (check,) = plain("arp.src.proto_ipv4")
                mine = mine.where(satisfied(batch, mine, check))
            behind = offset + size + _BETWEEN[protocol]
            for row, start in zip(mine.row.tolist(), mine.start.tolist(), strict=True):
                source = data[start + offset : start + offset + size]
                destination = data[start + behind : start + behind + size]
                found.setdefault(row, (_address(source), _address(destination)))
    return found


@lru_cache(maxsize=1 << 14)
def _address(packed: bytes) -> str:
    return render(FIELDS["ip.src" if len(packed) == 4 else "ipv6.src"], packed)


def _details(batch: Batch, protocol: str, rows: Ints) -> dict[int, str]:
    """What tells the frames apart, from the outermost layer that has each field."""
    columns = []
    batch = batch.only(protocol, rows)
    for field in filter(FIELDS.__contains__, DETAILS[protocol]):
        there = np.zeros(batch.size, bool)
        first = np.zeros(batch.size, np.int64)
        found = values(FieldRef(field), batch)
        assert found.numbers is not None
        there[found.row] = True
        first[found.row[::-1]] = found.numbers[::-1]
        short = field.rpartition(".")[2]
        numbers = np.where(there, first, -1)[rows].tolist()
        texts = {number: f"{short}={render(FIELDS[field], number)}" for number in set(numbers)}
        texts[-1] = ""
        columns.append([texts[number] for number in numbers])
    joined = [" ".join(filter(None, texts)) for texts in zip(*columns, strict=True)]
    return dict(zip(rows.tolist(), joined, strict=True))


def _of_dns(batch: Batch, rows: Ints) -> dict[int, str]:
    """The same for DNS messages that begin with a question."""
    found: dict[int, str] = {}
    wanted = np.zeros(batch.size, bool)
    wanted[rows] = True
    data = batch.stack.octets.data
    for layers in _outer(batch, "dns"):
        mine = layers.where(wanted[layers.row] & (layers.end - layers.start > _DNS_HEADER))
        columns = (mine.row, mine.start, mine.end)
        for row, start, end in zip(*(each.tolist() for each in columns), strict=True):
            message = data[start:end]
            if int.from_bytes(message[4:6], "big"):
                try:
                    text, _ = name(Cursor(message, _DNS_HEADER, len(message)), 0)
                except MissingBytesError:
                    continue
                found[row] = f"response={message[2] >> 7} name={text}"
    return found
