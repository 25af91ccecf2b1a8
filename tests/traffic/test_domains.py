"""Zones that are delegated from one to the other."""

from wirelab.traffic.servers import Domain, Record, zones

ROOT = Domain(".", servers={"a.root.": "10.0.0.1"})
TEST = Domain("test.", servers={"ns.test.": "10.0.0.2"})
EXAMPLE = Domain(
    "example.test.",
    (Record("www", "A", "203.0.113.1"),),
    ttl=60,
    negative_ttl=30,
    servers={"ns.example.test.": "10.0.0.3", "ns2.example.test.": "10.0.0.4"},
)


def _texts(*domains: Domain) -> list[list[str]]:
    return [
        [f"{record.owner} {record.type} {record.data}" for record in zone.records]
        for zone in zones(domains)
    ]


def test_each_zone_names_its_own_servers_and_those_right_below_it() -> None:
    root, test, example = _texts(ROOT, TEST, EXAMPLE)
    assert root == [
        "@ NS a.root.",
        "a.root. A 10.0.0.1",
        "test. NS ns.test.",
        "ns.test. A 10.0.0.2",
    ]
    assert test == [
        "@ NS ns.test.",
        "ns.test. A 10.0.0.2",
        "example.test. NS ns.example.test.",
        "example.test. NS ns2.example.test.",
        "ns.example.test. A 10.0.0.3",
        "ns2.example.test. A 10.0.0.4",
    ]
    assert example[-1] == "www A 203.0.113.1"


def test_without_a_domain_in_between_the_next_one_above_delegates() -> None:
    root, _ = _texts(ROOT, EXAMPLE)
    assert "example.test. NS ns.example.test." in root


def test_a_name_that_only_ends_alike_is_not_below() -> None:
    other = Domain("ample.test.", servers={"ns.ample.test.": "10.0.0.5"})
    _, test, ample, _ = _texts(ROOT, TEST, other, EXAMPLE)
    assert "example.test. NS ns.example.test." in test
    assert ample == ["@ NS ns.ample.test.", "ns.ample.test. A 10.0.0.5"]


def test_a_zone_has_the_times_of_its_domain_and_its_first_server() -> None:
    (zone,) = zones([EXAMPLE])
    assert (zone.ttl, zone.negative_ttl, zone.primary) == (60, 30, "ns.example.test.")
