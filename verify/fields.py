"""The registry of all fields that filters and expectations may speak of."""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from wirelab.verify.dissectors import TABLES
from wirelab.verify.errors import FilterError
from wirelab.verify.field import Field, Kind, Value, parse, render

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIELDS", "Field", "Kind", "Value", "lookup", "parse", "render"]

FIELDS: Mapping[str, Field] = MappingProxyType(
    {field.name: field for table in TABLES for field in table}
)
"""Every known field by its name; a protocol is a field of the kind PROTOCOL."""


def lookup(name: str) -> Field:
    """The field of that name.

    Raises:
        FilterError: no such field is known; the nearest names are suggested.

    """
    try:
        return FIELDS[name]
    except KeyError:
        near = get_close_matches(name, FIELDS, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise FilterError(name, 1, f"no field is called {name!r}{hint}") from None
