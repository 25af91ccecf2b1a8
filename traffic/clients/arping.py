"""arping (iputils): ARP requests and announcements by hand."""

from typing import Literal

from wirelab.emulator import Host

_ANNOUNCE = {"request": "-U", "reply": "-A"}


def arping(
    node: Host,
    address: str,
    *,
    announce: Literal["request", "reply"] | None = None,
    count: int = 1,
) -> str:
    """Ask who has `address`, or announce it as the node's own; return what arping says.

    Announcing is gratuitous ARP: sender and target address are `address`.
    """
    argv = ["arping", "-c", str(count), "-I", node.interface().name]
    argv += [_ANNOUNCE[announce]] if announce else []
    return node.run([*argv, address], check=announce is None).stdout
