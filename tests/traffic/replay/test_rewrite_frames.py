"""Rewriting one frame: what stands where, and checksums that stay right, or as wrong as before."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from frames import dissected, frames
from recorded import (
    CLIENT,
    CLIENT6,
    CLIENT_MAC,
    DATA,
    ROUTER,
    SERVER,
    SERVER6,
    SERVER_MAC,
    control,
    ip,
    named,
    plain,
    recorded,
    there,
)
from scapy.layers.inet import TCP, UDP

from wirelab.traffic.replay.rewrite import Rewriter, Rewriting, rewriter
from wirelab.traffic.replay.rewrite.parse import parsed
from wirelab.verify.dissect import dissect
from wirelab.verify.filter import display_filter
from wirelab.verify.invariants import check

MAPS = [
    ("ip", "192.168.1.5=10.0.0.111,192.168.1.0/24=10.77.3.0/24"),
    ("ip", "2001:db8:1::200=fd00::1:abcd,2001:db8:1::/48=fd00:77::/48"),
    ("mac", f"{CLIENT_MAC}=02:aa:00:00:00:05,{SERVER_MAC}=02:aa:00:00:00:c8"),
]


def rewriting(*pieces: tuple[str, str]) -> Rewriting:
    made = Rewriting()
    for kind, text in pieces:
        made = parsed(kind, text, made)
    return made


def shows(data: bytes, what: str) -> bool:
    (packet,) = dissected(data)
    return display_filter(what).selects(packet)


def violations(packets: list[bytes]) -> list[tuple[str, int]]:
    return [(each.name, each.frame) for each in check(dissect(frames(packets)), {"": 1500})]


def raw(*texts: str) -> list[bytes]:
    """Addresses as they stand in packets."""
    return [
        bytes.fromhex(text.replace(":", "")) if text.count(":") == 5 else ip_address(text).packed
        for text in texts
    ]


@pytest.mark.parametrize("make", [plain, control, named])
def test_no_checksum_or_length_becomes_wrong_and_none_becomes_right(make: object) -> None:
    before = [bytes(each) for each in make()]  # type: ignore[operator] - one of the three above
    work = rewriter(
        rewriting(*MAPS, ("inside", "ftp,dns"), ("port", "80=81"), ("ttl", "-1"), ("dscp", "ef"))
    )
    after = [work.frame(data) for data in before]
    assert violations(after) == violations(before)
    assert after != before
    assert not work.unchanged


def test_no_recorded_address_is_left_anywhere() -> None:
    work = rewriter(rewriting(*MAPS, ("inside", "dns")))
    old = raw(CLIENT, SERVER, ROUTER, CLIENT6, SERVER6, CLIENT_MAC, SERVER_MAC)
    seen = [data for data in recorded() if any(each in data for each in old)]
    assert len(seen) > 35
    for data in seen:
        assert not [each for each in old if each in work.frame(data)]


def test_nothing_asked_nothing_changed() -> None:
    work = rewriter(Rewriting())
    assert [work.frame(data) for data in recorded()] == list(recorded())


def test_there_and_back_again_is_the_same() -> None:
    there_ = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.1,{SERVER}=10.0.0.2"), ("ttl", "+1")))
    back_ = rewriter(rewriting(("ip", f"10.0.0.1={CLIENT},10.0.0.2={SERVER}"), ("ttl", "-1")))
    for data in recorded():
        if not shows(data, "ipv6.hlim == 255"):
            assert back_.frame(there_.frame(data)) == data


def test_a_wrong_checksum_is_computed_when_asked() -> None:
    wrong = bytes(there(ip(chksum=0x1234) / TCP(dport=80, sport=9, chksum=0x1234) / DATA))
    assert [name for name, _ in violations([wrong])] == ["ip-checksum", "tcp-checksum"]
    assert not violations([Rewriter(Rewriting(fix_checksums=True)).frame(wrong)])
    data = rewriter(rewriting(*MAPS)).frame(wrong)
    assert [name for name, _ in violations([data])] == ["ip-checksum", "tcp-checksum"]


def test_a_checksum_of_udp_that_would_be_zero_is_sent_as_65535() -> None:
    def datagram(source: str, data: bytes) -> bytes:
        return bytes(there(ip(src=source) / UDP(sport=9, dport=4500) / data))

    # Data that are the checksum which they would have without themselves bring the sum to 65535.
    data = datagram("10.0.0.1", b"\0\0")[40:42]
    addresses = {raw(CLIENT)[0]: raw("10.0.0.1")[0]}
    for fix in (False, True):
        work = Rewriter(Rewriting(addresses=addresses, fix_checksums=fix))
        new = work.frame(datagram(CLIENT, data))
        assert new[40:42] == b"\xff\xff"
        assert new == datagram("10.0.0.1", data)


def test_udp_without_a_checksum_still_has_none() -> None:
    data = bytes(there(ip() / UDP(sport=9, dport=4500, chksum=0) / DATA))
    for fix in (False, True):
        work = Rewriter(
            Rewriting(addresses={raw(CLIENT)[0]: raw("10.0.0.1")[0]}, fix_checksums=fix)
        )
        assert work.frame(data)[40:42] == b"\0\0"
