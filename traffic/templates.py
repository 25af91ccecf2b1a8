"""Configuration files and scripts, rendered from the Jinja2 templates beside the code."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_ROOM = Path(__file__).parent


@cache
def _environment() -> "Environment":
    # Slow to import, and the catalogue can be listed without it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader([_ROOM / "servers" / "templates", _ROOM / "clients" / "templates"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # none of these files is markup
    )
    environment.filters["yesno"] = lambda value: "yes" if value else "no"
    return environment


def render(template: str, **values: object) -> str:
    """Return a template with `values` filled in; a value that is missing is an error."""
    return _environment().get_template(template).render(values)
