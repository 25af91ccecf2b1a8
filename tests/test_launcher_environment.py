"""`./lab` and its virtual environment: made from nothing, and never trusted half-made."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OWNER = 54321  # an id that nobody has, whose checkout it is
AS_OWNER = ("/usr/bin/setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups")
KEPT = ("lab", "tools", "src", "requirements.lock", "pyproject.toml", "LICENSE", "README.md")
ROOMS = ("emulator", "scenarios", "topologies", "traffic", "verify")


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout without an environment, which belongs to an ordinary user."""
    with tempfile.TemporaryDirectory(prefix="wirelab-test-") as folder:
        Path(folder).chmod(0o755)
        place = Path(folder).resolve() / "wirelab"
        place.mkdir()
        for name in (*KEPT, *ROOMS):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name, symlinks=True)
            else:
                shutil.copy(ROOT / name, place / name)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{OWNER}:{OWNER}", place], check=True)
        yield place


def start(checkout: Path, *, root: bool = False, offline: bool = False) -> subprocess.Popen[str]:
    """Start a command that needs nothing but Python, as the owner of the checkout or as root."""
    drop = AS_OWNER if os.geteuid() == 0 and not root else ()
    settings = {"HOME": str(checkout), "CI": "true"} | ({"PIP_NO_INDEX": "1"} if offline else {})
    return subprocess.Popen(
        [*drop, str(checkout / "lab"), "--version"],
        env=os.environ | settings,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=300)
    return process.returncode, output, errors


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def test_two_first_runs_at_once_make_one_environment(checkout: Path) -> None:
    both = [end(process) for process in [start(checkout), start(checkout)]]
    assert [status for status, _, _ in both] == [0, 0]
    assert [output.split()[0] for _, output, _ in both] == ["wirelab", "wirelab"]
    told = "".join(errors for _, _, errors in both)
    assert told.count("making .venv") == 1
    assert told.count("waiting for it") == 1
    assert end(start(checkout, offline=True))[2] == ""


def test_what_root_makes_in_a_users_checkout_is_the_users(checkout: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    assert end(start(checkout, root=True))[0] == 0
    assert owners(checkout / ".venv") == {OWNER}
    assert end(start(checkout, offline=True))[::2] == (0, "")


def ready(checkout: Path) -> None:
    """Make what an environment that was finished looks like."""
    subprocess.run(
        ["/usr/bin/python3", "-m", "venv", "--without-pip", checkout / ".venv"], check=True
    )
    interpreter = (checkout / ".venv/bin/python").resolve()
    (checkout / ".venv/made-for").write_text(f"{checkout}\n{interpreter}\n")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(checkout / name, checkout / ".venv" / name)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{OWNER}:{OWNER}", checkout / ".venv"], check=True)


def move(checkout: Path) -> Path:
    return checkout.rename(checkout.with_name("elsewhere"))


def change_the_lock(checkout: Path) -> Path:
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# another pin\n")
    return checkout


def upgrade_python(checkout: Path) -> Path:
    """Have the environment's python be another than the one it was made with."""
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/bin/sh")
    return checkout


def remove_python(checkout: Path) -> Path:
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/usr/bin/python3.0")
    return checkout


def lose_the_mark(checkout: Path) -> Path:
    (checkout / ".venv/made-for").unlink()
    return checkout


@pytest.mark.parametrize(
    "change", [move, change_the_lock, upgrade_python, remove_python, lose_the_mark]
)
def test_an_environment_that_does_not_fit_is_made_anew(checkout: Path, change: object) -> None:
    assert callable(change)
    ready(checkout)
    status, _, errors = end(start(change(checkout), offline=True))
    assert "making .venv" in errors
    # Here without a package index, so that it goes no further, and says so.
    assert "this failed:" in errors
    assert "install --require-hashes" in errors
    assert status == 3


def test_an_interrupted_build_is_not_taken_for_complete(checkout: Path) -> None:
    process = start(checkout)
    assert process.stderr
    assert "making .venv" in process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    assert end(process)[0] != 0
    assert "making .venv" in end(start(checkout, offline=True))[2]


def test_a_changed_project_file_installs_the_project_again(checkout: Path) -> None:
    ready(checkout)
    with (checkout / "pyproject.toml").open("a") as project:
        project.write("\n# changed\n")
    status, _, errors = end(start(checkout, offline=True))
    assert "making .venv" not in errors
    assert "--editable" in errors  # there is no pip in this one, and it says what failed
    assert status == 3
