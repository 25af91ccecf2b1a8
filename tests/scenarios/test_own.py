"""A file of one's own is as good as one of the catalogue; a slip in it is one line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wirelab.run import Status, plan, run_jobs
from wirelab.run.plan import select
from wirelab.scenarios import CATALOGUE, ScenarioError
from wirelab.scenarios.own import load, topologies
from wirelab.scenarios.soundness import faults
from wirelab.starting import Kind, text

FILE = text(Kind.SCENARIO, "my-scenario")
BRANCH = text(Kind.TOPOLOGY, "branch")


def changed(*changes: tuple[str, str], whole: str = FILE) -> str:
    for before, after in changes:
        assert before in whole
        whole = whole.replace(before, after, 1)
    return whole


def written(folder: Path, content: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def lab(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-P", "-m", "wirelab", *arguments]
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_file_from_anywhere_joins_those_of_the_catalogue(tmp_path: Path) -> None:
    path = written(tmp_path, FILE)
    chosen = select([str(path), "arp-cold-resolve"])
    assert [each.id for each in chosen] == ["arp-cold-resolve", "my-scenario"]
    assert chosen[1].family == "mine"
    assert select([str(path), f"{path}:my-scenario"]) == [chosen[1]]


def test_it_is_planned_shown_listed_run_judged_and_mutated(tmp_path: Path) -> None:
    written(tmp_path, FILE, "my_scenario.py")
    for command in (
        ["show", "./my_scenario.py"],
        ["list", "./my_scenario.py"],
        ["run", "./my_scenario.py"],
        ["verify", "out/my-scenario/capture.pcapng", "--expect", "./my_scenario.py"],
        ["verify", "out/my-scenario/capture.pcapng", "--expect", "my_scenario.py:my-scenario"],
    ):
        ended = lab(*command, cwd=tmp_path)
        assert (ended.returncode, ended.stderr) == (0, ""), command
        if command[0] == "show":
            assert "lab run ./my_scenario.py" in ended.stdout
    capture = "out/my-scenario/capture.pcapng"
    for command in (
        ["mutate", "./my_scenario.py"],
        ["mutate", "--capture", capture, "--expect", "./my_scenario.py"],
    ):
        ended = lab(*command, "--most", "4", cwd=tmp_path)
        assert ended.stdout.count("4 of 4 frames mutated") == 1, ended.stderr
    ended = lab("verify", "out/my-scenario/capture.pcapng", cwd=tmp_path)
    assert ended.returncode == 2
    assert "was made by my-scenario, which is not in the catalogue" in ended.stderr


def test_of_several_scenarios_a_capture_is_judged_by_its_own(tmp_path: Path) -> None:
    other = FILE[FILE.index("@scenario") :].replace("my-scenario", "other")
    other = other.replace("my_scenario", "other").replace("count=1", "count=1, size=100")
    path = written(tmp_path, f"{FILE}\n\n{other}")
    list(run_jobs(plan([f"{path}:other"], [], 0), tmp_path / "out", 1))
    captures = ["out/other/capture.pcapng", "--expect", "mine.py"]
    ended = lab("verify", *captures, cwd=tmp_path)
    assert ended.stdout.startswith("PASS other ")
    capture = tmp_path / "out/other/capture.pcapng"
    foreign = tmp_path / "foreign.pcapng"
    foreign.write_bytes(capture.read_bytes().replace(b'"other"', b'"else!"'))
    ended = lab("verify", "foreign.pcapng", "--expect", "mine.py", cwd=tmp_path)
    assert ended.returncode == 2
    assert "expect one of mine.py:my-scenario, mine.py:other" in ended.stderr


def test_a_topology_lies_beside_it_or_in_it(tmp_path: Path) -> None:
    written(tmp_path, BRANCH, "branch.py")
    imported = "from wirelab.topologies.lan import Lan\n"
    expected = [("topology=Lan", "topology=Branch"), ("${s.mac}", "${r1.mac}"),
                ("${s.ip}", "${r1.ip}"), ("arp.src.proto_ipv4 == ${s.ip}",
                                          "arp.src.proto_ipv4 == ${r1.ip}")]  # fmt: skip
    for number, brings in enumerate(
        (
            "from branch import Branch\n",
            "from .branch import Branch\n",
            BRANCH.partition('"""\n')[2],
        )
    ):
        content = changed((imported, brings), *expected)
        path = written(tmp_path, content, f"mine{number}.py")
        (outcome,) = run_jobs(plan([str(path)], [], 0), tmp_path / "out", 1)
        assert outcome.status is Status.PASSED, outcome.explanation
    assert list(topologies(tmp_path / "branch.py")) == ["branch"]
    assert not list(tmp_path.glob("**/__pycache__"))


def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, f"IDENTITY = '{folder}-scenario'\n", "names.py")
        content = changed(
            ('"my-scenario"', "IDENTITY"),
            ("from wirelab.verify", "from names import IDENTITY\nfrom wirelab.verify"),
        )  # fmt: skip
        written(tmp_path / folder, content)
    both = select([str(tmp_path / folder / "mine.py") for folder in ("a", "b")])
    assert [each.id for each in both] == ["a-scenario", "b-scenario"]


