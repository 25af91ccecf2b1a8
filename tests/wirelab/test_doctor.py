"""The doctor tells what a machine has and lacks, and what it says is so."""

import json
import os
import pwd
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from click.testing import CliRunner, Result

from wirelab.cli.doctor_command import command
from wirelab.doctor import Finding, charged, examine
from wirelab.doctor.kernel import FEATURES, features, mend
from wirelab.doctor.machine import confined_programs, disk, system, user_ids
from wirelab.doctor.namespaces import Restrictions, explained
from wirelab.doctor.programs import locate, programs, version_in
from wirelab.emulator import sandbox
from wirelab.requirements import PROGRAMS, Program, Use

ORDINARY = 54321  # an id that nobody has
FREE = Restrictions(
    root=False,
    can_administer=False,
    filtered=False,
    most_namespaces=None,
    unprivileged_allowed=None,
    apparmor_restricts=None,
)


def doctor(*prefix: str) -> dict[str, Finding]:
    """Run the doctor in a process of its own and return its findings by name."""
    argv = [*prefix, sys.executable, "-P", "-m", "wirelab", "doctor", "--json"]
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert told.returncode in (0, 3), told.stderr
    findings = {found["name"]: Finding(**found) for found in json.loads(told.stdout)}
    lacking = any(found.essential and not found.ok for found in findings.values())
    assert told.returncode == (3 if lacking else 0)
    return findings


def test_every_lack_comes_with_its_cost_and_its_mend() -> None:
    begun = perf_counter()
    findings = examine()
    assert perf_counter() - begun < 3
    for finding in findings:
        assert finding.detail
        assert not (finding.ok and finding.scenarios)
        assert bool(finding.mend) == bool(finding.costs) == (not finding.ok)
    assert max(Counter(finding.name for finding in findings).values()) == 1
    assert {program.name for program in PROGRAMS if program.use is Use.LABS} <= {
        finding.name for finding in findings
    }


def test_where_labs_run_nothing_essential_is_lacking() -> None:
    sandbox.call(os.getpid)
    assert [f for f in examine() if f.essential and not f.ok] == []


