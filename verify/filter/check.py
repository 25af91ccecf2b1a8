"""The type check: every literal of a tree becomes a constant of the kind that its place wants.

What Wireshark refuses is refused here too, when the filter is read, so that no comparison is
silently never true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import Kind
from wirelab.verify.filter.fold import fold, negated
from wirelab.verify.filter.kinds import digits_of, has_kind, kind_of, most_of
from wirelab.verify.filter.nodes import (
    Always,
    And,
    Arithmetic,
    Between,
    Binary,
    Call,
    Compare,
    Constant,
    Exists,
    FieldRef,
    Form,
    Literal,
    Member,
    Negative,
    NonZero,
    Not,
    Op,
    Operand,
    Or,
    Reference,
    Slice,
    Test,
)
from wirelab.verify.filter.pattern import compiled
from wirelab.verify.filter.rules import (
    SEARCHED,
    SIGNED,
    SLICED,
    calculable,
    compatible,
    misuse,
)
from wirelab.verify.filter.values import OCTETS, comparable, convert, written
from wirelab.verify.filter.walk import leaves
from wirelab.verify.filter.words import nearest


def check(test: Test, text: str) -> Test:
    """The tree with its literals converted and its constant calculations done.

    Args:
        test: a tree as the parser built it, or one in which references were replaced.
        text: the filter, for messages.

    Raises:
        FilterError: operands do not fit their operators or each other.

    """
    return _Check(text).test(test)


_MOST_SIGNED = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class _Want:
    """What the place of an operand asks of it."""

    kind: Kind
    """The kind of its values."""
    digits: int = 0
    """Hexadecimal digits in which a number is printed; 0 for decimal."""
    most: int | None = None
    """The greatest number that may be written there; None for any."""
    signed: bool = True
    """Whether it may be negative."""


class _Check:
    """The check of one filter."""

    def __init__(self, text: str) -> None:
        self._text = text

    def test(self, test: Test) -> Test:
        match test:
            case And(tests):
                return And(tuple(map(self.test, tests)))
            case Or(tests):
                return Or(tuple(map(self.test, tests)))
            case Not(inner):
                return Not(self.test(inner))
            case Exists(operand):
                return Exists(self._field_side(operand))
            case NonZero(operand):
                return NonZero(self._field_side(operand))
            case Compare():
                return self._compare(test)
            case Member(how, operand, elements):
                left = self._field_side(operand)
                if not isinstance(left, FieldRef):
                    raise self._fault(operand, "only a field can be looked for in a set")
                want = _want(left)
                return Member(how, left, tuple(self._element(each, want) for each in elements))
            case Always():
                return test

    def _compare(self, test: Compare) -> Test:
        left = self._field_side(test.left)
        want = _want(left)
        if want.kind is Kind.NONE:
            raise self._fault(test.left, "this field is there or not, it has no value")
        if test.op is Op.MATCHES:
            right = self._pattern(want, test.right)
        elif test.op is Op.CONTAINS:
            right = self._part(left, test.right)
        else:
            right = self._operand(test.right, want)
        return Compare(test.op, test.how, left, right)

    def _field_side(self, operand: Operand) -> Operand:
        """A left side or a lone operand; a field must stand in it."""
        if not any(isinstance(leaf, FieldRef) for leaf in leaves(operand)):
            word = operand.text if isinstance(operand, Literal) else ""
            reason = f"the left side must be a field{nearest(word)}"
            raise self._fault(operand, f"{word!r} is no field; {reason}" if word else reason)
        return self._operand(operand, None)

    def _pattern(self, want: _Want, right: Operand) -> Operand:
        if want.kind not in SEARCHED:
            raise self._fault(right, f"{want.kind.value} cannot be searched; see string()")
        if isinstance(right, Constant):
            return right
        if not (isinstance(right, Literal) and right.form is Form.STRING):
            raise self._fault(right, "matches needs a pattern in double quotes")
        try:
            compiled(right.text)
        except (re.error, OverflowError) as error:
            raise self._fault(right, f"this is no regular expression: {error}") from None
        return Constant(Kind.STRING, right.text)

    def _part(self, left: Operand, right: Operand) -> Operand:
        """The right side of `contains`."""
        want = _want(left)
        if want.kind not in SEARCHED:
            raise self._fault(right, f"{want.kind.value} contains nothing; see string()")
        part = Kind.BYTES if want.kind in OCTETS else Kind.STRING
        if want.kind is Kind.ETHER and getattr(right, "form", Form.WORD) is not Form.WORD:
            raise self._fault(right, "an Ethernet address contains bytes, without quotes")
        if isinstance(right, Literal | Constant | Reference):
            return self._operand(right, _Want(part))
        checked = self._operand(right, None)
        kind = kind_of(checked)
        sliced = isinstance(left, Slice) or isinstance(checked, Slice)
        if not (sliced and kind in SLICED) and not compatible(want.kind, kind):
            raise self._fault(right, f"{want.kind.value} cannot contain {kind.value}")
        return checked

    def _element(self, element: Operand | Between, want: _Want) -> Operand | Between:
        if isinstance(element, Slice):
            raise self._fault(element, "a set holds no slices")
        if isinstance(element, Between):
            return Between(self._operand(element.low, want), self._operand(element.high, want))
        return self._operand(element, want)

    def _operand(self, operand: Operand, want: _Want | None) -> Operand:
        match operand:
            case Literal():
                return self._literal(operand, want)
            case Constant():
                return self._constant(operand, want)
            case Reference():
                return operand
            case Negative(inner):
                return self._negative(inner, want)
            case Binary():
                checked = self._binary(operand, want)
            case Slice(inner, ranges):
                checked = Slice(self._sliced(inner), ranges)
            case Call():
                checked = self._call(operand)
            case FieldRef():
                checked = operand
        return self._fitting(checked, want)

    def _fitting(self, operand: Operand, want: _Want | None) -> Operand:
        """An operand that is no constant, where the place allows its kind."""
        if isinstance(operand, Constant) or want is None:
            return operand
        kind = _want(operand).kind
        if not compatible(want.kind, kind):
            raise self._fault(operand, f"{kind.value} cannot be compared with {want.kind.value}")
        return operand

    def _literal(self, literal: Literal, want: _Want | None) -> Operand:
        if want is None:
            raise self._fault(literal, f"{literal.text!r} is no field{nearest(literal.text)}")
        try:
            return _within(convert(literal, want.kind, want.digits), literal, want)
        except ValueError as error:
            hint = nearest(literal.text) if literal.form is Form.WORD else ""
            raise self._fault(literal, f"{error}{hint}") from None

    def _constant(self, constant: Constant, want: _Want | None) -> Operand:
        if want is None:
            return constant
        if comparable(constant.kind, want.kind):
            return Constant(want.kind, constant.value, constant.prefix, want.digits)
        text = str(constant.value) if constant.kind is Kind.STRING else written(constant)
        return self._literal(Literal(text), want)

    def _negative(self, inner: Operand, want: _Want | None) -> Operand:
        checked = self._operand(inner, want)
        if not isinstance(checked, Reference) and _want(checked).kind not in SIGNED:
            raise self._fault(inner, "only numbers and times have a sign")
        zero = isinstance(checked, Constant) and not checked.value
        if want is not None and not want.signed and not zero:
            raise self._fault(inner, "what it is compared with is never negative")
        return negated(checked) if isinstance(checked, Constant) else Negative(checked)

    def _binary(self, operand: Binary, want: _Want | None) -> Operand:
        typed = next(filter(has_kind, (operand.left, operand.right)), None)
        if typed is not None:
            want = replace(_want(self._operand(typed, want)), signed=True)
        for side in (operand.left, operand.right):
            if isinstance(side, Literal) and side.form is not Form.WORD:
                raise self._fault(side, "a quoted text cannot be calculated with")
        left, right = self._operand(operand.left, want), self._operand(operand.right, want)
        kinds = [kind_of(each) for each in (left, right) if has_kind(each)]
        for kind in kinds or ([want.kind] if want else []):
            if not calculable(operand.op, kind):
                raise self._fault(operand, f"{kind.value} does not go with {operand.op.value}")
        if isinstance(left, Constant) and isinstance(right, Constant):
            try:
                return fold(operand.op, left, right)
            except (ValueError, ZeroDivisionError):
                raise self._fault(operand, "this cannot be calculated") from None
        return Binary(operand.op, left, right)

    def _sliced(self, inner: Operand) -> Operand:
        operand = self._field_side(inner)
        kind = _want(operand).kind
        if kind not in SLICED:
            raise self._fault(inner, f"{kind.value} cannot be sliced")
        return operand

    def _call(self, call: Call) -> Operand:
        first, *others = call.arguments
        left = self._field_side(first)
        arguments = (left, *(self._operand(each, _want(left)) for each in others))
        checked = Call(call.function, arguments, call.column)
        if reason := misuse(checked):
            raise FilterError(self._text, call.column, reason)
        return checked

    def _fault(self, operand: Operand, reason: str) -> FilterError:
        columns = [getattr(leaf, "column", 1) for leaf in leaves(operand)]
        return FilterError(self._text, min(columns, default=1), reason)


def _want(operand: Operand) -> _Want:
    kind = kind_of(operand)
    if kind is Kind.INT:
        return _Want(kind, digits_of(operand), _MOST_SIGNED)
    if kind is not Kind.UINT:
        return _Want(kind, digits_of(operand))
    signed = isinstance(operand, Negative | Constant)
    if isinstance(operand, Binary):
        signed = operand.op in (Arithmetic.ADD, Arithmetic.SUBTRACT)
    return _Want(kind, digits_of(operand), most_of(operand), signed)


def _within(constant: Constant, literal: Literal, want: _Want) -> Constant:
    """The constant, when it is not greater than anything with which it is compared.

    Raises:
        ValueError: it is.
    """
    number = constant.value
    if want.most is not None and isinstance(number, int) and number > want.most:
        raise ValueError(f"{literal.text!r} is more than this can be, which is {want.most}")
    return constant
