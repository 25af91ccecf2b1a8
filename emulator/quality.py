"""The quality of a link: how long it takes, how much it loses, how fast it is."""

import re
from dataclasses import dataclass
from typing import Any, Self

from wirelab.emulator.errors import TopologyError

_TIMES = {"us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_RATES = {"bit": 1, "kbit": 1_000, "mbit": 1_000_000, "gbit": 1_000_000_000}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")
_LONGEST = 10 * _TIMES["s"]


@dataclass(frozen=True)
class Quality:
    """What a link does to frames, in each direction by itself."""

    delay: int = 0
    """Nanoseconds from one end to the other, beside the time that sending takes."""
    loss: float = 0.0
    """Frames lost, in percent."""
    rate: int = 0
    """Bits a second; 0 for no limit. What waits to be sent stays in order."""

    @classmethod
    def of(cls, params: dict[str, Any]) -> Self:
        """Take `delay`, `loss` and `rate` out of the parameters of a link.

        Raises:
            TopologyError: one of them is not of its form.
        """
        delay = _amount(params.pop("delay", None), _TIMES, "a delay", "20ms")
        rate = _amount(params.pop("rate", None), _RATES, "a rate", "10mbit")
        loss = params.pop("loss", None) or 0
        if not isinstance(loss, int | float) or not 0 <= loss <= 100:
            raise TopologyError(f"a loss is 0 to 100 percent, not {loss!r}")
        if delay > _LONGEST:
            raise TopologyError(f"a delay is at most {_LONGEST // _TIMES['s']} s")
        return cls(delay, float(loss), rate)

    def sending(self, size: int) -> int:
        """Return the nanoseconds that it takes to send a frame of `size` bytes."""
        return size * 8 * 1_000_000_000 // self.rate if self.rate else 0

    def __bool__(self) -> bool:
        return bool(self.delay or self.loss or self.rate)


def _amount(text: object, units: dict[str, int], what: str, example: str) -> int:
    """Return a number with a unit in the smallest of its units; 0 for None and for 0."""
    if text is None or text == 0:
        return 0
    found = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if not found or found[2] not in units:
        known = ", ".join(units)
        raise TopologyError(f"{what} is a number with {known}, as in {example!r}, not {text!r}")
    return round(float(found[1]) * units[found[2]])
