"""A web page: text that anybody recognises when it can be read."""

import random

_HEAD = "<!doctype html>\n<title>A page</title>\n"
_WORDS = ("packet", "frame", "router", "switch", "bridge", "cable", "port", "segment", "hop")


def web_page(chance: random.Random, size: int) -> bytes:
    """Return a page of exactly `size` bytes; the last line may be cut."""
    text = _HEAD
    while len(text) < size:
        text += f"<p>{' '.join(chance.choices(_WORDS, k=8))}</p>\n"
    return text[:size].encode()
