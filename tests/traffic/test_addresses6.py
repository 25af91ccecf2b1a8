"""The IPv6 addresses of an interface, as the kernel tells."""

import pytest
from traffic_labs import in_lab

from wirelab.emulator import CommandFailed, Lab
from wirelab.topologies.lan6 import Lan6
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import Address6, addresses6
from wirelab.traffic.clients.addresses6 import parse_addresses6

TOLD = """[{"ifname": "c-eth0", "addr_info": [
    {"family": "inet6", "local": "2001:db8::10", "prefixlen": 64, "scope": "global",
     "dynamic": true, "mngtmpaddr": true, "tentative": true,
     "valid_life_time": 3599, "preferred_life_time": 3599},
    {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link",
     "valid_life_time": 4294967295, "preferred_life_time": 4294967295}]}]"""


def test_what_ip_says_is_read() -> None:
    assert parse_addresses6(TOLD) == (
        Address6("2001:db8::10", 64, "global", 3599, made=True, tentative=True),
        Address6("fe80::1", 64, "link", None, made=False, tentative=False),
    )
    assert parse_addresses6("") == parse_addresses6("[{}]") == ()


def test_what_a_topology_gave_and_the_kernel_made_is_found() -> None:
    def work(lab: Lab) -> dict[str, str]:
        return {found.scope: found.ip for found in addresses6(lab["c"], "global")}

    found = in_lab(Routed6(), work)
    assert found["global"] == "2001:db8:10::10"
    assert found["link"].startswith("fe80::")


def test_an_address_that_does_not_come_is_waited_for_in_vain() -> None:
    def work(lab: Lab) -> str:
        with pytest.raises(CommandFailed, match="not settled") as caught:
            addresses6(lab["c"], "global", timeout=0.2)
        return str(caught.value)

    assert "c-eth0" in in_lab(Lan6(), work)
