import struct
from itertools import pairwise

from frames import Talk, dissected
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR


def _message(number: int) -> bytes:
    data = bytes(DNS(id=number, qd=DNSQR(qname=f"n{number}.example.test")))
    return struct.pack("!H", len(data)) + data


@given(cuts=st.sets(st.integers(1, 110), max_size=8))
def test_however_a_stream_is_cut_each_message_shows_once_and_in_order(cuts: set[int]) -> None:
    stream = b"".join(map(_message, (1, 2, 3)))
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    talk = Talk(40000, 53).open()
    for first, behind in pairwise(edges):
        talk.client("PA", stream[first:behind])
    packets = dissected(*talk.sent)
    assert [value for packet in packets for value in packet.values("dns.id")] == [1, 2, 3]


def test_a_message_belongs_to_the_frame_that_completes_it() -> None:
    data = _message(7)
    talk = (
        Talk(40000, 53).open().client("A", data[:5]).client("A", data[5:9]).client("PA", data[9:])
    )
    packets = dissected(*talk.sent)
    assert [packet.has("dns") for packet in packets[3:]] == [False, False, True]
    assert [packet.values("tcp.reassembled_in") for packet in packets[3:]] == [(6,), (6,), ()]
    assert packets[5].values("tcp.segment") == (4, 5, 6)
    assert packets[5].values("tcp.reassembled.length") == (len(data),)


def test_several_messages_in_a_segment_count_as_one_layer() -> None:
    packet = dissected(*Talk(40000, 53).open().client("PA", _message(1) + _message(2)).sent)[3]
    assert packet.values("dns.id") == (1, 2)
    assert packet.values("dns.id", 1) == (1, 2)
    assert packet.values("dns.id", 2) == ()
    assert packet.values("frame.protocols") == ("eth:ethertype:ip:tcp:dns",)


def test_bytes_sent_again_are_not_read_again() -> None:
    talk = Talk(40000, 53).open().client("PA", _message(1)).again(3).client("PA", _message(2))
    packets = dissected(*talk.sent)
    assert [packet.values("dns.id") for packet in packets[3:]] == [(1,), (), (2,)]


def test_a_gap_drops_the_message_that_it_cuts() -> None:
    talk = Talk(40000, 53).open().client("PA", _message(1)[:9])
    talk.client_seq += 100
    packets = dissected(*talk.client("PA", _message(2)).sent)
    assert packets[4].values("dns.id") == (2,)
