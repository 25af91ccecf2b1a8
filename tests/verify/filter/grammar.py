"""Display filters of every shape, about every field that some packets have.

Most of them are filters; some compare what cannot be compared, so that errors are met as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from wirelab.verify.fields import FIELDS, Field, Kind
from wirelab.verify.filter.nodes import Constant
from wirelab.verify.filter.values import ADDRESSES, NUMBERS, OCTETS, TIMES, quoted, written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from wirelab.verify.fields import Value
    from wirelab.verify.packet import Packet

_MOST_VALUES = 12
"""Of a field with more values so many are spoken of."""
_ORDER = ["==", "!=", "===", "!==", "<", "<=", ">", ">=", "eq", "ne", "lt", "ge", "any_ne"]
_SEARCH = ["contains", "matches", "~"]
_LAYERS = ["#1", "#2", "#[1-2]", "#[-1]", "#[1,2]", "#[2:]", "#[:1]", "#[-2:2]"]
_RANGES = ["[0]", "[1]", "[0:2]", "[1-3]", "[-2:2]", "[-1]", "[:4]", "[2:]", "[0,2-3]", "[1][0]"]
_STRAY = r"""
    1 0 -1 +2 255 256 65535 65536 4294967295 4294967296 0x1f 0xffff 010 08 0b11 1.5 -0.5 1e3 .5 5.
    "a" "" 'a' "1" 10.0.0.1 10.0.0.0/8 10.0.0.0/33 10 ::1 fe80::/10 fe80::/129 00:11:22:33:44:55
    ab:cd ab-cd abcd abc :ab :abcd 0x0102 01.02 01:02: True false TRUE r"\d" "(" "[a-" {1+1} {2}
    a.b www 00 7f:ff 127 'ab' "\x41" "\101" "\q"
