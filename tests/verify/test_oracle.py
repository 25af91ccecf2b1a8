"""Our dissection against tshark's, field by field."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from frames import frames
from oracle import TSHARK, differences, expected, found, tshark
from samples import SAMPLES
from samples.noise import Noise

from wirelab.verify.capture import read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.errors import CaptureError
from wirelab.verify.fields import FIELDS, Kind, render
from wirelab.verify.frame import Frame, LinkType, Point
from wirelab.verify.writer import CaptureWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

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


IN_NOISE = {
    "tcp.completeness": EXPLAINED["tcp.completeness"],
    "tcp.analysis.bytes_in_flight": "numbers from before the first one are reckoned otherwise",
    "tcp.reassembled_in": "Wireshark joins overlapping segments even for unknown protocols",
    "tcp.segment": "the same",
    "tcp.segment.count": "the same",
    "tcp.reassembled.length": "the same",
}
"""The same where anything may happen to a connection."""

SILENT = {
    "frame.comment",
    "frame.interface_name",
    "frame.packet_flags_direction",
    "null.family",
    "sll.etype",
    "sll.ifindex",
    "sll.halen",
    "sll.hatype",
    "sll.pkttype",
    "sll.src.eth",
}
"""Fields of links and files, which other tests look at."""

KINDS = {
    "protocol": {Kind.PROTOCOL},
    "NONE": {Kind.NONE},
    "BOOLEAN": {Kind.BOOL},
    "UINT": {Kind.UINT},
    "FRAMENUM": {Kind.UINT},
    "INT": {Kind.INT},
    "ETHER": {Kind.ETHER},
    "IPv": {Kind.IPV4, Kind.IPV6},
    "BYTES": {Kind.BYTES, Kind.ETHER},
    "STRING": {Kind.STRING},
    "STRINGZ": {Kind.STRING},
    "RELATIVE_TIME": {Kind.TIME, Kind.EPOCH},
    "ABSOLUTE_TIME": {Kind.EPOCH},
    "DOUBLE": {Kind.FLOAT},
}
"""Our kinds for Wireshark's types."""


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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_tcp_numbers_tell_is_what_tshark_concludes(seed: int, tmp_path: Path) -> None:
    path = _write(tmp_path / "noise.pcapng", Noise(Random(seed)).connections(40))
    names = [name for name in _NAMES if name.startswith("tcp.") and name not in IN_NOISE]
    assert differences(path, names) == []


LINKS = {
    LinkType.LINUX_SLL: b"\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0",
    LinkType.LINUX_SLL2: b"\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0",
    LinkType.NULL: b"\2\0\0\0",
    LinkType.LOOP: b"\0\0\0\2",
    LinkType.RAW: b"",
    LinkType.IPV4: b"",
}
"""A header before an IPv4 packet, by the type of the link."""


@pytest.mark.parametrize("linktype", LINKS, ids=lambda linktype: linktype.name)
def test_other_links_are_dissected_like_tshark_does(linktype: LinkType, tmp_path: Path) -> None:
    packets = [LINKS[linktype] + bytes(packet)[14:] for packet in SAMPLES["udp"]()[:2]]
    path = _write(tmp_path / "link.pcapng", frames(packets, linktype=linktype))
    assert _unexplained(path) == []
    assert expected(path, ["frame.protocols"]) == found(path, ["frame.protocols"])


@pytest.mark.parametrize("name", ["ip.src", "icmp.type"])
@pytest.mark.parametrize("layer", [1, 2])
def test_a_layer_operator_means_the_same(name: str, layer: int, tmp_path: Path) -> None:
    made = frames(SAMPLES["icmp"]())
    path = _write(tmp_path / "icmp.pcapng", made)
    packets = dissect(made)
    wanted = {value for packet in packets for value in packet.values(name)}
    for value in sorted(wanted)[:3]:
        text = render(FIELDS[name], value)
        ours = {each.frame.number for each in packets if value in each.values(name, layer)}
        selected = tshark(
            "-r", str(path), "-Y", f"{name}#{layer} == {text}", "-T", "fields", "-e", "frame.number"
        )
        assert set(map(int, selected.split())) == ours, text


def test_every_field_has_a_value_in_some_sample() -> None:
    packets = [packet for make in SAMPLES.values() for packet in dissect(frames(make()))]
    silent = {name for name in _NAMES if not any(packet.values(name) for packet in packets)}
    assert silent == SILENT


def test_the_registry_agrees_with_wireshark_about_names_and_kinds() -> None:
    known = dict(_glossary())
    for name, field in FIELDS.items():
        assert name in known, name
        assert field.kind in KINDS[known[name]], (name, known[name])


def _glossary() -> Iterator[tuple[str, str]]:
    """The names of Wireshark's protocols and fields, and the types of their values."""
    for line in tshark("-G", "fields").splitlines():
        parts = line.split("\t")
        if parts[0] == "P":
            yield parts[2], "protocol"
        elif parts[0] == "F":
            yield parts[2], parts[3].removeprefix("FT_").rstrip("0123456789")


@pytest.mark.parametrize("path", sorted(_PUBLIC.glob("*.pcap*")), ids=lambda path: path.name)
def test_captures_of_other_stacks_have_the_same_values(path: Path) -> None:
    if path.name == "tcpdump-mpls-traceroute.pcap":
        with pytest.raises(CaptureError, match=r"link type 9 \(PPP\)"):
            read_capture(path)
    else:
        assert _unexplained(path) == []
