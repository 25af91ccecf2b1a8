"""Names looked up by the C library."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.resolvers import Resolvers
from wirelab.traffic.clients import Lookup, lookup
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import Forwarder

NAME = "www.example.test"


def _looked_up(lab: Lab, name: str) -> Lookup:
    records = {NAME: "203.0.113.1,2001:db8::1"}
    start(lab, lab["c"], Forwarder(records=records, address="127.0.0.1"))
    return lookup(lab["c"], name)


def test_addresses_of_both_families_are_found(play: Any) -> None:
    found = play(Resolvers(), lambda lab: _looked_up(lab, NAME))
    assert (set(found.addresses), found.error) == ({"203.0.113.1", "2001:db8::1"}, "")


def test_a_name_that_nobody_knows_is_an_error(play: Any) -> None:
    found = play(Resolvers(), lambda lab: _looked_up(lab, "no.example.test"))
    assert found.addresses == ()
    assert found.error
