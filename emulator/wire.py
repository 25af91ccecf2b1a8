"""Wires: links that delay, lose or slow what they carry.

    one ──veth── a ┄┄┄ b ──veth── two

Each end of such a link has a pair of its own; their far ends are in a namespace for wires, where
frames are carried from one to the other. So a capture at an end of the link sees what is sent
when it is sent, lost or not, and what arrives when it arrives.

netem carries them where the kernel has it, else, and wherever frames are to be lost, a process
of the lab (`carrier`): which frames those are, its seed decides.
"""

import errno
import random
from dataclasses import dataclass, replace

from wirelab.emulator import rtnetlink
from wirelab.emulator.carrier import Carrier, Track, wire_socket
from wirelab.emulator.errors import NetlinkError, TopologyError
from wirelab.emulator.ethtool import control_socket, offloads_off
from wirelab.emulator.lane import ROOM, Lane, Tally
from wirelab.emulator.mirror import redirect
from wirelab.emulator.namespace import NetNamespace
from wirelab.emulator.quality import Quality
from wirelab.emulator.rtnetlink import End
from wirelab.emulator.sysctls import NO_IPV6

_LACKING = (errno.ENOENT, errno.EOPNOTSUPP)


@dataclass(frozen=True)
class Wire:
    """What is between the two ends of such a link."""

    quality: Quality
    """What it does to frames."""
    ends: tuple[str, str]
    """The interfaces of the lab that it connects."""
    inner: tuple[End, End]
    """Their peers, in the namespace of the wires."""


class Wires:
    """The wires of a lab."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._laid: list[Wire] = []
        self._carrier: Carrier | None = None
        self._started = False
        self.namespace: NetNamespace | None = None
        """Where they are; None as long as there are none."""

    def lay(self, quality: Quality, one: End, two: End) -> tuple[End, End]:
        """Lay a wire between two interfaces to be, and return what their peers are to be.

        Raises:
            TopologyError: the lab runs already.
        """
        if self._started:
            raise TopologyError("a link with a quality of its own must be there before the start")
        if self.namespace is None:
            self.namespace = NetNamespace.create(NO_IPV6)
        inner = (self._peer(one, "a"), self._peer(two, "b"))
        self._laid.append(Wire(quality, (one.name, two.name), inner))
        return inner

    def _peer(self, end: End, side: str) -> End:
        assert self.namespace is not None
        index = self.namespace.next_index()
        mac = bytes([2, 0xB3]) + index.to_bytes(4, "big")
        name = f"w{len(self._laid)}{side}"
        return replace(end, name=name, mac=mac, namespace=self.namespace.fd, index=index, bridge=0)

    def start(self) -> None:
        """Carry frames from now on, as soon as the interfaces are up."""
        self._started = True
        if self.namespace is None:
            return
        with self.namespace.entered():
            with control_socket() as control:
                for wire in self._laid:
                    for end in wire.inner:
                        offloads_off(control, end.name)
            programs = [wire for wire in self._laid if not self._by_netem(wire)]
            tracks = [track for wire in programs for track in self._tracks(wire)]
        if tracks:
            self._carrier = Carrier(tracks)
        for wire in self._laid:
            for end in wire.inner:
                self._send(rtnetlink.link_up(end.index), f"bring {end.name} up")

    def _send(self, request: rtnetlink.Request, doing: str) -> None:
        assert self.namespace is not None
        kind, flags, body = request
        self.namespace.netlink.send(kind, body, flags, doing)
        self.namespace.netlink.check()

    def _by_netem(self, wire: Wire) -> bool:
        """Have the kernel carry, if it can and may."""
        if wire.quality.loss:  # netem draws by itself which frames it loses
            return False
        one, two = (end.index for end in wire.inner)
        try:
            for index in (one, two):
                request = rtnetlink.netem(index, wire.quality.delay, wire.quality.rate, ROOM)
                self._send(request, f"delay what passes between {' and '.join(wire.ends)}")
        except NetlinkError as error:
            if error.errno in _LACKING:
                return False
            raise
        redirect(((one, two), (two, one)))
        return True

    def _tracks(self, wire: Wire) -> tuple[Track, Track]:
        one, two = (wire_socket(end.name) for end in wire.inner)
        there, back = wire.ends, wire.ends[::-1]
        return (
            Track(" > ".join(there), one, two, self._lane(wire, there)),
            Track(" > ".join(back), two, one, self._lane(wire, back)),
        )

    def _lane(self, wire: Wire, ends: tuple[str, ...]) -> Lane:
        return Lane(wire.quality, random.Random(f"{' '.join(ends)} {self._seed}"))

    def stop(self) -> dict[str, Tally]:
        """Carry no more, and return what became of the frames, by direction.

        What netem carried is not told.

        Raises:
            EmulatorError: frames were lost that should not have been.
        """
        carrier, self._carrier = self._carrier, None
        return carrier.stop() if carrier else {}

    def close(self) -> None:
        """Let go of the namespace."""
        if self.namespace is not None:
            self.namespace.close()
            self.namespace = None
