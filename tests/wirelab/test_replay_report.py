"""What a replay says in the end."""

from wirelab.cli.replay_report import report
from wirelab.run import Status
from wirelab.run.replay_job import Replayed


def _told(**more: object) -> list[str]:
    ended = Replayed("replay-x", "x.pcap", "frames", Status.FAILED, 10, **more)  # type: ignore[arg-type]
    return [line.strip() for line in report(ended)]


def test_what_failed_is_told_first_and_not_without_end() -> None:
    lines = _told(sent=7, problems=[f"frame {n}" for n in range(30)], otherwise={"late": 3})
    assert lines[0].startswith("failed   x.pcap: 7 of 10 frames sent")
    assert lines[1:3] == ["late: 3", "frame 0"]
    assert lines[-2:] == ["and 10 more: see verdict.json", "captures and verdict:"]


def test_gaps_are_told_in_microseconds() -> None:
    gaps = {"p50": 3500, "p99": 75_000, "max": 320_000, "drift": -500}
    sent = {"frames": 10, "frames_per_second": 1000.0, "gap_errors_ns": gaps}
    lines = _told(facts={"interfaces": {"c-eth0": sent}})
    told = "gaps off by 3.5 µs (p50), 75.0 (p99), 320.0 (max), drift -0.5"
    assert lines[1] == f"c-eth0: 10 frames, 1000/s; {told}"


def test_who_else_sent_and_what_was_only_counted_is_told() -> None:
    link = {"of_the_node_itself": {"tcp": 2}, "from_the_lab": {"arp": 1, "icmp": 3}}
    lines = _told(details={"links": {"c-eth0": link}}, lost={"s1-eth1": 5})
    assert lines[1:4] == [
        "5 frames at s1-eth1 were not captured: they were only counted",
        "besides, the node of c-eth0 itself sent 2 tcp",
        "besides, the lab sent back to c-eth0 1 arp, 3 icmp",
    ]


def test_points_left_out_are_told() -> None:
    lines = _told(details={"left_out": {"b": 10, "c": 1}})
    assert lines[1:3] == ["10 frames of point b are left out", "1 frame of point c is left out"]


def test_counts_of_the_other_kinds_are_told() -> None:
    assert "arrived 23, never seen 4" in _told(details={"outcomes": {"arrived": 23, "unseen": 4}})
    counts = {"conversations": 8, "streams_compared": 16}
    assert "conversations 8, streams compared 16" in _told(details=counts)
