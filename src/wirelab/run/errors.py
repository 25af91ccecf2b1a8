"""What keeps a run from starting, or from going on."""

from pathlib import Path


class PlanError(Exception):
    """What was asked for does not exist, or cannot be."""


class OutputError(Exception):
    """The output folder cannot be written: full, gone, closed to us, in use."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)  # the arguments, so that it can be pickled
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason}"
