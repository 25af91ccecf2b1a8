"""What may be asked of a replay by hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wirelab.traffic.replay.errors import ReplayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirelab.traffic.replay.rewrite import Inside, Ttl, Vlan

REAL, RECORDED = "real", "recorded"
LONGEST_PATIENCE = 86_400
"""Seconds: a day."""
REFUSE, SEGMENT, SKIP = "refuse", "segment", "skip"


@dataclass(frozen=True)
class HostsOptions:
    """How the endpoints of a capture become hosts.

    Raises:
        ReplayError: a value has a range that cannot be.
    """

    map: Mapping[str, str] = field(default_factory=dict)
    """A host or an interface by the address (IP or MAC) for which it is to stand."""
    speed: float | None = None
    """How many times as fast as recorded; None for no pauses at all."""
    routers: str = REAL
    """`real`: the topology's routers forward, answer and complain, and their recorded packets are
    only waited for. `recorded`: routers are stand-ins too, and every frame is sent on the link
    where it was recorded, by the node that sent it there."""
    points: Mapping[str, str] | None = None
    """Where the replay is captured: interface by capture point; by default where the capture was,
    or else at all hosts that take part."""
    too_large: str = REFUSE
    """What becomes of a packet that the link of its host cannot carry: `refuse`, so that nothing
    is sent; `segment`, as a network card does with TCP, and the host with IPv4 that has no DF; or
    `skip`."""
    patience: float = 1.0
    """Seconds for which a packet is waited for, before it counts as lost."""
    ports: Mapping[int, int] = field(default_factory=dict)
    """New ports of TCP and UDP by recorded ones."""
    vlan: Vlan | None = None
    """What becomes of VLAN tags."""
    ttl: Ttl | None = None
    """What becomes of TTLs where they are sent."""
    dscp: int | None = None
    """The DSCP of all packets."""
    inside: frozenset[Inside] = frozenset()
    """The payloads in which addresses are rewritten as well."""

    def __post_init__(self) -> None:
        if self.routers not in (REAL, RECORDED):
            raise ReplayError(f"routers are {REAL} or {RECORDED}, not {self.routers!r}")
        if self.too_large not in (REFUSE, SEGMENT, SKIP):
            raise ReplayError(
                f"what is too large, {REFUSE}, {SEGMENT} or {SKIP} it, not {self.too_large!r}"
            )
        if self.speed is not None and not 0 < self.speed < float("inf"):
            raise ReplayError(f"a speed is a number above 0, not {self.speed:g}")
        if not 0 < self.patience <= LONGEST_PATIENCE:
            raise ReplayError(
                f"patience is more than 0 and at most {LONGEST_PATIENCE} s, not {self.patience:g}"
            )
