"""The catalogue: one module a protocol family, one function a scenario."""

from wirelab.scenarios import arp, dhcp, dns, fragmentation, ftp, icmp, ipv6
from wirelab.scenarios.scenario import Scenario, Setting, SettingError, scenario
from wirelab.scenarios.stage import NotSeen, Stage

CATALOGUE: dict[str, Scenario] = {
    found.id: found
    for family in (arp, fragmentation, icmp, ipv6, dhcp, dns, ftp)
    for found in vars(family).values()
    if isinstance(found, Scenario)
}
"""Every scenario by its id, family by family, in the order of the files."""

__all__ = [
    "CATALOGUE",
    "NotSeen",
    "Scenario",
    "Setting",
    "SettingError",
    "Stage",
    "scenario",
]
