"""Sets of keys that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wirelab.verify.columns.octets import Words


class Unions:
    """Keys, some of which are joined; each set of joined ones has a representative."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Says that two keys, and with them all that are joined to either, belong together."""
        one, other = self.representative(one), self.representative(other)
        if one != other:
            self._above[max(one, other)] = min(one, other)

    def representative(self, key: int) -> int:
        """The least of the keys that are joined with a key."""
        path = []
        while (above := self._above.get(key)) is not None:
            path.append(key)
            key = above
        for each in path:
            self._above[each] = key
        return key

    def represented(self, keys: Words) -> Words:
        """The keys, each replaced by its representative."""
        if not self._above:
            return keys
        joined = np.array(sorted(self._above), np.uint64)
        least = np.array([self.representative(int(key)) for key in joined], np.uint64)
        place = np.minimum(np.searchsorted(joined, keys), len(joined) - 1)
        return np.where(joined[place] == keys, least[place], keys)
