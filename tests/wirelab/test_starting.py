"""`lab new` writes files that run as they are, and overwrites none."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wirelab.cli.main import lab
from wirelab.emulator import Lab, sandbox
from wirelab.run import Status, plan, run_jobs
from wirelab.scenarios.own import load, topologies
from wirelab.starting import Kind, text


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(*arguments: str) -> Result:
    return CliRunner().invoke(lab, ["new", *arguments])


def test_a_scenario_runs_as_it_is(here: Path) -> None:
    ended = new("scenario", "first-ping")
    assert ended.output.endswith("  lab run ./first_ping.py\n")
    (scenario,) = load(Path("first_ping.py"))
    assert (scenario.id, scenario.play.__name__) == ("first-ping", "first_ping")
    (outcome,) = run_jobs(plan(["./first_ping.py"], [], 0), here / "out", 1)
    assert outcome.status is Status.PASSED, outcome.explanation


def lost(path: str, name: str) -> float:
    with Lab(topologies(Path(path))[name]()) as net:
        dropped: float = net.pingAll()
        return dropped


def test_everybody_reaches_everybody_in_a_topology(here: Path) -> None:
    ended = new("topology", "branch-office")
    assert ended.output.endswith("  from branch_office import BranchOffice\n")
    assert sandbox.call(lost, "branch_office.py", "branch-office") == 0


def test_a_topology_is_one_of_stock_mininet(here: Path) -> None:
    new("topology", "branch")
    found: dict[str, object] = {}
    exec(Path("branch.py").read_text(), found)
    assert isinstance(found["topos"], dict)
    assert "wirelab" not in Path("branch.py").read_text()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", ["x", "a-b-c", "ping6", "lan-2"])
def test_nothing_of_the_model_is_left_under_another_name(kind: Kind, name: str) -> None:
    written = text(kind, name)
    for word in (f"my-{kind}", f"my_{kind}", f"My{kind.capitalize()}", "fmt: skip"):
        assert word not in written
    compile(written, name, "exec")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("scenario", "First Ping"), "not 'First Ping'; did you mean first-ping?"),
        (("scenario", "first_ping.py"), "did you mean first-ping?"),
        (("scenario", "-o", "x.py", "../up"), "did you mean up?"),
        (("scenario", "9lives"), "a scenario's name is small letters"),
        (("scenario", "class"), "'class' is a word of Python; add another to it: my-class"),
        (("scenario", "arp-cold-resolve"), "the catalogue has a 'arp-cold-resolve'"),
        (("scenario", "dhcp"), "the catalogue has a 'dhcp'"),
        (("scenario", "all"), "the catalogue has a 'all'"),
        (("topology", "names"), "the catalogue has a 'names'; add a word to it: my-names"),
        (("topology", "random"), "Python has a module 'random'; call the file my_random.py"),
        (("topology", "mininet"), "Python has a module 'mininet'"),
        (("topology", "branch", "-o", "branch.txt"), "branch.txt is no name of a Python file"),
        (("topology", "branch", "-o", "my-branch.py"), "my-branch.py could not be imported"),
        (("topology", "branch", "-o", "lab/branch.py"), "no folder lab; did you mean labs?"),
        (("topology", "branch", "-o", "/proc/branch.py"), "/proc/branch.py cannot be written"),
        (("topology", "branch", "-o", "there.py"), "there.py is there already; give another"),
        (("network", "branch"), "network"),
        (("scenario",), "'NAME'"),
        ((), "say what to write: scenario NAME, or topology NAME"),
    ],
)
def test_what_cannot_be_is_one_line(here: Path, arguments: tuple[str, ...], message: str) -> None:
    (here / "labs").mkdir()
    (here / "there.py").write_text("mine\n")
    before = sorted(here.iterdir())
    ended = new(*arguments)
    assert ended.exit_code == 2
    assert message in ended.output
    assert len(ended.output.splitlines()) == 1
    assert sorted(here.iterdir()) == before
    assert (here / "there.py").read_text() == "mine\n"


def test_another_file_may_be_given(here: Path) -> None:
    place = here / "deep"
    place.mkdir()
    assert new("scenario", "first-ping", "-o", str(place / "a.py")).exit_code == 0
    assert [each.id for each in load(place / "a.py")] == ["first-ping"]
    assert list(here.iterdir()) == [place]
