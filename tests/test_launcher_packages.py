"""`tools/packages`: installs, and leaves no service running, enabled or forbidden.

A toy package with a service is installed by the real apt, dpkg and debhelper scripts of this
machine, in a copy of its file system (overlayfs) that is thrown away.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[1] / "tools/packages"
POLICY = "usr/sbin/policy-rc.d"

ENTER = """
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/merged" &&
mount -t proc proc "$1/merged/proc" && mount --rbind /dev "$1/merged/dev" &&
mount --bind "$1/shared" "$1/merged/mnt" || exit 99
cd /; machine=$1; shift; exec chroot "$machine/merged" sh -c '"$@"; exit $?' sh "$@"
"""
# Process 1 of a PID namespace of its own is in there: invoke-rc.d starts nothing in a chroot.
CONTROL = """Package: {name}
Version: 1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: a package with a service
"""
UNIT = """[Service]
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
Alias=also-{name}.service
"""
INIT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: {name}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
echo "$1" >>/told-{name}
"""
# What debhelper generates for a service: dh_installsystemd(1), dh_installinit(1).
POSTINST = """#!/bin/sh
set -e
{first}
if deb-systemd-helper --quiet was-enabled {name}.service; then
    deb-systemd-helper enable {name}.service >/dev/null
fi
deb-systemd-helper update-state {name}.service >/dev/null
update-rc.d {name} defaults >/dev/null
invoke-rc.d {name} start
"""


@dataclass(frozen=True)
class Machine:
    """A copy of this machine's file system; what is written in it lands in `written`."""

    place: Path

    @property
    def written(self) -> Path:
        return self.place / "upper"

    def start(self, *argv: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "sh",
                "-c",
                ENTER,
                "sh",
                str(self.place),
                *argv,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *argv: str) -> tuple[int, str]:
        process = self.start(*argv)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def build(self, name: str, first: str = "") -> str:
        """Build a package with a service and return its path as the machine sees it."""
        tree = self.place / name
        files = {
            "DEBIAN/control": CONTROL,
            "DEBIAN/postinst": POSTINST,
            f"lib/systemd/system/{name}.service": UNIT,
            f"etc/init.d/{name}": INIT,
        }
        for path, content in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(content.format(name=name, first=first))
            (tree / path).chmod(0o644 if path.endswith(("control", "service")) else 0o755)
        (tree / "DEBIAN").chmod(0o755)
        package = self.written / f"{name}.deb"
        subprocess.run(["dpkg-deb", "--build", tree, package], check=True, capture_output=True)
        return f"/{name}.deb"

    def provide(self, path: str, script: str) -> None:
        (self.written / path).parent.mkdir(parents=True, exist_ok=True)
        (self.written / path).unlink(missing_ok=True)  # what marks it as removed (overlayfs)
        (self.written / path).write_text(script)
        (self.written / path).chmod(0o755)

    def links(self, name: str) -> set[str]:
        """Return the links that start a service at boot."""
        systemd = self.written / "etc/systemd/system"
        found = [*systemd.rglob(f"*{name}*"), *self.written.glob(f"etc/rc?.d/S*{name}")]
        return {str(path.relative_to(self.written)) for path in found if path.is_symlink()}

    def started(self, name: str) -> bool:
        return (self.written / f"told-{name}").exists()


@pytest.fixture
def machine() -> Iterator[Machine]:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("installing packages needs root and apt")
    with tempfile.TemporaryDirectory(prefix="wirelab-test-") as folder:
        copy = Machine(Path(folder))
        for name in ("upper", "work", "merged", "shared"):
            (copy.place / name).mkdir()
        copy.provide("packages", PACKAGES.read_text())
        # As on a machine that is up; without an init invoke-rc.d starts nothing.
        copy.provide("usr/sbin/runlevel", "#!/bin/sh\necho N 5\n")
        copy.provide("usr/sbin/init", "#!/bin/sh\n")
        if copy.run("rm", "-f", f"/{POLICY}")[0] != 0:  # images of containers come with one
            pytest.skip("this kernel or container has no overlayfs over /")
        yield copy


