"""What can be wrong with a scenario, or with what is asked of it."""

from collections.abc import Iterable
from difflib import get_close_matches

from wirelab.verify import VerifyError


class SettingError(Exception):
    """A setting does not exist, or has a value that it cannot have."""


class ScenarioError(VerifyError):
    """A scenario, or the catalogue as a whole, is not in order."""


def near(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: what was meant, or what there is."""
    names = sorted(known)
    if found := get_close_matches(name, names, n=1):
        return f"; did you mean {found[0]}?"
    return f"; there are {', '.join(names)}"
