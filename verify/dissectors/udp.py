"""UDP: datagrams between ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.checksum import ABSENT, ILLEGAL, STATUS, addresses, transport_status
from wirelab.verify.dissectors.numbers import UDP_PORTS
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.reading import both, rest, u16
from wirelab.verify.dissectors.streams import AnnouncedUdp, Ends, Numbering, ends
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Kind
from wirelab.verify.layer import Layer

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values

_PROTOCOL = 17
_HEADER = 8


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
    if length < _HEADER and (length or stop - start < 65536):
        return None
    if length and start + length < stop:
        layer.stop = stop = start + length
        layer.end = end = min(end, stop)
    _time(layer)
    if end <= start + _HEADER:
        return None
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


def _time(layer: Layer) -> None:
    """Notes the conversation's number and the times since its first and previous frames."""
    now = layer.packet.frame.time
    pair = ends(layer)
    streams = layer.memory.of(UdpStreams)
    stream = streams.get(pair)
    if stream is None:
        number = layer.memory.shared.of(UdpNumbers).of(pair)
        stream = streams[pair] = _Stream(number, now, now)
    notes = layer.notes
    notes["udp.stream"] = (stream.number,)
    if not layer.quoted:
        notes["udp.time_relative"] = (now - stream.first,)
        notes["udp.time_delta"] = (now - stream.last,)
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
    _U.itself("The User Datagram Protocol."),
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
