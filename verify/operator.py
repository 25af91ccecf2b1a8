"""The ways in which a capture can be changed to see whether its expectation notices."""

from enum import StrEnum


class Operator(StrEnum):
    """The ways in which a capture is changed."""

    DROP = "drop"
    """A frame is missing."""
    DUPLICATE = "duplicate"
    """A frame is there twice."""
    SWAP = "swap"
    """Two neighbours at one point have changed places."""
    DELAY = "delay"
    """A frame, or it and all after it, comes a minute later."""
    MOVE = "move"
    """A frame was seen at another point."""
    TRUNCATE = "truncate"
    """A frame was not captured to its end, or carries less and its lengths agree with that."""
    FOREIGN = "foreign"
    """A transaction of another capture happens in between, with addresses of this one."""
    FIELD = "field"
    """A field has another value, and all checksums are right."""
    FLIP = "flip"
    """A bit is flipped."""
    FLIP_MENDED = "flip-mended"
    """A bit is flipped, and all checksums are right."""
