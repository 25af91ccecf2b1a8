"""Links with a delay, a loss, a rate: what is seen at their ends."""

import os
import signal
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from mininet.topo import Topo

from wirelab.emulator import (
    EmulatorError,
    Lab,
    TopologyError,
    rtnetlink,
    rtnetlink_ip,
    sandbox,
    wire,
)
from wirelab.emulator.lane import Tally
from wirelab.emulator.links import packed_mac
from wirelab.topologies.lan import Lan


class Two(Topo):
    """Two hosts and a link."""

    def build(self, **quality: Any) -> None:
        for name, number in (("a", 1), ("b", 2)):
            self.addHost(name, ip=f"10.0.0.{number}/24")
        self.addLink("a", "b", **quality)


Seen = list[tuple[int, str, bool, bytes]]
"""Time in ns, point, whether it was sent there, bytes."""


def acquaint(lab: Lab) -> None:
    """Let the two know each other, so that no ARP is needed."""
    for one, other in (("a", "b"), ("b", "a")):
        address, mac = ip_address(lab[other].ip()), packed_mac(lab[other].mac())
        lab[one].send(rtnetlink_ip.neighbour(lab[one].interface().index, address, mac), "know")


def ping(*options: str, seed: int = 0, **quality: Any) -> tuple[Seen, Any]:
    """Have `a` ping `b`; return what was seen at both, and what the wire tells."""

    def body() -> tuple[Seen, Any]:
        with Lab(Two(**quality), taps={"a": "a-eth0", "b": "b-eth0"}, seed=seed) as lab:
            acquaint(lab)
            lab["a"].run(["ping", "-n", *options, lab["b"].ip()], check=False)
            frames = lab.taps.frames()
            return [(f.time, f.point, f.outgoing, f.data) for f in frames], lab.wires.stop()

    return sandbox.call(body)


def delays(seen: Seen) -> list[float]:
    """How long each frame was on its way, in ms, in the order in which they arrived."""
    sent = {(point, data): time for time, point, outgoing, data in seen if outgoing}
    return [
        (time - sent[{"a": "b", "b": "a"}[point], data]) / 1e6
        for time, point, outgoing, data in seen
        if not outgoing
    ]


def test_every_frame_takes_the_delay_and_is_seen_once_at_each_end() -> None:
    seen, tallies = ping("-c3", "-i0.05", delay="15ms")
    assert len(seen) == 12  # three echoes and their replies, at both ends
    assert all(15 <= each < 40 for each in delays(seen))
    assert tallies == {"a-eth0 > b-eth0": Tally(carried=3), "b-eth0 > a-eth0": Tally(carried=3)}


def test_what_is_lost_is_seen_where_it_was_sent_and_the_seed_decides() -> None:
    def arrived(seed: int) -> list[int]:
        seen, tallies = ping("-c30", "-i0.01", "-W1", loss=30, seed=seed)
        requests = [(point, data) for _, point, _, data in seen if data[34] == 8]
        assert sum(point == "a" for point, _ in requests) == 30
        assert all(tally.missed == 0 for tally in tallies.values())
        assert sum(tally.lost for tally in tallies.values()) > 0
        return [int.from_bytes(data[40:42], "big") for point, data in requests if point == "b"]

    assert arrived(3) == arrived(3) != arrived(4)


def test_a_slow_link_takes_its_time_for_every_byte() -> None:
    seen, _ = ping("-c1", "-s972", rate="100kbit")  # 1014 bytes with all headers
    echo, reply = delays(seen)
    assert echo == pytest.approx(1014 * 8 / 100, abs=8)
    assert reply == pytest.approx(1014 * 8 / 100, abs=8)


def test_what_waits_stays_in_order() -> None:
    seen, _ = ping("-c60", "-i0.002", "-s472", "-W2", rate="1mbit", delay="5ms")
    numbers = [d[40:42] for _, p, out, d in seen if p == "b" and not out]
    assert numbers == sorted(numbers)
    assert len(numbers) == 60


def test_a_switch_may_be_at_the_end_of_a_wire() -> None:
    class Slow(Lan):
        def build(self) -> None:
            super().build()
            for _, _, info in self.links(withInfo=True):
                info["delay"] = "3ms"

    def body() -> str:
        with Lab(Slow()) as lab:
            assert lab.pingAll() == 0.0
            return str(lab["c"].run(["ping", "-c1", lab["s"].ip()]).stdout)

    assert "time=12." in sandbox.call(body)


def test_both_ends_of_a_wire_go_when_it_is_deleted() -> None:
    def body() -> tuple[str, dict[str, Tally]]:
        with Lab(Two(delay="1ms")) as lab:
            lab.links[0].delete()
            with lab["b"].namespace.entered():
                left = Path("/proc/thread-self/net/dev").read_text()
            return left, lab.wires.stop()

    left, tallies = sandbox.call(body)
    assert "eth0" not in left
    assert list(tallies.values()) == [Tally(), Tally()]


def test_a_wire_is_there_before_the_lab_starts_or_not_at_all() -> None:
    def body() -> None:
        with Lab(Two()) as lab:
            lab.addLink("a", "b", delay="1ms")

    with pytest.raises(TopologyError, match="before the start"):
        sandbox.call(body)


def test_a_carrier_that_dies_is_an_error() -> None:
    def body() -> None:
        with Lab(Two(loss=1)) as lab:
            os.kill(lab.wires._carrier._pid, signal.SIGKILL)
            lab.wires.stop()

    with pytest.raises(EmulatorError, match="has died"):
        sandbox.call(body)


def test_where_the_kernel_can_delay_nothing_else_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried with a queue that every kernel has in the place of netem."""

    netem = rtnetlink.netem

    def pfifo(index: int, *_quality: int) -> rtnetlink.Request:
        kind, flags, body = netem(index, 0, 0, 1000)
        head = body[: body.index(b"netem") - 4]
        return kind, flags, head + rtnetlink.text(rtnetlink.TCA_KIND, "pfifo")

    monkeypatch.setattr(wire.rtnetlink, "netem", pfifo)
    seen, tallies = ping("-c3", "-i0.05", delay="15ms")
    assert len(seen) == 12
    assert all(0 <= each < 10 for each in delays(seen))
    assert tallies == {}


def test_netem_is_asked_for_delay_rate_and_room() -> None:
    kind, _, body = rtnetlink.netem(7, 20_000_000, 8_000_000, 1000)
    assert kind == rtnetlink.RTM_NEWQDISC
    assert body[4:8] == (7).to_bytes(4, "little")
    found = rtnetlink.attributes(body[20:])
    assert found[rtnetlink.TCA_KIND] == b"netem\0"
    options = found[rtnetlink.TCA_OPTIONS]
    assert options[4:8] == (1000).to_bytes(4, "little")
    more = rtnetlink.attributes(options[24:])
    assert more[rtnetlink.TCA_NETEM_LATENCY64] == (20_000_000).to_bytes(8, "little")
    assert more[rtnetlink.TCA_NETEM_RATE][:4] == (1_000_000).to_bytes(4, "little")
