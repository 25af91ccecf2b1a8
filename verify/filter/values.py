"""From what is written in a filter to values, and back."""

from __future__ import annotations

import re

from wirelab.verify.fields import Field, Kind, parse, render
from wirelab.verify.filter.nodes import Constant, Form, Literal

NUMBERS = frozenset({Kind.BOOL, Kind.UINT, Kind.INT, Kind.FLOAT})
"""Kinds whose values compare as numbers, with each other too."""
OCTETS = frozenset({Kind.ETHER, Kind.BYTES, Kind.PROTOCOL})
"""Kinds whose values compare as rows of bytes, with each other too."""
ADDRESSES = frozenset({Kind.IPV4, Kind.IPV6})
"""Kinds whose constants may have a prefix length."""
TIMES = frozenset({Kind.TIME, Kind.EPOCH})
"""Kinds whose values are nanoseconds."""

_TRUTH = {"True": 1, "TRUE": 1, "False": 0, "FALSE": 0}
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|\d+", re.ASCII)
_SINGLE_BYTE = re.compile(r":?([0-9a-fA-F]{1,2})|0[xX]([0-9a-fA-F]{2})")
_ROW = re.compile(
    r":?(?:[0-9a-fA-F]{2})+"
    r"|:?[0-9a-fA-F]{2}(?:([:.-])[0-9a-fA-F]{2})?(?:\1[0-9a-fA-F]{2})*"
    r"|(?:[0-9a-fA-F]{2})+(?:([.-])(?:[0-9a-fA-F]{2})+)?(?:\2(?:[0-9a-fA-F]{2})+)*"
)
"""Bytes in pairs of digits, in one row or with one separator."""
_PROTOCOLS = frozenset({"dc", "fc", "ff", "e100", "e164", "e212", "fc00", "fefd"})
"""Protocols of Wireshark whose names look like bytes; Wireshark takes the words for them."""
_PRINTABLE = re.compile(rb'[^ -~]|["\\]')


def comparable(one: Kind, other: Kind) -> bool:
    """Whether values of two kinds can be compared with each other."""
    return one is other or any({one, other} <= group for group in (NUMBERS, OCTETS, TIMES))


def convert(literal: Literal, kind: Kind, digits: int = 0) -> Constant:
    """What a literal means where a value of some kind is wanted.

    Args:
        literal: what was written.
        kind: the kind that is wanted.
        digits: the hexadecimal digits in which such a number is printed.

    Raises:
        ValueError: it is no such value; the message says why.

    """
    if kind is Kind.STRING:
        return Constant(kind, literal.text)
    if kind in OCTETS:
        return Constant(kind, _octets(literal, kind))
    if kind in NUMBERS - {Kind.FLOAT} and literal.form is Form.CHARACTER:
        code = ord(literal.text)
        return Constant(kind, int(bool(code)) if kind is Kind.BOOL else code, None, digits)
    if literal.form is not Form.WORD:
        raise ValueError(f"{kind.value} was expected, without quotes")
    if kind in ADDRESSES:
        return _address(literal.text, kind)
    if kind is Kind.BOOL:
        return Constant(kind, _truth(literal.text))
    if kind in (Kind.UINT, Kind.INT):
        return Constant(kind, number(literal.text), None, digits)
    return Constant(kind, parse(_specimen(kind), literal.text))


def number(text: str) -> int:
    """A whole number: decimal, or 0x hexadecimal, 0b binary, 0 octal.

    Raises:
        ValueError: it is none.

    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a whole number")
    octal = len(text) > 1 and text[0] == "0" and text.isdigit()
    try:
        return int(text, 8 if octal else 0)
    except ValueError:
        raise ValueError(f"{text!r} is not an octal number") from None


def _truth(text: str) -> int:
    return _TRUTH[text] if text in _TRUTH else int(number(text) != 0)


def _octets(literal: Literal, kind: Kind) -> bytes:
    if literal.form is not Form.WORD and kind is Kind.ETHER:
        raise ValueError("an Ethernet address was expected, without quotes")
    if literal.form is not Form.WORD:
        octets = literal.text.encode(errors="surrogateescape")
    elif literal.text in _PROTOCOLS:
        bytes_ = f"0x{literal.text}" if len(literal.text) == 2 else f":{literal.text}"
        raise ValueError(f"{literal.text!r} is a protocol of Wireshark; write {bytes_}")
    elif single := _SINGLE_BYTE.fullmatch(literal.text):
        octets = bytes([int(single[1] or single[2], 16)])
    elif _ROW.fullmatch(literal.text):
        octets = bytes.fromhex(re.sub(r"[:.-]", "", literal.text))
    else:
        raise ValueError(f"{literal.text!r} is not a row of hexadecimal bytes")
    if kind is Kind.ETHER and len(octets) != 6:
        raise ValueError(f"{literal.text!r} is not an Ethernet address")
    return octets


def _address(text: str, kind: Kind) -> Constant:
    address, slash, length = text.partition("/")
    packed = parse(_specimen(kind), address)
    if not slash:
        return Constant(kind, packed)
    bits = 32 if kind is Kind.IPV4 else 128
    if not length.isdecimal() or int(length) > bits:
        raise ValueError(f"{text!r} has no prefix length from 0 to {bits}")
    return Constant(kind, packed, int(length))


def _specimen(kind: Kind) -> Field:
    """Some field of a kind: texts of a kind are read alike whatever the field."""
    return Field("", kind, "", "", "", lambda _: ())


def written(constant: Constant) -> str:
    """The constant as it stands in a filter that Wireshark can read."""
    if constant.kind is Kind.STRING:
        return quoted(str(constant.value))
    if constant.kind in OCTETS:
        octets = bytes(constant.value)  # type: ignore[arg-type]  # OCTETS are bytes
        return f"0x{octets.hex()}" if len(octets) == 1 else octets.hex(":") or '""'
    if constant.digits and isinstance(constant.value, int) and constant.value >= 0:
        return f"0x{constant.value:0{constant.digits}x}"
    text = _trimmed(render(_specimen(constant.kind), constant.value), constant.kind)
    return text if constant.prefix is None else f"{text}/{constant.prefix}"


def _trimmed(text: str, kind: Kind) -> str:
    """A time without the zeros that say nothing."""
    return (text.rstrip("0").rstrip(".") or "0") if kind in TIMES else text


def quoted(text: str) -> str:
    """A text in double quotes, escaped so that it means the same in a filter."""

    def escape(found: re.Match[bytes]) -> bytes:
        octet = found[0]
        return b"\\" + octet if octet in b'"\\' else b"\\x%02x" % octet[0]

    octets = text.encode(errors="surrogateescape")
    return f'"{_PRINTABLE.sub(escape, octets).decode("ascii")}"'
