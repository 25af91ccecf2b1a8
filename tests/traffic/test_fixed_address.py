"""dhcpcd with a fixed address."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import FixedAddress
from wirelab.traffic.daemon import Place, start


def test_its_address_is_in_its_configuration(place: Place) -> None:
    files = FixedAddress("192.168.10.77/24").files(place)
    assert "static ip_address=192.168.10.77/24" in str(files["dhcpcd.conf"]).splitlines()


def test_it_is_ready_when_it_probes(place: Place) -> None:
    client = FixedAddress("192.168.10.77/24")
    assert not client.ready(place, frozenset())
    place.log.write_text(
        "c-eth0: probing address 192.168.10.77/24\nc-eth0: probing for 192.168.10.77\n"
    )
    assert client.ready(place, frozenset())


def test_it_finds_that_an_address_is_taken_and_gives_up(play: Any) -> None:
    def work(lab: Lab) -> dict[str, object]:
        running = start(lab, lab["c"], FixedAddress(f"{lab['s'].ip()}/24"))
        running.process.wait(20)
        return running.facts()

    did = play(Dhcp(), work)["did"]
    assert any("claims 192.168.10.1" in line for line in did)
    assert not any("using" in line for line in did)