def test_what_python_brings_is_not_hidden_by_a_file_beside(tmp_path: Path) -> None:
    written(tmp_path, "raise AssertionError\n", "random.py")
    content = changed(("from wirelab.verify", "import random\nrandom.Random\nfrom wirelab.verify"))
    assert load(written(tmp_path, content))


ANY = [
    (("seq, step", "seq, step, setp"), "line 10: ImportError: .*verify'; did you mean step"),
    (("import ping", "import pong"), "line 9: ImportError: .*did you mean ping"),
    (("topologies.lan", "topologies.lna"), r"line 8: Mod.*; did you mean wirelab\.topologies\.lan"),
    (("from wirelab.top", "from bra import Branch\nfrom wirelab.top"),
     "line 8: ModuleNotFoundError: No module named 'bra'; did you mean branch"),
    (("from wirelab.top", "import numpi\nfrom wirelab.top"), "'numpi'; nothing of that name is"),
    (("topology=Lan", "topology=Lann"), r"line \d+.*: NameError: .*; did you mean Lan\?"),
    (('step("reply",', 'forwarded("reply",'),
     "'my-scenario': NameError: .*; import it: from wirelab.verify import forwarded"),
    (("topology=Lan", "toplogy=Lan"), "TypeError: .*'toplogy'; did you mean topology"),
    (("topology=Lan,", "topology=Lan"), r"line \d+: invalid syntax. Perhaps you forgot a comma"),
    (('    ping(lab["c"]', '  ping(lab["c"]'), r"line \d+: "),
    (("icmp.type == 8", "icmp.typ == 8"),
     "line 34, in 'my-scenario': 'icmp.typ' is no field.*mean icmp.type .*column 1 of"),
    (("icmp.type == 8 &&", "icmp.type == 8 & &"), r"line \d+, in 'my-scenario': .*\(column"),
    (("${echo.icmp.seq}", "${ehco.icmp.seq}"), r"ehco.icmp.seq\} is neither .*; did you mean echo"),
    (("${echo.icmp.seq}", "${echo.icmp.sqe}"), r"'icmp.sqe' is no field; did you mean icmp.seq"),
    (("ip.src == ${c.ip}", "ip.src == ${cc.ip}"),
     r"mine.py, line \d+, .*: \$\{cc.ip\} is neither of a step nor of a node; did you mean"),
    (("ip.src == ${c.ip}", "ip.src == ${c.address}"), "has ip, ip6, ll6, mac, not 'address'"),
    (('"c-eth0"', '"c-eth1"'),
     r"mine.py, line 19, .*: point 'c' is at 'c-eth1', which is no interface of Lan; did you mean"),
    (('at="c"', 'at="lan"'), r"mine.py, line \d+, .*: 'lan' is no point; there are c"),
    (('points={"c": "c-eth0"}', "points={}"), "it is captured nowhere"),
    (('points={"c": "c-eth0"}', 'points={"c": "c-eth0", "s": "s-eth0"}'), None),
    (('        at="c",\n', ""), None),
    (('"my-scenario"', '"arp-cold-resolve"'), "the catalogue has a scenario of this name"),
    (('"my-scenario"', '"../escape"'), "a name is of small letters, digits"),
    (('@scenario(', "def nothing("), r"line \d+: "),
    (('topology=Lan', 'topology=Lan, fixed={"mtu": 1400}'), "TypeError: .*'mtu'"),
    (('look=(Look("arp || icmp"', 'look=(Look("arp || icpm"'), "mean icmp"),
    (('closed=["arp", "icmp"]', 'closed=["arp", "icmp"], of="x"'), "TypeError: .*'of'"),
    (("expect=seq(", "expect=[1] or seq("), r"my-scenario': expect is an Item such as seq\(…\)"),
    (("expect=seq(", "expect=lambda _settings: [1] or seq("), "expect is an Item such .* a list"),
    (("(lab: Stage) ->", "() ->"), r"takes the stage and nothing else: def my_scenario\(lab: S"),
    (("def my_", "async def my_"), "my_scenario is a plain function: def, not async def"),
    (("    ping(lab", "    yield ping(lab"), "my_scenario is a plain function, without yield"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), ANY)
def test_a_slip_is_told_in_one_line_with_its_place_and_mend(
    tmp_path: Path, change: tuple[str, str], message: str | None
) -> None:
    written(tmp_path, BRANCH, "branch.py")
    path = written(tmp_path, changed(change))
    if message is None:
        assert load(path)
        return
    with pytest.raises(ScenarioError, match=message) as told:
        load(path)
    assert "\n" not in str(told.value)
    assert str(told.value).startswith(f"{path}, line ")


def test_a_slip_in_a_file_beside_it_is_told_with_that_file(tmp_path: Path) -> None:
    written(tmp_path, changed(("def build", "def build("), whole=BRANCH), "branch.py")
    path = written(tmp_path, changed(("from wirelab.top", "import branch\nfrom wirelab.top")))
    with pytest.raises(ScenarioError, match=rf"^{tmp_path}/branch.py, line 16: "):
        load(path)


