"""TFTP: dnsmasq's configuration and log, and files fetched by two clients."""

import hashlib
from typing import Any

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Curl, Tftp, curl, tftp
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Tftpd
from wirelab.traffic.servers.tftpd import parse_log

FILE = bytes(range(256)) * 5
SHA256 = hashlib.sha256(FILE).hexdigest()


def test_a_file_is_fetched_by_both_clients(play: Any) -> None:
    def work(lab: Lab) -> tuple[Tftp, Curl, Any]:
        running = start(lab, lab["s"], Tftpd(home={"r1.cfg": FILE}))
        ip = lab["s"].ip()
        fetched = tftp(lab["c"], ip, "r1.cfg"), curl(lab["c"], f"tftp://{ip}/r1.cfg")
        running.stop()
        return *fetched, running.facts()

    plain, with_options, facts = play(Lan(), work)
    assert plain == Tftp("r1.cfg", 1280, SHA256, "")
    assert (with_options.exit_code, with_options.sha256) == (0, SHA256)
    assert facts["files"] == {"r1.cfg": {"size": 1280, "sha256": SHA256}}
    assert [(told["file"], told["ok"]) for told in facts["transfers"]] == [("r1.cfg", True)] * 2


def test_a_file_that_is_not_there_is_an_error() -> None:
    def work(lab: Lab) -> tuple[Tftp, Any]:
        running = start(lab, lab["s"], Tftpd())
        return tftp(lab["c"], lab["s"].ip(), "nothing"), running.facts()

    told, facts = in_lab(Lan(), work)
    assert (told.size, told.error.partition(":")[0]) == (0, "Error code 1")
    assert [(each["file"], each["ok"]) for each in facts["transfers"]] == [("nothing", False)]


def test_it_serves_nothing_but_tftp_on_its_nodes_first_interface(place: Place) -> None:
    lines = str(Tftpd().files(place)["tftpd.conf"]).splitlines()
    assert {"port=0", "enable-tftp", "interface=s-eth0", f"tftp-root={place.folder}/home"} <= set(
        lines
    )


LOG = """\
Nov 25 15:03:59 dnsmasq-tftp[4]: TFTP root is /home
Nov 25 15:03:59 dnsmasq-tftp[4]: sent /home/a b.cfg to 192.168.10.10
Nov 25 15:04:02 dnsmasq-tftp[4]: file /home/nope not found for 192.168.10.11
Nov 25 15:04:03 dnsmasq-tftp[4]: failed sending /home/a to 192.168.10.12
"""


def test_its_log_is_read() -> None:
    assert parse_log(LOG, "/home/") == [
        {"file": "a b.cfg", "client": "192.168.10.10", "ok": True},
        {"file": "nope", "client": "192.168.10.11", "ok": False},
        {"file": "a", "client": "192.168.10.12", "ok": False},
    ]
