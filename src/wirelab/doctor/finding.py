"""One thing that was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something a lab depends on, and whether this machine has it."""

    name: str
    """What was looked at, in two or three words."""
    ok: bool
    """Whether it is as it should be."""
    detail: str
    """What was found: a version, an amount, a reason."""
    mend: str = ""
    """The command that mends it; empty when `ok`."""
    costs: str = ""
    """What cannot be done as long as it is lacking; empty when `ok`."""
    essential: bool = False
    """Whether no lab at all runs without it."""
    scenarios: tuple[str, ...] = ()
    """The ids of those of the catalogue that are not played meanwhile; empty when `ok`."""
