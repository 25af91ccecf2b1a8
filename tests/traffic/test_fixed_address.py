"""dhcpcd with a fixed address."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.dhcp import Dhcp
from wirelab.traffic.clients import FixedAddress
from wirelab.traffic.daemon import Place, place_of, write_files


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
    def work(lab: Lab) -> tuple[int, str]:
        c, client = lab["c"], FixedAddress(f"{lab['s'].ip()}/24")
        place = place_of(c, client.name, lab.scratch, lab.logs)
        write_files(place, client.files(place))
        ended = c.run(client.argv(place), check=False)
        return ended.returncode, ended.stdout + ended.stderr

    status, said = play(Dhcp(), work)
    assert status == 1
    assert "claims 192.168.10.1" in said
    assert "using static address" not in said
