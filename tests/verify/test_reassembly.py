from itertools import pairwise

from frames import dissected, ethernet
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP, fragment

from wirelab.verify.layer import Layer
from wirelab.verify.reassembly import LONGEST, Reassembly


def _layer() -> Layer:
    return dissected(b"")[0].layers[0]


@given(
    payload=st.binary(min_size=1, max_size=200),
    cuts=st.sets(st.integers(1, 199), max_size=6),
    seed=st.randoms(use_true_random=False),
)
def test_pieces_in_any_order_make_up_the_payload(payload, cuts, seed) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(payload)), len(payload)]
    pieces = list(pairwise(edges))
    seed.shuffle(pieces)
    table, layer = Reassembly(), _layer()
    done = [
        table.add(b"key", layer, first, payload[first:behind], more=behind < len(payload))
        for first, behind in pieces
    ]
    assert done[:-1] == [None] * (len(pieces) - 1)
    assert done[-1] is not None
    assert done[-1].joined() == payload


def test_a_missing_piece_keeps_a_datagram_apart() -> None:
    table, layer = Reassembly(), _layer()
    assert table.add(b"key", layer, 0, b"first", more=True) is None
    assert table.add(b"key", layer, 10, b"third", more=False) is None
    assert table.add(b"other", layer, 5, b"secnd", more=True) is None


def test_of_an_overlap_the_earlier_bytes_in_order_are_kept() -> None:
    table, layer = Reassembly(), _layer()
    table.add(b"key", layer, 0, b"aaaa", more=True)
    whole = table.add(b"key", layer, 2, b"bbbb", more=False)
    assert whole is not None
    assert whole.joined() == b"aaaabb"


def test_a_piece_beyond_the_longest_datagram_is_left_out() -> None:
    table, layer = Reassembly(), _layer()
    assert table.add(b"key", layer, LONGEST - 1, b"xx", more=False) is None
    assert table.add(b"key", layer, 0, b"whole", more=False) is not None


def test_fragments_know_where_their_datagram_is_whole() -> None:
    pieces = fragment(IP(id=9) / UDP(sport=40000, dport=45000) / (b"x" * 3000), 1480)
    packets = dissected(*map(ethernet, pieces))
    assert [packet.values("ip.reassembled_in") for packet in packets] == [(3,), (3,), ()]
    assert packets[2].values("ip.fragment") == (1, 2, 3)
    assert packets[2].values("ip.fragment.count") == (3,)
    assert packets[2].values("ip.reassembled.length") == (3008,)
    assert [packet.has("udp") for packet in packets] == [False, False, True]
