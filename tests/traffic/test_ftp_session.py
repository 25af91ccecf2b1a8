"""A session by ftplib: what cannot be had, and who connects."""

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import FtpSession, ftp_session
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import Pyftpd

COMMANDS = ("USER anonymous", "PASS x", "RETR a", "LIST", "QUIT")


def test_no_server_is_an_error_without_a_greeting() -> None:
    session = in_lab(Routed(), lambda lab: ftp_session(lab["c"], lab["s"].ip(), ("QUIT",)))
    assert session == FtpSession("", (), (), "[Errno 111] Connection refused")


def test_in_active_mode_the_server_connects() -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], Pyftpd(home={"a": b"hello"}))
        return ftp_session(lab["c"], lab["s"].ip(), COMMANDS, passive=False)

    session = in_lab(Routed(), work)
    verbs = [exchange.command.split()[0] for exchange in session.exchanges]
    assert verbs == ["USER", "PASS", "PORT", "RETR", "PORT", "LIST", "QUIT"]
    assert session.transfers[0].size == 5


def test_without_a_quit_the_client_just_hangs_up() -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], Pyftpd())
        return ftp_session(lab["c"], lab["s"].ip(), COMMANDS[:2])

    session = in_lab(Routed(), work)
    assert [exchange.command for exchange in session.exchanges] == ["USER anonymous", "PASS x"]
    assert session.error == ""


def test_a_server_that_hangs_up_breaks_the_session_off() -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], Pyftpd())
        return ftp_session(lab["c"], lab["s"].ip(), ("QUIT", "PWD"))

    session = in_lab(Routed(), work)
    assert session.exchanges[0].replies == ("221 Goodbye.",)
    assert session.exchanges[1].replies == ()
    assert session.error != ""
