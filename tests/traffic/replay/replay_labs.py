"""A lab for replays: two hosts and a cable, captured at the far end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mininet.topo import Topo

from wirelab.emulator import Lab, sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

NEAR, FAR = "a-eth0", "b-eth0"
HOUR = 3600 * 1_000_000_000


class Pair(Topo):
    """Two hosts without addresses, and a cable."""

    def build(self) -> None:
        """Draw the network."""
        self.addLink(self.addHost("a", ip=None), self.addHost("b", ip=None))


def in_pair(work: Callable[[Lab], Any]) -> Any:
    """What work in such a lab returns."""

    def body() -> Any:
        with Lab(Pair(), taps={"far": FAR}) as lab:
            return work(lab)

    return sandbox.call(body)


def arrived(lab: Lab, count: int, within: float = 20) -> list[bytes]:
    """The frames at the far end, when there are `count` of them at least."""
    from time import monotonic

    deadline = monotonic() + within
    while len(frames := lab.taps.frames()) < count and monotonic() < deadline:
        lab.taps.wait_for_more(len(frames), deadline)
    return [frame.data for frame in frames]


def received(lab: Lab) -> int:
    """How many frames the far interface has received."""
    with lab["b"].namespace.entered():
        text = Path("/proc/thread-self/net/dev").read_text()
    (line,) = (line for line in text.splitlines() if FAR in line)
    return int(line.split(":")[1].split()[1])


def frame(number: int, size: int = 60) -> bytes:
    """A frame of a private protocol, from one to the other."""
    head = bytes.fromhex("020000000002 020000000001 88b5") + number.to_bytes(4, "big")
    return head.ljust(size, bytes([number % 251]))


def senders() -> list[int]:
    """The processes that send, of this sandbox."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if b"sender_main" in words:
            found.append(int(folder.name))
    return found
