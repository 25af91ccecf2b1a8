"""The web server: what it hands out, and what it says of it."""

import hashlib

from traffic_labs import in_lab, in_strangers_lab, open_to_strangers

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Curl, curl
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import Httpd
from wirelab.traffic.servers.httpd import parse_requests

_PAGE = bytes(range(256)) * 20


def _fetch(lab: Lab) -> tuple[Curl, Curl, dict[str, object]]:
    running = start(lab, lab["s"], Httpd(home={"page": _PAGE}))
    pages = [curl(lab["c"], f"http://{lab['s'].ip()}/{path}") for path in ("page", "none")]
    running.stop()
    return pages[0], pages[1], running.facts()


def test_it_hands_out_its_files_and_logs_who_asked() -> None:
    page, none, facts = in_lab(Routed(), _fetch)
    assert (page.response_code, page.sha256) == (200, hashlib.sha256(_PAGE).hexdigest())
    assert none.response_code == 404
    requests = facts["requests"]
    assert [(each["path"], each["status"]) for each in requests] == [("/page", 200), ("/none", 404)]
    assert requests[0]["port"] == page.local_port
    assert facts["files"]["page"]["size"] == len(_PAGE)


def test_a_single_user_id_is_enough_for_it() -> None:
    if open_to_strangers():
        assert in_strangers_lab(Routed(), _fetch)[0].response_code == 200


def test_a_request_without_an_answer_has_no_status() -> None:
    assert parse_requests("10.0.0.1:4711: url:/page\nnoise\n10.0.0.1:4712: response:200\n") == [
        {"client": "10.0.0.1", "port": 4711, "path": "/page", "status": None}
    ]
