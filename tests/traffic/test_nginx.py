"""nginx: files over HTTPS, with a certificate of this run."""

import hashlib
from typing import Any

import pytest
from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import Curl, curl
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Certificate, Nginx, certificate

FILE = b"<p>hello</p>" * 400
NAME = "www.example.test"


def _fetched(lab: Lab, version: str, *, trusting: bool = True) -> tuple[Curl, dict[str, Any]]:
    own = certificate(lab["s"], NAME)
    running = start(lab, lab["s"], Nginx(own, {"page.html": FILE}, version))
    found = curl(
        lab["c"],
        f"https://{NAME}/page.html",
        trust=own.certificate if trusting else "",
        options=("--resolve", f"{NAME}:443:{lab['s'].ip()}"),
    )
    running.stop()
    return found, running.facts()


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_file_is_fetched_and_its_secrets_are_told(version: str, play: Any) -> None:
    found, facts = play(Routed(), lambda lab: _fetched(lab, version))
    assert (found.exit_code, found.response_code) == (0, 200), found.error
    assert found.sha256 == hashlib.sha256(FILE).hexdigest()
    wanted = "SERVER_TRAFFIC_SECRET_0 " if version == "1.3" else "CLIENT_RANDOM "
    assert wanted in found.key_log
    (request,) = facts["requests"]
    assert (request["host"], request["version"]) == (NAME, f"TLSv{version}")
    assert (request["status"], request["bytes"]) == (200, len(FILE))


def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    found, facts = in_lab(Routed(), lambda lab: _fetched(lab, "1.3", trusting=False))
    assert found.exit_code == 60
    assert facts["requests"] == []


def test_its_configuration_stays_in_its_folder(place: Place) -> None:
    files = Nginx(Certificate("the key", "the certificate")).files(place)
    config = str(files["nginx.conf"])
    assert f"ssl_certificate_key {place.folder}/key.pem;" in config
    assert "ssl_protocols TLSv1.3;" in config
    assert files["key.pem"] == "the key"
