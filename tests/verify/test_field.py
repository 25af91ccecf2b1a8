import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Field, Kind, Value, parse, render

_TABLE = Table("x", "a test")


def _field(kind: Kind, digits: int = 0) -> Field:
    return _TABLE.row(kind, "x.y", "A field.", digits=digits)


_TEXTS: list[tuple[Kind, str, Value]] = [
    (Kind.UINT, "80", 80),
    (Kind.UINT, "0x50", 80),
    (Kind.UINT, "0120", 80),
    (Kind.INT, "-2", -2),
    (Kind.BOOL, "1", True),
    (Kind.BOOL, "False", False),
    (Kind.ETHER, "ff:ff:ff:ff:ff:ff", b"\xff" * 6),
    (Kind.ETHER, "00-11-22-33-44-55", b"\0\x11\x22\x33\x44\x55"),
    (Kind.IPV4, "10.0.0.1", b"\x0a\0\0\1"),
    (Kind.IPV6, "fe80::1", b"\xfe\x80" + bytes(13) + b"\1"),
    (Kind.BYTES, "de:ad:BE:ef", b"\xde\xad\xbe\xef"),
    (Kind.STRING, "www.example.test", "www.example.test"),
    (Kind.TIME, "0.000000001", 1),
    (Kind.TIME, "-1.5", -1_500_000_000),
    (Kind.EPOCH, "1700000000.5", 1_700_000_000_500_000_000),
    (Kind.FLOAT, "0.25", 0.25),
]


@pytest.mark.parametrize(("kind", "text", "value"), _TEXTS)
def test_a_text_means_a_value(kind: Kind, text: str, value: Value) -> None:
    assert parse(_field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.UINT, "eighty"),
        (Kind.UINT, "-1"),
        (Kind.UINT, "09"),
        (Kind.BOOL, "perhaps"),
        (Kind.ETHER, "ff:ff"),
        (Kind.ETHER, "c's address"),
        (Kind.IPV4, "10.0.0"),
        (Kind.IPV6, "10.0.0.1"),
        (Kind.BYTES, "abc"),
        (Kind.TIME, "3 s"),
        (Kind.TIME, "0.0000000001"),
        (Kind.FLOAT, "much"),
    ],
)
def test_a_text_that_means_nothing_is_refused_by_name(kind: Kind, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|is negative|is neither"):
        parse(_field(kind), text)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (_field(Kind.UINT), 443, "443"),
        (_field(Kind.UINT, digits=4), 443, "0x01bb"),
        (_field(Kind.BOOL), False, "0"),
        (_field(Kind.IPV6), bytes(10) + b"\xff\xff\x0a\0\0\1", "::ffff:10.0.0.1"),
        (_field(Kind.TIME), -1, "-0.000000001"),
        (_field(Kind.FLOAT), 47.1, "47.1"),
        (_field(Kind.NONE), True, "1"),
        (_field(Kind.PROTOCOL), b"\x08\0", "0800"),
    ],
)
def test_a_value_is_written_like_tshark_does(field: Field, value: Value, text: str) -> None:
    assert render(field, value) == text


_VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.UINT: st.integers(0, 2**64),
    Kind.INT: st.integers(-(2**31), 2**31),
    Kind.BOOL: st.booleans(),
    Kind.ETHER: st.binary(min_size=6, max_size=6),
    Kind.IPV4: st.binary(min_size=4, max_size=4),
    Kind.IPV6: st.binary(min_size=16, max_size=16),
    Kind.BYTES: st.binary(),
    Kind.STRING: st.text(),
    Kind.TIME: st.integers(-(2**63), 2**63),
    Kind.EPOCH: st.integers(0, 2**63),
}


@pytest.mark.parametrize("kind", _VALUES)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(_VALUES[kind])
    for field in (_field(kind), _field(kind, digits=4)):
        if field.digits == 0 or kind is Kind.UINT:
            assert parse(field, render(field, value)) == value
