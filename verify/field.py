"""What a field is: its kind of value, and how that is read from text and written as text.

A value is in the form that is cheapest to take from a frame:

- `BOOL`, `UINT`, `INT`: an int (a bool is an int);
- `ETHER`, `IPV4`, `IPV6`, `BYTES`: the bytes as they are in the packet, so that addresses compare
  and sort as Wireshark has them, and a network's prefix is a slice;
- `STRING`: a str;
- `TIME`, `EPOCH`: an int, nanoseconds (a float would lose them); their text is seconds;
- `FLOAT`: a float;
- `PROTOCOL`: the bytes of the layer, header and payload;
- `NONE`: True; such a field has no value, it is there or it is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_FLOAT = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
Value = int | float | str | bytes
Reader = Callable[["Layer"], tuple[Value, ...]]

SECOND = 1_000_000_000
"""Nanoseconds in a second."""


class Kind(Enum):
    """The kinds of values; the names are Wireshark's without its FT_ and its widths."""

    PROTOCOL = "protocol"
    NONE = "label"
    BOOL = "boolean"
    UINT = "unsigned integer"
    INT = "signed integer"
    ETHER = "Ethernet address"
    IPV4 = "IPv4 address"
    IPV6 = "IPv6 address"
    BYTES = "bytes"
    STRING = "text"
    TIME = "duration"
    EPOCH = "point in time"
    FLOAT = "floating-point number"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the registry, under Wireshark's name."""

    name: str
    """The display filter name, `arp.opcode`."""
    kind: Kind
    """The kind of its values."""
    meaning: str
    """What it says, in one sentence."""
    source: str
    """Where it is defined: "RFC 826", a section, or Wireshark for what no standard has."""
    protocol: str
    """The protocol whose layers have it; a `#n` behind the name counts those layers."""
    read: Reader = field(repr=False, compare=False)
    """Takes its values out of one layer; () when the layer has none."""
    unit: str = ""
    """The unit of its values; "" when they have none."""
    digits: int = 0
    """Hexadecimal digits in Wireshark's text of it; 0 for decimal."""
    differs: str = ""
    """How it differs from Wireshark's field of the name in its default settings; "" if not."""


def render(field: Field, value: Value) -> str:
    """Wireshark's text for a value, as `tshark -T fields` prints it."""
    return _RENDER[field.kind](field, value)


def parse(field: Field, text: str) -> Value:
    """The value that a text means for a field.

    Raises:
        ValueError: the text is no such value; the message says why.

    """
    return _PARSE[field.kind](text)


def _render_number(field: Field, value: Value) -> str:
    number = as_int(value)
    return f"0x{number:0{field.digits}x}" if field.digits else str(number)


def _render_bool(_: Field, value: Value) -> str:
    return "1" if value else "0"


def _render_text(_: Field, value: Value) -> str:
    return str(value)


def _render_ether(_: Field, value: Value) -> str:
    return as_bytes(value).hex(":")


def _render_bytes(_: Field, value: Value) -> str:
    return as_bytes(value).hex()


def _render_ipv4(_: Field, value: Value) -> str:
    return ".".join(map(str, as_bytes(value)))


def _render_ipv6(_: Field, value: Value) -> str:
    packed = as_bytes(value)
    if packed[:10] == bytes(10) and packed[10:12] == b"\xff\xff":
        return f"::ffff:{IPv4Address(packed[12:])}"
    return str(IPv6Address(packed))


def _render_time(_: Field, value: Value) -> str:
    nanoseconds = as_int(value)
    whole, rest = divmod(abs(nanoseconds), SECOND)
    return f"{'-' if nanoseconds < 0 else ''}{whole}.{rest:09d}"


def _render_float(_: Field, value: Value) -> str:
    return f"{float(value):.6g}"


def as_bytes(value: Value) -> bytes:
    """The value itself, which its field's kind promises to be bytes."""
    if not isinstance(value, bytes):
        raise TypeError(f"not bytes: {value!r}")
    return value


def as_int(value: Value) -> int:
    """The value itself, which its field's kind promises to be an int."""
    if not isinstance(value, int):
        raise TypeError(f"not an int: {value!r}")
    return value


def _parse_bool(text: str) -> bool:
    words = {"1": True, "true": True, "0": False, "false": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither true nor false")
    return words[text.lower()]


def _parse_int(text: str) -> int:
    digits = text.lstrip("-")
    octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
    try:
        return int(text, 8 if octal else 0)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def _parse_uint(text: str) -> int:
    number = _parse_int(text)
    if number < 0:
        raise ValueError(f"{text!r} is negative")
    return number


def _parse_bytes(text: str) -> bytes:
    digits = text.replace(":", "").replace("-", "").replace(".", "")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f"{text!r} is not a row of hexadecimal bytes") from None


def _parse_ether(text: str) -> bytes:
    address = _parse_bytes(text)
    if len(address) != 6:
        raise ValueError(f"{text!r} is not an Ethernet address")
    return address


def _parse_ipv4(text: str) -> bytes:
    try:
        return IPv4Address(text).packed
    except ValueError:
        raise ValueError(f"{text!r} is not an IPv4 address") from None


def _parse_ipv6(text: str) -> bytes:
    try:
        return IPv6Address(text).packed
    except ValueError:
        raise ValueError(f"{text!r} is not an IPv6 address") from None


def _parse_time(text: str) -> int:
    whole, _, rest = text.lstrip("-").partition(".")
    if not (whole + rest).isdecimal() or len(rest) > 9:
        raise ValueError(f"{text!r} is not a number of seconds")
    nanoseconds = int(whole or "0") * SECOND + int(rest.ljust(9, "0"))
    return -nanoseconds if text.startswith("-") else nanoseconds


def _parse_float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return float.fromhex(text) if "x" in text.lower() else float(text)


_RENDER: dict[Kind, Callable[[Field, Value], str]] = {
    Kind.PROTOCOL: _render_bytes,
    Kind.NONE: _render_bool,
    Kind.BOOL: _render_bool,
    Kind.UINT: _render_number,
    Kind.INT: _render_number,
    Kind.ETHER: _render_ether,
    Kind.IPV4: _render_ipv4,
    Kind.IPV6: _render_ipv6,
    Kind.BYTES: _render_bytes,
    Kind.STRING: _render_text,
    Kind.TIME: _render_time,
    Kind.EPOCH: _render_time,
    Kind.FLOAT: _render_float,
}

_PARSE: dict[Kind, Callable[[str], Value]] = {
    Kind.PROTOCOL: _parse_bytes,
    Kind.NONE: _parse_bool,
    Kind.BOOL: _parse_bool,
    Kind.UINT: _parse_uint,
    Kind.INT: _parse_int,
    Kind.ETHER: _parse_ether,
    Kind.IPV4: _parse_ipv4,
    Kind.IPV6: _parse_ipv6,
    Kind.BYTES: _parse_bytes,
    Kind.STRING: str,
    Kind.TIME: _parse_time,
    Kind.EPOCH: _parse_time,
    Kind.FLOAT: _parse_float,
}
