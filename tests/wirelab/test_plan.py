"""Planning a run: names, families, settings, and what is refused."""

import pytest

from wirelab.run.plan import PlanError, plan
from wirelab.scenarios import CATALOGUE


def test_nothing_named_means_all() -> None:
    assert [job.scenario.id for job in plan([], [], 0)] == list(CATALOGUE)


def test_a_family_is_all_its_scenarios() -> None:
    assert {job.scenario.family for job in plan(["icmp"], [], 0)} == {"icmp"}


def test_a_name_given_twice_runs_once() -> None:
    assert len(plan(["frag-router", "frag-router"], [], 0)) == 1


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(PlanError, match="did you mean frag-router"):
        plan(["frag-ruoter"], [], 0)


def test_a_setting_is_given_to_the_scenarios_that_have_it() -> None:
    jobs = {job.scenario.id: job.settings for job in plan(["fragmentation"], ["mtu=1300"], 0)}
    assert jobs["frag-router"]["mtu"] == jobs["pmtud-df"]["mtu"] == 1300
    assert "mtu" not in jobs["frag-source"]


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("mut=1300", "did you mean mtu"),
        ("mtu=67", "68 to 1499 bytes, not 67"),
        ("mtu=70000", "68 to 1499 bytes, not 70000"),
        ("mtu=big", "a number, not 'big'"),
        ("mtu", "name=value"),
    ],
)
def test_a_bad_setting_is_refused(assignment: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(["frag-router"], [assignment], 0)


def test_a_word_has_the_form_that_its_setting_wants() -> None:
    (job,) = plan(["ftp-passive"], ["file=photo-1.png"], 0)
    assert job.settings["file"] == "photo-1.png"
    with pytest.raises(PlanError, match=r"file looks like logo.png, unlike 'a b'"):
        plan(["ftp-passive"], ["file=a b"], 0)
