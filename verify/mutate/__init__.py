"""Proof that an expectation can fail: captures with one thing wrong, and what becomes of them."""

from wirelab.verify.equivalent import Equivalent, equivalent
from wirelab.verify.mutate.foreign import Donor
from wirelab.verify.mutate.mutant import Mutant
from wirelab.verify.mutate.report import Report, Tally
from wirelab.verify.mutate.subject import NotAccepted, Subject
from wirelab.verify.mutate.trial import Trial, mutants, tried
from wirelab.verify.operator import Operator

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
