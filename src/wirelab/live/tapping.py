"""Tapping a running lab: the lab opens packet sockets in its nodes and gives them away.

Whoever has them reads the frames by himself (`stream`), so the lab has nothing to do with how fast
he is; and when he ends the kernel takes the sockets away. A lab's own capture goes on beside it.
"""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from wirelab.emulator.tap import packet_socket
from wirelab.live.errors import LiveError
from wirelab.live.running import Running
from wirelab.live.sources import AT_ONCE
from wirelab.live.stream import Source
from wirelab.verify.frame import Point


def opened(running: Running, names: Iterable[str]) -> list[Source]:
    """Open capture points or interfaces, each once; their frames wait from now on.

    Raises:
        LiveError: there is none of a name.
    """
    interfaces = {name: running.point(name) for name in names}
    found = []
    with ExitStack() as unless_all:
        for name, interface in interfaces.items():
            with interface.node.namespace.entered():
                tap = unless_all.enter_context(packet_socket(interface.name))
            place = f"interface {interface.name} of {interface.node.name} in {running.name}"
            found.append(Source(Point(name, place, interface.mtu), tap))
        unless_all.pop_all()
    return found


def tap(running: Running, request: Mapping[str, Any], fds: list[int]) -> Mapping[str, Any]:
    """`{"do": "tap", "points": […]}` with one end of a pair, over which packet sockets come.

    The pair is of SOCK_SEQPACKET; a message has the sockets of up to `AT_ONCE` points, in their
    order. The answer, `{"points": […]}`, has name, description and MTU of each.
    """
    if len(fds) != 1 or not request.get("points"):
        raise LiveError("tap takes points, and a descriptor")
    sources = opened(running, map(str, request["points"]))
    try:
        _give_away([source.socket for source in sources], fds[0])
    finally:
        for source in sources:
            source.socket.close()
    points = (source.point for source in sources)
    return {"points": [(each.name, each.description, each.mtu) for each in points]}


def _give_away(sockets: Sequence[socket.socket], fd: int) -> None:
    with socket.socket(fileno=os.dup(fd)) as pair:
        for start in range(0, len(sockets), AT_ONCE):
            batch = sockets[start : start + AT_ONCE]
            socket.send_fds(pair, [b"."], [each.fileno() for each in batch])
