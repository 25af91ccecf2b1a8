"""What the kernel counts of an interface (proc_pid_net(5), `/proc/net/dev`)."""

from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator.errors import NodeError
from wirelab.emulator.links import Interface


@dataclass(frozen=True)
class Counters:
    """Frames that passed an interface since it is there."""

    received: int
    """Frames that came."""
    sent: int
    """Frames that left; of a veth that is also what arrived at its peer."""


def counters(interface: Interface) -> Counters:
    """Return the counters of an interface.

    Raises:
        NodeError: the kernel does not know it.
    """
    with interface.node.namespace.entered():
        lines = Path("/proc/thread-self/net/dev").read_text().splitlines()
    for line in lines:
        name, colon, numbers = line.partition(":")
        if colon and name.strip() == interface.name:
            found = numbers.split()
            return Counters(int(found[1]), int(found[9]))
    raise NodeError(f"the kernel has no interface {interface.name}")