""".split()  # noqa: SIM905  # fmt: skip
"""Literals that fit here and there."""


_HUGE = re.compile(r"[1-9]\d{8}|0x\w{8}")
"""A number with which Wireshark may calculate beyond its 32 bits."""
_FRAMES = re.compile(r"frame\.number|frame|_in|_to|segment|fragment")
"""Numbers of frames, which Wireshark keeps apart in max() and min()."""
_LONGEST = 60
"""Bytes of a value that is written out."""


def short(value: Value) -> bool:
    """Whether a value is not too long to be written out."""
    return not isinstance(value, bytes | str) or len(value) <= _LONGEST


class Grammar:
    """Makes filters about what is in some packets."""

    def __init__(self, packets: Sequence[Packet], unspoken: Collection[str] = ()) -> None:
        """Collects the values of all fields.

        Args:
            packets: the packets.
            unspoken: fields of which no filter shall speak.
        """
        self._values: dict[str, list[Value]] = {}
        for name in FIELDS.keys() - set(unspoken):
            found = dict.fromkeys(v for packet in packets for v in packet.values(name) if short(v))
            self._values[name] = list(found)[:_MOST_VALUES]
        self._present = sorted(name for name, found in self._values.items() if found)
        self._of_kind: dict[Kind, list[str]] = {}
        for name in self._present:
            self._of_kind.setdefault(FIELDS[name].kind, []).append(name)
        self._all = sorted(self._values)

    def filters(self) -> SearchStrategy[str]:
        """Filters, and some texts that are none."""
        relations = self._relations()
        return relations | st.recursive(relations, _combined, max_leaves=3)

    def _relations(self) -> SearchStrategy[str]:
        return st.composite(self._relation)()

    def _relation(self, draw: DrawFn) -> str:
        field = FIELDS[draw(st.sampled_from(self._present) | st.sampled_from(self._all))]
        left, kind = self._left(draw, field)
        how = draw(st.sampled_from(["", "", "", "", "any ", "all "]))
        shapes = ["order"] * 6 + ["member", "alone", "chain"]
        if kind in OCTETS | {Kind.STRING} or draw(st.integers(0, 29)) == 0:
            shapes += ["search"] * 4
        shape = draw(st.sampled_from(shapes))
        if kind is Kind.NONE:
            shape = draw(st.sampled_from(["alone", "alone", "order"]))
        if shape == "search":
            return f"{how}{left} {draw(st.sampled_from(_SEARCH))} {self._part(draw, field)}"
        if shape == "member":
            negated = draw(st.sampled_from(["", "not ", "!"]))
            return f"{how}{left} {negated}in {{{self._elements(draw, field)}}}"
        if shape == "alone":
            return f"{draw(st.sampled_from(['', '', '', '!', how]))}{left}"
        parts = [f"{how}{left}"]
        for _ in range(2 if shape == "chain" else 1):
            parts += [draw(st.sampled_from(_ORDER)), self._right(draw, field, kind)]
        return " ".join(parts)

    def _left(self, draw: DrawFn, field: Field) -> tuple[str, Kind]:
        """An operand with the field in it, and the kind of its values."""
        name = field.name + draw(st.sampled_from(["", "", "", *_LAYERS]))
        shapes = ["plain"] * 6 + ["function"]
        if field.kind in _SLICED or draw(st.integers(0, 29)) == 0:
            shapes += ["slice"] * 3
        if field.kind in NUMBERS | TIMES | ADDRESSES or draw(st.integers(0, 29)) == 0:
            shapes += ["sum"] * 3
        shape = draw(st.sampled_from(shapes))
        if shape == "slice":
            return name + draw(st.sampled_from(_RANGES)), Kind.BYTES
        if shape == "function":
            function = draw(st.sampled_from(_FUNCTIONS_OF.get(field.kind, _FUNCTIONS)))
            other = self._another(draw, field.kind)
            several = function in ("max", "min") and not _FRAMES.search(name + other)
            more = f", {other}" if several and draw(st.booleans()) else ""
            return f"{function}({name}{more})", _RESULTS.get(function, field.kind)
        if shape == "sum":
            return self._sum(draw, name, field), field.kind
        return name, field.kind

    def _sum(self, draw: DrawFn, name: str, field: Field) -> str:
        symbol = draw(st.sampled_from(["&", "&", "+", "-", "*", "/", "%", "bitwise_and"]))
        if symbol == "*" and any(isinstance(v, int) and v >> 24 for v in self._values[field.name]):
            return name
        if symbol in ("/", "%", "*"):  # by zero is on the list of differences
            return f"{name} {symbol} {draw(st.integers(1, 9))}"
        forms = ["{0} {1} {2}", "{{{0} {1} {2}}}"]
        forms += ["{0}{1}{2}"] if symbol != "bitwise_and" else []
        right = self._right(draw, field, field.kind)
        if field.kind is Kind.IPV6 or _HUGE.search(right):  # on the list of differences
            return name
        forms += ["-{0}"] if field.kind is not Kind.EPOCH else []  # Wireshark's overflows
        form = draw(st.sampled_from(forms))
        return form.format(name, symbol, right)

    def _right(self, draw: DrawFn, field: Field, kind: Kind) -> str:
        which = draw(st.integers(0, 39))
        if which == 0:
            return draw(st.sampled_from(_STRAY))
        if which in (1, 2, 3):
            return self._another(draw, kind)
        if which == 4:
            return self._left(draw, FIELDS[self._another(draw, kind)])[0]
        if kind is not field.kind:
            return self._of(draw, kind)
        return self._literal(draw, field)

    def _another(self, draw: DrawFn, kind: Kind) -> str:
        alike = self._of_kind.get(kind) or self._present
        return draw(st.sampled_from(alike if draw(st.integers(0, 9)) else self._present))

    def _of(self, draw: DrawFn, kind: Kind) -> str:
        if kind in NUMBERS:
            return str(draw(st.integers(0, 300)))
        if kind is Kind.STRING:
            return quoted(draw(st.text("abc.1", max_size=3)))
        octets = draw(st.binary(min_size=1, max_size=4))
        return "0x" + octets.hex() if len(octets) == 1 else octets.hex(":")

    def _literal(self, draw: DrawFn, field: Field) -> str:
        known = self._values[field.name]
        if not known:
            return draw(st.sampled_from(_STRAY))
        value = draw(st.sampled_from(known))
        if field.kind in NUMBERS | TIMES and draw(st.booleans()):
            value = abs(value + draw(st.integers(-1, 1)))  # type: ignore[operator]  # a number
        text = written(Constant(field.kind, value, None, field.digits))
        if field.kind in ADDRESSES and draw(st.integers(0, 3)) == 0:
            text += draw(st.sampled_from(["/0", "/1", "/8", "/24", "/31", "/32"]))
        return text

    def _part(self, draw: DrawFn, field: Field) -> str:
        """The right side of a search."""
        if field.kind is Kind.STRING and self._values[field.name]:
            text = str(draw(st.sampled_from(self._values[field.name])))
            cut = draw(st.integers(0, max(len(text) - 1, 0)))
            return quoted(text[cut : cut + 3])
        octets = [value for value in self._values[field.name] if isinstance(value, bytes) and value]
        if octets and draw(st.integers(0, 3)):
            octet = draw(st.sampled_from(octets))
            cut = draw(st.integers(0, len(octet) - 1))
            part = octet[cut : cut + 3]
            colons = "0x" + part.hex() if len(part) == 1 else part.hex(":")
            return draw(st.sampled_from([colons, quoted(part.decode("latin-1"))]))
        return draw(st.sampled_from([*_PATTERNS, *_STRAY]) | self._literals(field))

    def _literals(self, field: Field) -> SearchStrategy[str]:
        return st.composite(lambda draw: self._right(draw, field, field.kind))()

    def _elements(self, draw: DrawFn, field: Field) -> str:
        def element() -> str:
            low = self._right(draw, field, field.kind)
            if draw(st.integers(0, 2)):
                return low
            return f"{low} .. {self._right(draw, field, field.kind)}"

        return ", ".join(element() for _ in range(draw(st.integers(1, 3))))


_SLICED = OCTETS | ADDRESSES | {Kind.STRING}
_FUNCTIONS = ["count", "len", "string", "max", "min", "abs", "lower", "upper"]
_FUNCTIONS_OF = {
    Kind.STRING: ["lower", "upper", "len", "count", "max"],
    Kind.UINT: ["count", "string", "max", "min", "abs", "len"],
    Kind.BYTES: ["count", "len", "max", "string"],
    Kind.PROTOCOL: ["len", "count"],
}
_RESULTS = {"count": Kind.UINT, "len": Kind.UINT, "string": Kind.STRING}
_PATTERNS = ['r"^.{3}"', 'r"\\d+$"', '"[0-9a-f]"', '"a|b"', '"(?-i)A"', '"\\x00"', 'r"\\x00."']


def _combined(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    words = st.sampled_from(["&&", "||", "and", "or"])
    forms = st.sampled_from(["{0} {1} {2}", "({0} {1} {2})", "!({0}) {1} {2}", "not {0} {1} {2}"])
    return st.builds(lambda form, *parts: form.format(*parts), forms, inner, words, inner) | (
        st.builds("{} {} {} {} {}".format, inner, words, inner, words, inner)
    )
