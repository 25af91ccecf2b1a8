"""The parser of the display filter language: from tokens to a tree, types not yet checked.

Source: `epan/dfilter/grammar.lemon` of Wireshark 4.0. `&&` binds tighter than `xor`, `xor` tighter
than `||`, `!` tightest; comparisons can be chained; arithmetic is grouped with braces. `xor` came
with Wireshark 4.2, so it is taken apart here and what is printed runs in older ones too.
"""

from __future__ import annotations

from dataclasses import replace

from wirelab.verify.errors import FilterError
from wirelab.verify.filter.lexer import Lexeme, Token, lexemes
from wirelab.verify.filter.nodes import (
    FUNCTIONS,
    Always,
    Arithmetic,
    Between,
    Binary,
    Call,
    Compare,
    Exists,
    FieldRef,
    Form,
    How,
    Literal,
    Member,
    Negative,
    NonZero,
    Not,
    Op,
    Operand,
    Range,
    Reference,
    Slice,
    Test,
    both,
    either,
)
from wirelab.verify.filter.ranges import parse_ranges
from wirelab.verify.filter.words import check_name, is_field, nearest

DEPTH = 60
"""How deep parentheses, negations and calls may be nested."""

_RELATIONS = {
    "==": (Op.EQ, How.ANY),
    "===": (Op.EQ, How.ALL),
    "!=": (Op.NE, How.ALL),
    "!==": (Op.NE, How.ANY),
    **{op.value: (op, How.ANY) for op in (Op.LT, Op.LE, Op.GT, Op.GE)},
}
_SEARCHES = {"contains": Op.CONTAINS, "matches": Op.MATCHES}
_PRECEDENCE = (("&",), ("+", "-"), ("*", "/", "%"))


def parse(text: str) -> Test:
    """The tree of a filter; the empty filter is true of every packet.

    Raises:
        FilterError: the text is no display filter.

    """
    return _Parser(text).whole()


