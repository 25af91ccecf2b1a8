"""The fragments of a datagram: what an MTU makes of it, and which frames they are.

Source: RFC 791 section 3.2 and RFC 8200 section 4.5: every fragment but the last carries a
multiple of 8 bytes, and a sender fills each as far as the MTU allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.datagram import Datagram, carried
from wirelab.verify.filter.nodes import Op, Test, both
from wirelab.verify.match.relations import compare, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wirelab.verify.packet import Packet

Piece = tuple[int, int]
"""The offset of a fragment's payload and its length, in bytes."""


def cut(offset: int, length: int, room: int) -> list[Piece]:
    """The pieces of a payload when each fragment has room for some bytes."""
    full = room // 8 * 8
    pieces = []
    while length > room:
        pieces.append((offset, full))
        offset, length = offset + full, length - full
    return [*pieces, (offset, length)]


def expected_pieces(sources: Sequence[Datagram], fragment: Datagram, mtu: int) -> list[Piece]:
    """The pieces that an MTU makes of some datagrams, or of fragments of one.

    Args:
        sources: what is cut, each by itself.
        fragment: one of the resulting fragments, for the length of its header.
        mtu: the MTU in bytes.
    """
    room = mtu - fragment.header
    return [piece for each in sources for piece in cut(each.offset, len(each.payload), room)]


def whole(pieces: Sequence[Datagram]) -> list[Datagram]:
    """As many of the fragments as complete a datagram, in the order of their offsets.

    Empty as long as some are missing. What only repeats or overlaps another is not taken.
    """
    taken: list[Datagram] = []
    end = 0
    for each in sorted(pieces, key=lambda piece: piece.offset):
        if each.offset == end and (each.payload or not taken):
            taken.append(each)
            end += len(each.payload)
            if not each.more:
                return taken
    return []


def payload(pieces: Iterable[Packet]) -> bytes:
    """The payload of a datagram whose fragments, or whose one frame, are given."""
    found = [datagram for each in pieces if (datagram := carried(each)) is not None]
    return b"".join(each.payload for each in sorted(found, key=lambda piece: piece.offset))


def fragment_test(packet: Packet) -> Test:
    """The filter that selects one fragment."""
    datagram = carried(packet)
    if datagram is None:
        raise ValueError("not a fragment")
    if datagram.version == 4:
        names = ("ip.src", "ip.dst", "ip.id", "ip.frag_offset", "ip.flags.mf")
        return same(packet, names, 1)
    number = compare(Op.EQ, "ipv6.fraghdr.ident", datagram.identification or 0)
    offset = same(packet, ("ipv6.fraghdr.offset", "ipv6.fraghdr.more"))
    return both(same(packet, ("ipv6.src", "ipv6.dst"), 1), number, offset)
