"""Proof that an expectation can fail: captures with one thing wrong, and what becomes of them."""

from wirelab.verify.mutate.equivalent import Equivalent, equivalent
from wirelab.verify.mutate.foreign import Donor
from wirelab.verify.mutate.mutant import Mutant, Operator
from wirelab.verify.mutate.report import Report, Tally
from wirelab.verify.mutate.subject import NotAccepted, Subject
from wirelab.verify.mutate.trial import Trial, mutants, tried

__all__ = [
    "Donor",
    "Equivalent",
    "Mutant",
    "NotAccepted",
    "Operator",
    "Report",
    "Subject",
    "Tally",
    "Trial",
    "equivalent",
    "mutants",
    "tried",
]
