"""The classic format: both byte orders, both resolutions, and every way to be damaged."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import SECOND, pcap

from wirelab.verify.errors import CaptureError
from wirelab.verify.frame import Frame
from wirelab.verify.pcap import MAGICS, PcapReader
from wirelab.verify.source import Source


def _read(data: bytes) -> list[Frame]:
    source = Source(Path("x.pcap"), io.BytesIO(data))
    return list(PcapReader(source, source.take(4, "the magic number")))


@pytest.mark.parametrize("magic", MAGICS, ids=bytes.hex)
def test_both_byte_orders_and_resolutions_are_read(magic: bytes) -> None:
    time = 1_700_000_000_123_456_000
    frames = _read(pcap([(time, b"abc", 3), (time + 1000, b"d", 60)], magic))
    assert frames == [Frame(1, time, "", b"abc", 3), Frame(2, time + 1000, "", b"d", 60)]


def test_nanoseconds_are_kept_where_the_file_has_them() -> None:
    assert _read(pcap([(1, b"", 0)], b"\x4d\x3c\xb2\xa1"))[0].time == 1


def test_a_length_on_the_wire_below_the_captured_one_is_raised_to_it() -> None:
    assert _read(pcap([(0, b"abc", 1)]))[0].length == 3


def test_bits_about_a_check_sequence_are_not_part_of_the_link_type() -> None:
    assert _read(pcap([(0, b"abc", 3)], linktype=0x2400_0000 | 113))[0].linktype == 113


def test_a_link_that_cannot_be_dissected_is_named() -> None:
    with pytest.raises(CaptureError, match=r"link type 105 \(IEEE 802\.11\)"):
        _read(pcap([], linktype=105))
    with pytest.raises(CaptureError, match="link type 299 cannot"):
        _read(pcap([], linktype=299))


def test_an_absurd_length_is_refused_where_it_stands() -> None:
    with pytest.raises(CaptureError, match="frame 2 claims 4294967295 bytes") as caught:
        _read(pcap([(0, b"abc", 3)]) + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0))
    assert caught.value.offset == 24 + 16 + 3


def test_a_reader_knows_where_the_current_frame_starts() -> None:
    source = Source(Path("x"), io.BytesIO(pcap([(0, b"abc", 3), (0, b"d", 1)])))
    reader = PcapReader(source, source.take(4, "the magic number"))
    assert [reader.offset for _ in reader] == [24, 24 + 16 + 3]


@given(
    records=st.lists(
        st.tuples(st.integers(0, 2**62), st.binary(max_size=40), st.just(0)), max_size=4
    )
)
def test_a_file_that_is_cut_is_an_error_or_a_shorterpcap(records) -> None:
    records = [(time % (2**32 * SECOND), data, len(data)) for time, data, _ in records]
    whole = pcap(records, b"\x4d\x3c\xb2\xa1")
    frames = _read(whole)
    ends = {24}
    for frame in frames:
        ends.add(max(ends) + 16 + len(frame.data))
    for keep in range(4, len(whole)):
        if keep in ends:
            assert _read(whole[:keep]) == frames[: sorted(ends).index(keep)]
        else:
            with pytest.raises(CaptureError, match="ends within"):
                _read(whole[:keep])
