"""The regular expressions of `matches`.

Wireshark uses PCRE2, caseless and on bytes. Python's `re` on bytes is the same language for what
filters use; PCRE's leading `(?-i)`, which turns case on again, is understood here. What the two
read differently, `[[:digit:]]` for one, is refused.
"""

from __future__ import annotations

import re
import warnings
from functools import cache

_SENSITIVE = "(?-i)"


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """The pattern, ready to search in bytes.

    Raises:
        re.error: it is no regular expression.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        try:
            return _compiled(pattern)
        except FutureWarning as warning:
            raise re.error(str(warning)) from None


def _compiled(pattern: str) -> re.Pattern[bytes]:
    octets = pattern.removeprefix(_SENSITIVE).encode(errors="surrogateescape")
    return re.compile(octets, 0 if pattern.startswith(_SENSITIVE) else re.IGNORECASE)
