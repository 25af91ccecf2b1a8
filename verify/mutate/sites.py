"""All sites of a packet, those of quoted packets and of reassembled datagrams included."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried
from wirelab.verify.field import as_int
from wirelab.verify.mutate.layouts import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wirelab.verify.layer import Layer
    from wirelab.verify.mutate.site import Site
    from wirelab.verify.packet import Packet

_SELF_CONTAINED = ("frame", "_ws.malformed", "_ws.short")


@dataclass(frozen=True, slots=True)
class Located:
    """A site, and the frame in which its bytes are."""

    packet: Packet
    """The packet whose frame has the bytes; for a fragmented datagram the fragment that does."""
    site: Site
    """The site, its offset counted from the start of that frame."""


def located(packet: Packet, packets: Mapping[int, Packet]) -> Iterator[Located]:
    """The sites of a packet, in the order of its layers.

    What a fragmented datagram carries belongs, as in Wireshark, to the packet that completes it;
    its sites are in the frames of the fragments.

    Args:
        packet: the packet.
        packets: all packets of the capture, by the number of their frames.
    """
    seen: Counter[str] = Counter()
    pieces = tuple(_pieces(packet, packets))
    covered = 0
    for layer in packet.layers:
        seen[layer.protocol] += 1
        if layer.protocol in _SELF_CONTAINED or layer.protocol not in LAYOUTS:
            continue
        own = layer.data is packet.frame.data
        if (own and _is_raw_fragment(layer)) or (not own and not pieces):
            continue
        for site in _named(layer, seen[layer.protocol]):
            if not own:
                yield from _translated(site, pieces)
            elif layer.protocol != "data" or site.start >= covered:
                covered = max(covered, site.end)
                yield Located(packet, site)


def _named(layer: Layer, nth: int) -> Iterator[Site]:
    """The sites of a layer; those of the n-th one of its protocol are called so."""
    for site in LAYOUTS[layer.protocol](layer):
        yield site if nth == 1 else replace(site, field=f"{site.field}#{nth}")


def _is_raw_fragment(layer: Layer) -> bool:
    """Whether it is the payload of a fragment, whose sites belong to the whole datagram."""
    notes = layer.below.notes
    whole = notes.keys() & {"ip.reassembled_in", "ipv6.reassembled.in"}
    return layer.protocol == "data" and bool(whole)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A fragment: which part of the datagram's payload it has, and where."""

    packet: Packet
    offset: int
    length: int
    start: int


def _pieces(packet: Packet, packets: Mapping[int, Packet]) -> Iterator[_Piece]:
    for field in ("ip.fragment", "ipv6.fragment"):
        for number in packet.values(field):
            fragment = packets[as_int(number)]
            datagram = carried(fragment)
            layer = next(each for each in fragment.layers if each.protocol in ("ip", "ipv6"))
            if datagram is not None:
                start, length = layer.start + datagram.header, len(datagram.payload)
                yield _Piece(fragment, datagram.offset, length, start)


def _translated(site: Site, pieces: tuple[_Piece, ...]) -> Iterator[Located]:
    """The site where it lies in the fragments; in parts where it lies in several."""
    for piece in pieces:
        start = max(site.start, piece.offset)
        end = min(site.end, piece.offset + piece.length)
        if start >= end:
            continue
        moved = start - piece.offset + piece.start
        if (start, end) == (site.start, site.end):
            yield Located(piece.packet, replace(site, start=moved))
        else:
            mask = (1 << 8 * (end - start)) - 1
            yield Located(piece.packet, replace(site, start=moved, size=end - start, mask=mask))
