"""What dissection remembers of a capture's earlier frames."""

from __future__ import annotations

from typing import TypeVar, cast

T = TypeVar("T")


class Memory:
    """What has been seen at one capture point, each protocol's part under its own class.

    Every point sees the same packets again, so each has a memory of its own; what must be the
    same everywhere, such as the numbers of TCP streams, is kept in the one that all share.
    """

    def __init__(self, shared: Memory | None = None) -> None:
        self.shared = shared or self
        """The memory that all points of the capture have in common."""
        self._parts: dict[type, object] = {}

    def put(self, part: type[T], found: object) -> None:
        """Says what a protocol's part is, before it is first asked for."""
        self._parts[part] = found

    def of(self, part: type[T]) -> T:
        """A protocol's part of the memory, empty when first asked for."""
        found = self._parts.get(part)
        if found is None:
            found = self._parts[part] = part()
        return cast("T", found)
