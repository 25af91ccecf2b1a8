"""The regular expressions of `matches`.

Wireshark uses PCRE2, caseless and on bytes. Python's `re` on bytes is the same language for what
filters use; PCRE's leading `(?-i)`, which turns case on again, is understood here.
"""

from __future__ import annotations

import re
from functools import cache

_SENSITIVE = "(?-i)"


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """The pattern, ready to search in bytes.

    Raises:
        re.error: it is no regular expression.

    """
    octets = pattern.removeprefix(_SENSITIVE).encode(errors="surrogateescape")
    return re.compile(octets, 0 if pattern.startswith(_SENSITIVE) else re.IGNORECASE)
