"""vsftpd and pyftpdlib: their configuration, logs and service."""

import hashlib
import json
from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import DaemonDied, Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Curl, FtpSession, curl, ftp_session
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Pyftpd, User, Vsftpd
from wirelab.traffic.servers.vsftpd import parse_log

FILES = {"logo.png": bytes(range(256)) * 23, "docs/empty": b""}
SHA256 = hashlib.sha256(FILES["logo.png"]).hexdigest()
SERVERS = {
    "vsftpd": Vsftpd(home=FILES, passive_ports=(50007, 50007)),
    "pyftpd": Pyftpd(users=(User("anonymous"), User("chris"), User("bob", "secret")), home=FILES,
                     passive_ports=(50007, 50007)),
}  # fmt: skip
EACH_SERVER = pytest.mark.parametrize("server", SERVERS)


def _replies(session: FtpSession) -> dict[str, list[str]]:
    return {
        exchange.command: [reply[:3] for reply in exchange.replies]
        for exchange in session.exchanges
    }


@EACH_SERVER
def test_a_file_is_fetched_in_passive_mode(server: str, play: Any) -> None:
    def work(lab: Lab) -> tuple[FtpSession, dict[str, Any], str]:
        running = start(lab, lab["s"], SERVERS[server])
        session = ftp_session(
            lab["c"],
            lab["s"].ip(),
            ("USER anonymous", "PASS me@example.test", "SYST", "PWD", "TYPE I", "SIZE logo.png",
             "CWD logo.png", "RETR logo.png", "RETR nothing", "QUIT"),
        )  # fmt: skip
        running.stop()
        return session, running.facts(), running.place.log.read_text()

    session, facts, log = play(Routed(), work)
    assert session.greeting == "220 Welcome"
    assert (session.error, _replies(session)) == (
        "",
        {
            "USER anonymous": ["331"],
            "PASS me@example.test": ["230"],
            "SYST": ["215"],
            "PWD": ["257"],
            "TYPE I": ["200"],
            "SIZE logo.png": ["213"],
            "CWD logo.png": ["550"],
            "PASV": ["227"],
            "RETR logo.png": ["150", "226"],
            "RETR nothing": ["550"],
            "QUIT": ["221"],
        },
    )
    fetched = session.transfers[0]
    assert (fetched.port, fetched.size, fetched.sha256) == (50007, 5888, SHA256)
    assert len(session.transfers) == 1
    assert facts["files"]["logo.png"] == {"size": 5888, "sha256": SHA256}
    assert [(t["file"], t["bytes"], t["ok"]) for t in facts["transfers"] if t["ok"]] == [
        ("logo.png", 5888, True)
    ]
    assert [login["ok"] for login in facts["logins"]] == [True]
    assert "Traceback" not in log


@EACH_SERVER
def test_curl_fetches_too(server: str) -> None:
    def work(lab: Lab) -> tuple[Curl, Curl, Curl]:
        start(lab, lab["s"], SERVERS[server])
        logo, nothing = (f"ftp://{lab['s'].ip()}/{name}" for name in ("logo.png", "nothing"))
        extended = curl(lab["c"], logo, extended=True)
        return curl(lab["c"], logo), extended, curl(lab["c"], nothing)

    found, extended, missing = in_lab(Routed(), work)
    assert (found.exit_code, found.response_code, found.sha256) == (0, 226, SHA256)
    assert (extended.exit_code, extended.sha256) == (0, SHA256)
    assert (missing.exit_code, missing.response_code, missing.sha256) == (78, 550, "")


@pytest.mark.parametrize(
    "server",
    [Vsftpd(writable=True), Pyftpd(users=(User("anonymous", writable=True),))],
    ids=SERVERS,
)
def test_who_may_write_stores_a_file(server: Vsftpd | Pyftpd, play: Any) -> None:
    def work(lab: Lab) -> tuple[FtpSession, dict[str, Any], bytes]:
        running = start(lab, lab["s"], server)
        commands = ("USER anonymous", "PASS x", "TYPE I", "STOR new.png", "QUIT")
        session = ftp_session(lab["c"], lab["s"].ip(), commands, files={"new.png": b"\0\r\n" * 999})
        running.stop()
        return session, running.facts(), (running.place.folder / "home/new.png").read_bytes()

    session, facts, stored = play(Routed(), work)
    assert _replies(session)["STOR new.png"] == ["150", "226"]
    assert session.transfers[0].size == 2997
    assert stored == b"\0\r\n" * 999
    (transfer,) = facts["transfers"]
    assert (transfer["kind"], transfer["file"], transfer["bytes"]) == ("upload", "new.png", 2997)


