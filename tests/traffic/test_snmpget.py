"""What snmpget says."""

from pathlib import Path
from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Snmp, snmpget

_KEPT = Path("/var/lib/snmp")


def _left() -> list[Path]:
    return sorted(_KEPT.rglob("*")) if _KEPT.is_dir() else []


def test_an_agent_that_is_not_there_gives_no_response_and_nothing_is_left(play: Any) -> None:
    def work(lab: Lab) -> tuple[Snmp, str]:
        return snmpget(lab["c"], lab["s"].ip()), lab["s"].ip()

    before = _left()
    result, agent = play(Lan(), work)
    assert result == Snmp("", f"Timeout: No Response from {agent}.")
    assert _left() == before
