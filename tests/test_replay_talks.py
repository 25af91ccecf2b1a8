"""Every capture of the catalogue, and others, played again as conversations."""

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from wirelab.emulator import Lab, sandbox
from wirelab.scenarios import CATALOGUE
from wirelab.topologies.routed import Routed
from wirelab.traffic.replay.conversations.extract import extract
from wirelab.traffic.replay.conversations.options import TalkOptions
from wirelab.traffic.replay.conversations.prepared import Conversations, prepare
from wirelab.traffic.replay.conversations.segments import TCP, segments
from wirelab.traffic.replay.conversations.store import Store
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.verify import dissect, read_capture
from wirelab.verify.columns.load import tabled
from wirelab.verify.columns.table import Table
from wirelab.verify.match.segments import sent
from wirelab.verify.packet import Packet

CAPTURES = Path(__file__).parents[2] / "shared" / "captures"
TOPOLOGIES: tuple[dict[str, Any], ...] = (
    {},
    {"hops": 2, "mtu": 1300, "delay": 2},
    {"hops": 2, "delay": 3, "loss": 3},
    {"lan_mtu": 700},
)
ROWS = list(zip(list(CATALOGUE), cycle(TOPOLOGIES), strict=False))


def table_of(path: Path) -> Table:
    frames = tabled(read_capture(path)).frames
    assert isinstance(frames, Table)
    return frames


def play(conversations: Conversations, topology: dict[str, Any]) -> tuple[Played, Judged]:
    def body() -> tuple[Played, Judged]:
        lab = Lab(Routed(**topology), taps=conversations.points)
        lab.start()
        played = conversations.play(lab, lambda done: None)
        lab.taps.stop()
        return played, conversations.judge(played, lab.taps.frames())

    answer: tuple[Played, Judged] = sandbox.call(body)
    return answer


def passes(path: Path, topology: dict[str, Any]) -> None:
    """Play a capture in which something is said, and see that all streams are equal."""
    options = TalkOptions(speed=None)
    if not any(map(speaks, dissect(read_capture(path).frames))):
        assert said_in(path) == 0
        return
    conversations = prepare(path, Routed(**topology), options)
    played, judged = play(conversations, topology)
    assert judged.problems == []
    assert played.sent == conversations.total
    assert set(played.otherwise) <= ({"lost", "unawaited"} if topology.get("loss") else set())


def said_in(path: Path) -> int:
    """How many turns in which something is said a capture has; a handshake alone has none."""
    try:
        return prepare(path, Routed(), TalkOptions()).total
    except ReplayError:
        return 0


def speaks(packet: Packet) -> bool:
    """Whether a packet has a payload of TCP, or is UDP, and is no quotation."""
    layers = [each for each in packet.layers if not each.quoted]
    if any(each.protocol == "udp" for each in layers):
        return True
    return any(each.protocol == "tcp" for each in layers) and bool(packet.values("tcp.payload"))


@pytest.mark.parametrize(("scenario", "topology"), ROWS, ids=[each for each, _ in ROWS])
def test_streams_of_the_catalogue_arrive_equal(
    results: dict[str, dict[str, Any]], scenario: str, topology: dict[str, Any]
) -> None:
    folder = Path(results[scenario]["dir"])
    for path in (folder / "capture.pcapng", *sorted((folder / "points").iterdir())[:1]):
        passes(path, topology)


@pytest.mark.parametrize("scenario", list(CATALOGUE))
def test_what_is_taken_out_is_what_the_dissection_sees(
    results: dict[str, dict[str, Any]], scenario: str
) -> None:
    path = Path(results[scenario]["dir"]) / "capture.pcapng"
    table = table_of(path)
    packets = dissect(table)
    store = Store(table.columns.octets.data)
    for segment in segments(table, store):
        packet = packets[segment.frame - 1]
        protocol = "tcp" if segment.protocol == TCP else "udp"
        assert packet.values(f"{protocol}.srcport")[0] == segment.source_port
        payload = packet.values(f"{protocol}.payload") or (b"",)
        assert store.slice(segment.start, segment.size) == payload[0]
    try:
        talks, store = extract(table)
    except ReplayError:
        return
    for talk in talks.talks:
        if talk.protocol != TCP:
            continue
        stream = packets[talk.first - 1].values("tcp.stream")
        point = table.point_names[talk.point]
        for side, text in enumerate(talk.texts):
            mine = [
                packet
                for packet in packets
                if packet.frame.point == point
                and packet.values("tcp.stream") == stream
                and packet.values("tcp.srcport")[:1] == (talk.ends[side].port,)
                and packet.values("tcp.payload")
            ]
            said = b"".join(map(store.slice, text.starts, text.sizes))
            assert said == (sent(mine).data if mine else b"")


FOREIGN = sorted(each.name for each in CAPTURES.glob("*.pcap*"))
UNREADABLE = {"tcpdump-mpls-traceroute.pcap"}
"""Of a link (PPP) of which nothing is dissected."""


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the foreign captures are not there (shared/)")
@pytest.mark.parametrize("file", [each for each in FOREIGN if each not in UNREADABLE])
@pytest.mark.parametrize("topology", TOPOLOGIES[:2], ids=["plain", "two routers"])
def test_streams_of_other_peoples_captures_arrive_equal(
    file: str, topology: dict[str, Any]
) -> None:
    passes(CAPTURES / file, topology)
