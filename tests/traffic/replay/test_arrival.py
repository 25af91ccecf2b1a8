"""Whether what was sent arrived: frames among others, and frames in pieces."""

from collections.abc import Iterator
from functools import partial

from captures import numbered
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether

from wirelab.emulator import Captured
from wirelab.traffic.replay.arrival import Arrival, arriving, compared, named
from wirelab.traffic.replay.segments import Large

_FEW = st.lists(st.binary(min_size=1, max_size=2), max_size=12)


def _came(frames: list[bytes]) -> list[Captured]:
    return [Captured(number, "far", data, False) for number, data in enumerate(frames)]


def _arrival(sent: list[bytes], came: list[bytes]) -> Arrival:
    return compared(partial(iter, sent), partial(_came, came))


@given(sent=_FEW, others=st.lists(st.tuples(st.integers(0, 99), st.binary(max_size=2))))
def test_frames_in_order_arrive_whatever_comes_between(
    sent: list[bytes], others: list[tuple[int, bytes]]
) -> None:
    came = list(sent)
    for at, data in others:
        came.insert(at % (len(came) + 1), data)
    arrival = _arrival(sent, came)
    assert (arrival.problem, arrival.expected, arrival.arrived) == ("", len(sent), len(sent))
    assert arrival.other_count == len(others)


@given(sent=_FEW.filter(bool), at=st.integers(0, 99))
def test_a_frame_less_is_noticed(sent: list[bytes], at: int) -> None:
    place = at % len(sent)
    arrival = _arrival(sent, sent[:place] + sent[place + 1 :])
    assert arrival.problem == f"1 of {len(sent)} frames did not arrive"
    assert arrival.first_missing is not None
    assert sent[arrival.first_missing] == sent[place]


@given(st.permutations(numbered(5)))
def test_another_order_is_noticed(came: list[bytes]) -> None:
    arrival = _arrival(numbered(5), came)
    assert arrival.arrived == 5
    assert bool(arrival.problem) == (came != numbered(5))


@given(st.integers(0, 4), st.integers(0, 59), st.integers(1, 255))
def test_a_changed_byte_is_noticed(number: int, at: int, change: int) -> None:
    came = numbered(5)
    spoilt = bytearray(came[number])
    spoilt[at] ^= change
    came[number] = bytes(spoilt)
    arrival = _arrival(numbered(5), came)
    assert arrival.first_missing == number
    assert (arrival.arrived, arrival.other_count) == (4, 1)


def test_only_what_came_to_a_point_arrives_there() -> None:
    frames = [
        Captured(1, "far", b"came", False),
        Captured(2, "far", b"left", True),
        Captured(3, "near", b"elsewhere", False),
    ]
    assert [each.data for each in arriving(frames, "far")] == [b"came"]


def test_others_are_named_by_their_protocols() -> None:
    arp, tcp = bytes(Ether() / ARP()), bytes(Ether() / IP() / TCP(flags="R"))
    assert named(_came([tcp, arp, tcp]), 5) == {"tcp": 2, "arp": 1, "not looked at": 2}


def _cut(large: Ether, size: int) -> Iterator[bytes]:
    """Cut a TCP frame as a network card would."""
    data = bytes(large[TCP].payload)
    for at in range(0, len(data), size):
        piece = large.copy()
        piece[TCP].remove_payload()
        piece[TCP].seq = (large[TCP].seq + at) % (1 << 32)
        yield bytes(piece / data[at : at + size])


_LARGE = [
    Ether() / IP() / TCP(seq=2**32 - 1000, flags="PA") / (bytes(range(256)) * 12),
    Ether() / Dot1Q(vlan=5) / IP() / TCP(seq=7, flags="A") / (b"tagged" * 500),
    Ether() / IPv6() / TCP(seq=9, flags="A") / (b"six" * 1000),
]


def test_a_frame_arrives_in_pieces() -> None:
    for large in (Ether(bytes(each)) for each in _LARGE):
        pieces = list(_cut(large, 1000))
        whole = compared(lambda large=large: iter([Large(bytes(large))]), partial(_came, pieces))
        assert (whole.problem, whole.other_count) == ("", 0)
        for less in (pieces[1:], pieces[:-1], pieces[::-1]):
            part = compared(lambda large=large: iter([Large(bytes(large))]), partial(_came, less))
            assert part.problem == "1 of 1 frames did not arrive"


def test_pieces_of_other_content_are_no_pieces() -> None:
    large = Large(bytes(Ether() / IP() / TCP(seq=5) / (b"x" * 3000)))
    assert not large.takes(bytes(Ether() / IP() / TCP(seq=5) / (b"y" * 1000)))
    assert not large.takes(bytes(Ether() / IP() / TCP(seq=6) / (b"x" * 1000)))
    assert not large.takes(bytes(Ether() / IP() / TCP(seq=5, sport=9) / (b"x" * 1000)))
    assert not large.takes(b"short")
    assert large.takes(bytes(Ether() / IP() / TCP(seq=5) / (b"x" * 1000)))
    assert not large.whole
