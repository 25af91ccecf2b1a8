"""Replay by hosts: the endpoints of a capture become hosts of a topology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.endpoints import endpoints
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.fitting import fitted
from wirelab.traffic.replay.glance import glance
from wirelab.traffic.replay.hosts_options import RECORDED, HostsOptions
from wirelab.traffic.replay.hosts_replay import HostsReplay
from wirelab.traffic.replay.mapping import learned, roles_by_name, roles_by_part
from wirelab.traffic.replay.network import Network
from wirelab.traffic.replay.sendings import Tasks
from wirelab.traffic.replay.sightings import first_on_link, first_on_way, interfaces
from wirelab.traffic.replay.tagged import see_that_routers_take
from wirelab.verify import provenance
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mininet.topo import Topo

    from wirelab.verify import Capture, Frame


def prepare(
    capture: Capture, topo: Topo, *, seed: int = 0, options: HostsOptions | None = None
) -> HostsReplay:
    """Decide all about a replay of a capture by the hosts of a topology.

    Args:
        capture: what to play.
        topo: where.
        seed: that of the lab, which decides addresses.
        options: how.

    Raises:
        ReplayError: the capture cannot be played so, or the topology has too few hosts.
        TopologyError: the topology cannot be read.
    """
    options = options or HostsOptions()
    network = Network.of(topo, seed)
    frames = _in_time(_playable(capture.frames))
    glances = [glance(frame.data) for frame in frames]
    parts = endpoints(glances)
    made = provenance(capture.comment)
    roles = None if options.map or not made else roles_by_name(made.names, network)
    own = roles is not None
    if roles is None:
        roles = roles_by_part(parts, network, options.map)
    learned(roles, parts, network)
    places = interfaces(capture.points, network) if own else {}
    mirrors = {point for point, name in places.items() if network.ports[name].mirror}
    tasks = Tasks(frames, glances, roles, network, places)
    if options.routers == RECORDED:
        links = {point: network.ports[name].link for point, name in places.items()}
        sendings = tasks.recorded(first_on_link(frames, links, mirrors))
    else:
        ways = made.ways if made and own else {}
        sendings = tasks.real(first_on_way(frames, glances, ways, mirrors))
        see_that_routers_take(frames, sendings, network, options.vlan)
    if not any(not each.expected for each in sendings):
        raise ReplayError("nothing is left to send: no frame is from a host that has a part")
    fit = fitted(frames, sendings, network, options.too_large, options.vlan)
    left = dict(tasks.left) | ({"too large": fit.skipped} if fit.skipped else {})
    names = made.names if made and own else {}
    return HostsReplay(
        fit.frames, network, roles, fit.sendings, places, left, fit.segmented, names, options
    )


def _playable(frames: Sequence[Frame]) -> Iterator[Frame]:
    """Yield the frames.

    Raises:
        ReplayError: one cannot be sent as it is.
    """
    for frame in frames:
        if frame.linktype != LinkType.ETHERNET:
            raise ReplayError(
                f"frame {frame.number} is of link type {frame.linktype}, and only Ethernet (1) can"
                " be sent: capture at an interface, not at `any`"
            )
        if frame.length > len(frame.data):
            raise ReplayError(
                f"frame {frame.number} was cut to {len(frame.data)} of {frame.length} bytes:"
                " capture without a limit (tcpdump -s 0), or select other frames"
            )
        if len(frame.data) < 14:
            raise ReplayError(
                f"frame {frame.number} has {len(frame.data)} bytes, less than an Ethernet header"
            )
        yield frame


def _in_time(frames: Iterator[Frame]) -> list[Frame]:
    """The frames of several points in the order of their times.

    Raises:
        ReplayError: the times of one point run backwards, so that nobody knows the order.
    """
    last: dict[str, Frame] = {}
    found = []
    for frame in frames:
        before = last.get(frame.point)
        if before is not None and frame.time < before.time:
            raise ReplayError(
                f"frame {frame.number} is {(before.time - frame.time) / 1e6:g} ms earlier than"
                f" frame {before.number} in front of it: put them in order first, as Wireshark's"
                " reordercap does"
            )
        last[frame.point] = frame
        found.append(frame)
    return sorted(found, key=lambda frame: frame.time)