class _Parser:
    """A recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(lexemes(text))
        self._depth = 0
        self._go_to(0)

    def _go_to(self, at: int) -> None:
        """Make a token the next one; kept at hand, for they are looked at much more often."""
        self._at = at
        self._next = self._tokens[at] if at < len(self._tokens) else self._tokens[-1]
        self._symbol = self._next.value if self._next.token is Token.SYMBOL else ""

    def whole(self) -> Test:
        test = Always() if self._ended else self._or()
        if not self._ended:
            raise self._unexpected()
        return test

    # Tests, from the loosest to the tightest binding.

    def _or(self) -> Test:
        tests = [self._xor()]
        while self._accept("||"):
            tests.append(self._xor())
        return either(*tests)

    def _xor(self) -> Test:
        test = self._and()
        while self._accept("^^"):
            other = self._and()
            test = both(either(test, other), Not(both(test, other)))
        return test

    def _and(self) -> Test:
        tests = [self._not()]
        while self._accept("&&"):
            tests.append(self._not())
        return both(*tests)

    def _not(self) -> Test:
        self._deeper()
        if self._accept("!"):
            test: Test = Not(self._not())
        elif self._accept("("):
            test = self._or()
            self._expect(")")
        else:
            test = self._relation()
        self._depth -= 1
        return test

    def _relation(self) -> Test:
        how = self._quantifier()
        column, grouped = self._next.column, self._symbol == "{"
        left = self._sum()
        symbol = self._symbol
        if symbol in _RELATIONS:
            return self._chain(left, how)
        if symbol in _SEARCHES:
            self._advance()
            if self._symbol:
                raise self._unexpected()
            return Compare(_SEARCHES[symbol], how or How.ANY, left, self._entity())
        if not grouped and (symbol == "in" or (symbol == "!" and self._peek(1).value == "in")):
            return self._membership(left, how or How.ANY)
        if how is not None:
            raise self._unexpected()
        return self._alone(left, column)

    def _chain(self, left: Operand, how: How | None) -> Test:
        tests = []
        while self._symbol in _RELATIONS:
            op, usual = _RELATIONS[self._advance().value]
            right = self._sum()
            tests.append(Compare(op, usual, left, right))
            left = right
        if how is not None and len(tests) == 1:  # of a chain, like in Wireshark, it says nothing
            return replace(tests[0], how=how)
        return both(*tests)

    def _membership(self, left: Operand, how: How) -> Test:
        negated = self._accept("!")
        self._expect("in")
        self._expect("{")
        elements = [self._element()]
        while self._accept(","):
            elements.append(self._element())
        self._expect("}")
        if negated:  # whatever the quantifier, like in Wireshark
            return Not(Member(How.ANY, left, tuple(elements)))
        return Member(how, left, tuple(elements))

    def _element(self) -> Operand | Between:
        low = self._member()
        return Between(low, self._member()) if self._accept("..") else low

    def _member(self) -> Operand:
        """An operand where no calculation may stand."""
        if self._symbol == "{":
            raise self._unexpected()
        return self._signed()

    def _alone(self, operand: Operand, column: int) -> Test:
        """An operand that stands where a test is wanted."""
        if isinstance(operand, FieldRef | Slice):
            return Exists(operand)
        if isinstance(operand, Binary | Negative):
            return NonZero(operand)
        if isinstance(operand, Literal) and operand.form is Form.WORD:
            reason = f"{operand.text!r} is neither a field nor a protocol{nearest(operand.text)}"
            raise FilterError(self._text, operand.column, reason)
        raise FilterError(self._text, column, "a comparison is missing here")

    # Operands.

    def _sum(self, level: int = 0) -> Operand:
        if level == len(_PRECEDENCE):
            return self._signed()
        operand = self._sum(level + 1)
        while self._symbol in _PRECEDENCE[level]:
            op = Arithmetic(self._advance().value)
            operand = Binary(op, operand, self._sum(level + 1))
        return operand

    def _signed(self) -> Operand:
        if self._accept("-"):
            if self._symbol == "{":
                raise self._unexpected()
            return Negative(self._entity())
        self._accept("+")
        return self._entity()

    def _entity(self) -> Operand:
        self._deeper()
        if self._accept("{"):
            operand = self._sum()
            self._expect("}")
        else:
            operand = self._atom()
        while self._next.token is Token.RANGES:
            operand = Slice(operand, self._ranges(self._advance()))
        self._depth -= 1
        return operand

    def _atom(self) -> Operand:
        lexeme = self._next
        match lexeme.token:
            case Token.STRING:
                self._advance()
                return Literal(lexeme.value, Form.STRING, lexeme.column)
            case Token.CHARACTER:
                self._advance()
                return Literal(lexeme.value, Form.CHARACTER, lexeme.column)
            case Token.REFERENCE:
                self._advance()
                return self._reference(lexeme)
            case Token.WORD:
                self._advance()
                return self._word(lexeme)
        raise self._unexpected()

    def _word(self, lexeme: Lexeme) -> Operand:
        if self._symbol == "(" and not is_field(lexeme.value):
            return self._call(lexeme)
        if self._next.token is Token.LAYER:
            check_name(self._text, lexeme)
            if "--" in self._next.value:
                reason = "layers from the end are written #[-2:2]"
                raise FilterError(self._text, self._next.column, reason)
            return FieldRef(lexeme.value, self._ranges(self._advance()), lexeme.column)
        if is_field(lexeme.value):
            return FieldRef(lexeme.value, (), lexeme.column)
        return Literal(lexeme.value, Form.WORD, lexeme.column)

    def _call(self, lexeme: Lexeme) -> Operand:
        if lexeme.value not in FUNCTIONS:
            reason = f"no function is called {lexeme.value!r}; there are {', '.join(FUNCTIONS)}"
            raise FilterError(self._text, lexeme.column, reason)
        self._expect("(")
        arguments = [self._sum()]
        while self._accept(","):
            arguments.append(self._sum())
        self._expect(")")
        return Call(lexeme.value, tuple(arguments), lexeme.column)

    def _reference(self, lexeme: Lexeme) -> Reference:
        name, hash_sign, layer = lexeme.value.strip().partition("#")
        if not name or any(letter.isspace() for letter in name) or (hash_sign and not layer):
            raise FilterError(self._text, lexeme.column, "a reference is written ${name}")
        if layer and not (layer.isdecimal() and int(layer) > 0):
            raise FilterError(self._text, lexeme.column, f"{layer!r} is no layer number")
        return Reference(name, int(layer) if layer else None, lexeme.column)

    def _ranges(self, lexeme: Lexeme) -> tuple[Range, ...]:
        try:
            return parse_ranges(lexeme.value)
        except ValueError as error:
            raise FilterError(self._text, lexeme.column, str(error)) from None

    # Tokens.

    @property
    def _ended(self) -> bool:
        return self._next.token is Token.END

    def _peek(self, distance: int) -> Lexeme:
        return self._tokens[min(self._at + distance, len(self._tokens) - 1)]

    def _advance(self) -> Lexeme:
        lexeme = self._next
        self._go_to(self._at + 1)
        return lexeme

    def _accept(self, symbol: str) -> bool:
        if self._symbol != symbol:
            return False
        self._go_to(self._at + 1)
        return True

    def _expect(self, symbol: str) -> None:
        if not self._accept(symbol):
            raise self._unexpected(f", {symbol!r} was expected")

    def _quantifier(self) -> How | None:
        return How(self._advance().value) if self._symbol in ("any", "all") else None

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEPTH:
            raise FilterError(self._text, self._next.column, "this is nested too deeply")

    def _unexpected(self, wanted: str = "") -> FilterError:
        lexeme = self._next
        if self._ended:
            return FilterError(self._text, lexeme.column, f"the filter ends too early{wanted}")
        shown = self._text[lexeme.column - 1 : self._peek(1).column - 1].strip()
        return FilterError(self._text, lexeme.column, f"{shown!r} was unexpected{wanted}")
