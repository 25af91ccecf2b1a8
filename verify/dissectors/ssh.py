"""SSH: the line with which each side begins; what follows is hardly ever readable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.cursor import printable
from wirelab.verify.dissectors.table import Table

if TYPE_CHECKING:
    from wirelab.verify.dissectors.outcome import Next
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_VERSION = re.compile(rb"SSH-[^\r\n]*")


def dissect(_: Layer) -> Next:
    """A segment of an SSH connection."""
    return None


def _protocol(layer: Layer) -> Values:
    found = _VERSION.match(layer.data, layer.start, layer.end)
    return (printable(found[0]),) if found else ()


_T = Table("ssh", "RFC 4253")
FIELDS = (
    _T.itself(
        "The Secure Shell.",
        differs="Packets in several segments are not put together: each segment counts.",
    ),
    _T.text(
        "ssh.protocol",
        "How a side identifies itself: protocol version and software.",
        _protocol,
        source="RFC 4253 4.2",
    ),
)
