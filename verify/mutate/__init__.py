"""Proof that an expectation can fail: captures with one thing wrong, and what becomes of them."""

from wirelab.verify.equivalent import Equivalent, equivalent
from wirelab.verify.mutate.foreign import Donor
from wirelab.verify.mutate.mutant import Mutant
from wirelab.verify.mutate.report import Report, Tally
from wirelab.verify.mutate.subject import NotAccepted, Subject
from wirelab.verify.mutate.trial import Fate, Trial, fate, mutants
from wirelab.verify.operator import Operator

__all__ = [
    "Donor",
    "Equivalent",
    "Fate",
    "Mutant",
    "NotAccepted",
    "Operator",
    "Report",
    "Subject",
    "Tally",
    "Trial",
    "equivalent",
    "fate",
    "mutants",
]
