"""Dissection: from frames to packets with layers and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.collector import paused
from wirelab.verify.dissectors import DISSECTORS, LINKS
from wirelab.verify.dissectors.memory import Memory
from wirelab.verify.layer import Layer
from wirelab.verify.packet import Packet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.dissectors.outcome import Next
    from wirelab.verify.frame import Frame

_MOST_LAYERS = 500
"""Protocols in protocols end here, as in Wireshark; each would cost its bytes again."""


def dissect(frames: Iterable[Frame]) -> list[Packet]:
    """Dissects the frames of one capture, in their order; never fails, whatever the bytes are."""
    dissection = Dissection()
    with paused():
        return [dissection.add(frame) for frame in frames]


class Dissection:
    """A dissection under way, for frames that come one after the other.

    State that spans frames (reassembly, TCP streams, requests and their answers) is kept apart
    for each capture point, because each point sees the same packets again. A packet may gain
    values while later ones are added: a request learns the frame of its answer.
    """

    def __init__(self, first: int | None = None) -> None:
        """Begins a dissection.

        Args:
            first: when the capture's first frame was captured, where that is not the first one
                added; in nanoseconds since the epoch.
        """
        self.shared = Memory()
        """What all capture points have in common."""
        self._points: dict[str, Memory] = {}
        self._first = first
        self._previous = 0

    def add(self, frame: Frame, previous: int | None = None) -> Packet:
        """Dissects the next frame of the capture.

        Args:
            frame: the frame.
            previous: when the frame before it was captured, where that was not added.
        """
        if self._first is None:
            self._first = self._previous = frame.time
        if previous is not None:
            self._previous = previous
        memory = self._points.get(frame.point)
        if memory is None:
            memory = self._points[frame.point] = Memory(self.shared)
        packet = Packet(frame, memory, self._first, self._previous)
        self._previous = frame.time
        data, end = frame.data, len(frame.data)
        stop = max(frame.length, end)
        Layer(packet, "frame", data, 0, end, stop)
        following: Next = (LINKS.get(frame.linktype, "data"), data, 0, end, stop)
        while following is not None:
            name, data, start, end, stop = following
            if start >= stop or (start >= end and name == "data"):
                break
            if len(packet.layers) > _MOST_LAYERS:
                Layer(packet, "_ws.malformed", data, end, end, end)
                break
            following = DISSECTORS[name](Layer(packet, name, data, start, end, stop))
        return packet
