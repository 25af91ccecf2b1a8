"""`lab list`: the catalogue at a glance, and parts of it."""

import subprocess
import sys
from dataclasses import replace

import pytest

from wirelab.cli import list_command
from wirelab.scenarios import CATALOGUE


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue with a slow and a crafted scenario in it."""
    port = replace(CATALOGUE["unreach-port"], slow=True)
    net = replace(CATALOGUE["unreach-net"], slow=True, origin="crafted")
    changed = {**CATALOGUE, port.id: port, net.id: net}
    monkeypatch.setattr(list_command, "CATALOGUE", changed)


def _listed(*arguments: str) -> str:
    from click.testing import CliRunner

    return CliRunner().invoke(list_command.command, arguments).output


def test_words_choose_and_all_of_them_count() -> None:
    told = _listed("UNREACH", "port")
    assert "unreach-port" in told
    assert "unreach-net" not in told
    assert "1 scenario;" in told


def test_a_field_chooses_who_speaks_of_it_and_a_protocol_who_speaks_of_any_of_its_fields() -> None:
    assert "pmtud-df" in _listed("--field", "icmp.mtu")
    assert "frag-source" not in _listed("--field", "icmp.mtu")
    assert "dns-recursion" in _listed("--field", "dns")


def test_marks_stand_behind_titles_can_be_looked_for_and_are_explained(marked: None) -> None:
    told = _listed("crafted")
    assert "has no route. [slow, crafted]" in told
    assert "unreach-port" not in told
    assert "[crafted] has packets" in told
    assert "[slow] waits" not in _listed("arp")
    assert "unreach-port" in _listed("slow")


def test_a_pipe_gets_a_line_a_scenario() -> None:
    lines = _listed().splitlines()
    assert [
        line for line in lines if line.startswith("  ") and line.split()[0] not in CATALOGUE
    ] == []


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_in_a_window_no_line_is_wider_than_it(columns: int) -> None:
    lines = list(list_command._lines(list(CATALOGUE.values()), columns))
    import click

    assert max(len(click.unstyle(line)) for line in lines) <= columns


def test_listing_imports_nothing_that_is_slow() -> None:
    """A third of a second would be felt; what takes it is not needed to name scenarios."""
    asked = (
        "import sys; from wirelab.cli import list_command;"
        "print({name.partition('.')[0] for name in sys.modules}"
        " & {'numpy', 'pyroute2', 'scapy', 'rich', 'jinja2', 'setuptools', 'distutils'})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "set()\n"
