"""From and to which station a frame goes."""

from __future__ import annotations

import pytest
from recorded import CLIENT, CLIENT6, CLIENT_MAC, DATA, ROUTER, SERVER, SERVER6, ip, ip6, there
from scapy.layers.inet import UDP
from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr
from scapy.layers.l2 import ARP, Ether
from test_rewrite_frames import raw, rewriting, violations

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.rewrite import Rewriting, rewriter

HOST, GATEWAY, BROADCAST = "02:aa:00:00:00:01", "02:aa:00:00:00:02", "ff:ff:ff:ff:ff:ff"
HOST_RAW, GATEWAY_RAW, OLD_RAW = raw(HOST, GATEWAY, CLIENT_MAC)


def ends(source: str, to: str) -> Rewriting:
    one, other = raw(source, to)
    return Rewriting(ends={(one, other): (HOST_RAW, GATEWAY_RAW)})


def test_a_packet_of_a_pair_goes_to_the_station_of_that_pair() -> None:
    work = rewriter(ends(CLIENT, SERVER))
    made = Ether(work.frame(bytes(there(ip() / UDP(sport=9, dport=4500) / DATA))))
    assert (made.src, made.dst) == (HOST, GATEWAY)


def test_another_pair_keeps_its_macs_or_has_those_of_the_map() -> None:
    packet = bytes(there(ip(dst=ROUTER) / UDP(sport=9, dport=4500) / DATA))
    rules = ends(CLIENT, SERVER)
    assert rewriter(rules).frame(packet) == packet
    mapped = rewriter(Rewriting(ends=rules.ends, macs={OLD_RAW: GATEWAY_RAW}))
    assert Ether(mapped.frame(packet)).src == GATEWAY


def test_a_pair_is_known_by_its_recorded_addresses_whatever_they_become() -> None:
    rules = ends(CLIENT, SERVER)
    addresses = dict(zip(raw(CLIENT, SERVER), raw("10.0.0.1", "10.9.0.1"), strict=True))
    work = rewriter(Rewriting(ends=rules.ends, addresses=addresses))
    made = Ether(work.frame(bytes(there(ip() / UDP(sport=9, dport=4500) / DATA))))
    assert (made.src, made.dst, made.payload.dst) == (HOST, GATEWAY, "10.9.0.1")


def test_who_asks_with_arp_says_the_mac_that_it_sends_with() -> None:
    work = rewriter(ends(CLIENT, SERVER))
    asked = there(ARP(op=1, hwsrc=CLIENT_MAC, psrc=CLIENT, pdst=SERVER), dst=BROADCAST)
    made = Ether(work.frame(bytes(asked)))
    assert (made.dst, made.src, made.hwsrc) == (BROADCAST, HOST, HOST)


def test_who_asks_for_a_neighbour_says_the_mac_that_it_sends_with_and_asks_its_new_group() -> None:
    group = "ff02::1:ff00:200"
    rules = ends(CLIENT6, group)
    addresses = dict(zip(raw(SERVER6), raw("fd00::1:abcd"), strict=True))
    work = rewriter(Rewriting(ends=rules.ends, addresses=addresses))
    asked = (
        ip6(dst=group, hlim=255)
        / ICMPv6ND_NS(tgt=SERVER6)
        / ICMPv6NDOptSrcLLAddr(lladdr=CLIENT_MAC)
    )
    made = Ether(work.frame(bytes(there(asked, dst="33:33:ff:00:02:00"))))
    assert (made.dst, made.src) == ("33:33:ff:01:ab:cd", HOST)
    assert made[ICMPv6NDOptSrcLLAddr].lladdr == HOST
    assert made.payload.dst == "ff02::1:ff01:abcd"
    assert made[ICMPv6ND_NS].tgt == "fd00::1:abcd"
    assert not violations([bytes(made)])


@pytest.mark.parametrize(
    ("old", "mac", "new", "expected"),
    [
        ("239.1.2.3", "01:00:5e:01:02:03", "239.129.9.8", "01:00:5e:01:09:08"),
        ("239.1.2.3", "01:00:5e:01:02:03", "10.0.0.1", "01:00:5e:01:02:03"),
        ("255.255.255.255", BROADCAST, "10.0.0.255", BROADCAST),
        ("192.168.1.255", BROADCAST, "10.0.0.255", BROADCAST),
    ],
)
def test_the_mac_of_a_group_follows_its_address(
    old: str, mac: str, new: str, expected: str
) -> None:
    work = rewriter(rewriting(("ip", f"{old}={new}"), ("destination-mac", GATEWAY)))
    packet = there(ip(dst=old) / UDP(sport=9, dport=4500) / DATA, dst=mac)
    assert Ether(work.frame(bytes(packet))).dst == expected


@pytest.mark.parametrize("old", ["239.1.2.3", "255.255.255.255", "0.0.0.0"])
def test_whole_networks_leave_groups_and_nobody_alone(old: str) -> None:
    packet = bytes(there(ip(dst=old) / UDP(sport=9, dport=4500) / DATA))
    assert rewriter(rewriting(("ip", "0.0.0.0/0=10.0.0.0/8"))).frame(packet)[30:34] == raw(old)[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"macs": {b"12345": b"123456"}},
        {"source_mac": b""},
        {"addresses": {b"1234": bytes(16)}},
        {"ends": {(b"1234", b"12345"): (bytes(6), bytes(6))}},
        {"ports": {80: 65536}},
        {"dscp": 64},
        {"tos": -1},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ReplayError):
        Rewriting(**wrong)  # type: ignore[arg-type] - on purpose
