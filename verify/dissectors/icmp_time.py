"""The time that `ping` writes into an echo's data, by which it reckons the round trip."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirelab.verify.field import SECOND, Kind

if TYPE_CHECKING:
    from wirelab.verify.dissectors.reading import Values
    from wirelab.verify.dissectors.table import Table
    from wirelab.verify.field import Field
    from wirelab.verify.layer import Layer

_DATA = 8
_DAY = 86400 * SECOND
_MICROSECOND = 1000
_STAMP = 8


def _guess(layer: Layer) -> int | None:
    """The time at the start of an echo's data, in nanoseconds since the epoch.

    No standard says how a host writes it. Taken is a C `struct timeval` of 32-bit numbers, in the
    byte order that brings it nearer to the time of the frame, when that is less than a day away.
    """
    at = layer.start + _DATA
    if at + _STAMP > layer.end or layer.data[layer.start] not in (0, 8):
        return None
    now = layer.packet.frame.time
    stamp = layer.data[at : at + _STAMP]
    times = [_time_of(*struct.unpack(form, stamp)) for form in ("<II", ">II")]
    near = [time for time in times if time is not None and abs(now - time) < _DAY]
    return min(near, key=lambda time: abs(now - time), default=None)


def _time_of(seconds: int, microseconds: int) -> int | None:
    if microseconds >= 1_000_000:
        return None
    return seconds * SECOND + microseconds * _MICROSECOND


def size(layer: Layer) -> int:
    """How many bytes of an echo's data are its time; 0 for none."""
    return 0 if _guess(layer) is None else _STAMP


def _time(layer: Layer) -> Values:
    time = _guess(layer)
    return () if time is None else (time,)


def _relative(layer: Layer) -> Values:
    time = _guess(layer)
    return () if time is None else (layer.packet.frame.time - time,)


_WIDE = "Wireshark 4.2 and later also find a time of 64-bit numbers, and its microseconds."


def fields(table: Table) -> tuple[Field, ...]:
    """The rows about the time in an echo, for the table of ICMP."""
    return (
        table.row(
            Kind.EPOCH,
            "icmp.data_time",
            "The time that the sender wrote into the data, as ping does.",
            _time,
            source="Wireshark",
            unit="s",
            differs=f"Wireshark compares it with dates, not with seconds. {_WIDE}",
        ),
        table.row(
            Kind.TIME,
            "icmp.data_time_relative",
            "The time from then to this frame.",
            _relative,
            source="Wireshark",
            unit="s",
            differs=_WIDE,
        ),
    )
