"""The system, Python, user ids, AppArmor profiles and disk space."""

import os
import platform
import pwd
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from wirelab.doctor.finding import Finding
from wirelab.doctor.programs import locate, mend_of
from wirelab.emulator.idmap import subordinate_range
from wirelab.requirements import PROGRAMS, PYTHON, Use

ROOM = 200
"""Megabytes that the captures and logs of a run of everything fit into many times."""

_FIRST_ID, _IDS = 100_000, 65_536  # where useradd's ranges begin, and their size (login.defs(5))
_ONE_ID = "daemons of your own that insist on another user: the catalogue has none"

_PROFILES = Path("/etc/apparmor.d")
_APPARMOR = Path("/sys/module/apparmor/parameters/enabled")


def system() -> Finding:
    """Name the distribution, the kernel and the processor."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    processors = f"{os.cpu_count()} processors ({platform.machine()})"
    return Finding("system", True, f"{name}, Linux {platform.release()}, {processors}")


def python() -> Finding:
    """Look at the interpreter."""
    oldest = ".".join(map(str, PYTHON))
    detail = f"{platform.python_version()} {sys.executable}"
    if sys.version_info >= PYTHON:
        return Finding("python", True, detail, essential=True)
    mend = f"install Python {oldest} or newer"
    return Finding("python", False, detail, mend, "everything", essential=True)


def user_ids(uid: int | None = None, subuid: Path = Path("/etc/subuid")) -> Finding:
    """Look at the ids that exist inside the labs of this user (subuid(5), newuidmap(1))."""
    uid = os.geteuid() if uid is None else uid
    if uid == 0:
        return Finding("user ids", True, "root: all ids exist in labs")
    tables = (subuid, subuid.with_name("subgid"))
    if any(subordinate_range(table, uid) is None for table in tables):
        detail = f"one, root, in labs: no range in {subuid} and subgid"
        return Finding("user ids", False, detail, _give_range(uid, tables), _ONE_ID)
    if not (locate("newuidmap") and locate("newgidmap")):
        detail = "one, root, in labs: no newuidmap to map the range with"
        (uidmap,) = (program for program in PROGRAMS if program.name == "newuidmap")
        return Finding("user ids", False, detail, mend_of(uidmap), _ONE_ID)
    return Finding("user ids", True, f"a range of 65536 in labs, from {subuid}")


def _give_range(uid: int, tables: Iterable[Path]) -> str:
    """Return the command that gives a user a range of ids which nobody has (usermod(8))."""
    first = max([_FIRST_ID, *(end for table in tables for end in _ends(table))])
    ids = f"{first}-{first + _IDS - 1}"
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a user of a directory, or of a container
        return f"echo {uid}:{first}:{_IDS} | sudo tee -a /etc/subuid /etc/subgid"
    return f"sudo usermod --add-subuids {ids} --add-subgids {ids} {name}"


def _ends(table: Path) -> Iterable[int]:
    """Return, for each range of a table, the first id behind it."""
    try:
        lines = [line.split(":") for line in table.read_text().splitlines()]
    except OSError:
        return []
    numbers = [(each[1], each[2]) for each in lines if len(each) == 3]
    return [int(one) + int(many) for one, many in numbers if (one + many).isdecimal()]


def confined_programs(profiles: Path = _PROFILES, enabled: Path = _APPARMOR) -> Finding:
    """Look for AppArmor profiles: a confined daemon cannot read a lab's configuration.

    A profile attaches to the path of a program (apparmor.d(5)), also inside namespaces.
    """
    confined = _confined(profiles) if _says_yes(enabled) else {}
    if not confined:
        return Finding("AppArmor", True, "confines none of the programs")
    commands = "; ".join(
        f"sudo ln -s {profile} {profiles}/disable/ && sudo apparmor_parser -R {profile}"
        for profile in confined.values()
    )
    names = ", ".join(confined)
    return Finding("AppArmor", False, f"confines {names}", commands, f"what {names} plays")


def _says_yes(path: Path) -> bool:
    try:
        return path.read_text().strip() == "Y"
    except OSError:
        return False


def _confined(profiles: Path) -> dict[str, Path]:
    """Return the profiles of our programs that are not disabled, by program."""
    found = {}
    for program in PROGRAMS:
        path = locate(program.name)
        if program.use is not Use.LABS or path is None:
            continue
        name = path.removeprefix("/").replace("/", ".")
        if (profiles / name).is_file() and not (profiles / "disable" / name).exists():
            found[program.name] = profiles / name
    return found


def disk(output: Path) -> Finding:
    """Look at the space where results go; `output` need not exist yet."""
    place = _nearest_existing([output.absolute(), *output.absolute().parents])
    if not os.access(place, os.W_OK):
        costs = "writing captures there"
        return Finding("disk", False, f"{place} is not writable", "lab run -o DIR", costs)
    free = shutil.disk_usage(place).free // 1_000_000
    if free < ROOM:
        costs = "captures of whole runs"
        return Finding("disk", False, f"{free} MB free in {place}", f"free {ROOM} MB", costs)
    return Finding("disk", True, f"{free} MB free in {place}")


def _nearest_existing(candidates: Iterable[Path]) -> Path:
    return next(path for path in candidates if path.exists())
