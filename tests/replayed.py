"""Replaying a capture by hosts in a lab, and reading what was captured there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox
from wirelab.traffic.replay.hosts import prepare
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.traffic.replay.kind import Judged, Played
from wirelab.verify import Capture, CaptureWriter, Point, Provenance, Way, read_capture


@dataclass(frozen=True)
class Replayed:
    """A replay that is over."""

    played: Played
    judged: Judged
    capture: Capture
    """What passed the capture points from its beginning on; its times are counted from that of the
    recorded capture's first frame, so that times inside packets fit them."""
    names: Mapping[str, str]
    """What expectations may call by name: as the recorded capture does, and the lab."""


def replayed(
    capture: Capture,
    topo: Callable[[], Topo],
    options: HostsOptions,
    *,
    seed: int = 0,
    scenario: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Play a capture in a lab of its own, and judge it."""

    def body() -> Replayed:
        replay = prepare(capture, topo(), seed=seed, options=options)
        lab = Lab(topo(), seed=seed, taps=replay.points)  # it ends with the sandbox
        lab.start()
        ways = lab.ways()
        played = replay.play(lab, progress)
        lab.taps.stop()
        captured = lab.taps.frames()
        judged = replay.judge(played, captured)
        names = {**played.facts["names"], **lab.names()}
        points = [
            Point(point, f"interface {name} of the lab", lab.interface(name).mtu)
            for point, name in replay.points.items()
        ]
        began = played.facts["began"]
        since = [each for each in captured if each.time >= began]
        told = {
            point: {address: Way(way.mac, way.hops, way.past) for address, way in all_.items()}
            for point, all_ in ways.items()
        }
        made = Provenance(scenario, seed, {}, names, told)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "capture.pcapng"
            with path.open("wb") as file:
                writer = CaptureWriter(file, points, comment=made.comment())
                for each in since:
                    time = each.time - began + replay.frames[0].time
                    data = each.data
                    writer.write(each.point, time, data, len(data), each.outgoing)
                writer.close({})
            return Replayed(played, judged, read_capture(path), names)

    done: Any = sandbox.call(body)
    assert isinstance(done, Replayed)
    return done
