"""Pictures to transfer: real PNG files, so that what was put together again can be looked at.

Source: PNG (W3C recommendation, third edition), sections 5 and 11.
"""

import random
import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _DEPTH = 0, 8  # colour type and bits a pixel
_WIDTH = 64  # pixels
_STORED = 0  # zlib's level that does not compress, so that a row has a known size
_COMMENT = b"Comment\0"
SMALLEST = 200
"""Bytes; with less there is no room for a row of pixels and what belongs to it."""


def picture(chance: random.Random, size: int) -> bytes:
    """Return a picture, grey noise, in a file of exactly `size` bytes.

    What is smaller than `SMALLEST` is only noise.
    """
    if size < SMALLEST:
        return chance.randbytes(size)
    rows = size // (_WIDTH + 1)
    while (room := size - len(_png(rows, bytes(rows * (_WIDTH + 1)), 0))) < 0:
        rows -= 1
    pixels = b"".join(b"\0" + chance.randbytes(_WIDTH) for _ in range(rows))
    return _png(rows, pixels, room)


def _png(rows: int, pixels: bytes, padding: int) -> bytes:
    """Return a file with some bytes of comment."""
    head = struct.pack(">IIBBBBB", _WIDTH, rows, _DEPTH, _GREY, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", head),
            _chunk(b"tEXt", _COMMENT + b"." * padding),
            _chunk(b"IDAT", zlib.compress(pixels, _STORED)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
