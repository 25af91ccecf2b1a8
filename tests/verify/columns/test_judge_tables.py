"""A table is judged as the packets in it are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import handmade
import pytest
from crowds import Crowd, crowd

from wirelab.scenarios import CATALOGUE
from wirelab.verify import Capture, judge, never, seq, step, stream
from wirelab.verify.columns.table import Table

if TYPE_CHECKING:
    from wirelab.verify.items import Item


def _table(capture: Capture) -> Capture:
    table = Table.of(capture.frames, capture.points)
    assert table is not None
    return replace(capture, frames=table)


def _agree(expectation: Item, capture: Capture) -> None:
    assert judge(expectation, _table(capture), {}) == judge(expectation, capture, {})


_CAPTURES = {
    "ping": handmade.capture(handmade.ping(3)),
    "download": handmade.capture(handmade.download([b"220 hello\r\n", b"331 who?\r\n"])),
    "fragments": handmade.capture(
        [("c", float(n), piece) for n, piece in enumerate(handmade.pieces(handmade.big(), 1480))]
    ),
    "errors": handmade.capture(
        [("c", 0.0, handmade.probe()), ("c", 1.0, handmade.error(handmade.probe()))]
    ),
    "crowd": Capture(tuple(crowd(Crowd(("arp", "dns", "ftp", "icmp"), ("c",), 0.1, 3))), ()),
}
_EXPECTATIONS = {
    "ping": seq(
        step("who_has", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${s.ip}"),
        step("is_at", "arp.opcode == 2 && eth.dst == ${who_has.eth.src}"),
        step("request", "icmp.type == 8 && ip.dst == ${s.ip}"),
        step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}", within="1s"),
        closed=["arp", "icmp && ip.addr == ${s.ip}"],
    ),
    "quotes": seq(
        step("probe", "udp"), step("exceeded", "icmp.type == 11", quotes="probe"), closed=["icmp"]
    ),
    "stream": seq(
        step("syn", "tcp.flags == 0x002"),
        stream("said", "tcp.srcport == ${syn.tcp.dstport}", equals=b"220 hello\r\n331 who?\r\n"),
        closed=["tcp.len > 0"],
    ),
    "never": seq(step("request", "icmp.type == 8"), never("icmp.type == 3"), never("tcp")),
    "numbered": seq(step("data", "tcp.stream == 0 && tcp.len > 0"), closed=["udp.stream == 1"]),
}


@pytest.mark.parametrize("capture", _CAPTURES)
@pytest.mark.parametrize("expectation", _EXPECTATIONS)
def test_the_verdict_is_the_same(expectation: str, capture: str) -> None:
    _agree(_EXPECTATIONS[expectation], _CAPTURES[capture])


@pytest.mark.parametrize("scenario", CATALOGUE)
def test_every_expectation_finds_the_same_fault_in_a_crowd(scenario: str) -> None:
    found = CATALOGUE[scenario]
    _agree(found.expect(found.defaults()), _CAPTURES["crowd"])
