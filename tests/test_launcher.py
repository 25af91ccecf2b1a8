"""`./lab`: what it finds lacking, what it does about it, and that it costs nothing otherwise.

A prepared checkout has a stand-in for `.venv/bin/python` that tells how it was called.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

from wirelab.requirements import PROGRAMS, Use

ROOT = Path(__file__).parents[1]
ROOMS = ("emulator", "scenarios", "topologies", "traffic", "verify")
ORDINARY = 54321  # an id that nobody has
STAND_IN = """#!/bin/sh
printf '%s\\n' "$PWD" "$@"
exit 7
"""


@dataclass(frozen=True)
class Checkout:
    root: Path
    tools: Path
    """The only folder of PATH that `run` gives, besides those the launcher adds itself."""

    def run(
        self, *arguments: str, call: Sequence[str] = (), cwd: Path | None = None, uid: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run ./lab, as another user if that is possible and wanted."""
        other = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        drop = other if uid and os.geteuid() == 0 else []
        settings = {"PIP_NO_INDEX": "1", "CI": "true"}
        return subprocess.run(
            [*drop, *(call or [str(self.root / "lab")]), *arguments],
            cwd=cwd or self.root,
            env={"PATH": str(self.tools), "HOME": str(self.root), **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def provide(self, name: str, script: str = "#!/bin/sh\n") -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)


def copy_checkout(place: Path) -> Path:
    """Copy what the launcher needs, with its links."""
    kept = ("lab", "tools", "src", "requirements.lock", "pyproject.toml", "LICENSE", "README.md")
    for name in (*kept, *ROOMS):
        source, target = ROOT / name, place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, target, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, target)
    return place


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can get to; those of pytest are private."""
    with tempfile.TemporaryDirectory(prefix="wirelab-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()


@pytest.fixture
def bare(public: Path) -> Checkout:
    """A checkout on a machine that has nothing but the utilities every system has."""
    tools = public / "bin"
    tools.mkdir()
    for name in ("cat", "chmod", "chown", "cmp", "cp", "env", "flock", "id", "ln", "mv", "printf",
                 "readlink", "rm", "sh", "sort"):  # fmt: skip
        (tools / name).symlink_to(Path("/bin", name))
    checkout = Checkout(copy_checkout(public / "wire lab"), tools)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", str(ORDINARY), checkout.root], check=True)
    return checkout


@pytest.fixture
def prepared(bare: Checkout) -> Checkout:
    """A checkout on a machine that has everything."""
    for program in PROGRAMS:
        bare.provide(program.name)
    binaries = bare.root / ".venv/bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text(STAND_IN)
    (binaries / "python").chmod(0o755)
    (bare.root / ".venv/made-for").write_text(f"{bare.root}\n{binaries / 'python'}\n")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(bare.root / name, bare.root / ".venv" / name)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", str(ORDINARY), bare.root / ".venv"], check=True)
    return bare


def test_arguments_folder_and_status_pass_through(prepared: Checkout, tmp_path: Path) -> None:
    ran = prepared.run("verify", "two words", "", "*", cwd=tmp_path)
    told = [str(tmp_path), "-P", "-m", "wirelab", "verify", "two words", "", "*"]
    assert ran.stdout.splitlines() == told
    assert ran.returncode == 7
    assert ran.stderr == ""


@pytest.mark.parametrize("where", ["link", "link of a link", "relative", "sh"])
def test_it_can_be_called_from_anywhere(prepared: Checkout, tmp_path: Path, where: str) -> None:
    (tmp_path / "one").symlink_to(prepared.root / "lab")
    (tmp_path / "two").symlink_to("one")
    calls = {
        "link": ([str(tmp_path / "one")], prepared.root),
        "link of a link": (["./two"], tmp_path),
        "relative": (["../lab"], prepared.root / "src"),
        "sh": (["sh", "lab"], prepared.root),
    }
    call, cwd = calls[where]
    ran = prepared.run("run", call=call, cwd=cwd)
    assert ran.stdout.splitlines() == [str(cwd), "-P", "-m", "wirelab", "run"]


def test_when_all_is_there_it_costs_under_50_ms(prepared: Checkout) -> None:
    def cost() -> float:
        begun = perf_counter()
        prepared.run("run")
        return perf_counter() - begun

    assert min(cost() for _ in range(20)) < 0.05


def test_the_list_of_the_launcher_is_that_of_the_package() -> None:
    def pairs(variable: str) -> set[tuple[str, str]]:
        found = re.search(rf'^{variable}="([^"]*)"', (ROOT / "lab").read_text(), re.MULTILINE)
        assert found
        return {(name, package) for name, package in re.findall(r"(\S+):(\S+)", found.group(1))}

    for variable, use in (("programs", Use.LABS), ("test_programs", Use.TESTS)):
        assert pairs(variable) == {(p.name, p.package) for p in PROGRAMS if p.use is use}


def test_a_lacking_program_without_apt_is_named_and_the_status_is_3(prepared: Checkout) -> None:
    (prepared.tools / "curl").unlink()
    for command in ("test", "setup"):
        ran = prepared.run(command)
        assert ran.returncode == 3
        assert "no apt-get" in ran.stderr
        assert ran.stdout == ""
    assert ran.stderr.rstrip().endswith(": curl")


def test_what_can_be_run_without_a_program_is_run(prepared: Checkout) -> None:
    (prepared.tools / "curl").unlink()
    ran = prepared.run("run")
    assert ran.returncode == 7
    assert "what Debian calls: curl" in ran.stderr
    assert "are skipped" in ran.stderr


def test_an_ordinary_user_without_sudo_is_told_the_command(prepared: Checkout) -> None:
    (prepared.tools / "curl").unlink()
    prepared.provide("apt-get")
    ran = prepared.run("test", uid=ORDINARY)
    assert ran.returncode == 3
    assert f"as root run: {prepared.root}/lab setup --system --test" in ran.stderr


def test_with_sudo_just_what_is_lacking_is_installed(prepared: Checkout) -> None:
    (prepared.tools / "curl").unlink()
    (prepared.tools / "dig").unlink()
    prepared.provide("apt-get")
    prepared.provide("sudo", '#!/bin/sh\nprintf "sudo %s\\n" "$*" >&2\n')
    ran = prepared.run("run", uid=ORDINARY)
    assert f"sudo -n sh {prepared.root}/tools/packages bind9-dnsutils curl\n" in ran.stderr
    assert ran.returncode == 7


def test_a_sudo_that_wants_a_password_is_not_waited_for(prepared: Checkout) -> None:
    (prepared.tools / "curl").unlink()
    prepared.provide("apt-get")
    prepared.provide("sudo", "#!/bin/sh\nexit 1\n")
    assert "as root run:" in prepared.run("run", uid=ORDINARY).stderr


@pytest.mark.parametrize("command", ["list", "show", "verify", "replay", "doctor", "--help"])
def test_commands_that_start_no_lab_need_no_programs(prepared: Checkout, command: str) -> None:
    (prepared.tools / "ping").unlink()
    assert prepared.run(command).returncode == 7


def test_programs_of_the_tests_are_wanted_by_the_tests_only(prepared: Checkout) -> None:
    (prepared.tools / "tshark").unlink()
    assert prepared.run("run").stderr == ""
    assert prepared.run("test").returncode == 3


@pytest.mark.parametrize("uid", [0, ORDINARY])
def test_links_that_became_text_files_are_restored(prepared: Checkout, uid: int) -> None:
    for room in ROOMS:
        link = prepared.root / "src/wirelab" / room
        target = str(link.readlink())
        link.unlink()
        link.write_text(target)
    ran = prepared.run("list", uid=uid)
    assert ran.returncode == 7
    for room in ROOMS:
        assert str((prepared.root / "src/wirelab" / room).readlink()) == f"../../{room}"
    assert prepared.run("list", uid=uid).stderr == ""


def test_someone_elses_unprepared_checkout_is_left_alone(bare: Checkout) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    ran = bare.run("list", uid=ORDINARY + 1)
    assert ran.returncode == 3
    assert "make a clone of your own" in ran.stderr


def test_setup_explains_itself(prepared: Checkout) -> None:
    assert "--system" in prepared.run("setup", "--help").stdout
    assert prepared.run("setup", "--help").returncode == 0
    assert prepared.run("setup", "--nonsense").returncode == 2


def test_setup_where_all_is_there_does_nothing(prepared: Checkout) -> None:
    ran = prepared.run("setup", "--test")
    assert (ran.returncode, ran.stdout) == (0, "")
