import pytest
from frames import MS, Talk, dissected, error, one

from wirelab.verify.packet import Packet


def _all(packets: list[Packet], name: str) -> list[object]:
    return [value for packet in packets for value in packet.values(name)]


def test_numbers_count_from_the_first_syn_of_each_side() -> None:
    packets = dissected(*Talk().open().client("PA", b"hello").server("A").sent)
    assert _all(packets, "tcp.seq") == [0, 0, 1, 1, 1]
    assert _all(packets, "tcp.ack") == [0, 1, 1, 1, 6]
    assert _all(packets, "tcp.nxtseq") == [1, 1, 1, 6, 1]
    assert _all(packets, "tcp.seq_raw") == [1000, 5000, 1001, 1001, 5001]
    assert _all(packets, "tcp.len") == [0, 0, 0, 5, 0]


def test_a_connection_whose_start_was_missed_counts_from_1() -> None:
    packets = dissected(*Talk().client("PA", b"hello").server("A").sent)
    assert _all(packets, "tcp.seq") == [1, 1]
    assert _all(packets, "tcp.ack") == [1, 6]


def test_flags_are_single_bits() -> None:
    packet = one(Talk().client("SEC").sent[0])
    assert packet.values("tcp.flags") == (0x0C2,)
    names = {
        name
        for name in ("syn", "ack", "fin", "reset", "ece", "cwr")
        if packet.values(f"tcp.flags.{name}")[0]
    }
    assert names == {"syn", "ece", "cwr"}


def test_windows_are_scaled_only_when_both_sides_agree() -> None:
    scaled = Talk().client("S", options=[("WScale", 3)]).server("SA", options=[("WScale", 7)])
    packets = dissected(*scaled.client("A").server("A").sent)
    assert _all(packets, "tcp.window_size") == [8192, 8192, 8192 << 3, 8192 << 7]
    assert _all(packets, "tcp.window_size_scalefactor") == [8, 128]
    plain = Talk().client("S", options=[("WScale", 3)]).server("SA").client("A")
    assert _all(dissected(*plain.sent), "tcp.window_size_scalefactor") == [-2]
    assert _all(dissected(*Talk().client("A").sent), "tcp.window_size_scalefactor") == [-1]


def test_options_are_read() -> None:
    options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (5, 6)), ("NOP", None), ("WScale", 7)]
    packet = one(Talk().client("S", options=options).sent[0])
    assert packet.values("tcp.option_kind") == (2, 4, 8, 1, 3)
    assert packet.values("tcp.options.mss_val") == (1460,)
    assert packet.values("tcp.options.timestamp.tsval") == (5,)
    assert packet.values("tcp.options.timestamp.tsecr") == (6,)
    assert packet.values("tcp.options.wscale.shift") == (7,)
    assert packet.values("tcp.options.wscale.multiplier") == (128,)


def test_selective_acknowledgments_count_like_acknowledgments() -> None:
    talk = Talk().open().client("A", options=[("SAck", (5011, 5021))])
    packets = dissected(*talk.sent)
    assert packets[3].values("tcp.options.sack_le") == (11,)
    assert packets[3].values("tcp.options.sack_re") == (21,)


def test_a_new_connection_between_the_same_ports_has_a_number_of_its_own() -> None:
    again = Talk()
    again.client_seq = 90000
    packets = dissected(*Talk().open().sent, *again.open().sent)
    assert _all(packets, "tcp.stream") == [0, 0, 0, 1, 1, 1]
    assert packets[3].values("tcp.analysis.reused_ports") == (True,)


@pytest.mark.parametrize(
    ("talk", "completeness"),
    [
        (Talk().client("S"), 1),
        (Talk().client("S").server("RA"), 1 + 4 + 32),
        (Talk().open(), 7),
        (Talk().open().client("PA", b"x").close(), 31),
    ],
)
def test_it_is_known_how_far_a_connection_went(talk: Talk, completeness: int) -> None:
    assert _all(dissected(*talk.sent), "tcp.completeness")[0] == completeness


def test_the_handshake_measures_the_round_trip() -> None:
    packets = dissected(*Talk().open().client("PA", b"x").sent)
    assert packets[3].values("tcp.analysis.initial_rtt") == (20 * MS,)
    assert packets[1].values("tcp.analysis.ack_rtt") == (10 * MS,)
    assert packets[1].values("tcp.analysis.acks_frame") == (1,)
    assert packets[3].values("tcp.time_relative") == (30 * MS,)


def test_a_quoted_segment_belongs_to_its_connection() -> None:
    talk = Talk().open()
    quoted = bytes(talk.client("PA", b"x").sent[3])[14:]
    packets = dissected(*talk.sent, error(quoted, 3, 1))
    assert packets[4].values("tcp.stream") == (0,)
    assert packets[4].values("tcp.seq") == (1001,)
    assert packets[4].values("tcp.len") == ()


@pytest.mark.parametrize(
    ("port", "data", "protocol"),
    [
        (21, b"220 hello\r\n", "ftp"),
        (22, b"SSH-2.0-x\r\n", "ssh"),
        (45000, b"GET / HTTP/1.1\r\n\r\n", "http"),
        (45000, b"anything", "data"),
        (443, b"no TLS", "data"),
    ],
)
def test_the_port_or_the_first_bytes_tell_the_protocol(port, data, protocol) -> None:
    packets = dissected(*Talk(40000, port).open().client("PA", data).sent)
    assert packets[3].protocols[3] == protocol


def test_a_header_length_below_20_ends_the_dissection() -> None:
    packet = one(Talk().client("S", dataofs=3).sent[0])
    assert packet.protocols == ("eth", "ip", "tcp")
    assert packet.values("tcp.flags") == ()
