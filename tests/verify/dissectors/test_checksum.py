from hypothesis import given
from hypothesis import strategies as st
from scapy.utils import checksum

from wirelab.verify.dissectors.checksum import adds_up


@given(data=st.binary(min_size=1, max_size=200))
def test_bytes_with_their_checksum_add_up(data: bytes) -> None:
    data += bytes(len(data) % 2)
    assert adds_up(data + checksum(data).to_bytes(2, "big"))


@given(data=st.binary(min_size=2, max_size=200), place=st.integers(0, 199), by=st.integers(1, 254))
def test_a_changed_byte_is_noticed(data: bytes, place: int, by: int) -> None:
    data += bytes(len(data) % 2)
    whole = bytearray(data + checksum(data).to_bytes(2, "big"))
    place %= len(whole)
    whole[place] = (whole[place] + by) % 256
    assert not adds_up(bytes(whole))
