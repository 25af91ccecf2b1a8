"""Every capture of the catalogue, played again by the hosts of its topology, passes once more."""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from replayed import replayed

from wirelab.scenarios import CATALOGUE
from wirelab.traffic.replay.hosts_options import REAL, RECORDED, HostsOptions
from wirelab.traffic.replay.rewrite import Inside
from wirelab.verify import judge, provenance, read_capture


@dataclass(frozen=True)
class How:
    """How a capture is played, and why not as all others."""

    routers: str = REAL
    speed: float | None = None
    seed: int = 7
    """Not the one of the capture: all addresses and MACs are others."""


TIMED = How(speed=1.0)
"""Its expectation speaks of seconds between packets."""
SET = How(RECORDED)
"""A router of it is set in a way that its topology does not tell: filters, translation, a daemon,
proxy ARP, another TTL; or a cable is moved."""
SET_TIMED = How(RECORDED, speed=1.0)
"""Both."""
HERE = How(seed=0)
"""The expectation is about how the addresses themselves are formed or ordered."""

HOW = {
    "arp-unicast-refresh": TIMED,
    "arp-probe-announce": TIMED,
    "arp-first-packet-loss": SET_TIMED,  # a queue of one packet, and a question that gets lost
    "arp-proxy": SET,
    "arp-unanswered": TIMED,
    "arp-sweep": HERE,  # the order in which addresses are asked for is that of their numbers
    "dhcp-dora": TIMED,
    "dhcp-decline": TIMED,
    "dhcp-renew-rebind-release": TIMED,
    "dhcp-nak": SET_TIMED,  # the cable is moved
    "dhcp-relay": SET,  # the relay is a program on the router
    "dhcp-no-server": TIMED,
    "dns-timeout": TIMED,
    "dns-failures": TIMED,
    "frag-lost": SET_TIMED,
    "pmtud-blackhole": SET,
    "ping-echo": SET,  # the router loses a reply
    "redirect": TIMED,  # a kernel sends redirects as seldom as its clock says
    "redirect-ignored": TIMED,
    "unreach-admin": SET,
    "ttl-os": SET,
    "lb-behind-vip": SET,
    "v6-addresses": SET,  # the router has addresses that the topology does not tell
    "v6-errors": SET,
    "v6-frag-lost": SET_TIMED,
    "tcp-refused-filtered": SET_TIMED,
    "tcp-retransmission": SET_TIMED,
    "tcp-zero-window": TIMED,
}


def play(name: str, path: str, how: How) -> dict[str, Any]:
    """Play a capture of a scenario, and say what its expectation and the replay's judge say."""
    scenario = CATALOGUE[name]
    capture = read_capture(path)
    made = provenance(capture.comment)
    assert made is not None
    options = HostsOptions(
        routers=how.routers,
        speed=how.speed,
        points=scenario.points,
        inside=frozenset(Inside) if how.seed else frozenset(),
    )
    done = replayed(
        capture,
        lambda: scenario.network(made.settings),
        options,
        seed=how.seed,
        scenario=scenario.id,
    )
    verdict = judge(
        scenario.expect(made.settings), done.capture, names=done.names, excuse=scenario.excuse
    )
    return {
        "problems": [problem.message for problem in verdict.problems],
        "judged": list(done.judged.problems),
        "sent": done.played.sent,
        "lost": done.played.otherwise.get("lost", 0),
    }


@pytest.fixture(scope="module")
def replays(results: dict[str, dict[str, Any]]) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """The replays of all captures, several at once; those that take long begin first."""
    with ProcessPoolExecutor(4, get_context("fork")) as pool:
        order = sorted(CATALOGUE, key=lambda name: HOW.get(name, How()).speed is None)
        yield {
            name: pool.submit(
                play, name, str(Path(results[name]["dir"]) / "capture.pcapng"), HOW.get(name, How())
            )
            for name in order
        }


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_the_replay_of_a_capture_passes_the_expectation_of_its_scenario(
    name: str, replays: dict[str, Future[dict[str, Any]]]
) -> None:
    done = replays[name].result(timeout=120)
    assert not done["problems"]
    assert not done["judged"]
    assert done["sent"] > 0
    assert done["lost"] == 0


def test_most_are_forwarded_by_real_routers() -> None:
    real = [name for name in CATALOGUE if HOW.get(name, How()).routers == REAL]
    assert len(real) >= len(CATALOGUE) * 3 / 4
