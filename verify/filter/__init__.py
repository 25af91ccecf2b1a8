"""The display filter language of Wireshark 4, over the packets of this package.

>>> from wirelab.verify.filter import display_filter
>>> str(display_filter("arp.opcode eq 1 and not eth.dst[0] & 1"))
'arp.opcode == 1 && !(eth.dst[0] & 0x01)'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from wirelab.verify.filter.check import check
from wirelab.verify.filter.parser import parse
from wirelab.verify.filter.predicate import Predicate, predicate
from wirelab.verify.filter.printer import print_test
from wirelab.verify.filter.walk import fields_of, protocols_of, references_of

if TYPE_CHECKING:
    from wirelab.verify.filter.nodes import Reference, Test
    from wirelab.verify.packet import Packet

__all__ = ["DisplayFilter", "display_filter"]


@dataclass(frozen=True)
class DisplayFilter:
    """A display filter that was read and checked.

    Its text, printed, is in one canonical spelling that Wireshark 4 reads.
    """

    test: Test
    """The checked tree."""

    def __str__(self) -> str:
        return print_test(self.test)

    def selects(self, packet: Packet) -> bool:
        """Whether a packet satisfies the filter."""
        return self._predicate(packet)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields and protocols that it speaks of."""
        return fields_of(self.test)

    @property
    def protocols(self) -> frozenset[str]:
        """The protocols to which those fields belong."""
        return protocols_of(self.test)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Its `${…}` references; a filter that has any cannot be applied as it is."""
        return references_of(self.test)

    @cached_property
    def _predicate(self) -> Predicate:
        return predicate(self.test)


@lru_cache(maxsize=2048)
def display_filter(text: str) -> DisplayFilter:
    """Reads a display filter.

    Args:
        text: the filter, in the language of Wireshark 4; the empty text selects everything.

    Raises:
        FilterError: it is no display filter, or names an unknown field.

    """
    return DisplayFilter(check(parse(text), text))
