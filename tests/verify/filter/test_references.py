"""Putting values in the place of `${…}`."""

from __future__ import annotations

import pytest

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import Kind
from wirelab.verify.filter import display_filter
from wirelab.verify.filter.nodes import Constant, Literal, Reference
from wirelab.verify.filter.printer import print_test
from wirelab.verify.filter.references import substituted


def resolved(text: str, **values: Constant | Literal) -> str:
    """The text with values in it; `_` in a keyword stands for a dot."""

    def lookup(reference: Reference) -> Constant | Literal | None:
        return values.get(reference.name.replace(".", "_"))

    return print_test(substituted(display_filter(text).test, lookup))


def test_a_text_is_read_as_its_place_wants_it() -> None:
    name = Literal("10.0.0.5")
    assert resolved("ip.src == ${s.ip}", s_ip=name) == "ip.src == 10.0.0.5"
    assert resolved("string(ip.src) == ${s.ip}", s_ip=name) == 'string(ip.src) == "10.0.0.5"'


def test_calculations_with_values_are_done() -> None:
    ttl = Constant(Kind.UINT, 64)
    assert resolved("ip.ttl == ${a.ttl} - 1", a_ttl=ttl) == "ip.ttl == 63"


def test_a_number_is_printed_as_the_field_beside_it_prints_numbers() -> None:
    assert resolved("ip.id == ${a.n}", a_n=Constant(Kind.UINT, 7)) == "ip.id == 0x0007"


def test_what_is_not_known_stays() -> None:
    text = "ip.src == ${s.ip} && ip.dst in {${a.ip}, ${b.ip}}"
    assert resolved(text, a_ip=Literal("1.1.1.1")) == text.replace("${a.ip}", "1.1.1.1")


def test_a_value_of_another_kind_is_an_error() -> None:
    with pytest.raises(FilterError, match="not a row of hexadecimal bytes"):
        resolved("eth.src == ${s.ip}", s_ip=Literal("10.0.0.5"))
