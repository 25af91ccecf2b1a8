"""What judges a capture: bytes in, verdict out; no root, no sockets, no lab."""

from wirelab.verify.annotate import write_annotated
from wirelab.verify.capture import Capture, load_capture, read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.equivalent import Equivalent, equivalent
from wirelab.verify.errors import CaptureError, ExpectationError, FilterError, VerifyError
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
from wirelab.verify.explain import explain, explanation
from wirelab.verify.filter import DisplayFilter, display_filter
from wirelab.verify.frame import Frame, Point
from wirelab.verify.items import Item
from wirelab.verify.judge import judge
from wirelab.verify.ladder import ladder
from wirelab.verify.merge import merged
from wirelab.verify.provenance import Provenance, Way, provenance
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
