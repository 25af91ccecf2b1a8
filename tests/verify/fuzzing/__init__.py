"""Fuzzing the judge: seeds of all formats and protocols, ways to damage them, and what must hold.

`./lab test --fuzz` runs it; the ordinary tests run a short version. Other tests may use the seeds
and the mutator:

    mutator = Mutator(Random(1))
    data = mutator.file()           # a damaged capture file
    captured = mutator.capture()    # some damaged frames that belong together
"""

from __future__ import annotations

from fuzzing.corpus import Seed, conversations, files
from fuzzing.mutator import Mutator

__all__ = ["Mutator", "Seed", "conversations", "files"]