@EACH_SERVER
def test_who_may_not_write_stores_nothing(server: str) -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], SERVERS[server])
        commands = ("USER anonymous", "PASS x", "STOR new.png", "QUIT")
        return ftp_session(lab["c"], lab["s"].ip(), commands, files={"new.png": b"x"})

    assert _replies(in_lab(Routed(), work))["STOR new.png"] == ["550"]


def test_in_active_mode_vsftpd_connects_from_the_port_for_data() -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], SERVERS["vsftpd"])
        commands = ("USER anonymous", "PASS x", "RETR logo.png", "QUIT")
        return ftp_session(lab["c"], lab["s"].ip(), commands, passive=False)

    (transfer,) = in_lab(Routed(), work).transfers
    assert (transfer.port, transfer.size) == (20, 5888)


def test_named_users_need_their_passwords() -> None:
    def work(lab: Lab) -> tuple[list[FtpSession], dict[str, Any]]:
        running = start(lab, lab["s"], SERVERS["pyftpd"])
        sessions = [
            ftp_session(lab["c"], lab["s"].ip(), (f"USER {user}", f"PASS {password}", "PWD"))
            for user, password in (("bob", "secret"), ("bob", "wrong"), ("chris", ""))
        ]
        return sessions, running.facts()

    sessions, facts = in_lab(Routed(), work)
    assert [s.exchanges[1].replies[0][:3] for s in sessions] == ["230", "530", "230"]
    assert sessions[0].exchanges[2].replies == ('257 "/" is the current directory.',)
    assert [(login["user"], login["ok"]) for login in facts["logins"]] == [
        ("bob", True),
        ("bob", False),
        ("chris", True),
    ]


def test_vsftpd_lets_nobody_in_but_the_anonymous() -> None:
    def work(lab: Lab) -> FtpSession:
        start(lab, lab["s"], SERVERS["vsftpd"])
        return ftp_session(lab["c"], lab["s"].ip(), ("USER chris", "QUIT"))

    assert _replies(in_lab(Routed(), work)) == {"USER chris": ["530"], "QUIT": ["221"]}


def test_a_server_that_cannot_listen_is_reported() -> None:
    def work(lab: Lab) -> None:
        start(lab, lab["c"], _Elsewhere())

    with pytest.raises(DaemonDied, match="pyftpd on c ended with exit status 1") as caught:
        in_lab(Routed(), work)
    assert "Cannot assign requested address" in caught.value.log_tail


class _Elsewhere(Pyftpd):
    """It listens at an address that is not its node's."""

    def files(self, place: Place) -> dict[str, str | bytes]:
        files = super().files(place)
        config = json.loads(files["pyftpd.json"]) | {"address": "203.0.113.1"}
        return files | {"pyftpd.json": json.dumps(config)}


def test_vsftpds_settings_are_lines_of_its_configuration(place: Place) -> None:
    config = str(Vsftpd(passive_ports=(50000, 50010), banner="Hello").files(place)["vsftpd.conf"])
    assert {
        "listen_address=192.168.10.1",
        "ftpd_banner=Hello",
        "pasv_min_port=50000",
        "pasv_max_port=50010",
        f"anon_root={place.folder}/home",
    } <= set(config.splitlines())


LOG = """\
Mon Nov 23 11:35:44 2026 [pid 44] CONNECT: Client "10.0.0.10"
Mon Nov 23 11:35:44 2026 [pid 44] [ftp] OK LOGIN: Client "10.0.0.10", anon password "me"
Mon Nov 23 11:35:44 2026 [pid 44] [ftp] OK DOWNLOAD: Client "10.0.0.10", \
"/home/docs/a b.png", 5817 bytes, 16513.56Kbyte/sec
Mon Nov 23 11:35:45 2026 [pid 45] [bob] FAIL LOGIN: Client "10.0.0.11"
"""


def test_vsftpds_log_is_read() -> None:
    assert parse_log(LOG, "/home/") == {
        "logins": [
            {"user": "ftp", "client": "10.0.0.10", "ok": True},
            {"user": "bob", "client": "10.0.0.11", "ok": False},
        ],
        "transfers": [
            {
                "kind": "download",
                "file": "docs/a b.png",
                "bytes": 5817,
                "client": "10.0.0.10",
                "ok": True,
            }
        ],
    }
