"""The distributions hold the whole package and nothing else, and the lock holds what it needs."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Sequence
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ROOMS = ("emulator", "scenarios", "topologies", "traffic", "verify")
LEFT = (".git", ".venv", "out", "build", "dist", ".*_cache", "__pycache__", "*.egg-info")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = re.findall(r"^([a-z0-9-]+)==(\S+)(?: ; (.*?))? \\$", LOCK, re.MULTILINE)


def run(argv: Sequence[str | Path], cwd: Path) -> str:
    """Run a program in a folder outside the checkout and return its output."""
    told = subprocess.run(
        argv, cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, f"{argv}\n{told.stdout}{told.stderr}"
    return told.stdout


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("distributions")
    source = folder / "source"
    shutil.copytree(ROOT, source, symlinks=True, ignore=shutil.ignore_patterns(*LEFT))
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        folder / "dist",
        source,
    ]
    run(build, folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an empty environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "pins").write_text("".join(f"{name}=={v}\n" for name, v, when in PINS if not when))
    run([sys.executable, "-m", "venv", folder / "venv"], folder)
    pip: list[str | Path] = [
        folder / "venv/bin/python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
    ]
    run([*pip, "--constraint", folder / "pins", *distributions.glob("*.whl")], folder)
    return folder / "venv/bin"


def sources() -> set[str]:
    """Return every file of the package as a wheel names it, with the links followed."""
    here = ROOT / "src/wirelab"
    found = [path for room in (here, *map(here.joinpath, ROOMS)) for path in room.rglob("*")]
    kept = (path for path in found if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT / "src").as_posix() for path in kept}


def test_the_wheel_holds_every_file_of_the_package_and_no_other(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == sources()
    assert "wirelab/py.typed" in held
    assert {f"wirelab/{room}/__init__.py" for room in ROOMS} <= held


def test_the_source_distribution_holds_files_where_the_checkout_has_links(
    distributions: Path,
) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = {member.name.partition("/")[2]: member for member in archive}
    assert not any(member.issym() or member.islnk() for member in members.values())
    assert {f"src/{name}" for name in sources()} <= set(members)
    assert {"lab", "requirements.lock", "tools/packages", "tools/prepare.sh"} <= set(members)
    assert members["lab"].mode & 0o111


def test_the_wheel_asks_for_what_the_project_declares(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        fields = Parser().parsestr(archive.read(name).decode())
    asked = {text for text in fields.get_all("Requires-Dist", []) if "extra ==" not in text}
    assert {str(Requirement(text)) for text in asked} == {
        str(Requirement(text)) for text in PROJECT["dependencies"]
    }
    assert fields["License-Expression"] == "MIT"


def test_an_installed_wheel_runs_judges_and_lists(installed: Path, tmp_path: Path) -> None:
    lab = installed / "wirelab"
    assert run([lab, "--version"], tmp_path).split()[-1] == PROJECT["version"]
    where: list[str | Path] = [
        installed / "python",
        "-c",
        "import wirelab.verify as v; print(v.__file__)",
    ]
    assert Path(run(where, tmp_path).strip()).is_relative_to(installed.parent)
    assert "arp-cold-resolve" in run([lab, "list"], tmp_path)
    # FTP needs configuration templates, and Pyftpdlib a program of the package.
    run([lab, "run", "arp-cold-resolve", "ftp-failed-login", "-o", "out"], tmp_path)
    capture = "out/arp-cold-resolve/capture.pcapng"
    run([lab, "verify", capture, "--expect", "arp-cold-resolve"], tmp_path)


def test_the_tests_of_an_installed_wheel_are_said_to_be_elsewhere(
    installed: Path, tmp_path: Path
) -> None:
    told = subprocess.run(
        [installed / "wirelab", "test"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "in a checkout" in told.stderr


def test_the_lock_pins_every_requirement_with_hashes() -> None:
    pinned = {canonicalize_name(name): version for name, version, _ in PINS}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    for requirement in map(Requirement, wanted):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), requirement
    blocks = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINS)
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_names_no_place_to_download_from() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*-(i|f|-[a-z]*(index|find-links))", LOCK, re.MULTILINE)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_does_for_each_python_and_processor(
    request: pytest.FixtureRequest, tmp_path: Path, python: str, machine: str
) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("asks the package index about every pin: only with --long")
    platforms = [f"--platform=manylinux_{version}_{machine}" for version in ("2_17", "2_28")]
    run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--require-hashes", "--no-deps",
         "--only-binary=:all:", "--no-binary=pyftpdlib", "--no-build-isolation",
         f"--python-version={python}", *platforms,
         "--target", tmp_path, "--requirement", ROOT / "requirements.lock"],
        tmp_path,
    )  # fmt: skip


def test_these_tests_run_on_the_pinned_versions() -> None:
    for name, version, when in PINS:
        if not when:
            assert metadata.version(name) == version
