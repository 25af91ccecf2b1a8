"""Every capture of the catalogue, rewritten, passes its own expectation with the new addresses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wirelab.scenarios import CATALOGUE
from wirelab.traffic.replay.rewrite import Rewriter, Rewriting, Where, rewriter
from wirelab.traffic.replay.rewrite.parse import parsed
from wirelab.verify import Capture, Verdict, judge, read_capture

if TYPE_CHECKING:
    from collections.abc import Iterator

# Texts of all lengths change: 192.168.10.10 becomes shorter, and 10.0.20.20 longer.
NETWORKS = (
    "192.168.0.0/16=172.20.0.0/16,10.0.0.0/8=100.0.0.0/8,172.16.0.0/12=11.16.0.0/12,"
    "198.0.0.0/8=7.0.0.0/8,fd00::/8=fc00::/8,2001:db8::/33=2003:db8::/33"
)
MAC = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
DUID = re.compile(f"(00:03:00:01:)({MAC.pattern})")
REVERSE = re.compile(r"((?:[a-z]+\.)?)([\d.]+)(\.in-addr\.arpa)")


@dataclass(frozen=True)
class Renamed:
    """What a capture of the lab says of itself, with other addresses."""

    rewriter: Rewriter

    def of(self, said: Any) -> Any:
        if isinstance(said, dict):
            return {self.of(key): self.of(value) for key, value in said.items()}
        if isinstance(said, list):
            return [self.of(each) for each in said]
        return self._text(said) if isinstance(said, str) else said

    def _text(self, text: str) -> str:
        if MAC.fullmatch(text):
            return other_mac(_raw(text)).hex(":")
        if found := DUID.fullmatch(text):
            return found[1] + self._text(found[2])
        if found := REVERSE.fullmatch(text):
            parts = found[2].split(".")
            whole = ".".join(([*reversed(parts)] + ["0"] * 4)[:4])
            made = self._text(whole).split(".")[: len(parts)]
            return found[1] + ".".join(reversed(made)) + found[3]
        address, slash, prefix = text.partition("/")
        try:
            old = ip_address(address).packed
        except ValueError:
            return text
        return str(ip_address(self.rewriter.maps.address(old, Where.BOTH))) + slash + prefix


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def other_mac(mac: bytes) -> bytes:
    return bytes([mac[0] ^ 8]) + mac[1:]


def texts(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for each in (*said, *said.values()):
            yield from texts(each)
    elif isinstance(said, list):
        for each in said:
            yield from texts(each)
    elif isinstance(said, str):
        yield said


def rewritten(capture: Capture) -> Capture:
    """A capture with other MACs and other networks, and what it says of itself as well."""
    said = json.loads(capture.comment)
    macs = {_raw(text) for text in texts(said) if MAC.fullmatch(text)}
    rules = parsed("inside", "ftp,http,dns", parsed("ip", NETWORKS))
    rules = Rewriting(
        macs={mac: other_mac(mac) for mac in macs}, networks=rules.networks, inside=rules.inside
    )
    work = {point.name: rewriter(rules) for point in capture.points}
    frames = []
    for frame in capture.frames:
        data = work[frame.point].frame(frame.data)
        length = frame.length + len(data) - len(frame.data)
        frames.append(replace(frame, data=data, length=length))
    assert not any(each.unchanged for each in work.values())
    comment = json.dumps(Renamed(rewriter(rules)).of(said))
    return replace(capture, frames=tuple(frames), comment=comment)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_it_passes_with_other_addresses(name: str, results: dict[str, dict[str, Any]]) -> None:
    if not results[name]["dir"]:
        pytest.skip(results[name]["reason"])
    old = read_capture(Path(results[name]["dir"]) / "capture.pcapng")
    new = rewritten(old)
    assert [frame.data for frame in new.frames] != [frame.data for frame in old.frames]
    expectation = CATALOGUE[name].expect(json.loads(old.comment)["settings"])
    before, after = (
        judge(expectation, capture, excuse=CATALOGUE[name].excuse) for capture in (old, new)
    )
    # Whether it passed as it was played is another test's; most of these verdicts have no problem.
    assert not after.problems or kinds(after) == kinds(before), after.problems


def kinds(verdict: Verdict) -> list[tuple[object, ...]]:
    """What a verdict complains of, without the values."""
    return [(each.kind, each.step, each.point, each.frame) for each in verdict.problems]
