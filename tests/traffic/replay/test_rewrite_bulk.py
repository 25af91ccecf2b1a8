"""Many frames at once become the same as one by one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

import numpy as np
from bench.mixture import mixture, write
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import CLIENT, CLIENT6, CLIENT_MAC, SERVER, SERVER6, SERVER_MAC, recorded

from wirelab.traffic.replay.rewrite import Rewriting, rewriter
from wirelab.traffic.replay.rewrite.memo import Memo
from wirelab.traffic.replay.rewrite.packed import Packed
from wirelab.traffic.replay.rewrite.parse import parsed
from wirelab.verify.capture import load_capture
from wirelab.verify.columns.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PIECES = [
    ("ip", "192.168.1.5=10.0.0.111,192.168.1.0/24=10.77.3.0/24,10.1.0.0/16=172.16.0.0/16"),
    ("ip", "2001:db8:1::200=fd00::1:abcd,2001:db8:1::/48=fd00:77::/48,fd00:1::/32=fd99:1::/32"),
    ("source-ip", "198.51.100.0/24=203.0.113.0/24"),
    ("destination-ip", "0.0.0.0/0=10.0.0.0/8,224.0.0.0/4=239.0.0.0/8,::/0=fd00::/16"),
    ("mac", f"{CLIENT_MAC}=02:aa:00:00:00:05,{SERVER_MAC}=02:aa:00:00:00:c8"),
    ("source-mac", "02:00:00:00:ff:01"),
    ("destination-mac", "02:00:00:00:ff:02"),
    ("port", "80=8080,4500=1,53=5300,443=0"),
    ("ttl", "7"),
    ("ttl", "+200"),
    ("ttl", "-3"),
    ("dscp", "ef"),
    ("tos", "0"),
    ("traffic-class", "255"),
    ("inside", "dns"),
    ("inside", "ftp,http"),
    ("vlan", "remove"),
    ("vlan", "remove 5"),
    ("vlan", "add 9/5"),
    ("vlan", "12"),
    ("vlan", "5=12"),
]


@cache
def busy() -> tuple[bytes, ...]:
    """Frames of a busy office, of every kind."""
    return tuple(data for _, _, data in mixture(3000, seed=3))


PAIRS = {
    (ip_address(source).packed, ip_address(to).packed): (b"\2\xee\0\0\0\1", b"\2\xee\0\0\0\2")
    for source, to in [
        (CLIENT, SERVER),
        (CLIENT6, SERVER6),
        (CLIENT, "239.1.2.3"),
        *[(f"10.1.0.{n}", f"198.51.100.{m}") for n in range(10, 99) for m in range(1, 40)],
    ]
}


def rewritings() -> st.SearchStrategy[Rewriting]:
    def made(pieces: list[tuple[str, str]], fixed: bool, has_pairs: bool) -> Rewriting:
        rewriting = Rewriting(fix_checksums=fixed, ends=PAIRS if has_pairs else {})
        for kind, text in pieces:
            rewriting = parsed(kind, text, rewriting)
        return rewriting

    return st.builds(
        made, st.lists(st.sampled_from(PIECES), max_size=8), st.booleans(), st.booleans()
    )


@st.composite
def damaged(draw: st.DrawFn) -> list[bytes]:
    """Real frames, some of them cut, some with bytes that are not theirs."""
    sources = st.sampled_from(recorded() + busy()[:200])
    made = []
    for data in draw(st.lists(sources, min_size=1, max_size=12)):
        octets = bytearray(data)
        for _ in range(draw(st.integers(0, 2))):
            # Headers say more than payloads do.
            place = draw(st.integers(0, max(0, min(len(octets), 80) - 1)))
            if octets:
                octets[place] = draw(st.integers(0, 255))
        end = draw(st.one_of(st.just(len(octets)), st.integers(0, len(octets))))
        made.append(bytes(octets[:end]))
    return made


def assert_the_same(frames: list[bytes] | tuple[bytes, ...], rewriting: Rewriting) -> None:
    one, many = rewriter(rewriting), rewriter(rewriting)
    expected = [one.frame(data) for data in frames]
    assert list(many.frames(Packed.of(frames))) == expected
    assert many.unchanged == one.unchanged


@given(rewritings(), damaged())
def test_many_frames_at_once_become_the_same_as_one_by_one(
    rewriting: Rewriting, frames: list[bytes]
) -> None:
    assert_the_same(frames, rewriting)


@given(rewritings())
@settings(max_examples=15)
def test_a_busy_capture_becomes_the_same(rewriting: Rewriting) -> None:
    assert_the_same(busy(), rewriting)


@given(st.binary(max_size=200), rewritings())
def test_any_bytes_are_a_frame(data: bytes, rewriting: Rewriting) -> None:
    assert_the_same([data, data[: len(data) // 2]], rewriting)


def test_most_of_an_ordinary_capture_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    work, asked = rewriter(parsed("ttl", "9", parsed(*PIECES[0]))), []
    one_by_one = work.untagged
    monkeypatch.setattr(work, "untagged", lambda data: asked.append(data) or one_by_one(data))
    work.frames(Packed.of(busy()))
    asked.clear()  # pairs of hosts are asked about once
    work.frames(Packed.of(busy()))
    assert 0 < len(asked) < len(busy()) / 10


def test_frames_of_a_mapped_capture_are_rewritten_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "busy.pcapng"
    write(path, 2000)
    frames = load_capture(path, small=0).frames
    assert isinstance(frames, Table)
    packed, rewriting = Packed.at(frames.columns), parsed("vlan", "add 3", parsed(*PIECES[0]))
    one = rewriter(rewriting)
    assert list(rewriter(rewriting).frames(packed)) == [one.frame(each.data) for each in frames]


def test_a_frame_that_is_there_twice_is_rewritten_twice() -> None:
    packed, data = Packed.of(recorded()), recorded()[0]
    twice = Packed(packed.octets, packed.start[[0, 0, 1]], packed.size[[0, 0, 1]])
    work = rewriter(parsed("ttl", "-1"))
    assert list(work.frames(twice))[:2] == [work.frame(data)] * 2


def test_no_frames_are_none() -> None:
    assert list(rewriter(parsed("ttl", "1")).frames(Packed.of([]))) == []


def test_a_memo_that_is_much_too_small_still_knows_all() -> None:
    def find(key: tuple[int, ...]) -> list[int]:
        return [key[0] ^ key[1]]

    numbers = np.arange(200_000, dtype=np.uint64)
    (found,) = Memo(find, 2, 1).values([numbers, numbers * np.uint64(5)])
    assert (found == (numbers ^ numbers * np.uint64(5))).all()


@given(rewritings(), st.sampled_from(range(len(recorded()))), st.integers(1, 0xFFFE))
def test_a_wrong_checksum_stays_as_wrong_as_it_was(
    rewriting: Rewriting, which: int, error: int
) -> None:
    data = recorded()[which]
    spoilt, at = bytearray(data), {6: 50, 17: 40, 1: 36}.get(data[23], 0)
    if data[12:15] != b"\x08\0\x45" or not at or data[at : at + 2] == b"\0\0" or rewriting.vlan:
        return
    spoilt[at : at + 2] = ((_sum(data, at) + error) % 0xFFFF or 0xFFFF).to_bytes(2, "big")
    keeping = replace(rewriting, fix_checksums=False, inside=frozenset())
    right, wrong = (rewriter(keeping).frame(each) for each in (data, bytes(spoilt)))
    assert (_sum(wrong, at) - _sum(right, at) - error) % 0xFFFF == 0
    assert right[:at] + right[at + 2 :] == wrong[:at] + wrong[at + 2 :]


def _sum(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")