def told(findings: list[Finding], monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> Result:
    """Run the command on a machine of which this was found."""
    monkeypatch.setattr("wirelab.cli.doctor_command.examine", lambda: findings)
    monkeypatch.setenv("COLUMNS", str(columns))
    return CliRunner().invoke(command)


PYTHON = Finding("python", True, "3.11.2 /usr/bin/python3", essential=True)
NETEM = Finding(
    "netem", False, "the kernel refuses it", "sudo modprobe sch_netem", "delay on links"
)
VETH = Finding("veth", False, "the kernel refuses it", "boot another", "every lab", essential=True)


def test_what_is_optional_costs_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = told([PYTHON, NETEM], monkeypatch)
    assert ended.exit_code == 0
    assert "costs: delay on links" in ended.output
    assert "mend:  sudo modprobe sch_netem" in ended.output
    assert ended.output.endswith(
        "Labs run here. Optional, and lacking: netem. Every scenario is played.\n"
    )


def test_what_is_not_played_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nft = replace(NETEM, name="nft", scenarios=("unreach-admin", "v6-errors"))
    ended = told([PYTHON, nft, replace(nft, name="nf_tables")], monkeypatch, 100)
    assert "      not played: unreach-admin, v6-errors\n" in ended.output
    assert ended.output.endswith("nft, nf_tables. 2 scenarios are not played.\n")


def test_what_is_essential_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = told([PYTHON, NETEM, VETH], monkeypatch)
    assert ended.exit_code == 3
    assert ended.output.endswith("No lab runs here without: veth.\n")


def test_a_command_that_mends_several_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = told([NETEM, replace(NETEM, name="sit", costs="tunnels"), PYTHON], monkeypatch)
    assert ended.output.count("mend:") == 1
    assert ended.output.index("costs: tunnels") < ended.output.index("mend:")


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_it_fits_the_window(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    ended = told([PYTHON, replace(NETEM, mend="word " * 40), VETH], monkeypatch, columns)
    assert max(map(len, ended.output.splitlines())) <= columns


COMMANDS = {
    "veth": (["ip", "link", "add", "left", "type", "veth", "peer", "name", "right"],),
    "bridge": (["ip", "link", "add", "switch", "type", "bridge"],),
    "nf_tables": (["nft", "add", "table", "ip", "probe"],),
    "netem": (["tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"],),
    "802.1Q": (
        ["ip", "link", "add", "left", "type", "veth", "peer", "name", "right"],
        ["ip", "link", "add", "link", "left", "name", "tagged", "type", "vlan", "id", "7"],
    ),
    "sit": (["ip", "link", "add", "tunnel", "type", "sit"],),
}


def succeed(commands: Sequence[Sequence[str]]) -> bool:
    """Say whether the usual tools can do it, in a sandbox."""
    told = [subprocess.run(argv, capture_output=True, check=False) for argv in commands]
    return all(command.returncode == 0 for command in told)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_usual_tools_agree_about_the_kernel(name: str) -> None:
    found = {finding.name: finding.ok for finding in features()}
    assert found[name] == sandbox.call(succeed, COMMANDS[name])


def test_a_feature_that_the_kernel_refuses_is_told_with_its_mend() -> None:
    refused = [finding for finding in features(kernel="0.0-none") if not finding.ok]
    for finding in refused:
        assert finding.detail.startswith("the kernel refuses it: ")
        assert finding.costs in {feature.costs for feature in FEATURES}


def test_a_module_on_disk_is_loaded_and_another_needs_another_kernel() -> None:
    both = ("cls_u32", "act_mirred")
    assert mend(both, "6.1.0", both) == "sudo modprobe --all cls_u32 act_mirred"
    elsewhere = mend(both, "6.1.0", ("cls_u32",))
    assert "vagrant up" in elsewhere
    assert "linux-modules-extra-6.1.0" in elsewhere


def test_an_ordinary_user_is_examined_as_such() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    become = ("setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups")
    readable = [*become, sys.executable, "-c", "import wirelab"]
    if subprocess.run(readable, capture_output=True, check=False).returncode != 0:
        pytest.skip("this checkout is closed to other users")
    found = doctor(*become)
    assert found["namespaces"].ok
    assert found["namespaces"].detail.endswith("as an ordinary user")
    assert found["user ids"].detail.startswith("one, root, in labs")
    assert found["veth"].ok


def test_root_of_a_container_is_told_what_it_lacks() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give capabilities away")
    found = doctor("setpriv", "--bounding-set=-sys_admin")
    assert not found["namespaces"].ok
    assert "root without CAP_SYS_ADMIN" in found["namespaces"].detail
    assert found["namespaces"].mend.startswith("docker run --privileged")
    assert "veth" not in found  # nothing of the kernel can be tried without a sandbox


@pytest.mark.parametrize(
    ("changes", "told", "mended"),
    [
        ({"most_namespaces": 0}, "user.max_user_namespaces", "sysctl -w user.max_user_namespaces="),
        ({"unprivileged_allowed": 0}, "unprivileged_userns_clone", "unprivileged_userns_clone=1"),
        ({"apparmor_restricts": 1}, "apparmor_restrict", "restrict_unprivileged_userns=0"),
        ({"filtered": True}, "seccomp", "seccomp=unconfined"),
        ({"root": True}, "root without CAP_SYS_ADMIN", "--privileged"),
        ({"root": True, "can_administer": True, "filtered": True}, "seccomp", "seccomp=unconfined"),
        ({}, "not permitted", "as root"),
    ],
)
def test_what_forbids_namespaces_is_named(
    changes: dict[str, bool | int], told: str, mended: str
) -> None:
    detail, command = explained("unshare: not permitted", replace(FREE, **changes))  # type: ignore[arg-type]  # the values fit the names above
    assert told in detail
    assert mended in command


def test_a_proc_that_cannot_be_mounted_is_that_of_a_container() -> None:
    detail, command = explained("mount proc on /proc: not permitted", FREE)
    assert "/proc are hidden" in detail
    assert "systempaths=unconfined" in command


def test_a_program_that_is_not_installed_has_its_package_named() -> None:
    lacking = Program("no-such-program", "no-such-package", "nothing")
    (finding,) = programs([lacking])
    assert not finding.ok
    assert finding.costs == "nothing"
    assert finding.mend.endswith("lab setup")
    assert lacking.mend == "sudo apt-get install --no-install-recommends no-such-package"


def test_a_package_with_a_service_is_installed_without_it() -> None:
    (named,) = (program for program in PROGRAMS if program.name == "named")
    assert named.mend.endswith("bind9 && sudo systemctl disable --now named")


def test_programs_in_sbin_are_found_with_a_path_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert locate("ip") in {"/usr/sbin/ip", "/sbin/ip"}


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("ping from iputils 20221126", "20221126"),
        ("ip utility, iproute2-6.1.0, libbpf 1.1.2", "6.1.0"),
        ("BIND 9.18.49-1~deb12u1-Debian (Extended Support Version) <id:>", "9.18.49"),
        ("udhcpc: unrecognized option\nBusyBox v1.35.0 (Debian) multi-call binary.", "1.35.0"),
        ("", ""),
    ],
)
def test_the_version_is_found_in_what_programs_say(output: str, version: str) -> None:
    assert version_in(output) == version


