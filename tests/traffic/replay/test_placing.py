"""From which interface of a lab the frames of each capture point are sent."""

from pathlib import Path

import numpy as np
import pytest
from captures import numbered, write, write_points

from wirelab.topologies.lan import Lan
from wirelab.traffic.replay.choice import table_of
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.placing import Placed, placed

_TWO = {"lan": numbered(2), "wan": numbered(3)}


def _placed(path: Path, at: dict[str, str]) -> Placed:
    table = table_of(path)
    return placed(table, np.arange(len(table)), at, Lan())


def test_all_points_may_leave_by_one_interface(tmp_path: Path) -> None:
    found = _placed(write_points(tmp_path / "x.pcapng", _TWO), {"": "c-eth0"})
    assert [each.name for each in found.senders] == ["c-eth0"]
    assert found.places.tolist() == [0, 1, 2, 3, 4]


def test_each_point_may_have_its_own(tmp_path: Path) -> None:
    path = write_points(tmp_path / "x.pcapng", _TWO)
    found = _placed(path, {"lan": "c-eth0", "wan": "s-eth0"})
    assert [each.name for each in found.senders] == ["c-eth0", "s-eth0"]
    assert found.sender.tolist() == [0, 1, 0, 1, 1]


def test_a_point_with_its_own_is_not_sent_by_that_of_all(tmp_path: Path) -> None:
    found = _placed(write_points(tmp_path / "x.pcapng", _TWO), {"": "x-eth0", "wan": "s-eth0"})
    assert [found.senders[each].name for each in found.sender] == [
        "x-eth0", "s-eth0", "x-eth0", "s-eth0", "s-eth0",
    ]  # fmt: skip


def test_points_that_are_not_named_are_left_out_where_others_are(tmp_path: Path) -> None:
    found = _placed(write_points(tmp_path / "x.pcapng", _TWO), {"lan": "c-eth0"})
    assert found.places.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ({}, "say with --at INTERFACE from where to send, or for each of lan, wan with --at POINT"),
        ({"": "eth0"}, "no interface 'eth0' .* interfaces of this machine are never used"),
        ({"": "c-eth1"}, r"did you mean c-eth0\? it has c-eth0 \(to s1\)"),
        ({"dmz": "c-eth0"}, "the capture has no point 'dmz': it has lan, wan"),
    ],
)
def test_what_cannot_be_placed_is_told(at: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=told):
        _placed(write_points(tmp_path / "x.pcapng", _TWO), at)


def test_a_file_of_one_point_without_a_name_has_no_points_to_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x.pcap", numbered(2))
    with pytest.raises(ReplayError, match="have no names"):
        _placed(path, {"lan": "c-eth0"})
    with pytest.raises(ReplayError, match="from where to send: the lab has c-eth0"):
        _placed(path, {})
