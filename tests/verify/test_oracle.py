"""Our dissection against tshark's, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest
from frames import frames
from oracle import TSHARK, differences
from samples import SAMPLES

from wirelab.verify.field import Kind
from wirelab.verify.fields import FIELDS
from wirelab.verify.frame import Frame, Point
from wirelab.verify.writer import CaptureWriter

pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

_PUBLIC = Path(__file__).parents[3] / "shared" / "captures"
_NAMES = [name for name, field in FIELDS.items() if field.kind is not Kind.PROTOCOL]

EXPLAINED = {
    "frame.interface_name": "Wireshark calls a point without a name unknown",
    "frame.protocols": "Wireshark knows protocols that the registry does not",
    "ip.version": "Wireshark's also has the 6 of an IPv6 header",
    "eth.trailer": "Wireshark takes the last four bytes for a frame check sequence",
    "tftp.source_file": "Wireshark repeats it in the other messages of the transfer",
    "tftp.destination_file": "Wireshark repeats it in the other messages of the transfer",
    "tcp.completeness": "Wireshark forgets the SYN of an announced connection, counts quoted ones",
}
"""Fields whose differences are not looked at, and why."""

EXPLAINED_IN = {
    "http": {
        "data.data": "Wireshark shows a body of an unknown type as data",
        "data.len": "the same",
    },
    "others": {"udp.stream": "Wireshark's SNMP dissector begins conversations of its own"},
}
"""The same in single samples."""


def _write(path: Path, captured: list[Frame]) -> Path:
    linktype = captured[0].linktype
    with CaptureWriter(path, [Point("here", linktype=linktype)]) as writer:
        for frame in captured:
            writer.write("here", frame.time, frame.data, frame.length)
    return path


def _unexplained(path: Path, sample: str = "") -> list[str]:
    explained = EXPLAINED.keys() | EXPLAINED_IN.get(sample, {}).keys()
    return differences(path, [name for name in _NAMES if name not in explained])


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_values_of_all_fields_are_those_of_tshark(sample: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "sample.pcapng", frames(SAMPLES[sample]()))
    assert _unexplained(path, sample) == []
