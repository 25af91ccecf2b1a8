from frames import Talk, dissected
from samples.files import ftp

from wirelab.verify.packet import Packet


def _session() -> list[Packet]:
    return dissected(*ftp())


def _lines(*lines: tuple[str, bytes]) -> list[Packet]:
    talk = Talk(40000, 21).open()
    for side, line in lines:
        (talk.client if side == "c" else talk.server)("PA", line)
    return dissected(*talk.sent)[3:]


def test_commands_and_replies_are_read() -> None:
    command, reply = _lines(("c", b"USER bob smith\r\n"), ("s", b"331 Password please\r\n"))
    assert command.values("ftp.request") == (True,)
    assert command.values("ftp.request.command") == ("USER",)
    assert command.values("ftp.request.arg") == ("bob smith",)
    assert reply.values("ftp.response") == (True,)
    assert reply.values("ftp.response.code") == (331,)
    assert reply.values("ftp.response.arg") == ("Password please",)


def test_of_several_lines_the_first_counts() -> None:
    (reply,) = _lines(("s", b"220-hello\r\n more\r\n220 world\r\n"))
    assert reply.values("ftp.response.code") == (220,)
    assert reply.values("ftp.response.arg") == ("hello",)


def test_a_line_without_code_is_all_text() -> None:
    (reply,) = _lines(("s", b" bye\r\n"))
    assert reply.values("ftp.response.code") == ()
    assert reply.values("ftp.response.arg") == (" bye",)


def test_a_passive_port_is_reckoned_from_two_numbers() -> None:
    (reply,) = _lines(("s", b"227 Entering Passive Mode (10,0,0,2,195,80).\r\n"))
    assert reply.values("ftp.passive.ip") == (bytes((10, 0, 0, 2)),)
    assert reply.values("ftp.passive.port") == (195 * 256 + 80,)


def test_numbers_above_255_name_no_port() -> None:
    (reply,) = _lines(("s", b"227 Entering Passive Mode (10,0,0,2,300,80).\r\n"))
    assert reply.values("ftp.passive.port") == ()


def test_extended_commands_and_replies_name_ports() -> None:
    passive, active, active6, nonsense = _lines(
        ("s", b"229 Extended (|||51000|)\r\n"),
        ("c", b"EPRT |1|10.0.0.1|51001|\r\n"),
        ("c", b"EPRT |2|fd00::1|51002|\r\n"),
        ("c", b"EPRT |1|1.2.3|51002|\r\n"),
    )
    assert passive.values("ftp.epsv.port") == (51000,)
    assert active.values("ftp.eprt.ip") == (bytes((10, 0, 0, 1)),)
    assert active.values("ftp.eprt.port") == (51001,)
    assert active6.values("ftp.eprt.ipv6") == (b"\xfd" + bytes(14) + b"\1",)
    assert nonsense.values("ftp.eprt.port") == ()


def test_an_announced_connection_carries_a_file() -> None:
    data = [packet for packet in _session() if packet.has("ftp-data")]
    methods = [packet.values("ftp-data.setup-method")[0] for packet in data]
    assert methods == ["PASV", "PORT", "EPASV"]
    commands = [packet.values("ftp-data.command")[0] for packet in data]
    assert commands == ["RETR a.txt", "LIST", "EPRT |1|10.0.0.1|51001|"]
    assert data[0].values("tcp.payload") == (bytes(range(128, 256)),)


def test_a_server_that_connects_from_a_port_of_its_own_is_not_recognised() -> None:
    """Wireshark looks for the data of PORT and EPRT at the server's port 20 only."""
    own = [packet for packet in _session() if packet.values("tcp.srcport") in [(41999,), (41998,)]]
    assert [packet.has("ftp-data") for packet in own] == [False] * 6


def test_an_announcement_is_known_by_its_frame() -> None:
    session = _session()
    data = next(packet for packet in session if packet.has("ftp-data"))
    (number,) = data.values("ftp-data.setup-frame")
    assert session[int(number) - 1].values("ftp.response.code") == (227,)
    (number,) = data.values("ftp-data.command-frame")
    assert session[int(number) - 1].values("ftp.request.command") == ("RETR",)


def test_a_port_that_nobody_announced_carries_no_file() -> None:
    packets = dissected(*Talk(40001, 50000).open().server("PA", b"\x80\x81").sent)
    assert not packets[3].has("ftp-data")
