"""Judging: from a capture file to a verdict."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from handmade import (
    S,
    Sent,
    capture,
    download,
    echo,
    echo_reply,
    error,
    pieces,
    ping,
    probe,
    routed,
)
from handmade import big as big_packet
from oracle import TSHARK
from scapy.layers.inet import IP

from wirelab.verify import (
    Capture,
    CaptureWriter,
    ExpectationError,
    FilterError,
    Provenance,
    any_order,
    either,
    forwarded,
    fragments,
    judge,
    never,
    optional,
    par,
    read_capture,
    repeat,
    seq,
    step,
    stream,
)
from wirelab.verify.verdict import ProblemKind, Verdict

if TYPE_CHECKING:
    from wirelab.verify.items import Item

SHARED = Path(__file__).parents[3] / "shared" / "captures"
REQUEST = step("request", "icmp.type == 8 && ip.dst == ${s.ip}", at="c")
PING = seq(REQUEST, step("reply", "icmp.type == 0 && ip.src == ${s.ip}"), at="c")


def kinds(verdict: Verdict) -> list[ProblemKind]:
    return [problem.kind for problem in verdict.problems]


def test_an_expectation_without_steps_fails() -> None:
    assert kinds(judge(seq(never("udp")), capture(ping()))) == [ProblemKind.NO_STEPS]


def test_an_empty_capture_fails_whatever_is_expected() -> None:
    verdict = judge(optional(REQUEST), capture([], points=["c"]))
    assert kinds(verdict) == [ProblemKind.EMPTY_CAPTURE]


def test_a_missing_point_fails_and_says_how_to_supply_it() -> None:
    expectation = seq(REQUEST, forwarded("request", "c", "wan"))
    (problem,) = judge(expectation, capture(ping()), {"s.ip": S}).problems
    assert problem.kind is ProblemKind.MISSING_POINT
    assert "--point wan=FILE" in problem.message
    assert "--at" in problem.message
    assert "'c'" in problem.message


def test_a_foreign_capture_of_one_point_is_judged_as_that_point() -> None:
    expectation = seq(REQUEST, forwarded("request", "c", "wan"))
    assert judge(expectation, capture(ping())).view == "c"
    strange = capture([("eth0", t, p) for _, t, p in ping()])
    verdict = judge(expectation, strange)
    assert (verdict.passed, verdict.view) == (True, "c")


def test_of_a_capture_one_point_alone_can_be_judged() -> None:
    expectation = seq(REQUEST, forwarded("request", "c", "wan"))
    assert judge(expectation, capture(ping()), {"s.ip": S}, at="c").passed
    with pytest.raises(ExpectationError, match="nothing is expected at a point 'dmz', only at 'c'"):
        judge(expectation, capture(ping()), {"s.ip": S}, at="dmz")


def test_a_closed_scope_holds_at_points_of_which_no_step_speaks() -> None:
    expectation = seq(REQUEST, closed=["icmp"], points=["wan"])
    asked = ping()[2]
    quiet = capture([asked], points=["c", "wan"])
    assert judge(expectation, quiet, {"s.ip": S}).passed
    leaked = capture([asked, ("wan", 9, asked[2])], points=["c", "wan"])
    assert kinds(judge(expectation, leaked, {"s.ip": S})) == [ProblemKind.UNEXPECTED_FRAME]
    (problem,) = judge(expectation, capture([asked]), {"s.ip": S}).problems
    assert problem.kind is ProblemKind.MISSING_POINT


def test_the_one_point_of_a_capture_is_that_of_the_expectation() -> None:
    assert judge(PING, capture([("eth0", t, p) for _, t, p in ping()])).passed
    assert judge(PING, capture(ping(), points=["c", "idle"])).passed
    elsewhere = capture([("eth0", t, p) for _, t, p in ping()], points=["eth0", "idle"])
    assert judge(PING, elsewhere).passed


def test_a_capture_of_several_points_must_have_those_that_are_expected() -> None:
    sent: list[Sent] = [("a", 0, echo(1)), ("b", 1, echo(1))]
    assert kinds(judge(PING, capture(sent))) == [ProblemKind.MISSING_POINT]
    nowhere = seq(step("request", "icmp.type == 8"))
    assert kinds(judge(nowhere, capture(sent))) == [ProblemKind.MISSING_POINT]


def test_a_capture_of_the_lab_binds_names_and_says_what_made_it() -> None:
    made = Provenance("ping", 7, {"count": 1}, {"s.ip": S}).comment()
    verdict = judge(PING, capture(ping(), comment=made))
    assert (verdict.scenario, verdict.seed, verdict.settings) == ("ping", 7, {"count": 1})
    assert verdict.names == {"s.ip": S}
    other = Provenance("ping", 7, {}, {"s.ip": "10.0.0.6"}).comment()
    assert not judge(PING, capture(ping(), comment=other)).passed


def test_given_names_replace_those_of_the_capture() -> None:
    made = Provenance("ping", 7, {}, {"s.ip": "10.0.0.6"}).comment()
    assert judge(PING, capture(ping(), comment=made), {"s.ip": S}).passed


def test_the_lab_must_bind_every_name() -> None:
    with pytest.raises(ExpectationError, match=r"nothing binds s\.ip"):
        judge(PING, capture(ping()), {"t.ip": S})


def test_a_name_must_fit_the_fields_that_it_is_compared_with() -> None:
    with pytest.raises(FilterError, match="not an IPv4 address"):
        judge(PING, capture(ping()), {"s.ip": "server"})


def test_invariants_must_hold_in_captures_of_the_lab_only() -> None:
    sent = ping()
    sent[3][2][IP].chksum = 0x1234
    sent = [(point, time, packet) for point, time, packet in sent]
    verdict = judge(PING, capture(sent), {"s.ip": S})
    assert kinds(verdict) == [ProblemKind.INVARIANT]
    assert verdict.problems[0].frame == 4
    assert judge(PING, capture(sent), {"s.ip": S}, own=False).passed
    excused = judge(PING, capture(sent), {"s.ip": S}, excuse=["ip-checksum"])
    assert excused.passed
    assert {(e.name, e.broken, e.excused) for e in excused.invariants if e.broken} == {
        ("ip-checksum", 1, True)
    }


def test_a_capture_that_lost_frames_fails() -> None:
    lossy = replace(capture(ping()), counts={"c": (4, 2)})
    (problem,) = judge(PING, lossy, {"s.ip": S}).problems
    assert problem.message == "the capture lost 2 frames at 'c'"


def test_an_unknown_invariant_cannot_be_excused() -> None:
    with pytest.raises(ExpectationError, match="no invariant is called 'checksums'"):
        judge(PING, capture(ping()), {"s.ip": S}, excuse=["checksums"])


def test_the_verdict_is_json() -> None:
    found = judge(PING, capture(ping()), {"s.ip": S}).as_json()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        "scenario", "status", "view", "seed", "settings", "names", "steps", "allowances",
        "invariants", "packets", "problems",
    ]  # fmt: skip
    assert found["status"] == "pass"
    steps = found["steps"]
    assert isinstance(steps, list)
    assert steps[0] == {
        "name": "request",
        "point": "c",
        "frame": 3,
        "filter": f"icmp.type == 8 && ip.dst == {S}",
        "occurrence": 1,
        "time": 1_700_000_000_000_300_000,
        "written": "icmp.type == 8 && ip.dst == ${s.ip}",
        "summary": f"icmp 10.0.0.10 → {S} type=8 code=0",
    }


def test_a_failing_verdict_is_json_too() -> None:
    found = judge(PING, capture(ping()[:3]), {"s.ip": S}).as_json()
    assert json.loads(json.dumps(found)) == found
    problems = found["problems"]
    assert isinstance(problems, list)
    assert problems[0]["kind"] == "missing-step"
    assert problems[0]["step"] == "reply"


def _several_points() -> tuple[Item, Capture]:
    """An expectation with everything that takes frames, and a capture of three points."""
    asked, about = routed(echo(1, to="r1", ip=S)), probe(ttl=9)
    sent: list[Sent] = [
        ("lan", 0, echo(1, to="r1", ip=S)),
        ("wan", 1, asked),
        ("lan", 2, echo_reply(1, source="r1")),
        ("lan", 3, about),
        ("lan", 4, error(about)),
        *(("wan", 5, piece) for piece in pieces(big_packet(), 1480)),
        *(("srv", 6 + time, packet) for _, time, packet in download([b"hello", b"you"])),
    ]
    expectation = seq(
        step("request", "icmp.type == 8 && ip.dst == ${s.ip}", at="lan"),
        forwarded("request", "lan", "wan"),
        step("reply", "icmp.type == 0 && ip.src == ${request.ip.dst}", at="lan"),
        any_order(step("probe", "udp.dstport > 33000", at="lan")),
        step("error", "icmp.type == 11", quotes="probe", at="lan"),
        par(
            fragments("cut", mtu=1500, at="wan"),
            seq(
                repeat(step("setup", "tcp.flags.syn == 1", at="srv"), 2, 2),
                stream("said", "tcp.srcport == ${setup.tcp.srcport}", equals=b"helloyou", at="srv"),
            ),
        ),
        either(step("none", "dns", at="srv"), optional(step("other", "dns", at="srv"))),
        closed=["icmp && !icmp.type == 8"],
    )
    return expectation, capture(sent)


def test_everything_together_passes() -> None:
    expectation, whole = _several_points()
    verdict = judge(expectation, whole)
    assert verdict.passed, verdict.problems
    assert len(verdict.steps) == 5 + 3 + 2 + 2


@pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")
def test_tshark_selects_the_judged_frames_with_what_is_printed(tmp_path: Path) -> None:
    expectation, whole = _several_points()
    path = tmp_path / "capture.pcapng"
    writer = CaptureWriter(path, whole.points)
    for frame in whole.frames:
        writer.write(frame.point, frame.time, frame.data)
    writer.close()
    for each in judge(expectation, read_capture(path)).steps:
        assert each.frame in _selected(path, each.filter), each


def _selected(path: Path, text: str) -> list[int]:
    command = [TSHARK, "-n", "-r", path, "-Y", text, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # type: ignore[arg-type, unused-ignore]
    return [int(number) for number in done.stdout.split()]


@pytest.mark.skipif(not SHARED.exists(), reason="the captures of others are not here")
class TestForeignCaptures:
    """Captures of other stacks, with the expectations that one would write for ours."""

    def test_an_arp_resolution(self) -> None:
        expectation = seq(
            step("who_has", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${s.ip}"),
            step("is_at", "arp.opcode == 2 && arp.src.proto_ipv4 == ${s.ip}"
                 " && eth.dst == ${who_has.eth.src}", within="1s"),
            closed=["arp"],
            at="lan",
        )  # fmt: skip
        assert judge(expectation, read_capture(SHARED / "arp_resolution.pcapng")).passed

    def test_a_handshake(self) -> None:
        expectation = seq(
            step("syn", "tcp.flags == 0x002 && ip.dst == ${s.ip}"),
            step("syn_ack", "tcp.flags == 0x012 && ip.src == ${s.ip} && tcp.ack_raw =="
                 " ${syn.tcp.seq_raw} + 1"),
            step("ack", "tcp.flags == 0x010 && tcp.ack_raw == ${syn_ack.tcp.seq_raw} + 1"),
            closed=["tcp"],
        )  # fmt: skip
        assert judge(expectation, read_capture(SHARED / "tcp_handshake.pcapng")).passed

    def test_a_lease(self) -> None:
        expectation = seq(
            step("discover", "dhcp.option.dhcp == 1"),
            step("offer", "dhcp.option.dhcp == 2 && dhcp.id == ${discover.dhcp.id}"),
            step("request", "dhcp.option.dhcp == 3 && dhcp.id == ${discover.dhcp.id}"),
            step("ack", "dhcp.option.dhcp == 5 && dhcp.ip.your == ${offer.dhcp.ip.your}"),
            closed=["dhcp"],
        )
        lease = read_capture(SHARED / "dhcp_nolease_initialization.pcapng")
        renewal = read_capture(SHARED / "dhcp_inlease_renewal.pcapng")
        assert judge(expectation, lease).passed
        assert not judge(expectation, renewal).passed

    def test_a_source_that_cuts(self) -> None:
        expectation = seq(
            repeat(fragments("cut", mtu=1500), 1), closed=["ip.flags.mf == 1", "ip.frag_offset > 0"]
        )
        verdict = judge(expectation, read_capture(SHARED / "ip_frag_source.pcapng"))
        assert verdict.passed, verdict.problems
