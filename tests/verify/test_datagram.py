"""The datagram in a frame, and the one that an error quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handmade import FAR, C, R, capture, echo, error, pieces, probe, who_has
from handmade import big as big_packet
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    IPv6,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    RouterAlert,
)
from scapy.layers.l2 import Ether

from wirelab.verify.datagram import carried, quoted
from wirelab.verify.dissect import dissect

if TYPE_CHECKING:
    from scapy.packet import Packet as Made

    from wirelab.verify.packet import Packet


def dissected(packet: Made) -> Packet:
    return dissect(capture([("c", 0, packet)]).frames)[0]


def test_the_outer_datagram_is_the_one_that_is_carried() -> None:
    packet = dissected(error(probe()))
    outer, inner = carried(packet), quoted(packet)
    assert outer is not None
    assert inner is not None
    assert outer.source == bytes(map(int, R.split(".")))
    assert inner.destination == bytes(map(int, FAR.split(".")))
    assert len(inner.payload) == 8
    assert quoted(dissected(probe())) is None


def test_what_is_no_ip_carries_none() -> None:
    assert carried(dissected(who_has())) is None


def test_padding_is_no_payload() -> None:
    packet = dissected(Ether(bytes(echo(1)) + bytes(10)))
    datagram = carried(packet)
    assert datagram is not None
    assert len(datagram.payload) == 8 + 32


def test_fragments_say_where_they_belong() -> None:
    parts = [carried(dissected(piece)) for piece in pieces(big_packet(), 1480)]
    assert [(each.offset, each.more, len(each.payload)) for each in parts if each] == [
        (0, True, 1480),
        (1480, True, 1480),
        (2960, False, 48),
    ]
    assert len({each.belongs_to for each in parts if each}) == 1


def test_extension_headers_are_not_payload() -> None:
    head = Ether() / IPv6(src="fd00::1", dst="fd00::2", hlim=9)
    message = ICMPv6EchoRequest(id=1, seq=2, data=b"abcd")
    plain = carried(dissected(head / message))
    options = carried(dissected(head / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / message))
    assert plain is not None
    assert options is not None
    assert (plain.header, options.header, plain.hops) == (40, 48, 9)
    assert plain.protocol == options.protocol == 58
    assert plain.payload == options.payload


def test_an_ipv6_fragment_has_an_identification() -> None:
    head = Ether() / IPv6(src="fd00::1", dst="fd00::2")
    fragment = IPv6ExtHdrFragment(id=77, offset=2, m=1, nh=17)
    datagram = carried(dissected(head / fragment / b"12345678"))
    assert datagram is not None
    assert (datagram.identification, datagram.offset, datagram.more) == (77, 16, True)
    assert (datagram.payload, datagram.header, datagram.protocol) == (b"12345678", 48, 17)
    assert datagram.is_fragment


def test_the_addresses_are_those_of_the_packet() -> None:
    datagram = carried(dissected(echo(1)))
    assert datagram is not None
    assert ".".join(map(str, datagram.source)) == C
