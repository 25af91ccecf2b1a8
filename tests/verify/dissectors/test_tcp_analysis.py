from frames import Talk, dissected

from wirelab.verify.fields import FIELDS

_MARKS = [
    name
    for name in FIELDS
    if name.startswith("tcp.analysis.")
    and FIELDS[name].kind.name == "NONE"
    and not name.endswith("flags")
]


def _marks(talk: Talk) -> list[set[str]]:
    return [
        {name.removeprefix("tcp.analysis.") for name in _MARKS if packet.values(name)}
        for packet in dissected(*talk.sent)
    ]


def test_an_ordinary_connection_shows_nothing_unusual() -> None:
    talk = Talk().open().client("PA", b"hello").server("PA", b"world").client("A").close()
    assert _marks(talk) == [set()] * 9


def test_bytes_sent_again_are_a_retransmission() -> None:
    assert _marks(Talk().open().client("PA", b"hello").again(-1))[4] == {"retransmission"}


def test_a_syn_sent_again_is_a_retransmission() -> None:
    assert _marks(Talk().client("S").again(0))[1] == {"retransmission"}


def test_bytes_sent_again_after_their_acknowledgment_are_spurious() -> None:
    talk = Talk().open().client("PA", b"hello").server("A").again(3)
    assert _marks(talk)[5] == {"retransmission", "spurious_retransmission"}


def _with_a_gap() -> Talk:
    talk = Talk().open().client("PA", b"first").server("A")
    talk.client_seq += 5
    talk.client("PA", b"third")
    talk.client_seq -= 10
    return talk


def test_a_gap_is_a_segment_that_was_not_captured() -> None:
    assert _marks(_with_a_gap())[5] == {"lost_segment"}


def test_a_repeated_acknowledgment_is_counted() -> None:
    talk = _with_a_gap().server("A").server("A")
    packets = dissected(*talk.sent)
    assert _marks(talk)[6:] == [{"duplicate_ack"}] * 2
    assert packets[7].values("tcp.analysis.duplicate_ack_num") == (2,)
    assert packets[7].values("tcp.analysis.duplicate_ack_frame") == (5,)


def test_what_fills_a_gap_after_duplicates_is_a_fast_retransmission() -> None:
    talk = _with_a_gap().server("A").server("A").client("PA", b"secnd")
    assert _marks(talk)[8] == {"retransmission", "fast_retransmission"}


def test_what_fills_a_gap_at_once_is_out_of_order() -> None:
    assert _marks(_with_a_gap().client("PA", b"secnd"))[6] == {"out_of_order"}


def test_an_acknowledgment_of_what_was_not_seen_is_told_once() -> None:
    talk = Talk().open()
    talk.client_seq += 50
    marks = _marks(talk.server("A").server("A"))
    assert [mark & {"ack_lost_segment"} for mark in marks[3:]] == [{"ack_lost_segment"}, set()]


def test_a_closed_window_and_the_probe_for_it_are_recognised() -> None:
    talk = Talk().open().client("PA", b"x").server("A", window=0)
    talk.client("PA", b"p")
    talk.client_seq -= 1
    talk.server("A", window=0).server("A", window=100)
    assert _marks(talk)[4:] == [
        {"zero_window"},
        {"zero_window_probe"},
        {"zero_window", "zero_window_probe_ack"},
        {"window_update"},
    ]


def test_a_window_that_is_filled_to_its_edge_is_full() -> None:
    talk = Talk().open().server("A", window=10).client("PA", b"ten bytes!")
    assert _marks(talk)[4] == {"window_full"}


def test_a_keep_alive_and_its_answer_are_recognised() -> None:
    talk = Talk().open().client("PA", b"x").server("A")
    talk.client_seq -= 1
    talk.client("A")
    talk.client_seq += 1
    assert _marks(talk.server("A"))[5:] == [{"keep_alive"}, {"keep_alive_ack"}]


def test_bytes_in_flight_are_those_not_yet_acknowledged() -> None:
    talk = Talk().open().client("PA", b"12345").client("PA", b"678").server("A").client("PA", b"9")
    packets = dissected(*talk.sent)
    found = [packet.values("tcp.analysis.bytes_in_flight") for packet in packets[3:]]
    assert found == [(5,), (8,), (), (1,)]


def test_numbers_may_start_again_at_zero() -> None:
    talk = Talk()
    talk.client_seq = (1 << 32) - 3
    packets = dissected(*talk.open().client("PA", b"hello").sent)
    assert packets[3].values("tcp.nxtseq") == (6,)
    assert packets[3].values("tcp.analysis.flags") == ()
