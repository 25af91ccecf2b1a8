from frames import dissected, reply, udp
from samples.files import tftp


def test_a_transfer_goes_on_at_a_port_of_the_server_s_choice() -> None:
    packets = dissected(*tftp())
    assert [packet.values("tftp.opcode") for packet in packets[:5]] == [
        (1,),
        (6,),
        (4,),
        (3,),
        (4,),
    ]
    assert packets[0].values("tftp.source_file") == ("boot.img",)
    assert packets[0].values("tftp.type") == ("octet",)
    assert packets[0].values("tftp.option.name") == ("blksize", "tsize")
    assert packets[0].values("tftp.option.value") == ("1428", "0")
    assert packets[3].values("tftp.block") == (1,)
    assert packets[3].values("data.len") == (100,)


def test_an_error_says_why() -> None:
    packet = dissected(*tftp())[8]
    assert packet.values("tftp.error.code") == (1,)
    assert packet.values("tftp.error.message") == ("File not found",)


def test_a_datagram_beside_a_transfer_is_not_part_of_it() -> None:
    packets = dissected(*tftp(), reply(b"\0\3\0\1xx", 43333, 42009))
    assert not packets[10].has("tftp")
    assert not packets[11].has("tftp")


def test_a_request_that_ends_early_is_malformed_and_announces_nothing() -> None:
    packets = dissected(udp(b"\0\1cut", 42003, 69), reply(b"\0\3\0\1xx", 43333, 42003))
    assert packets[0].has("_ws.malformed")
    assert not packets[1].has("tftp")
