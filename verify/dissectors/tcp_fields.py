"""The fields of TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors import tcp_options
from wirelab.verify.dissectors.checksum import STATUS, transport_status
from wirelab.verify.dissectors.reading import bits, both, flag, present, rest, u16, u32
from wirelab.verify.dissectors.table import Table
from wirelab.verify.dissectors.tcp_stream import HEADER, SYN, Quoted, Segment
from wirelab.verify.field import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirelab.verify.dissectors.places import Condition
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.field import Field, Reader
    from wirelab.verify.layer import Layer

_PROTOCOL = 6


def _of(value: Callable[[Segment], Values]) -> Reader:
    """Values of a segment in its connection; a quoted header has none."""

    def read(layer: Layer) -> Values:
        state = layer.state
        return value(state) if isinstance(state, Segment) else ()

    return read


def _of_either(value: Callable[[Segment | Quoted], Values]) -> Reader:
    """Values that a quoted header has as well."""

    def read(layer: Layer) -> Values:
        state = layer.state
        return value(state) if isinstance(state, (Segment, Quoted)) else ()

    return read


def _seq(layer: Layer) -> Values:
    state = layer.state
    return (state.relative_seq,) if isinstance(state, Segment) else u32(4)(layer)


def _ack(layer: Layer) -> Values:
    state = layer.state
    if isinstance(state, Segment):
        return (state.relative_ack,)
    return u32(8)(layer) if layer.end - layer.start >= HEADER else ()


def _ack_raw(layer: Layer) -> Values:
    return u32(8)(layer) if isinstance(layer.state, (Segment, Quoted)) else ()


def _next_seq(segment: Segment) -> Values:
    return ((segment.next - (segment.flow.base or 0)) % (1 << 32),)


def _header_length(layer: Layer) -> Values:
    return tuple([words * 4 for words in bits(12, 0xF0)(layer) if isinstance(words, int)])


def _window(layer: Layer) -> Values:
    """The window, scaled in segments behind the SYN; that of a quoted header stays as it is."""
    state = layer.state
    if isinstance(state, Segment) and state.flow.scale > 0 and not state.flags & SYN:
        return (state.window << state.flow.scale,)
    return u16(14)(layer) if layer.end - layer.start >= HEADER else ()


def _scale_factor(layer: Layer) -> Values:
    state = layer.state
    if not isinstance(state, (Segment, Quoted)) or layer.data[layer.start + 13] & SYN:
        return ()
    scale = state.flow.scale
    return (1 << scale if scale >= 0 else scale,)


def _checksum_status(layer: Layer) -> Values:
    if layer.end - layer.start < HEADER:
        return ()
    return transport_status(layer, _PROTOCOL, layer.stop - layer.start)


def _payload(layer: Layer) -> Values:
    size = _header_length(layer)
    return rest(size[0])(layer) if size and isinstance(size[0], int) else ()


def _initial_rtt(segment: Segment) -> Values:
    rtt = segment.stream.initial_rtt
    return (rtt,) if segment.analysed and rtt else ()


def _analysed(layer: Layer) -> bool:
    state = layer.state
    return isinstance(state, Segment) and state.analysed


def _flagged(layer: Layer) -> bool:
    state = layer.state
    return isinstance(state, Segment) and (bool(state.marks) or state.reuses_ports)


def _reuses_ports(layer: Layer) -> bool:
    state = layer.state
    return isinstance(state, Segment) and state.reuses_ports


def _marked(mark: str) -> Condition:
    def check(layer: Layer) -> bool:
        state = layer.state
        return isinstance(state, Segment) and mark in state.marks

    return check


_T = Table("tcp", "RFC 9293 3.1")
_W = Table("tcp", "Wireshark")
_POINTS = "Wireshark does not keep the frames of different points apart."
_BITS = (
    ("res", 0x0E00, "Any of the reserved bits."),
    ("ae", 0x0100, "Accurate ECN."),
    ("cwr", 0x0080, "Congestion window reduced."),
    ("ece", 0x0040, "ECN echo."),
    ("urg", 0x0020, "The urgent pointer counts."),
    ("ack", 0x0010, "The acknowledgment number counts."),
    ("push", 0x0008, "The receiver shall pass the data on at once."),
    ("reset", 0x0004, "The connection is refused or broken off."),
    ("syn", 0x0002, "The sender opens the connection."),
    ("fin", 0x0001, "The sender has no more data."),
)
_MARKS = (
    ("retransmission", "The bytes were sent before."),
    ("fast_retransmission", "They were sent again because of duplicate ACKs."),
    ("spurious_retransmission", "They were sent again though they had been acknowledged."),
    ("out_of_order", "An earlier segment, which a later one overtook."),
    ("lost_segment", "Bytes before this segment were not captured."),
    ("ack_lost_segment", "It acknowledges bytes that were not captured."),
    ("duplicate_ack", "It repeats an acknowledgment: something is missing at the receiver."),
    ("keep_alive", "It only asks whether the other side is still there."),
    ("keep_alive_ack", "The answer to that."),
    ("window_update", "It only says that the window has changed."),
    ("window_full", "It fills the receiver's window."),
    ("zero_window", "The sender of the segment takes no more data."),
    ("zero_window_probe", "One byte, to learn whether the window is open again."),
    ("zero_window_probe_ack", "The answer to that: it is not."),
)


def _header() -> tuple[Field, ...]:
    """The rows about the header."""
    return (
        _T.itself("The Transmission Control Protocol."),
        _T.uint("tcp.srcport", "The port of the sender.", u16(0)),
        _T.uint("tcp.dstport", "The port of the receiver.", u16(2)),
        _T.uint("tcp.port", "Either port.", both(u16(0), u16(2))),
        _T.uint("tcp.seq", "The number of the first byte, counted from the first SYN.", _seq),
        _T.uint("tcp.seq_raw", "The same as in the header.", _of(lambda each: (each.seq,))),
        _T.uint("tcp.nxtseq", "The number of the byte behind it.", _of(_next_seq)),
        _T.uint("tcp.ack", "The byte that the sender waits for, counted likewise.", _ack),
        _T.uint("tcp.ack_raw", "The same as in the header.", _ack_raw),
        _T.uint("tcp.hdr_len", "The length of the header.", _header_length, unit="bytes"),
        _T.uint("tcp.flags", "The control bits together.", bits(12, 0x0FFF, 2), digits=4),
        *[
            _T.boolean(f"tcp.flags.{name}", meaning, flag(12, mask, 2))
            for name, mask, meaning in _BITS
        ],
        _T.uint("tcp.window_size_value", "The window as in the header.", u16(14)),
        _T.uint("tcp.checksum", "The checksum.", u16(16), digits=4),
        _T.uint(
            "tcp.checksum.status",
            STATUS,
            _checksum_status,
            source="RFC 1071",
            differs="Wireshark leaves it unverified (2) unless tcp.check_checksum is set.",
        ),
        _T.uint("tcp.urgent_pointer", "Where the urgent data end.", u16(18)),
        _T.octets("tcp.payload", "The data of the segment.", _payload),
        *tcp_options.fields(_T),
    )


def _connection() -> tuple[Field, ...]:
    """The rows about a segment's place in its connection."""
    return (
        _T.uint(
            "tcp.len",
            "How many bytes of data it has.",
            _of(lambda each: (each.length,)),
            unit="bytes",
        ),
        _T.uint("tcp.window_size", "The window, scaled.", _window, unit="bytes"),
        _W.row(
            Kind.INT,
            "tcp.window_size_scalefactor",
            "By what it was scaled; -1 where that is unknown, -2 where nothing is scaled.",
            _scale_factor,
        ),
        _W.uint(
            "tcp.stream",
            "The number of the connection, from 0.",
            _of_either(lambda each: (each.stream.number,)),
        ),
        _W.uint(
            "tcp.completeness",
            "What was seen of the connection: SYN 1, SYN/ACK 2, ACK 4, data 8, FIN 16, RST 32.",
            _of_either(lambda each: (each.stream.completeness,)),
            differs="tshark knows the whole only with -2.",
        ),
        _W.row(
            Kind.TIME,
            "tcp.time_relative",
            "The time since the connection's first frame.",
            _of_either(lambda each: (each.since_first,)),
            unit="s",
            differs=_POINTS,
        ),
        _W.row(
            Kind.TIME,
            "tcp.time_delta",
            "The time since the connection's previous frame.",
            _of_either(lambda each: (each.since_previous,)),
            unit="s",
            differs=_POINTS,
        ),
        _W.frame("tcp.reassembled_in", "The frame that completes the message begun here."),
        _W.frame("tcp.segment", "The frames of the message that is complete in this one."),
        _W.uint("tcp.segment.count", "How many they are."),
        _W.uint("tcp.reassembled.length", "The length of that message.", unit="bytes"),
    )


