"""Zones as data, and as zone files."""

from wirelab.traffic.servers import Record, Zone, name_servers


def test_a_zone_file_has_its_soa_first() -> None:
    zone = Zone("example.test.", (Record("www", "A", "203.0.113.10"),), primary="ns1", serial=7)
    assert zone.text().splitlines() == [
        "$ORIGIN example.test.",
        "$TTL 3600",
        "@ SOA ns1 hostmaster.example.test. 7 3600 600 86400 300",
        "www  A 203.0.113.10",
    ]


def test_a_record_may_have_a_time_of_its_own_even_zero() -> None:
    records = (Record("a", "A", "203.0.113.1", ttl=60), Record("b", "A", "203.0.113.2", ttl=0))
    lines = Zone("test.", records, primary="ns").text().splitlines()
    assert lines[-2:] == ["a 60 A 203.0.113.1", "b 0 A 203.0.113.2"]


def test_name_servers_come_with_their_addresses() -> None:
    assert name_servers("example", {"ns1.example": "10.0.0.3", "ns2.example": "10.0.0.4"}) == (
        Record("example", "NS", "ns1.example"),
        Record("example", "NS", "ns2.example"),
        Record("ns1.example", "A", "10.0.0.3"),
        Record("ns2.example", "A", "10.0.0.4"),
    )


def test_the_root_zone_has_a_file_name() -> None:
    names = [Zone(origin, (), primary="ns").file_name for origin in (".", "example.test.")]
    assert names == ["root.zone", "example.test.zone"]
