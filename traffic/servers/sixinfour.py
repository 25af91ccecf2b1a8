"""6in4: a tunnel for IPv6 through IPv4 (RFC 4213 section 3), by the kernel or by a program.

Linux calls its own `sit`; not every kernel has it. A program with a TUN interface and a raw
socket sends the same packets.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from wirelab.emulator import CommandFailed, Host, Socket
from wirelab.traffic.daemon import Daemon, Place

_PROGRAM = Path(__file__).with_name("sixinfour_main.py")
_PROTOCOL = 41
_MTU = 1500 - 20  # bytes that an Ethernet frame has room for behind the IPv4 header
INTERFACE = "six0"
_READY_WITHIN, _LOOK_EVERY = 10.0, 0.01  # seconds


@dataclass(frozen=True)
class SixInFour(Daemon):
    """One end of a tunnel, where the kernel has none."""

    remote: str
    """IPv4 address of the other end."""
    ip6: str
    """Address of this end inside the tunnel, as in `2001:db8::1/64`."""
    name: str = "6in4"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        del place
        return (sys.executable, "-I", "-S", str(_PROGRAM), INTERFACE, self.remote)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return nothing: it needs no files."""
        del place
        return {}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether its socket is open; its interface is by then."""
        del place
        return any((found.proto, found.port) == ("raw", _PROTOCOL) for found in sockets)

    def settle(self, node: Host, place: Place) -> None:
        """Give the interface its address."""
        del place
        _bring_up(node, self.ip6)


def kernel_tunnel(node: Host, remote: str, ip6: str) -> bool:
    """Make one end of a tunnel in the kernel; return False where it has no such tunnels."""
    argv = ["ip", "link", "add", INTERFACE, "type", "sit", "local", node.ip(), "remote", remote]
    if node.run([*argv, "ttl", "64"], check=False).returncode:
        return False
    _bring_up(node, ip6)
    return True


def _bring_up(node: Host, ip6: str) -> None:
    """Bring the tunnel up; nobody in it advertises, or could have the same address."""
    node.sysctl(f"net.ipv6.conf.{INTERFACE}.disable_ipv6", 0)
    node.sysctl(f"net.ipv6.conf.{INTERFACE}.accept_ra", 0)
    node.run(["ip", "link", "set", INTERFACE, "mtu", str(_MTU), "up"])
    node.run(["ip", "-6", "address", "add", ip6, "dev", INTERFACE, "nodad"])
    # The kernel takes packets for an address in when its work queue has come to that.
    argv = ["ip", "-6", "route", "show", "table", "local", ip6.partition("/")[0]]
    deadline = monotonic() + _READY_WITHIN
    while not node.run(argv).stdout:
        if monotonic() > deadline:
            raise CommandFailed(node.name, argv, f"no such address after {_READY_WITHIN:g} s", "")
        sleep(_LOOK_EVERY)
