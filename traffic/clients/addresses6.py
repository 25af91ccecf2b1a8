"""The IPv6 addresses that an interface has, as the kernel tells `ip` (iproute2)."""

import json
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from wirelab.emulator import CommandFailed, Host

_LOOK_EVERY = 0.05  # seconds


@dataclass(frozen=True)
class Address6:
    """An address of an interface."""

    ip: str
    """The address."""
    prefix: int
    """The length of its prefix."""
    scope: str
    """`link` or `global`: how far it counts (RFC 4291 section 2.7 has the scopes)."""
    valid: int | None
    """Seconds for which it is valid; None for ever."""
    made: bool
    """Whether the host made it of an advertised prefix (RFC 4862)."""
    tentative: bool
    """Whether it is still being probed for a duplicate."""


def addresses6(
    node: Host, scope: str = "", *, interface: str = "", timeout: float = 10
) -> tuple[Address6, ...]:
    """Return the addresses of an interface as soon as none is tentative any more.

    Args:
        node: whose.
        scope: wait for an address of this scope, `link` or `global`.
        interface: the node's first one by default.
        timeout: seconds to wait.

    Raises:
        CommandFailed: there is no such address in time, or it is still being probed.
    """
    argv = ["ip", "-json", "-6", "address", "show", "dev", interface or node.interface().name]
    deadline = monotonic() + timeout
    while True:
        said = node.run(argv).stdout
        found = parse_addresses6(said)
        there = not scope or any(address.scope == scope for address in found)
        if there and not any(address.tentative for address in found):
            return found
        if monotonic() > deadline:
            raise CommandFailed(node.name, argv, f"not settled after {timeout:g} s", said)
        sleep(_LOOK_EVERY)


def parse_addresses6(said: str) -> tuple[Address6, ...]:
    """Parse what `ip -json -6 address` says about one interface."""
    links: list[dict[str, Any]] = json.loads(said or "[]")
    return tuple(_address(told) for link in links for told in link.get("addr_info", ()))


_FOR_EVER = 2**32 - 1


def _address(told: dict[str, Any]) -> Address6:
    valid = told.get("valid_life_time", _FOR_EVER)
    return Address6(
        told["local"],
        told["prefixlen"],
        told["scope"],
        None if valid == _FOR_EVER else valid,
        bool(told.get("mngtmpaddr")),
        bool(told.get("tentative")),
    )