def test_a_slip_in_drawing_the_network_is_told_with_that_file(tmp_path: Path) -> None:
    written(tmp_path, changed(("addSwitch", "addSwich"), whole=BRANCH), "branch.py")
    brings = ("from wirelab.topologies.lan import Lan", "from branch import Branch as Lan")
    path = written(tmp_path, changed(brings))
    with pytest.raises(
        ScenarioError,
        match=r"branch.py, line 19: AttributeError: .*addSwich'; did you mean addSwitch",
    ):
        load(path)


def test_a_link_to_nobody_is_told_with_who_is_there(tmp_path: Path) -> None:
    written(tmp_path, changed(("addLink(c, left)", 'addLink(c, "s3")'), whole=BRANCH), "branch.py")
    brings = ("from wirelab.topologies.lan import Lan", "from branch import Branch as Lan")
    path = written(tmp_path, changed(brings))
    with pytest.raises(ScenarioError, match=r"branch.py, line 2.: .*'s3', which is no node; did"):
        load(path)


def test_two_scenarios_that_get_in_each_others_way_are_told(tmp_path: Path) -> None:
    decorated = FILE[FILE.index("@scenario") :]
    path = written(tmp_path, f"{FILE}\n\n{decorated}", "twice.py")
    with pytest.raises(ScenarioError, match=r"another scenario|2 functions are called"):
        load(path)
    other = decorated.replace('"my-scenario"', '"other"')
    path = written(tmp_path, f"{FILE}\n\n{other}", "hidden.py")
    with pytest.raises(ScenarioError, match=r"hidden.py, line \d+: 2 functions .*'my_scenario'"):
        load(path)
    one, two = (written(tmp_path, FILE, name) for name in ("one.py", "two.py"))
    with pytest.raises(ScenarioError, match=r"two.py: another file has a scenario 'my-scenario'"):
        select([str(one), str(two)])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("./mnie.py", "there is no file mnie.py; did you mean mine.py?"),
        ("./mine.py:other", "mine.py has no scenario 'other'; there are my-scenario"),
        ("./branch.py", "branch.py has no scenario: no function with @scenario"),
        ("./mine.txt", "mine.txt is no Python file"),
        ("./", "is a folder: scenarios stand in FILE.py"),
        ("mine", "there is no scenario 'mine'; did you mean ./mine.py?"),
    ],
)
def test_what_is_no_scenario_ends_in_one_line(tmp_path: Path, name: str, message: str) -> None:
    written(tmp_path, FILE)
    written(tmp_path, BRANCH, "branch.py")
    ended = lab("run", name, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_every_command_tells_a_slip_in_one_line(tmp_path: Path) -> None:
    written(tmp_path, changed(("icmp.type == 8", "icmp.typ == 8")))
    for command in (
        ["run", "./mine.py"],
        ["show", "./mine.py"],
        ["list", "./mine.py"],
        ["mutate", "./mine.py"],
        ["verify", "x.pcapng", "--expect", "./mine.py"],
    ):
        ended = lab(*command, cwd=tmp_path)
        assert ended.returncode == 2, command
        assert ended.stderr.startswith("lab: mine.py, line "), ended.stderr
        assert len(ended.stderr.splitlines()) == 1


def test_a_file_that_ends_python_or_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "import sys\nsys.exit(0)\n")
    with pytest.raises(ScenarioError, match=r"mine.py, line 2: SystemExit"):
        load(path)
    path = written(tmp_path, "\0", "zero.py")
    with pytest.raises(ScenarioError, match=r"zero.py.*null"):
        load(path)
    (tmp_path / "latin.py").write_bytes(b'"""caf\xe9"""\n')
    with pytest.raises(ScenarioError, match=r"latin.py.*utf-8"):
        load(tmp_path / "latin.py")


def test_the_same_file_again_is_not_run_again(tmp_path: Path) -> None:
    written(tmp_path, f"print('read')\n{FILE}")
    ended = lab("list", "./mine.py", "mine.py:my-scenario", f"{tmp_path}/mine.py", cwd=tmp_path)
    assert ended.stdout.count("read\n") == 1


def test_nothing_is_found_wrong_with_the_catalogue() -> None:
    assert [(each.id, fault) for each in CATALOGUE.values() for fault in faults(each)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('lab["c"], ', 'lab["client"], '), "mine.py, line 5.: there is no node 'client' in this"),
        (("ping(lab", "pign(lab"), "mine.py, line 5.: NameError: name 'pign' .* did you mean ping"),
        (("count=1", "cuont=1"), "mine.py, line 5.: TypeError: .*'cuont'; did you mean count"),
    ],
)
def test_a_slip_that_shows_when_it_plays_is_told_with_its_line(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    jobs = plan([str(written(tmp_path, changed(change)))], [], 0)
    (outcome,) = run_jobs(jobs, tmp_path / "out", 1)
    assert outcome.status is Status.ERROR
    assert re.match(message, outcome.reason), outcome.reason
