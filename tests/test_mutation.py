"""No expectation passes by accident: mutants of its capture, and captures of other scenarios."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from wirelab.run.mutation import Sample, donors, mutate, sample
from wirelab.scenarios import CATALOGUE
from wirelab.verify import judge
from wirelab.verify.mutate import Operator, Report
from wirelab.verify.mutate.report import EVERY, GOAL

SCENARIOS = sorted(CATALOGUE)
_MOST = 12
"""Mutants of each operator in an ordinary run; all of them in a long one."""


@pytest.fixture(scope="module")
def found(results: dict[str, dict[str, Any]]) -> dict[str, Sample]:
    """The captures of the catalogue."""
    return {
        name: sample(CATALOGUE[name], Path(result["dir"]) / "capture.pcapng")
        for name, result in results.items()
    }


def _report(found: dict[str, Sample], scenario: str, most: int | None) -> Report:
    return mutate(
        found[scenario],
        donors(found, scenario),
        seed=0,
        most=most,
        processes=2,
        begun=lambda _total: None,
        judged=lambda: None,
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_expectation_notices_what_is_wrong(
    found: dict[str, Sample], scenario: str, pytestconfig: pytest.Config
) -> None:
    whole = pytestconfig.getoption("--long")
    report = _report(found, scenario, None if whole else _MOST)
    assert [t for t in report.survivors if t.mutant.operator in EVERY] == []
    # Swapped across branches of a `par` frames are still as expected; among few that weighs much.
    assert whole or all(trial.fate.order_free for trial in report.survivors)
    if whole:
        assert report.tally().rate >= GOAL, report.survivors
        assert report.good
    idle = {each for each in Operator if not report.tally([each]).mutants}
    assert idle <= {Operator.MOVE, Operator.SWAP}  # of one point; of frames that are alike


_DETERMINED = (
    "eth.src", "eth.dst", "eth.type", "arp.opcode", "arp.hw.type", "arp.src.proto_ipv4", "ip.len",
    "ip.src", "ip.dst", "ip.ttl", "ip.proto", "ip.frag_offset", "ip.flags.mf", "ip.src#2",
    "icmp.type", "icmp.code", "icmp.ident", "icmp.seq", "icmp.mtu", "data.data", "ipv6.src",
    "ipv6.dst", "ipv6.hlim", "icmpv6.type", "icmpv6.opt.linkaddr", "udp.srcport", "udp.dstport",
    "udp.length", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags.syn",
    "dhcp.type", "dhcp.id", "dhcp.ip.your", "dhcp.hw.mac_addr", "dhcp.option.dhcp",
    "dhcp.option.dhcp_server_id", "dhcp.option.subnet_mask", "dns.id", "dns.qry.name",
    "dns.qry.type", "dns.count.answers", "dns.flags.rcode", "dns.a", "dns.ns", "dns.cname",
    "ftp.response.code", "ftp.request.command", "ftp.request.arg",
)  # fmt: skip
"""Fields that a correct stack determines, or that must agree with those of other packets."""


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_that_a_stack_determines_is_declared_to_be_arbitrary(scenario: str) -> None:
    for each in CATALOGUE[scenario].equivalents:
        assert not [field for field in _DETERMINED if fnmatchcase(field, each.subject)]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("foreign", [True, False], ids=["foreign", "own"])
def test_it_accepts_no_other_scenarios_capture(
    found: dict[str, Sample], scenario: str, foreign: bool
) -> None:
    """Neither as anybody's capture, nor as one of the lab with the names that it bound."""
    own = found[scenario]
    accepted = []
    for name, other in found.items():
        if name == scenario:
            continue
        names = {} if foreign else {**own.names, **other.names}
        expectation = own.scenario.expect(own.settings)
        verdict = judge(
            expectation,
            other.capture,
            names=names,
            excuse=own.scenario.excuse,
            own=not foreign,
            diagnose=False,
        )
        accepted += [name] if verdict.passed else []
    assert accepted == []


def test_an_expectation_accepts_its_own_capture_with_and_without_names(
    found: dict[str, Sample],
) -> None:
    """What rejects all others is not simply impossible to please."""
    for own in found.values():
        for names in (own.names, {}):
            expectation = own.scenario.expect(own.settings)
            excuse = own.scenario.excuse
            verdict = judge(expectation, own.capture, names, own=bool(names), excuse=excuse)
            assert verdict.passed, (own.scenario.id, bool(names), verdict.problems)


def test_samples_have_the_settings_of_their_run(results: dict[str, dict[str, Any]]) -> None:
    for name, result in results.items():
        folder = Path(result["dir"])
        facts = json.loads((folder / "facts.json").read_text())
        read = sample(CATALOGUE[name], folder / "capture.pcapng")
        assert (read.settings, read.names) == (facts["settings"], facts["names"])