def _analysis() -> tuple[Field, ...]:
    """The rows about what the sequence numbers tell."""
    return (
        _W.mark("tcp.analysis", "The numbers tell something.", present(_analysed)),
        _W.mark("tcp.analysis.flags", "They tell something unusual.", present(_flagged)),
        *[
            _W.mark(f"tcp.analysis.{name}", meaning, present(_marked(name)), differs=_POINTS)
            for name, meaning in _MARKS
        ],
        _W.mark(
            "tcp.analysis.reused_ports",
            "A new connection between ports that had one.",
            present(_reuses_ports),
            differs=_POINTS,
        ),
        _W.uint("tcp.analysis.duplicate_ack_num", "How often the ACK was repeated."),
        _W.frame("tcp.analysis.duplicate_ack_frame", "The frame that had it first."),
        _W.frame("tcp.analysis.acks_frame", "The frame whose segment this one acknowledges."),
        _W.row(Kind.TIME, "tcp.analysis.ack_rtt", "How long that took.", unit="s", differs=_POINTS),
        _W.row(
            Kind.TIME,
            "tcp.analysis.initial_rtt",
            "From the SYN to the ACK that ends the handshake.",
            _of(_initial_rtt),
            unit="s",
            differs=_POINTS + " tshark knows it only with -2 in the frames before that ACK.",
        ),
        _W.uint(
            "tcp.analysis.bytes_in_flight",
            "How many bytes were sent and not yet acknowledged.",
            unit="bytes",
            differs="Wireshark takes off what selective acknowledgments name.",
        ),
    )


FIELDS = (*_header(), *_connection(), *_analysis())
