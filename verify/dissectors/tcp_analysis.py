"""What the sequence numbers of TCP tell: loss, repetition, and a receiver that is full.

The conclusions are those of Wireshark, by the rules that its user's guide gives under "TCP
Analysis", so that a filter on them selects the same frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.tcp_stream import ACK, FIN, MODULO, NO_SCALE, RST, SYN, UNSEEN, later

if TYPE_CHECKING:
    from wirelab.verify.dissectors.tcp_stream import Flow, Segment
    from wirelab.verify.layer import Layer

_CONTROL = SYN | FIN | RST
_FAST = 20_000_000
"""A fast retransmission comes within this time of the last duplicate ACK, in nanoseconds."""
_DISORDER = 3_000_000
"""What comes within this time is out of order where the round trip is not known, in ns."""
_MOST_IN_FLIGHT = 2_000_000_000
"""More bytes than this are numbers from before the connection's first."""


def analyse(segment: Segment, back: Flow) -> None:
    """Marks a segment by what was seen before, and remembers it.

    Args:
        segment: the next segment of its connection.
        back: the direction opposite to its own.

    """
    marks = [
        *_forward(segment, back),
        *_count_acks(segment, back),
    ]
    if segment.length or segment.flags & (SYN | FIN):
        marks += _repeated(segment, back, marks)
    segment.marks = tuple(marks)
    _remember(segment)
    _acknowledge(segment, back)
    _count_flight(segment)
    segment.analysed = segment.analysed or segment.reuses_ports or bool(segment.marks)


def _forward(segment: Segment, back: Flow) -> list[str]:
    """The marks that come from the sequence number and the window."""
    flow = segment.flow
    if segment.length == 1 and segment.seq == flow.next and back.window == 0:
        return ["zero_window_probe"]
    marks = []
    if segment.window == 0 and not segment.flags & _CONTROL:
        marks.append("zero_window")
    if flow.next is not None and later(segment.seq, flow.next) and not segment.flags & RST:
        marks.append("lost_segment")
        flow.counts_flight = False
    if segment.flags & _CONTROL:
        return marks
    if segment.length <= 1 and flow.next is not None and segment.seq == (flow.next - 1) % MODULO:
        marks.append("keep_alive")
    if segment.length:
        return marks + (["window_full"] if _fills_window(segment, back) else [])
    return marks + _repeats(segment, back)


def _fills_window(segment: Segment, back: Flow) -> bool:
    """Whether a segment goes right up to the edge of the receiver's window."""
    if back.scale == -1 or back.window is None or back.ack is None:
        return False
    shift = back.scale if back.window_scaled and back.scale != NO_SCALE else 0
    return (segment.seq + segment.length) % MODULO == (back.ack + (back.window << shift)) % MODULO


def _repeats(segment: Segment, back: Flow) -> list[str]:
    """The mark of a segment without data that repeats the numbers of the one before."""
    flow = segment.flow
    if segment.seq != flow.next or segment.ack != flow.ack:
        return []
    if segment.window != flow.window:
        return ["window_update"] if segment.window else []
    if segment.window == 0:
        return ["zero_window_probe_ack"] if "zero_window_probe" in back.marks else []
    if "keep_alive" in back.marks:
        return ["keep_alive_ack"]
    flow.duplicates = 1 if flow.duplicates == UNSEEN else flow.duplicates + 1
    segment.layer.note("tcp.analysis.duplicate_ack_num", flow.duplicates)
    segment.layer.note("tcp.analysis.duplicate_ack_frame", flow.first_ack_frame)
    return ["duplicate_ack"]


def _count_acks(segment: Segment, back: Flow) -> list[str]:
    """Notes a new acknowledgment number; marks the first one of bytes that were not seen."""
    flow = segment.flow
    if segment.ack != flow.ack:
        flow.first_ack_frame = segment.layer.packet.frame.number
        flow.duplicates = 0
    if not segment.flags & ACK or back.contiguous is None:
        return []
    if not later(segment.ack, back.contiguous):
        return []
    segment.analysed = True
    is_told = back.contiguous == back.next and back.duplicates != 0
    if back.contiguous == back.next:
        back.duplicates = UNSEEN
    back.contiguous = back.next
    return [] if is_told else ["ack_lost_segment"]


def _repeated(segment: Segment, back: Flow, marks: list[str]) -> list[str]:
    """The mark of a segment whose bytes were sent before."""
    if "keep_alive" in marks:
        return []
    flow, seq = segment.flow, segment.seq
    if segment.length and back.ack and not later((seq + segment.length) % MODULO, back.ack):
        return ["spurious_retransmission", "retransmission"]
    if flow.next is None or not later(flow.next, seq):
        return []
    if segment.length > 1 and seq == (flow.next - 1) % MODULO:
        return []
    now = segment.layer.packet.frame.time
    if back.duplicates >= 2 and back.ack == seq and now - back.ack_time < _FAST:
        return ["fast_retransmission", "retransmission"]
    patience = segment.stream.initial_rtt or _DISORDER
    if now - flow.next_time < patience and flow.next != segment.next:
        return ["out_of_order"]
    return ["retransmission"]


def _remember(segment: Segment) -> None:
    """Moves the segment's direction on."""
    flow = segment.flow
    now = segment.layer.packet.frame.time
    if segment.size:
        flow.flight.add(segment.seq, segment.size, segment.layer)
    if "zero_window_probe" not in segment.marks:
        if flow.next is None or later(segment.next, flow.next):
            flow.next, flow.next_time = segment.next, now
        if flow.contiguous is None or segment.seq == flow.contiguous:
            flow.contiguous = flow.next
    flow.window = segment.window
    flow.window_scaled = not segment.flags & SYN
    flow.ack, flow.ack_time = segment.ack, now
    flow.marks = segment.marks


def _acknowledge(segment: Segment, back: Flow) -> None:
    """Takes what the segment acknowledges off what the other direction has on its way."""
    answered = back.flight.acknowledge(segment.ack)
    if answered:
        _answers(segment, answered)
    if segment.flags & ACK:
        back.counts_flight = True


def _answers(segment: Segment, answered: Layer) -> None:
    """Notes which frame a segment acknowledges, and how long that took."""
    frame, asked = segment.layer.packet.frame, answered.packet.frame
    segment.analysed = True
    segment.layer.notes["tcp.analysis.acks_frame"] = (asked.number,)
    if frame.time != asked.time:
        segment.layer.notes["tcp.analysis.ack_rtt"] = (frame.time - asked.time,)


def _count_flight(segment: Segment) -> None:
    """Notes how many bytes are on their way after a segment with data."""
    flow = segment.flow
    if not segment.length or not flow.counts_flight:
        return
    span = flow.flight.span()
    if span is None:
        return
    segment.analysed = True
    base = flow.base or 0
    size = (span[1] - base) % MODULO - (span[0] - base) % MODULO
    if 0 < size < _MOST_IN_FLIGHT:
        flight = size - (1 if segment.flags & (SYN | FIN) else 0)
        segment.layer.note("tcp.analysis.bytes_in_flight", flight)
