import pytest

from wirelab.verify.dissectors import DISSECTORS, LINKS, TABLES
from wirelab.verify.dissectors.numbers import ETHERTYPES, IP_PROTOCOLS, TCP_PORTS, UDP_PORTS
from wirelab.verify.errors import FilterError
from wirelab.verify.fields import FIELDS, Kind, lookup
from wirelab.verify.frame import LinkType


def test_no_name_is_given_twice() -> None:
    assert len(FIELDS) == sum(len(table) for table in TABLES)


def test_every_field_says_in_a_sentence_what_it_means_and_where_that_is_written() -> None:
    for field in FIELDS.values():
        assert field.meaning.endswith((".", "?")), field
        assert field.source, field
        assert not field.differs or field.differs.endswith("."), field


def test_every_field_belongs_to_a_protocol_of_the_registry() -> None:
    for field in FIELDS.values():
        assert FIELDS[field.protocol].kind is Kind.PROTOCOL, field


def test_every_number_leads_to_a_protocol_that_is_known() -> None:
    tables = (ETHERTYPES, IP_PROTOCOLS, UDP_PORTS, TCP_PORTS, LINKS)
    named = {name for table in tables for name in table.values()}
    assert named <= DISSECTORS.keys() <= FIELDS.keys()
    assert LINKS.keys() == set(LinkType)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(FilterError, match=r"did you mean arp\.opcode") as caught:
        lookup("arp.opcod")
    assert (caught.value.text, caught.value.column) == ("arp.opcod", 1)


def test_a_name_like_no_other_is_refused_without_advice() -> None:
    with pytest.raises(FilterError) as caught:
        lookup("zzzzzz")
    assert "did you mean" not in str(caught.value)
