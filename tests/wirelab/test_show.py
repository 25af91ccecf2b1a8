"""`lab show`: a page that teaches, in windows of all widths."""

import re
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner

from wirelab.cli import show_command
from wirelab.cli.show_command import span
from wirelab.cli.show_ladder import filter_lines
from wirelab.run.plan import plan
from wirelab.scenarios import CATALOGUE, Look, Setting


def _shown(*arguments: str, columns: int = 100) -> str:
    runner = CliRunner(env={"COLUMNS": str(columns)})
    ended = runner.invoke(show_command.command, arguments, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_a_page_has_its_parts_in_order() -> None:
    told = _shown("arp-cold-resolve")
    parts = ["The network", "Captured at", "What must be seen", "Look in Wireshark"]
    parts += ["In this network", "Read", "Run it"]
    places = [told.index(f"\n{part}\n") for part in parts]
    assert places == sorted(places)
    assert "x  x-eth0, towards s1" in told
    assert "${c.ip} is 192.168.10.10" in told
    assert re.search(r"\$\{c\.mac\}.*: known when it has run", told)


def test_a_look_tells_its_technique_and_what_that_is() -> None:
    told = " ".join(_shown("arp-cold-resolve").split())
    assert "!icmp exclusion (a filter with a ! in front shows everything but):" in told


def test_of_many_steps_that_differ_in_numbers_only_a_few_are_shown() -> None:
    told = _shown("arp-sweep")
    assert [f"ask{n} at c" in told for n in (0, 1, 2, 3, 30, 31)] == [True] * 3 + [False] * 2 + [
        True
    ]
    assert "… 28 more like these" in told
    assert "${lan0.ip} and 31 more" in told
    assert "more like these" not in _shown("dhcp-dora")


def test_a_setting_tells_its_values_and_changes_the_page() -> None:
    assert "--set mtu=1400\n      MTU of the link" in _shown("pmtud-df")
    assert "552 to 1499 bytes" in _shown("pmtud-df")
    assert "icmp.mtu == 1300" in _shown("pmtud-df", "--set", "mtu=1300")
    assert span(Setting("n", 1, "", minimum=1)) == "at least 1"
    assert span(Setting("n", 1, "", maximum=9, unit="s")) == "at most 9 s"
    assert span(Setting("n", 1, "")) == "a number"
    assert span(Setting("n", "a", "", choices=("a", "b"))) == "one of a, b"
    assert span(Setting("n", "a", "", pattern="[a-z]")) == "a text like this"


def test_marks_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    (job,) = plan(["unreach-net"], [], 0)
    look = Look("", "all of it", technique="packet list")
    odd = replace(job.scenario, slow=True, origin="crafted", look=(look,))
    show_command._show(replace(job, scenario=odd), 80)
    told = click.unstyle(capsys.readouterr().out)
    assert "slow: waits" in told
    assert "crafted: has packets" in told
    assert "\n  packet list (" in told


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("scenario", sorted(CATALOGUE))
def test_no_line_is_wider_than_the_window_unless_it_has_no_space(
    scenario: str, columns: int
) -> None:
    """A drawing and a single comparison are not broken."""
    for line in _shown(scenario, columns=columns).splitlines():
        if len(line) > columns:
            assert re.search(r"[─│┌└├┐┘┤┬┴┼]", line) or len(re.split(r" && ", line)) < 3, line


def test_a_broken_filter_is_whole_again_when_it_is_pasted() -> None:
    text = CATALOGUE["arp-cold-resolve"].look[0].filter + ' && dns.qry.name == "a && b" && icmp'
    assert " ".join("\n".join(filter_lines(text, 40, "  ")).split()) == text