def install(machine: Machine, *packages: str) -> tuple[int, str]:
    return machine.run("sh", "/packages", *packages)


def test_the_toy_shows_what_is_to_be_prevented(machine: Machine) -> None:
    status, output = machine.run("dpkg", "--install", machine.build("toy"))
    assert status == 0, output
    assert machine.started("toy")
    links = machine.links("toy")
    assert "etc/systemd/system/multi-user.target.wants/toy.service" in links
    assert "etc/systemd/system/also-toy.service" in links
    assert any(link.startswith("etc/rc5.d/S") for link in links)


@pytest.mark.parametrize("systemctl", [True, False])
def test_a_new_service_is_neither_started_nor_enabled(machine: Machine, systemctl: bool) -> None:
    if not systemctl:
        machine.run("rm", "-f", "/bin/systemctl", "/usr/bin/systemctl")
    status, output = install(machine, machine.build("toy"))
    assert (status, output) == (0, "")
    assert machine.run("dpkg", "--status", "toy")[0] == 0
    assert not machine.started("toy")
    assert machine.links("toy") == set()
    assert machine.run("test", "-e", f"/{POLICY}")[0] != 0


def test_services_that_were_there_before_stay_as_they_are(machine: Machine) -> None:
    machine.run("dpkg", "--install", machine.build("mine"))
    before = machine.links("mine")
    assert before
    assert install(machine, machine.build("toy"), "/mine.deb") == (0, "")
    assert machine.links("mine") == before


def test_an_existing_policy_is_put_back(machine: Machine) -> None:
    policy = "#!/bin/sh\nexit 104\n"
    machine.provide(POLICY, policy)
    assert install(machine, machine.build("toy"))[0] == 0
    assert not machine.started("toy")
    assert (machine.written / POLICY).read_text() == policy


def test_ctrl_c_puts_everything_back(machine: Machine) -> None:
    machine.provide(POLICY, "#!/bin/sh\nexit 101\n")
    process = interrupted(machine, signal.SIGINT)
    assert process.returncode != 0
    assert (machine.written / POLICY).read_text() == "#!/bin/sh\nexit 101\n"
    assert list(machine.written.glob("usr/sbin/policy-rc.d?*")) == []
    assert machine.links("slow") == set()


def test_a_policy_left_by_a_kill_forbids_nothing_and_goes_at_the_next_run(
    machine: Machine,
) -> None:
    interrupted(machine, signal.SIGKILL)
    assert machine.run(f"/{POLICY}", "toy", "start")[0] == 0
    machine.run("dpkg", "--purge", "--force-all", "slow")
    assert install(machine, machine.build("toy"))[0] == 0
    assert machine.run("test", "-e", f"/{POLICY}")[0] != 0


def interrupted(machine: Machine, number: signal.Signals) -> subprocess.Popen[str]:
    """Send a signal to all of an installation when it is in the middle of a package."""
    reached_it = machine.place / "shared/reached"  # a pipe does not reach through overlayfs
    os.mkfifo(reached_it)
    package = machine.build("slow", first="echo now >/mnt/reached; exec sleep 60")
    process = machine.start("sh", "/packages", package)
    with reached_it.open() as reached:
        assert reached.read() == "now\n"
    os.killpg(process.pid, number)
    process.communicate(timeout=60)
    return process


def test_what_apt_cannot_find_fails_with_its_words(machine: Machine) -> None:
    machine.run(
        "rm", "-rf", "/etc/apt/sources.list.d", "/etc/apt/sources.list", "/var/lib/apt/lists"
    )
    status, output = install(machine, "no-such-package-anywhere")
    assert status == 1
    assert "Unable to locate package no-such-package-anywhere" in output
