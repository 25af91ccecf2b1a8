"""The programs that play in labs: which are here, in which version."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from wirelab.doctor.finding import Finding
from wirelab.requirements import PROGRAMS, Program, Use

_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
_VERSION = re.compile(r"\d+(?:\.\d+)+|\b\d{8}\b")  # iputils gives a date
_PATIENCE = 3.0  # seconds for all of them together


def programs(wanted: Iterable[Program] = PROGRAMS) -> list[Finding]:
    """Look for the programs that labs need."""
    needed = [program for program in wanted if program.use is Use.LABS]
    paths = {program.name: found for program in needed if (found := locate(program.name))}
    versions = _versions([program for program in needed if program.name in paths], paths)
    return [_finding(program, paths, versions) for program in needed]


def locate(name: str) -> str | None:
    """Return the path of a program, also where an ordinary user's PATH lacks the sbin folders."""
    folders = [os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS]
    return shutil.which(name, path=os.pathsep.join(folders))


def version_in(output: str) -> str:
    """Return the version number in what a program says about itself; empty when there is none."""
    found = _VERSION.search(output)
    return found.group() if found else ""


def _finding(program: Program, paths: Mapping[str, str], versions: Mapping[str, str]) -> Finding:
    if program.name in paths:
        detail = f"{versions.get(program.name, '')} {paths[program.name]}".strip()
        return Finding(program.name, True, detail)
    return Finding(program.name, False, "not installed", mend_of(program), program.role)


def mend_of(program: Program) -> str:
    """Return the command that installs a program."""
    launcher = Path(__file__).parents[3] / "lab"
    return f"{launcher} setup" if launcher.is_file() else program.mend


def _versions(present: Iterable[Program], paths: Mapping[str, str]) -> dict[str, str]:
    """Ask all programs at once."""
    asked = {p.name: _ask(paths[p.name], p.version) for p in present if p.version}
    return {name: version_in(_answer(process)) for name, process in asked.items()}


def _ask(path: str, arguments: Iterable[str]) -> subprocess.Popen[str]:
    """Start a program with one pipe for everything: vsftpd tells its version on descriptor 0."""
    ours, theirs = os.pipe()
    try:
        process = subprocess.Popen(
            [path, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, text=True
        )
    finally:
        os.close(theirs)
    process.stdout = open(ours, errors="replace")  # noqa: PTH123, SIM115 - communicate closes it
    return process


def _answer(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=_PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]
