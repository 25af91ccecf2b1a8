"""What tshark says about a capture, to hold against our own dissection."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wirelab.verify.capture import read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.field import SECOND, Field, Kind, render
from wirelab.verify.fields import FIELDS

if TYPE_CHECKING:
    from pathlib import Path

TSHARK = shutil.which("tshark")
_SEPARATOR, _AGGREGATOR = "\x01", "\x02"
_CHECKSUMS = {
    "ip.checksum.status": "ip.check_checksum",
    "udp.checksum.status": "udp.check_checksum",
    "tcp.checksum.status": "tcp.check_checksum",
}
_PRESENCE = frozenset({Kind.PROTOCOL, Kind.NONE})

Values = dict[str, tuple[str, ...]]


def tshark(*arguments: str) -> str:
    """The standard output of tshark; its times are in UTC."""
    assert TSHARK
    done = subprocess.run(
        [TSHARK, *arguments],
        check=False,
        capture_output=True,
        env={"TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape")


def expected(path: Path, names: list[str]) -> list[Values]:
    """The values of fields in every frame, as tshark has them after two passes.

    Checksums are validated for their own fields only: a bad one would change what Wireshark makes
    of the rest.
    """
    rows = _ask(path, [name for name in names if name not in _CHECKSUMS])
    statuses = [name for name in names if name in _CHECKSUMS]
    if not statuses:
        return rows
    options = [part for name in statuses for part in ("-o", f"{_CHECKSUMS[name]}:TRUE")]
    validated = _ask(path, statuses, *options)
    return [row | status for row, status in zip(rows, validated, strict=True)]


def _ask(path: Path, names: list[str], *options: str) -> list[Values]:
    text = tshark(
        "-n", "-2", "-r", str(path), *options, "-T", "fields",
        "-E", f"separator={_SEPARATOR}", "-E", f"aggregator={_AGGREGATOR}",
        *[part for name in names for part in ("-e", name)],
    )  # fmt: skip
    rows = [line.split(_SEPARATOR) for line in text.split("\n")[:-1]]
    return [
        {
            name: tuple(cell.replace("<MISSING>", "").split(_AGGREGATOR))
            for name, cell in zip(names, row, strict=True)
            if cell
        }
        for row in rows
    ]


def found(path: Path, names: list[str]) -> list[Values]:
    """The values of fields in every frame, as our dissection has them, in tshark's text."""
    packets = dissect(read_capture(path).frames)
    return [
        {
            name: tuple(_text(FIELDS[name], value) for value in values)
            for name in names
            if (values := packet.values(name)) and values != ("",)
        }
        for packet in packets
    ]


def _text(field: Field, value: object) -> str:
    assert isinstance(value, (int, float, str, bytes))
    return render(field, value)


def differences(path: Path, names: list[str]) -> list[str]:
    """Where the two do not agree, a line each: frame, field, tshark's values, our values."""
    theirs, ours = expected(path, names), found(path, names)
    assert len(theirs) == len(ours)
    return [
        f"{number} {name}: tshark {their.get(name, ())} ours {our.get(name, ())}"
        for number, (their, our) in enumerate(zip(theirs, ours, strict=True), 1)
        for name in names
        if not agree(FIELDS[name], their.get(name, ()), our.get(name, ()))
    ]


def agree(field: Field, theirs: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    """Whether two texts say the same; of what has no value, only whether it is there counts."""
    if field.kind in _PRESENCE:
        return bool(theirs) == bool(ours)
    if field.kind is Kind.EPOCH:
        theirs = tuple(_seconds(text) for text in theirs)
    if field.kind is Kind.FLOAT:
        return [round(float(text), 6) for text in theirs] == [
            round(float(text), 6) for text in ours
        ]
    return theirs == ours


def _seconds(text: str) -> str:
    """A time as seconds since the epoch; tshark writes some as dates."""
    if text.replace(".", "").isdecimal():
        return text
    date, _, rest = text.removesuffix(" UTC").rpartition(".")
    moment = datetime.strptime(date, "%b %d, %Y %H:%M:%S").replace(tzinfo=UTC)
    return render(FIELDS["frame.time_epoch"], int(moment.timestamp()) * SECOND + int(rest))
