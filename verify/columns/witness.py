r"""Frames that cannot satisfy a comparison with a text, because they do not have its bytes.

The texts of DNS come from the bytes of the message. A domain name is cut into labels, and the end
of a compressed one stands earlier in the same message, but each label stands there in one piece,
behind its length, and letters stand for themselves. Digits do unless they may belong to an escape,
`\007`, as those before the first letter of a part of a text do. A label may have a
dot in it, which looks like the dot between two labels. So a frame whose DNS messages lack a part of
the text that is looked for does not have that text.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from wirelab.verify.dissectors.dns_names import ROOT
from wirelab.verify.fields import FIELDS, Kind
from wirelab.verify.filter.nodes import Compare, Constant, FieldRef, How, Op

if TYPE_CHECKING:
    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.octets import Mask
    from wirelab.verify.filter.nodes import Exists, Member, NonZero

_PROTOCOL = "dns"
_NOT_LABELS = "dns.txt"
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_PARTS = {
    Op.EQ: re.compile(r"[A-Za-z0-9_-]+"),
    Op.CONTAINS: re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*"),
}
"""What stands in the bytes as it is, by what is asked of the text."""
_LEAST = 2

Witness = tuple[bytes, ...]
"""Bytes of which a message must have one."""


def without_witness(
    test: Compare | Member | NonZero | Exists, possible: Mask, batch: Batch
) -> Mask:
    """Those of the frames that may satisfy a test, less those that lack the bytes of its text."""
    match test:
        case Compare(
            Op.EQ | Op.CONTAINS as op, How.ANY, FieldRef(name, ()), Constant(Kind.STRING, str(text))
        ) if (FIELDS[name].kind, FIELDS[name].protocol) == (Kind.STRING, _PROTOCOL):
            for witness in _witnesses(name, op, text):
                possible = possible & ~_lacking(witness, possible, batch)
    return possible


def _witnesses(name: str, op: Op, text: str) -> list[Witness]:
    """What messages that have a text must have; all of it."""
    if text in ROOT or "\\" in text:
        return []
    labels = text.split(".")
    if op is Op.EQ and name != _NOT_LABELS and all(map(_LABEL.fullmatch, labels)):
        return [_label(label.encode()) for label in sorted(labels, key=len, reverse=True)]
    longest = max(_PARTS[op].findall(text), key=len, default="")
    return [(longest.encode(),)] if len(longest) >= _LEAST else []


def _label(label: bytes) -> Witness:
    """A label behind its length, or a part of one that has a dot in it."""
    return bytes([len(label)]) + label, label + b".", b"." + label


def _lacking(witness: Witness, possible: Mask, batch: Batch) -> Mask:
    """The frames whose messages are known and do not have what they must."""
    lacking = batch.stack.may_have(_PROTOCOL) & ~batch.stack.is_unknown((_PROTOCOL,))
    data = batch.stack.octets.data
    for layers in batch.stack.found.get(_PROTOCOL, ()):
        mine = layers.where(possible[layers.row])
        spans = zip(mine.start.tolist(), mine.end.tolist(), strict=True)
        pieces = [data[start:end] for start, end in spans]
        for part in witness:
            lacking[mine.row[_having(pieces, part)]] = False
    return lacking


def _having(pieces: list[bytes], part: bytes) -> list[int]:
    """Which pieces have the part; also some in which it only begins."""
    whole, found = b"".join(pieces), []
    behind = np.fromiter(accumulate(map(len, pieces)), np.int64, len(pieces))
    at = whole.find(part)
    while at >= 0:
        place = int(np.searchsorted(behind, at, "right"))
        found.append(place)
        at = whole.find(part, int(behind[place]))
    return found
