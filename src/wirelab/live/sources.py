"""The capture points of a running lab, in the hands of whoever captures."""

import socket
from collections.abc import Iterable

from wirelab.live.client import Control
from wirelab.live.errors import LiveError
from wirelab.live.stream import Source
from wirelab.verify.frame import Point

AT_ONCE = 100
"""Sockets that come with one message; the kernel takes 253 (unix(7), SCM_MAX_FD)."""


def tapped(control: Control, names: Iterable[str]) -> list[Source]:
    """Have a lab open capture points or interfaces; their frames wait from now on.

    Args:
        control: the lab; when its connection ends, so has the lab.
        names: points or interfaces, each of which is opened once.

    Raises:
        LiveError: there is none of a name, or the lab ended meanwhile.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        asked = {"do": "tap", "points": list(dict.fromkeys(names))}
        points = [Point(*told) for told in control.ask(asked, [theirs.fileno()])["points"]]
        sockets: list[socket.socket] = []
        while len(sockets) < len(points):
            _data, fds, _flags, _address = socket.recv_fds(ours, 1, AT_ONCE)
            sockets += [socket.socket(fileno=fd) for fd in fds]
            if not fds:  # the kernel leaves out those for which this process has no room
                raise LiveError("so many points are more than this process may open (ulimit -n)")
    return [Source(point, tap) for point, tap in zip(points, sockets, strict=True)]
