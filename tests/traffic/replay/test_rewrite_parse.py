"""A rewriting from text, and back."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.rewrite import (
    Inside,
    NetworkMap,
    Rewriting,
    Tagging,
    Ttl,
    Vlan,
    Where,
)
from wirelab.traffic.replay.rewrite.parse import KINDS, example, parsed, told

OLD, NEW = b"\2\0\0\0\0\1", b"\2\0\0\0\0\x0a"
NETWORKS = ip_network("10.0.0.0/8"), ip_network("172.16.0.0/12")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("mac", "02:00:00:00:00:01=2-0-0-0-0-a", Rewriting(macs={OLD: NEW})),
        ("source-mac", "02:00:00:00:00:0A", Rewriting(source_mac=NEW)),
        ("destination-mac", "02:00:00:00:00:0a", Rewriting(destination_mac=NEW)),
        ("ip", "1.2.3.4=5.6.7.8", Rewriting(addresses={b"\1\2\3\4": b"\5\6\7\x08"})),
        ("ip", "10.0.0.0/8=172.16.0.0/12", Rewriting(networks=(NetworkMap(*NETWORKS),))),
        (
            "source-ip",
            "10.1.2.3/8 = 172.16.0.0/12",
            Rewriting(networks=(NetworkMap(*NETWORKS, Where.SOURCE),)),
        ),
        ("port", "80=8080,443=1", Rewriting(ports={80: 8080, 443: 1})),
        ("port", "1-3=7-9", Rewriting(ports={1: 7, 2: 8, 3: 9})),
        ("port", "1-3=7", Rewriting(ports={1: 7, 2: 7, 3: 7})),
        ("vlan", "remove", Rewriting(vlan=Vlan(Tagging.REMOVE))),
        ("vlan", "remove 5", Rewriting(vlan=Vlan(Tagging.REMOVE, old=5))),
        ("vlan", "add 5/7", Rewriting(vlan=Vlan(Tagging.ADD, 5, priority=7))),
        ("vlan", "5", Rewriting(vlan=Vlan(Tagging.CHANGE, 5))),
        ("vlan", "4=5", Rewriting(vlan=Vlan(Tagging.CHANGE, 5, old=4))),
        ("ttl", "64", Rewriting(ttl=Ttl(64))),
        ("ttl", "-1", Rewriting(ttl=Ttl(-1, relative=True))),
        ("dscp", "EF", Rewriting(dscp=46)),
        ("dscp", "af41", Rewriting(dscp=34)),
        ("tos", "0xb8", Rewriting(tos=184)),
        ("traffic-class", "184", Rewriting(traffic_class=184)),
        ("inside", "ftp, DNS", Rewriting(inside=frozenset({Inside.FTP, Inside.DNS}))),
    ],
)
def test_text_says_what_is_rewritten(kind: str, text: str, expected: Rewriting) -> None:
    assert parsed(kind, text) == expected
    assert told(expected)


def test_pieces_add_up() -> None:
    made = parsed("ip", "1.1.1.1=2.2.2.2", parsed("ip", "3.3.3.3=4.4.4.4"))
    assert len(made.addresses) == 2
    made = parsed("ip", "::/0=fd00::/8", parsed("ip", "10.0.0.0/8=11.0.0.0/8", made))
    assert [str(each.new) for each in made.networks] == ["11.0.0.0/8", "fd00::/8"]
    assert len(told(made)) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_examples_that_can_be_read(kind: str) -> None:
    for text in example(kind).split(" or "):
        assert parsed(kind, text.partition(" (")[0]) != Rewriting()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("mac", "02:00:00:00:00:01"),
        ("mac", "02:00:00:00:00=02:00:00:00:00:01"),
        ("mac", "02:00-00:00:00:01=02:00:00:00:00:01"),
        ("source-mac", "no"),
        ("ip", "1.2.3.4"),
        ("ip", "1.2.3.4=fd00::1"),
        ("ip", "1.2.3.0/24=fd00::/64"),
        ("ip", "1.2.3.0/33=1.2.3.0/24"),
        ("ip", "1.2.3.4=5.6.7.8=9.9.9.9"),
        ("port", "80=65536"),
        ("port", "9-8=1"),
        ("port", "1-3=4-5"),
        ("port", "0-99999999999=1"),
        ("vlan", "add"),
        ("vlan", "add 4096"),
        ("vlan", "add 1/8"),
        ("vlan", "some"),
        ("ttl", "0"),
        ("ttl", "256"),
        ("ttl", "+256"),
        ("ttl", "much"),
        ("dscp", "64"),
        ("dscp", "gold"),
        ("tos", "256"),
        ("inside", "smtp"),
        ("colour", "red"),
    ],
)
def test_what_says_nothing_is_refused_in_one_line(kind: str, text: str) -> None:
    with pytest.raises(ReplayError) as refused:
        parsed(kind, text)
    assert str(refused.value)
    assert "\n" not in str(refused.value)
