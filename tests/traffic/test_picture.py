"""Pictures: real files, of the size that was asked for."""

import random
import struct
import zlib

import pytest

from wirelab.traffic.picture import SMALLEST, picture


@pytest.mark.parametrize("size", [SMALLEST, 201, 264, 265, 5817, 70_000, 200_000])
def test_a_picture_has_the_size_that_was_asked_for(size: int) -> None:
    data = picture(random.Random(1), size)
    assert len(data) == size
    chunks = dict(_chunks(data))
    width, rows, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 0)
    assert len(zlib.decompress(chunks[b"IDAT"])) == rows * (width + 1) > 0


def test_the_seed_decides_what_it_shows() -> None:
    one, same, other = (picture(random.Random(seed), 300) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("size", [1, SMALLEST - 1])
def test_a_file_that_is_too_small_for_a_picture_is_noise(size: int) -> None:
    assert len(picture(random.Random(1), size)) == size


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG file, whose checksums are seen to be right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert data[at + 8 + size : at + 12 + size] == struct.pack(">I", zlib.crc32(kind + content))
        found.append((kind, content))
        at += 12 + size
    return found
