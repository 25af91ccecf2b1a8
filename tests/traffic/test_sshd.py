"""OpenSSH: a file by SFTP, and who is let in."""

import hashlib
from typing import Any

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Sftp, SshKey, sftp, ssh_key
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Sshd
from wirelab.traffic.servers.sshd import parse_log

FILE = bytes(range(256)) * 20
SHA256 = hashlib.sha256(FILE).hexdigest()


def _fetched(lab: Lab, file: str, *, stranger: bool = False) -> tuple[Sftp, dict[str, Any]]:
    host, user, other = (ssh_key(lab[node]) for node in ("s", "c", "c"))
    running = start(lab, lab["s"], Sshd(host, user.public, "chris", {"logo.png": FILE}))
    key = other if stranger else user
    address = lab["s"].ip()
    found = sftp(lab["c"], address, file, user="chris", key=key, host_key=host.public)
    running.stop()
    return found, running.facts()


def test_a_file_is_fetched(play: Any) -> None:
    found, facts = play(Routed(), lambda lab: _fetched(lab, "logo.png"))
    assert (found.size, found.sha256, found.error) == (len(FILE), SHA256, "")
    assert found.received.size > len(FILE) > found.sent.size > 1000
    assert facts["files"]["logo.png"] == {"size": len(FILE), "sha256": SHA256}
    assert [login["user"] for login in facts["logins"]] == ["chris"]
    assert facts["transfers"] == [{"file": "logo.png", "read": len(FILE), "written": 0}]


def test_a_file_that_is_not_there_is_an_error() -> None:
    found, facts = in_lab(Routed(), lambda lab: _fetched(lab, "nothing"))
    assert (found.size, facts["transfers"]) == (0, [])
    assert "not found" in found.error


def test_whoever_has_another_key_is_not_let_in() -> None:
    found, facts = in_lab(Routed(), lambda lab: _fetched(lab, "logo.png", stranger=True))
    assert (found.size, facts["logins"]) == (0, [])
    assert "Permission denied" in found.error


def test_its_user_stands_in_a_passwd_of_its_own(place: Place) -> None:
    files = Sshd(SshKey("private", "public"), "ssh-ed25519 AAAA", "ada").files(place)
    assert files["passwd"] == f"ada:x:1000:1000::{place.folder}/home:/bin/sh\n"
    assert files["authorized_keys"] == "ssh-ed25519 AAAA\n"
    assert f"HostKey {place.folder}/host_key" in str(files["sshd_config"]).splitlines()


LOG = """\
Accepted publickey for chris from 192.168.10.10 port 37788 ssh2: ED25519 SHA256:sRiO
open "/home/a b.png" flags READ mode 0666
close "/home/a b.png" bytes read 5120 written 0
"""


def test_its_log_is_read() -> None:
    assert parse_log(LOG, "/home/") == {
        "logins": [{"user": "chris", "client": "192.168.10.10"}],
        "transfers": [{"file": "a b.png", "read": 5120, "written": 0}],
    }
