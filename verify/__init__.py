"""What judges a capture: bytes in, verdict out; no root, no sockets, no lab.

What is slow to import is imported when it is first asked for: a filter starts without the matcher.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from wirelab.verify.capture import Capture, load_capture, read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.equivalent import Equivalent, equivalent
from wirelab.verify.errors import CaptureError, ExpectationError, FilterError, VerifyError
from wirelab.verify.filter import DisplayFilter, display_filter
from wirelab.verify.frame import Frame, Point
from wirelab.verify.provenance import Provenance, Way, provenance

if TYPE_CHECKING:
    from wirelab.verify.annotate import write_annotated
    from wirelab.verify.expect import any_order, either, habit, optional, par, repeat, seq
    from wirelab.verify.expect_frames import (
        allow,
        forwarded,
        fragments,
        never,
        reassembles_to,
        step,
        stream,
    )
    from wirelab.verify.explaining import explain, explanation
    from wirelab.verify.items import Item
    from wirelab.verify.judging import judge
    from wirelab.verify.ladders import ladder
    from wirelab.verify.merge import merged
    from wirelab.verify.relax import relaxed
    from wirelab.verify.verdict import Verdict
    from wirelab.verify.writer import CaptureWriter

__all__ = [
    "Capture",
    "CaptureError",
    "CaptureWriter",
    "DisplayFilter",
    "Equivalent",
    "ExpectationError",
    "FilterError",
    "Frame",
    "Item",
    "Point",
    "Provenance",
    "Verdict",
    "VerifyError",
    "Way",
    "allow",
    "any_order",
    "display_filter",
    "dissect",
    "either",
    "equivalent",
    "explain",
    "explanation",
    "forwarded",
    "fragments",
    "habit",
    "judge",
    "ladder",
    "load_capture",
    "merged",
    "never",
    "optional",
    "par",
    "provenance",
    "read_capture",
    "reassembles_to",
    "relaxed",
    "repeat",
    "seq",
    "step",
    "stream",
    "write_annotated",
]

_LATER = {
    "write_annotated": "annotate",
    "any_order": "expect",
    "either": "expect",
    "habit": "expect",
    "optional": "expect",
    "par": "expect",
    "repeat": "expect",
    "seq": "expect",
    "allow": "expect_frames",
    "forwarded": "expect_frames",
    "fragments": "expect_frames",
    "never": "expect_frames",
    "reassembles_to": "expect_frames",
    "step": "expect_frames",
    "stream": "expect_frames",
    "explain": "explaining",
    "explanation": "explaining",
    "Item": "items",
    "judge": "judging",
    "ladder": "ladders",
    "merged": "merge",
    "relaxed": "relax",
    "Verdict": "verdict",
    "CaptureWriter": "writer",
}
"""Names by the module that has each. No name may be called as a module is, or it would be that."""


def __getattr__(name: str) -> object:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value
