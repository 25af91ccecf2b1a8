"""Frames as `sendmmsg` wants them: arrays of pointers into the capture, filled at once.

Nothing is copied: a message points at a frame where it lies in the mapped file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MESSAGE = 64
"""Bytes of a `struct mmsghdr`."""

# struct iovec, struct msghdr (socket.h of 64-bit systems) and struct mmsghdr
_VECTOR = np.dtype([("base", np.uint64), ("size", np.uint64)])
_HEADER = np.dtype(
    {
        "names": ["vectors", "count"],
        "formats": [np.uint64, np.uint64],
        "offsets": [16, 24],
        "itemsize": MESSAGE,
    }
)


class Messages:
    """Some messages, used again for one part of the frames after the other."""

    def __init__(self, room: int, parts: int = 1) -> None:
        """Makes them.

        Args:
            room: for how many frames.
            parts: of how many pieces each is put together.
        """
        self._vectors: NDArray[np.void] = np.zeros((room, parts), _VECTOR)
        self._headers: NDArray[np.void] = np.zeros(room, _HEADER)
        step = parts * _VECTOR.itemsize
        self._headers["vectors"] = self._vectors.ctypes.data + np.arange(room) * step
        self._headers["count"] = parts
        self.address = self._headers.ctypes.data
        """Where the first message is; the others follow, `MESSAGE` bytes each."""

    def fill(self, part: int, address: NDArray[np.int64], size: NDArray[np.int64]) -> None:
        """Say where a piece of each of the first messages is, and how large."""
        count = len(address)
        self._vectors["base"][:count, part] = address
        self._vectors["size"][:count, part] = size
