"""What can be wrong with something that was given to the judge.

Every error here is bad input: a file, a filter or an expectation. None of them says that traffic
was not as expected; that is a verdict.
"""

from __future__ import annotations

from pathlib import Path


class VerifyError(Exception):
    """Something that the judge was given cannot be used."""


class CaptureError(VerifyError):
    """A file is no capture, is damaged, or speaks of a link that cannot be dissected.

    Attributes:
        path: the file.
        offset: the byte, counted in the uncompressed file, at which reading stopped; None where
            it has not begun.
        reason: what was found there, in one line.

    """

    def __init__(self, path: str | Path, offset: int | None, reason: str) -> None:
        super().__init__(path, offset, reason)
        self.path = Path(path)
        self.offset = offset
        self.reason = reason

    def __str__(self) -> str:
        where = "" if self.offset is None else f" (at byte {self.offset})"
        return f"{self.path}: {self.reason}{where}"


class FilterError(VerifyError):
    """A display filter cannot be understood, or names a field that is not known.

    Attributes:
        text: the filter, or the part of it that was being read.
        column: where in `text` the trouble starts, counted from 1.
        reason: what is wrong there, in one line.

    """

    def __init__(self, text: str, column: int, reason: str) -> None:
        super().__init__(text, column, reason)
        self.text = text
        self.column = column
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} (column {self.column} of {self.text!r})"

    def pointed(self) -> str:
        """The reason, and below it the filter with a caret under the place."""
        shown = "".join(letter if letter.isprintable() else " " for letter in self.text)
        return f"{self.reason}\n    {shown}\n    {' ' * (self.column - 1)}^"


class ExpectationError(VerifyError):
    """An expectation contradicts itself or could never fail; found when it loads.

    Attributes:
        reason: what is wrong with it, in one line.

    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
