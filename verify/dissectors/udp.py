"""UDP: datagrams between ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import ABSENT, ILLEGAL, STATUS, addresses, transport_status
from wirelab.verify.dissectors.numbers import UDP_PORTS
from wirelab.verify.dissectors.outcome import Next, cut, give_up
from wirelab.verify.dissectors.reading import both, rest, u16
from wirelab.verify.dissectors.streams import AnnouncedUdp, Ends, Numbering, ends
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.layer import Layer

_PROTOCOL = 17
_LENGTH_END, _HEADER = 6, 8
_JUMBO = 65536
"""Only a datagram of so many bytes may say that its length is zero (RFC 2675 4)."""


class UdpNumbers(Numbering):
    """The numbers of the UDP conversations, the same at all points."""


@dataclass(slots=True)
class _Stream:
    """A UDP conversation as a point sees it."""

    number: int
    first: int
    last: int


class UdpStreams(dict[Ends, _Stream]):
    """The UDP conversations that a point has seen."""


def dissect(layer: Layer) -> Next:
    """A UDP datagram; what it carries is known by a TFTP transfer or by its ports."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < _HEADER:
        return cut(layer)
    length = data[start + 4] << 8 | data[start + 5]
    if length < _HEADER and (length or stop - start < _JUMBO):
        return give_up(layer, _LENGTH_END)
    if length and start + length < stop:
        layer.stop = stop = start + length
        layer.end = end = min(end, stop)
    stream = _stream(layer)
    layer.notes["udp.stream"] = (stream.number,)
    if stop <= start + _HEADER:
        return None
    _time(layer, stream)
    announced = layer.memory.of(AnnouncedUdp)
    announcement = announced.find(layer) if announced else None
    if announcement:
        return announcement.protocol, data, start + _HEADER, end, stop
    ports = data[start] << 8 | data[start + 1], data[start + 2] << 8 | data[start + 3]
    return _by_port(*ports), data, start + _HEADER, end, stop


def _by_port(source: int, destination: int) -> str:
    """The protocol by the lower of the ports, then by the other."""
    low, high = min(source, destination), max(source, destination)
    return UDP_PORTS.get(low) or UDP_PORTS.get(high, "data")


def _stream(layer: Layer) -> _Stream:
    """The conversation of a datagram."""
    pair = ends(layer)
    streams = layer.memory.of(UdpStreams)
    stream = streams.get(pair)
    if stream is None:
        now = layer.packet.frame.time
        number = layer.memory.shared.of(UdpNumbers).of(pair)
        stream = streams[pair] = _Stream(number, now, now)
    return stream


def _time(layer: Layer, stream: _Stream) -> None:
    """Notes the times since the conversation's first and previous frames."""
    now = layer.packet.frame.time
    if not layer.quoted:
        layer.notes["udp.time_relative"] = (now - stream.first,)
        layer.notes["udp.time_delta"] = (now - stream.last,)
        stream.last = now


def _checksum_status(layer: Layer) -> Values:
    if layer.end - layer.start < _HEADER:
        return ()
    if layer.data[layer.start + 6 : layer.start + 8] == b"\0\0":
        return (ABSENT if len(addresses(layer)[0]) == 4 else ILLEGAL,)
    length = layer.data[layer.start + 4] << 8 | layer.data[layer.start + 5]
    return transport_status(layer, _PROTOCOL, length or layer.stop - layer.start)


_U = Table("udp", "RFC 768")
_POINTS = "Wireshark does not keep the frames of different points apart."
FIELDS = (
    _U.itself("The User Datagram Protocol.", header=_HEADER),
    _U.uint("udp.srcport", "The port of the sender.", u16(0)),
    _U.uint("udp.dstport", "The port of the receiver.", u16(2)),
    _U.uint("udp.port", "Either port.", both(u16(0), u16(2))),
    _U.uint("udp.length", "The length of the datagram, header included.", u16(4), unit="bytes"),
    _U.uint("udp.checksum", "The checksum; zero for none.", u16(6), digits=4),
    _U.uint(
        "udp.checksum.status",
        STATUS,
        _checksum_status,
        source="RFC 1071",
        differs="Wireshark leaves it unverified (2) unless udp.check_checksum is set.",
    ),
    _U.uint("udp.stream", "The number of the conversation, from 0.", source="Wireshark"),
    _U.row(
        Kind.TIME,
        "udp.time_relative",
        "The time since the conversation's first frame.",
        source="Wireshark",
        unit="s",
        differs=_POINTS,
    ),
    _U.row(
        Kind.TIME,
        "udp.time_delta",
        "The time since the conversation's previous frame.",
        source="Wireshark",
        unit="s",
        differs=_POINTS,
    ),
    _U.octets("udp.payload", "What the datagram carries.", rest(_HEADER)),
)
