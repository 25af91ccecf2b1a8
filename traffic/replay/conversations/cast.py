"""Who plays whom: a lab host for each address of the capture, and ports for its sockets."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from itertools import chain
from typing import TYPE_CHECKING

from wirelab.traffic.replay.conversations.talk import AS_SERVER, CLIENT, SERVER, Talk
from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIRST_FRESH = 49152
"""Where the ports begin that are nobody's (RFC 6335 6)."""


@dataclass(frozen=True)
class Role:
    """A side of a conversation, as it is played."""

    host: str
    """The lab host."""
    port: int
    """The port of its socket: the server's is the recorded one."""


@dataclass(frozen=True)
class Cast:
    """Who plays whom."""

    hosts: Mapping[str, str]
    """Lab host by recorded address."""
    roles: Sequence[tuple[Role, Role]]
    """Client and server of each conversation."""

    @property
    def playing(self) -> tuple[str, ...]:
        """The hosts that have a part, each once."""
        return tuple(dict.fromkeys(role.host for pair in self.roles for role in pair))


def cast(
    talks: Sequence[Talk],
    hosts: Sequence[str],
    chosen: Mapping[str, str],
    *,
    recorded_ports: bool = False,
) -> Cast:
    """Gives every address of the capture a host: who opens from the front, who serves from the end.

    Several addresses may have one host where there are not enough, but never the two sides of a
    conversation.

    Args:
        talks: the conversations.
        hosts: the hosts that there are, clients first.
        chosen: host by address, as asked for.
        recorded_ports: let clients have the ports that they had, where that is possible.

    Raises:
        ReplayError: `chosen` names what is not there, or no host is left for an address.
    """
    peers = _peers(talks)
    chosen = _checked(chosen, hosts, peers)
    found: dict[str, str] = {}
    for who, (others, opens) in _busiest_choice_first(peers, chosen):
        taken = {found[other] for other in others if other in found}
        if who in chosen:
            if chosen[who] in taken:
                raise ReplayError(
                    f"{who} talks to another address on {chosen[who]}: map them to different hosts"
                )
            found[who] = chosen[who]
            continue
        order = list(hosts) if opens else list(reversed(hosts))
        used = set(found.values()) | set(chosen.values())
        free = [host for host in order if host not in taken]
        if not free:
            raise ReplayError(
                f"no host is left for {who}, which talks to {', '.join(sorted(others)[:3])}: "
                "use a topology with more hosts, or --map"
            )
        found[who] = next((host for host in free if host not in used), free[0])
    return Cast(found, _roles(talks, found, recorded_ports=recorded_ports))


def who(talk: Talk, side: int) -> str:
    """What a side is called in a map: its address, marked where both sides have the same one."""
    host = talk.hosts[side]
    marked = host.endswith(AS_SERVER) and len(host) in (5, 17)
    return f"{ip_address(host[:-1])} (as server)" if marked else str(ip_address(host))


def _peers(talks: Sequence[Talk]) -> dict[str, tuple[set[str], bool]]:
    """Whom each address talks to, and whether the first thing that it does is to open."""
    peers: dict[str, tuple[set[str], bool]] = {}
    for talk in talks:
        names = who(talk, CLIENT), who(talk, SERVER)
        for side, name in enumerate(names):
            peers.setdefault(name, (set(), side == CLIENT))[0].add(names[1 - side])
    return peers


def _checked(
    chosen: Mapping[str, str], hosts: Sequence[str], peers: Mapping[str, object]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for address, host in chosen.items():
        try:
            name = str(ip_address(address))
        except ValueError:
            raise ReplayError(f"{address!r} in the map is no IP address") from None
        if host not in hosts:
            raise ReplayError(f"there is no host {host!r} to play: {', '.join(hosts)}")
        if name not in peers:
            known = ", ".join(list(peers)[:8])
            raise ReplayError(
                f"{name} in the map has no conversation in the capture; these have: {known}"
            )
        found[name] = host
    return found


def _busiest_choice_first(
    peers: Mapping[str, tuple[set[str], bool]], chosen: Mapping[str, str]
) -> Iterator[tuple[str, tuple[set[str], bool]]]:
    """Those that were chosen first: the others make room."""
    for each in chain(chosen, (name for name in peers if name not in chosen)):
        yield each, peers[each]


def _roles(
    talks: Sequence[Talk], found: Mapping[str, str], *, recorded_ports: bool
) -> list[tuple[Role, Role]]:
    serving = {(found[who(talk, SERVER)], talk.protocol, talk.ends[SERVER].port) for talk in talks}
    taken = set(serving)
    next_fresh: dict[tuple[str, int], Iterator[int]] = {}
    roles = []
    for talk in talks:
        host, port = found[who(talk, CLIENT)], talk.ends[CLIENT].port
        if not recorded_ports or not port or (host, talk.protocol, port) in taken:
            ports = next_fresh.setdefault((host, talk.protocol), _fresh(host, talk.protocol, taken))
            found_port = next(ports, 0)
            if not found_port:
                raise ReplayError(
                    f"{host} has no port left: share its conversations out with --map"
                )
            port = found_port
        taken.add((host, talk.protocol, port))
        roles.append((Role(host, port), Role(found[who(talk, SERVER)], talk.ends[SERVER].port)))
    return roles


def _fresh(host: str, protocol: int, taken: set[tuple[str, int, int]]) -> Iterator[int]:
    for port in chain(range(_FIRST_FRESH, 65536), range(1024, _FIRST_FRESH)):
        if (host, protocol, port) not in taken:
            yield port
