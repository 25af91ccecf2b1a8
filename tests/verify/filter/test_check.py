"""Types of operands, and what literals mean."""

from __future__ import annotations

import pytest

from wirelab.verify.errors import FilterError
from wirelab.verify.fields import Kind
from wirelab.verify.filter import display_filter
from wirelab.verify.filter.nodes import Compare, Constant


def constant(text: str) -> Constant:
    """The right side of a comparison."""
    test = display_filter(text).test
    assert isinstance(test, Compare)
    assert isinstance(test.right, Constant)
    return test.right


@pytest.mark.parametrize("number", ["10", "0xa", "012", "0b1010", "0xA", r"'\n'", "{5 + 5}"])
def test_numbers_are_written_in_many_ways(number: str) -> None:
    assert constant(f"ip.ttl == {number}").value == 10


@pytest.mark.parametrize("truth", ["1", "True", "TRUE", "2"])
def test_true_is_written_in_many_ways(truth: str) -> None:
    assert constant(f"ip.flags.df == {truth}").value == 1


@pytest.mark.parametrize(
    "address",
    ["02:00:00:00:00:0c", "02-00-00-00-00-0c", "02.00.00.00.00.0c", "0200.0000.000c"],
)
def test_ethernet_addresses_are_written_in_many_ways(address: str) -> None:
    assert constant(f"eth.src == {address}").value == bytes.fromhex("02000000000c")


def test_an_address_may_have_a_prefix() -> None:
    found = constant("ip.src == 10.1.2.3/8")
    assert (found.kind, found.value, found.prefix) == (Kind.IPV4, bytes([10, 1, 2, 3]), 8)


@pytest.mark.parametrize("octets", ["47:45", "47-45", "4745", ":4745", '"GE"', r'"\x47E"'])
def test_bytes_are_written_in_many_ways(octets: str) -> None:
    assert constant(f"udp.payload contains {octets}").value == b"GE"


def test_a_lone_number_beside_bytes_is_hexadecimal() -> None:
    assert constant("ip[0] == 45").value == b"\x45"
    assert constant("ip[0] == 0x45").value == b"\x45"
    assert constant("ip[0] == 5").value == b"\x05"


def test_times_are_seconds() -> None:
    assert constant("frame.time_relative < 0.25").value == 250_000_000
    assert constant("frame.time_delta > -1").value == -1_000_000_000


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("1 == ip.ttl", 1, "the left side must be a field"),
        ("ip.srx == 1.2.3.4", 1, "the left side must be a field; did you mean ip.src"),
        ("ip.src == ip.dts", 11, "not an IPv4 address; did you mean ip.dst"),
        ("ip.src == 10.0.0.1/33", 11, "no prefix length from 0 to 32"),
        ("ip.src == 10", 11, "not an IPv4 address"),
        ('ip.src == "10.0.0.1"', 11, "without quotes"),
        ("ip.src == eth.src", 11, "cannot be compared"),
        ("ip.ttl == 1.5", 11, "not a whole number"),
        ("ip.ttl == 0o17", 11, "not a whole number"),
        ("ip.ttl == 09", 11, "not an octal number"),
        ("ip.ttl == -1:2", 12, "not a whole number"),
        ("eth.src == 00:11:22", 12, "not an Ethernet address"),
        ("eth.src == 00:11:2g", 12, "not a row of hexadecimal bytes"),
        ("eth.dst[0] == ff", 15, "write 0xff"),
        ("eth.dst[0:2] == fc00", 17, "write :fc00"),
        ("ip.ttl[0] == 1", 1, "cannot be sliced"),
        ("ip.ttl contains 1", 17, "contains nothing"),
        ('ip.ttl matches "1"', 16, "cannot be searched"),
        ("udp.payload matches abc", 21, "double quotes"),
        ('udp.payload matches "["', 21, "no regular expression"),
        ("lower(ip.src) == 1", 1, "does not go with IPv4"),
        ("len(ip.ttl) == 1", 1, "does not go with unsigned"),
        ("ip.flags.df & 1", 1, "boolean does not go with &"),
        ("ip.src + 1.1.1.1 == 2.2.2.2", 1, "does not go with +"),
        ("ip.ttl == {1 / 0}", 0, "cannot be calculated"),
        ("-eth.src == 1", 2, "have a sign"),
        ("${x.y} == 1", 1, "must be a field"),
    ],
)
def test_what_does_not_fit_is_an_error_with_its_column(text: str, column: int, reason: str) -> None:
    with pytest.raises(FilterError, match=reason) as caught:
        display_filter(text)
    assert caught.value.text == text
    assert caught.value.column == (column or caught.value.column)
