"""What must hold for every input: a reader refuses or reads, a dissection never fails."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.verify import Capture, judge, never, optional, repeat, seq, step
from wirelab.verify.capture import read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.errors import CaptureError
from wirelab.verify.fields import FIELDS, Field, Kind, Value, render
from wirelab.verify.filter import display_filter
from wirelab.verify.frame import Frame, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.verify.packet import Packet

_BY_PROTOCOL: dict[str, list[Field]] = {}
for _field in FIELDS.values():
    _BY_PROTOCOL.setdefault(_field.protocol, []).append(_field)

_SIZES = {Kind.IPV4: 4, Kind.IPV6: 16}
_FARTHEST = 1 << 33
_TIMES = range(-(1 << 63), 1 << 63)

FILTERS = [
    display_filter(text)
    for text in (
        "ip.src == 10.0.0.0/8 && !(tcp.flags.syn == 1) || udp.port in {53, 67 .. 69}",
        'dns.qry.name contains "example" || dns.qry.name matches r"^[a-z]" || dns.a',
        "tcp.ack == {tcp.seq + 1} or len(udp.payload) > 10 or frame[0:3] == 02:00:00",
        "ip.src#2 != 10.0.0.1 xor eth.dst[0] & 1 && icmp.type in {3, 11}",
        "all ip.ttl > 1 || arp.opcode == 1 || any ipv6.addr == fd00::/16",
        'lower(http.host) == "s.test" || tls.handshake.type == 1 || ftp.response.code >= 200',
        "frame.time_delta > 0.001 && count(ip.addr) >= 2 || dhcp.option.type == 53",
    )
]
EXPECTATION = seq(
    optional(step("who_has", "arp.opcode == 1"), step("is_at", "arp.opcode == 2")),
    repeat(step("first", "ip.src == ${c.ip} || ipv6.src == ${c.ip6}"), 0, 3),
    step("second", "ip.dst == ${c.ip} && frame.len > 0", within="3s"),
    never("icmp.type == 5", seen="frame"),
    closed=["tcp.flags.reset == 1"],
)
_NAMES = {"c.ip": "10.0.0.1", "c.ip6": "fd00::1"}


@dataclass
class Reading:
    """Reads inputs as files, without a disk: through one file in memory."""

    descriptor: int = field(default_factory=lambda: os.memfd_create("input"))

    def __call__(self, data: bytes) -> bool:
        """Whether an input is a capture; what is none must be refused with place and reason."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, data, 0)
        path = f"/proc/self/fd/{self.descriptor}"
        try:
            captured = read_capture(path)
        except CaptureError as error:
            refusal = error
        else:
            check_capture(captured)
            return True
        assert 0 <= refusal.offset <= _FARTHEST
        assert refusal.reason
        assert "\n" not in str(refusal)
        return False


def check_capture(captured: Capture) -> None:
    """What every capture that was read promises."""
    assert [frame.number for frame in captured.frames] == [*range(1, len(captured.frames) + 1)]
    names = {point.name for point in captured.points}
    assert len(names) == len(captured.points)
    for frame in captured.frames:
        assert frame.point in names
        assert frame.length >= len(frame.data)
        assert frame.time in _TIMES


def examine(frames: Sequence[Frame], chosen: int = 0) -> None:
    """Dissects, reads and renders every field of every layer, and applies a filter."""
    selecting = FILTERS[chosen % len(FILTERS)]
    for packet in dissect(frames):
        read_all(packet)
        selecting.selects(packet)


def read_all(packet: Packet) -> None:
    """Reads every field that the packet's layers can have; the values are of their kinds."""
    for layer in packet.layers:
        for each in _BY_PROTOCOL[layer.protocol]:
            for value in each.read(layer):
                assert _fits(each, value), (each.name, value)
                render(each, value)


def _fits(each: Field, value: Value) -> bool:
    if each.kind in _SIZES:
        return isinstance(value, bytes) and len(value) == _SIZES[each.kind]
    return each.kind is not Kind.UINT or (isinstance(value, int) and value >= 0)


def judged(frames: Sequence[Frame]) -> None:
    """Judges frames as a foreign capture and as our own; whatever they are there is a verdict."""
    points = dict.fromkeys(frame.point for frame in frames)
    captured = Capture(tuple(frames), tuple(map(Point, points)))
    for names in ({}, _NAMES):
        judge(EXPECTATION, captured, names, budget=2000).as_json()
