"""What this machine has and lacks for labs, and the command that mends each lack."""

from pathlib import Path

from wirelab.doctor.finding import Finding
from wirelab.doctor.kernel import features
from wirelab.doctor.machine import confined_programs, disk, python, user_ids
from wirelab.doctor.namespaces import namespaces
from wirelab.doctor.programs import programs

__all__ = ["Finding", "examine"]

OUTPUT = Path("out")
"""Where `lab run` writes unless told otherwise."""


def examine(output: Path = OUTPUT) -> list[Finding]:
    """Look at everything that labs depend on; takes about a second.

    `output` is the folder whose disk is looked at. Nothing is changed: what the kernel can do
    is tried in a sandbox.
    """
    isolation = namespaces()
    return [
        python(),
        isolation,
        user_ids(),
        *(features() if isolation.ok else ()),
        *programs(),
        confined_programs(),
        disk(output),
    ]
