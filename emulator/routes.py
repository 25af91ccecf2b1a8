"""Routes as a topology writes them: `10.0.2.0/24 via 10.0.1.1`."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from wirelab.emulator.errors import TopologyError
from wirelab.emulator.rtnetlink_ip import ROUTE_TYPES, Address, Network


@dataclass(frozen=True)
class Route:
    """One route of a node."""

    destination: Network
    """Where it leads; `0.0.0.0/0` or `::/0` is the default route."""
    gateway: Address | None = None
    """The next hop, if any."""
    device: str = ""
    """The interface, where it is named."""
    kind: str = "unicast"
    """`unicast`, `unreachable`, `prohibit` or `blackhole` (ip-route(8))."""


def parse_route(text: str, version: int = 4) -> Route:
    """Parse `[KIND] DESTINATION [via GATEWAY] [dev INTERFACE]`, as ip-route(8) writes it.

    `version` is the IP version of the destination `default`.

    Raises:
        TopologyError: it is not of that form.
    """
    words = text.split()
    kind = words.pop(0) if words and words[0] in ROUTE_TYPES else "unicast"
    try:
        destination = words.pop(0)
        if destination == "default":
            destination = "0.0.0.0/0" if version == 4 else "::/0"
        options = dict(zip(words[::2], words[1::2], strict=True))
        gateway = options.pop("via", None)
        route = Route(
            ip_network(destination),
            ip_address(gateway) if gateway else None,
            options.pop("dev", ""),
            kind,
        )
    except (ValueError, IndexError) as error:
        raise TopologyError(f"route {text!r}: {error}") from error
    if options:
        raise TopologyError(f"route {text!r}: {' '.join(options)} is not understood")
    return route
