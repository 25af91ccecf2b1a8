from frames import Talk, dissected
from samples.apps import client_hello, server_hello

_APPLICATION = b"\x17\x03\x03\x00\x05hello"


def test_the_first_message_names_the_server_it_is_for() -> None:
    packet = dissected(*Talk(40000, 443).open().client("PA", client_hello("www.s.test")).sent)[3]
    assert packet.values("tls.record.content_type") == (22,)
    assert packet.values("tls.handshake.type") == (1,)
    assert packet.values("tls.handshake.extensions_server_name") == ("www.s.test",)
    assert 0x0304 in packet.values("tls.handshake.extensions.supported_version")


def test_version_1_3_hides_the_type_of_a_record() -> None:
    modern = Talk(40000, 443).open().server("PA", server_hello(0x0304)).client("PA", _APPLICATION)
    older = Talk(40001, 443).open().server("PA", server_hello(0x0303)).client("PA", _APPLICATION)
    hidden, shown = dissected(*modern.sent)[4], dissected(*older.sent)[4]
    assert (hidden.values("tls.record.opaque_type"), hidden.values("tls.record.content_type")) == (
        (23,),
        (),
    )
    assert shown.values("tls.record.content_type") == (23,)


def test_what_follows_a_change_of_cipher_is_not_read() -> None:
    encrypted = b"\x14\x03\x03\x00\x01\x01" + b"\x16\x03\x03\x00\x04\x0b\0\0\0"
    packet = dissected(*Talk(40000, 443).open().client("PA", encrypted).sent)[3]
    assert packet.values("tls.record.content_type") == (20, 22)
    assert packet.values("tls.handshake.type") == ()


def test_an_alert_is_read() -> None:
    packet = dissected(*Talk(40000, 443).open().server("PA", b"\x15\x03\x03\x00\x02\x02\x28").sent)[
        3
    ]
    assert packet.values("tls.alert_message.level") == (2,)
    assert packet.values("tls.alert_message.desc") == (40,)


def test_a_record_in_two_segments_shows_in_the_second() -> None:
    hello = client_hello("www.s.test")
    talk = Talk(40000, 443).open().client("A", hello[:3]).client("PA", hello[3:])
    packets = dissected(*talk.sent)[3:]
    assert [packet.values("tls.handshake.type") for packet in packets] == [(), (1,)]


def test_a_hello_is_recognised_at_any_port() -> None:
    packet = dissected(*Talk(40000, 45000).open().client("PA", client_hello("s.test")).sent)[3]
    assert packet.has("tls")


def test_a_message_in_several_records_is_counted_once_and_not_malformed() -> None:
    head = b"\x0b\x00\x00\x0a"
    records = b"\x16\x03\x03\x00\x06" + head + b"12" + b"\x16\x03\x03\x00\x04" + b"3456"
    last = b"\x16\x03\x03\x00\x08" + b"7890" + b"\x0e\0\0\0"
    packet = dissected(*Talk(40000, 443).open().server("PA", records + last).sent)[3]
    assert packet.values("tls.handshake.type") == (11, 14)
    assert not packet.has("_ws.malformed")


def test_a_hello_that_contradicts_itself_is_malformed() -> None:
    hello = b"\x16\x03\x03\x00\x08" + b"\x01\x00\x00\x04" + b"\x03\x03ab"
    packet = dissected(*Talk(40000, 443).open().client("PA", hello).sent)[3]
    assert packet.has("_ws.malformed")
