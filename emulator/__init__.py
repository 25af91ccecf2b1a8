"""The machine room: every network, process and capture that touches the kernel.

A `Lab` (Mininet's API over netlink) lives in a `sandbox`, a process tree in namespaces of its
own; its `taps` capture from before the first link comes up.
"""

from wirelab.emulator import (
    sandbox,
    versions,  # noqa: F401 - the first to import Mininet
)
from wirelab.emulator.errors import (
    CommandFailed,
    DaemonDied,
    EmulatorError,
    Missing,
    NetlinkError,
    NodeError,
    SandboxError,
    TopologyError,
)
from wirelab.emulator.links import Interface, Veth
from wirelab.emulator.network import Lab
from wirelab.emulator.nodes import Bridge, Host, Router
from wirelab.emulator.sockets import Socket
from wirelab.emulator.tap import Captured, PointStatistics, Taps
from wirelab.emulator.ways import Way

__all__ = [
    "Bridge",
    "Captured",
    "CommandFailed",
    "DaemonDied",
    "EmulatorError",
    "Host",
    "Interface",
    "Lab",
    "Missing",
    "NetlinkError",
    "NodeError",
    "PointStatistics",
    "Router",
    "SandboxError",
    "Socket",
    "Taps",
    "TopologyError",
    "Veth",
    "Way",
    "sandbox",
]
