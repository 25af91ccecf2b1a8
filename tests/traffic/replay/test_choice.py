"""Which frames of a capture are replayed, and why some cannot be."""

from pathlib import Path

import numpy as np
import pytest
from captures import MS, START, frame, numbered, write
from frames import ethernet
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from written import Blocks

from wirelab.traffic.replay.choice import (
    check,
    chosen,
    in_time,
    refuse,
    see_that_cut,
    table_of,
    too_large,
)
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.frame_options import FrameOptions
from wirelab.verify import FilterError


def _all(path: Path) -> np.ndarray:
    return np.arange(len(table_of(path)))


def test_all_frames_are_chosen_by_default(tmp_path: Path) -> None:
    table = table_of(write(tmp_path / "x.pcap", numbered(5)))
    assert chosen(table, FrameOptions()).tolist() == [0, 1, 2, 3, 4]


def test_a_filter_chooses(tmp_path: Path) -> None:
    own = [bytes(ethernet(IP() / UDP(dport=port))) for port in (53, 67, 53)]
    table = table_of(write(tmp_path / "x.pcap", own))
    assert chosen(table, FrameOptions(filter="udp.dstport == 53")).tolist() == [0, 2]
    assert chosen(table, FrameOptions(filter="udp.dstport == 53", limit=1)).tolist() == [0]


@pytest.mark.parametrize("since", [2, START])
@given(first=st.integers(0, 9), last=st.integers(0, 9))
def test_times_choose_both_ends_included(
    first: int, last: int, since: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "ten.pcap"
    table = table_of(path if path.exists() else write(path, numbered(10)))
    base = START if since == START else 0
    options = FrameOptions(since=base + first * MS, until=base + last * MS)
    if first > last:
        with pytest.raises(ReplayError, match="between --from and --to"):
            chosen(table, options)
    else:
        assert chosen(table, options).tolist() == list(range(first, last + 1))


def test_nothing_chosen_is_refused(tmp_path: Path) -> None:
    table = table_of(write(tmp_path / "x.pcap", numbered(5)))
    with pytest.raises(ReplayError, match="'tcp' selects no frame"):
        chosen(table, FrameOptions(filter="tcp"))


def test_a_filter_with_references_is_refused(tmp_path: Path) -> None:
    table = table_of(write(tmp_path / "x.pcap", numbered(5)))
    with pytest.raises(FilterError, match="nothing to refer to"):
        chosen(table, FrameOptions(filter="ip.src == ${c.ip}"))


def test_a_capture_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="has no frames"):
        table_of(write(tmp_path / "x.pcap", []))


@pytest.mark.parametrize(("linktype", "name"), [(101, "RAW"), (113, "LINUX_SLL"), (0, "NULL")])
def test_only_ethernet_is_sent(linktype: int, name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", numbered(2), linktype=linktype)
    with pytest.raises(ReplayError, match=rf"frame 1 .* link type {linktype} \({name}\)"):
        check(table_of(path), _all(path))


def test_a_frame_that_its_capture_cut_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", [frame(1), frame(2)[:40]], lengths=60)
    with pytest.raises(ReplayError, match=r"frame 2 was cut .* 40 of 60 bytes"):
        check(table_of(path), _all(path))


@pytest.mark.parametrize("size", [0, 13])
def test_a_frame_without_a_header_is_refused(size: int, tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", [frame(1), frame(2), bytes(size)])
    with pytest.raises(ReplayError, match=f"frame 3 has {size} bytes"):
        check(table_of(path), _all(path))


@pytest.mark.parametrize(
    "mend", ["frame.len >= 14", "frame.cap_len == frame.len", "frame.len >= 14 && frame.len < 99"]
)
def test_the_filters_that_messages_name_are_filters(mend: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", [frame(1), bytes(99), b""])
    places = chosen(table_of(path), FrameOptions(filter=mend))
    assert 0 in places.tolist()


def _points(path: Path, frames: list[tuple[int, int]]) -> Path:
    """Write frames of several points: the number of the point, and the time in milliseconds."""
    blocks = Blocks().section()
    for index in range(2):
        blocks.interface((2, b"ab"[index : index + 1]), (9, b"\x09"))
    for number, (index, time) in enumerate(frames):
        blocks.packet(frame(number), index=index, ticks=START + time * MS)
    path.write_bytes(blocks.data)
    return path


def test_points_whose_frames_are_mixed_are_sent_in_the_order_of_their_times(tmp_path: Path) -> None:
    path = _points(tmp_path / "x.pcapng", [(0, 1), (0, 4), (1, 2), (1, 3), (0, 5)])
    assert in_time(table_of(path), _all(path)).tolist() == [0, 2, 3, 1, 4]


def test_a_point_whose_time_runs_backwards_is_not_put_in_order(tmp_path: Path) -> None:
    path = _points(tmp_path / "x.pcapng", [(0, 1), (0, 4), (1, 3), (1, 2)])
    assert in_time(table_of(path), _all(path)).tolist() == [0, 1, 2, 3]


def test_a_header_and_a_vlan_tag_come_on_top_of_an_mtu(tmp_path: Path) -> None:
    payload = IP() / UDP() / bytes(1472)
    own = [bytes(Ether() / payload), bytes(Ether() / Dot1Q() / payload)]
    own += [each + b"x" for each in own]
    path = write(tmp_path / "x.pcap", own)
    mtu = np.full(4, 1500)
    large = too_large(table_of(path), _all(path), mtu)
    assert large.tolist() == [False, False, True, True]
    with pytest.raises(ReplayError, match=r"frame 3 \(and 1 more\) has 1515 bytes.* MTU 1500"):
        refuse(table_of(path), _all(path), large, mtu)


def test_only_what_helps_is_advised(tmp_path: Path) -> None:
    tcp, udp = IP() / TCP(flags="A") / bytes(3000), IP() / UDP() / bytes(3000)
    path = write(tmp_path / "x.pcap", [bytes(Ether() / each) for each in (tcp, udp)])
    table, mtu = table_of(path), np.full(2, 1500)

    def told(*places: int, mtus: tuple[str, ...] = ()) -> str:
        with pytest.raises(ReplayError) as caught:
            refuse(
                table, np.array(places), np.full(len(places), True), mtu[: len(places)], mtus=mtus
            )
        return str(caught.value).partition(" carries: ")[2]

    assert told(0) == "say --too-large segment, or say --too-large skip"
    assert told(0, 1) == told(1) == "say --too-large skip"
    larger = "give the topology a larger MTU with --set lan_mtu=… or mtu=…"
    assert told(1, mtus=("lan_mtu", "mtu")) == f"{larger}, or say --too-large skip"


def test_what_the_kernel_cannot_cut_is_refused(tmp_path: Path) -> None:
    good, bad = IP() / TCP(flags="A") / bytes(3000), IP() / UDP() / bytes(3000)
    path = write(tmp_path / "x.pcap", [bytes(Ether() / good), bytes(Ether() / bad)])
    table, mtu = table_of(path), np.full(2, 1500)
    see_that_cut(table, np.array([0]), np.array([True]), mtu[:1])
    with pytest.raises(ReplayError, match=r"frame 2 .* no TCP segment"):
        see_that_cut(table, _all(path), np.array([True, True]), mtu)
