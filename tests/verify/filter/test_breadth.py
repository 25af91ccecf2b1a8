"""Filters of every shape, about every field, mean what they mean to Wireshark.

Over captures of all protocols: what Wireshark refuses is refused, and what it takes selects the
same frames. What differs is on the list in docs/expectations.md, of which each line is tried.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from frames import frames
from grammar import Grammar
from hypothesis import HealthCheck, Phase, given, settings
from samples import SAMPLES
from selections import spaced
from sharkd import LONGEST, SHARKD, EndedError, Sharkd

from wirelab.verify import CaptureWriter, FilterError, Point, display_filter, dissect
from wirelab.verify.fields import FIELDS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.packet import Packet

pytestmark = pytest.mark.skipif(SHARKD is None, reason="sharkd is not installed")

UNSPOKEN = {
    *(name for name, field in FIELDS.items() if field.differs and field.kind is not Kind.PROTOCOL),
    "_ws.malformed",
    "_ws.short",
    "arp",  # padding
    "data",  # payloads of protocols that are not in the registry
    "dns",  # the length of a message over TCP
    "http",  # bodies
    "frame.protocols",  # protocols that are not in the registry
    "ip.version",  # an IPv6 header has one, too
    "udp.stream",  # SNMP has conversations of its own
}
"""Fields whose values differ, and are looked at elsewhere."""

ON_THE_LIST = re.compile(
    r"row of hexadecimal|never negative|len\(\) does not go with|cannot be compared with"
)
"""Reasons for refusing what Wireshark takes."""

_LAYERED = re.compile(r"([\w.-]+)#")


def layers_are_mixed(text: str) -> bool:
    """Whether a field stands in a filter with a layer operator and later without one."""
    for found in _LAYERED.finditer(text):
        if re.search(rf"(?<![\w.]){re.escape(found[1])}(?![\w.#-])", text[found.end() :]):
            return True
    return False


@contextmanager
def loaded(sample: str, folder: Path) -> Iterator[tuple[Sharkd, list[Packet]]]:
    """A sample as sharkd and as we have it."""
    captured = spaced(frames(SAMPLES[sample]()))
    path = folder / "sample.pcapng"
    with CaptureWriter(path, [Point("p")]) as writer:
        for frame in captured:
            writer.write("p", frame.time, frame.data, frame.length)
    with Sharkd(path) as sharkd:
        yield sharkd, dissect(captured)


class Comparison:
    """What Wireshark and we make of filters."""

    def __init__(self, sharkd: Sharkd, packets: list[Packet]) -> None:
        self._sharkd = sharkd
        self._packets = packets
        self.counts: Counter[str] = Counter()

    def difference(self, text: str) -> str:
        """How they differ; "" when they do not, or when that is on the list."""
        if len(text) > LONGEST - 200:
            return ""
        try:
            return self._difference(text, self._sharkd.refusal(text))
        except EndedError:
            self.counts["Wireshark died"] += 1
            return ""

    def _difference(self, text: str, refusal: str | None) -> str:
        try:
            ours = display_filter(text)
        except FilterError as error:
            self.counts["refused"] += refusal is not None
            if refusal is not None or ON_THE_LIST.search(error.reason):
                return ""
            return f"{text}: only refused here: {error.reason}"
        if refusal is not None:
            return f"{text}: only Wireshark refuses it: {refusal}"
        theirs = self._sharkd.frames(text)
        selected = frozenset(each.frame.number for each in self._packets if ours.selects(each))
        self.counts["taken"] += 1
        self.counts["selecting"] += bool(selected)
        if layers_are_mixed(text):
            return ""
        if theirs != selected:
            return f"{text}: Wireshark {sorted(theirs)}, here {sorted(selected)}"
        return self._misprinted(text, str(ours), theirs)

    def _misprinted(self, text: str, printed: str, theirs: frozenset[int]) -> str:
        if refusal := self._sharkd.refusal(printed):
            return f"{text}: printed as {printed}: {refusal}"
        if (again := self._sharkd.frames(printed)) != theirs:
            return f"{text}: printed as {printed}: {sorted(again)} for {sorted(theirs)}"
        return ""


@pytest.mark.parametrize("sample", SAMPLES)
def test_filters_of_every_shape_mean_the_same(sample: str, tmp_path: Path, long: bool) -> None:
    with loaded(sample, tmp_path) as (sharkd, packets):
        comparison = Comparison(sharkd, packets)

        @settings(
            max_examples=1000 if long else 80,
            deadline=None,
            database=None,
            derandomize=not long,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(Grammar(packets, UNSPOKEN).filters())
        def check(text: str) -> None:
            assert not comparison.difference(text)

        check()
        counts = comparison.counts
        assert counts["taken"] > 15, counts
        assert counts["selecting"] > 0, counts
        assert counts["refused"] > 5, counts
        assert counts["Wireshark died"] < 10 + counts["taken"] / 10, counts


PAGE = (Path(__file__).parents[3] / "docs" / "expectations.md").read_text()
LISTED = re.findall(r"^\| `([^`]+)` \| (\S+) \|", PAGE, re.MULTILINE)


def test_the_page_lists_differences() -> None:
    assert len(LISTED) >= 10


@pytest.mark.parametrize(("text", "sample"), LISTED)
def test_what_is_listed_as_different_is_so(text: str, sample: str, tmp_path: Path) -> None:
    with loaded(sample, tmp_path) as (sharkd, packets):
        refusal = sharkd.refusal(text)
        try:
            ours = display_filter(text)
        except FilterError:
            assert refusal is None
            return
        if refusal is None:
            selected = {each.frame.number for each in packets if ours.selects(each)}
            assert sharkd.frames(text) != selected
