"""Frames larger than the link on which they are to be sent: refused, cut, or left out, as asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wirelab.traffic.replay.cutting import cut, fragmented
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.hosts_options import SEGMENT, SKIP
from wirelab.traffic.replay.identity import network_header
from wirelab.traffic.replay.tagged import crowding, tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.network import Network
    from wirelab.traffic.replay.rewrite import Vlan
    from wirelab.traffic.replay.sendings import Sending
    from wirelab.verify import Frame


@dataclass(frozen=True)
class Fitted:
    """Tasks that every link can carry."""

    frames: tuple[Frame, ...]
    """The frames of the capture, and behind them the segments of those that were cut."""
    sendings: tuple[Sending, ...]
    """The tasks, in order."""
    segmented: int = 0
    """How many frames were cut."""
    skipped: int = 0
    """How many were left out."""


def fitted(
    frames: Sequence[Frame],
    sendings: Sequence[Sending],
    network: Network,
    too_large: str,
    vlan: Vlan | None = None,
) -> Fitted:
    """See that every packet fits the interface that sends it, with the tags that it then has.

    Raises:
        ReplayError: one does not and is to be refused, or cannot be cut.
    """
    more = list(frames)
    tasks: list[Sending] = []
    segmented = skipped = 0
    for each in sendings:
        frame = frames[each.at]
        size = len(frame.data) - network_header(frame.data)[1]
        crowded = crowding(tags(frame.data, vlan))
        mtu = network.ports[each.port].mtu - crowded if each.port else size
        if each.expected or size <= mtu:
            tasks.append(each)
        elif too_large == SKIP:
            skipped += 1
        else:
            segmented += 1
            for part in _segments(frame, size, mtu, crowded, each.port, too_large):
                tasks.append(replace(each, at=len(more)))
                more.append(replace(frame, data=part, length=len(part)))
    return Fitted(tuple(more), tuple(tasks), segmented, skipped)


def _segments(
    frame: Frame, size: int, mtu: int, crowded: int, port: str, too_large: str
) -> list[bytes]:
    tagged = f" and {crowded} bytes of stacked tags" if crowded else ""
    large = (
        f"frame {frame.number} is a packet of {size} bytes{tagged}, and the MTU of {port} is"
        f" {mtu + crowded}"
    )
    if too_large != SEGMENT:
        raise ReplayError(
            f"{large}: have it cut or left out (--too-large {SEGMENT}, {SKIP}), choose a topology"
            " with a larger MTU, or capture without segmentation offload"
        )
    parts = cut(frame.data, mtu) or fragmented(frame.data, mtu)
    if parts is None:
        raise ReplayError(
            f"{large}: it is neither a TCP segment that can be cut, nor may it be fragmented; leave"
            f" it out (--too-large {SKIP})"
        )
    return parts