def test_versions_of_the_installed_programs_are_told() -> None:
    found = {finding.name: finding for finding in programs()}
    for name in ("ping", "dnsmasq", "udhcpc", "named", "vsftpd"):
        if found[name].ok:
            assert found[name].detail[0].isdigit(), found[name]


def test_the_ids_of_a_user_come_from_a_range(tmp_path: Path) -> None:
    subuid = tmp_path / "subuid"
    for table in (subuid, tmp_path / "subgid"):
        table.write_text(f"{ORDINARY}:100000:65536\n")
    assert user_ids(0, subuid).detail.startswith("root")
    without = user_ids(ORDINARY + 1, subuid)
    assert without.detail.startswith("one")
    assert without.mend == f"echo {ORDINARY + 1}:165536:65536 | sudo tee -a /etc/subuid /etc/subgid"
    if locate("newuidmap"):
        assert user_ids(ORDINARY, subuid).detail.startswith("a range of 65536")


def test_a_user_gets_a_range_that_nobody_has(tmp_path: Path) -> None:
    named = next(each for each in pwd.getpwall() if each.pw_uid)
    subuid = tmp_path / "subuid"
    mend = user_ids(named.pw_uid, subuid).mend
    assert mend == (
        f"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {named.pw_name}"
    )
    subuid.write_text("somebody:300000:65536\nodd\n")
    (tmp_path / "subgid").write_text("somebody:400000:65536\n")
    assert "--add-subuids 465536-531071" in user_ids(named.pw_uid, subuid).mend


def test_ubuntu_has_its_restriction_named() -> None:
    detail, _command = explained("not permitted", replace(FREE, apparmor_restricts=1))
    assert "kernel.apparmor_restrict_unprivileged_userns forbids it (AppArmor" in detail
    assert "Ubuntu" in detail


def test_the_system_is_named() -> None:
    assert os.uname().release in system().detail


def test_each_lack_is_charged_with_its_scenarios() -> None:
    needed = {"nft": ("a", "b"), "sit": ("c",), "dig": ("d",)}
    nft = Finding("nft", False, "", "mend", "costs")
    sit, tap = replace(nft, name="sit"), replace(nft, name="tap devices")
    found = {each.name: each.scenarios for each in charged([nft, PYTHON, sit, tap], needed)}
    assert found == {"nft": ("a", "b"), "python": (), "sit": ("c",), "tap devices": ("c",)}
    found = {each.name: each.scenarios for each in charged([sit, replace(tap, ok=True)], needed)}
    assert found == {"sit": (), "tap devices": ()}


def test_apparmor_profiles_of_our_programs_are_named(tmp_path: Path) -> None:
    path = locate("ping")
    assert path
    profile = tmp_path / path.removeprefix("/").replace("/", ".")
    profile.write_text("profile ping {}\n")
    enabled = tmp_path / "enabled"
    enabled.write_text("Y\n")
    found = confined_programs(tmp_path, enabled)
    assert (found.ok, found.detail) == (False, "confines ping")
    assert f"apparmor_parser -R {profile}" in found.mend
    (tmp_path / "disable").mkdir()
    (tmp_path / "disable" / profile.name).symlink_to(profile)
    assert confined_programs(tmp_path, enabled).ok
    enabled.write_text("N\n")
    (tmp_path / "disable" / profile.name).unlink()
    assert confined_programs(tmp_path, enabled).ok


def test_the_disk_is_that_of_the_folder_to_come(tmp_path: Path) -> None:
    found = disk(tmp_path / "not" / "yet")
    assert found.ok
    assert found.detail.endswith(f"MB free in {tmp_path}")


def test_too_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirelab.doctor.machine.ROOM", 10**12)
    assert not disk(tmp_path).ok
