"""What a replay by hosts would do, in words and for programs."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wirelab.traffic.replay.hosts_options import HostsOptions
    from wirelab.traffic.replay.mapping import Roles
    from wirelab.traffic.replay.sendings import Sending


def told(
    roles: Roles, sendings: Sequence[Sending], left: Mapping[str, int], options: HostsOptions
) -> list[str]:
    """Say who stands for whom, who sends how much, and what is rewritten, a line each."""
    lines = [f"{who} -> {name}{f' ({new})' if new else ''}" for who, name, new in table(roles)]
    for old, network in roles.networks.items():
        if old != network:
            lines.append(f"{old} -> {network}")
    lines += _rewritten(options)
    own = Counter(each.port for each in sendings if not each.expected)
    kernels = Counter(each.port for each in sendings if each.expected)
    for port in dict.fromkeys([*own, *filter(None, kernels)]):
        parts = [f"sends {_frames(own[port])}"] if own[port] else []
        parts += [f"sends {_frames(kernels[port])} by itself"] if kernels[port] else []
        lines.append(f"{port} {' and '.join(parts)}")
    lines += [f"not sent: {_frames(count)}, {why}" for why, count in left.items()]
    return [*lines, *aimless(sendings)]


def aimless(sendings: Sequence[Sending]) -> list[str]:
    """Say how many frames are sent to nobody, so that nothing tells what became of them."""
    count = unchecked(sendings)
    verb = "is" if count == 1 else "are"
    return [f"{_frames(count)} {verb} for nobody in the lab: not checked"] if count else []


def unchecked(sendings: Sequence[Sending]) -> int:
    """Return how many frames are sent to nobody."""
    return sum(not each.expected and not each.targets for each in sendings)


def _frames(count: int) -> str:
    return f"{count} frame{'s' if count != 1 else ''}"


def _rewritten(options: HostsOptions) -> Iterator[str]:
    for old, new in options.ports.items():
        yield f"port {old} -> {new}"
    if options.vlan is not None:
        yield f"VLAN tags: {options.vlan.tagging.value} {options.vlan.number or ''}".rstrip()
    if options.ttl is not None:
        yield f"TTL -> {options.ttl.value:{'+d' if options.ttl.relative else 'd'}}"
    if options.dscp is not None:
        yield f"DSCP -> {options.dscp}"
    if options.inside:
        inside = ", ".join(sorted(each.value for each in options.inside))
        yield f"addresses are rewritten inside {inside}, too"


def table(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Yield who (a MAC or an address) is which interface, with its new address where it has one."""
    for mac, port in roles.stations.items():
        yield mac.hex(":"), port, ""
    for address, port in roles.holders.items():
        new = roles.addresses.get(address, address)
        yield str(ip_address(address)), port, str(ip_address(new)) if new != address else ""


def as_json(
    roles: Roles, sendings: Sequence[Sending], left: Mapping[str, int], options: HostsOptions
) -> dict[str, Any]:
    """Say the same for programs."""
    return {
        "map": [
            {"recorded": who, "interface": name, "address": new} for who, name, new in table(roles)
        ],
        "networks": {str(old): str(new) for old, new in roles.networks.items()},
        "sends": dict(Counter(each.port for each in sendings if not each.expected)),
        "expected": sum(each.expected for each in sendings),
        "left": dict(left),
        "unchecked": unchecked(sendings),
        "routers": options.routers,
        "speed": options.speed,
    }
