"""Configuration files and scripts, rendered from the Jinja2 templates beside the code."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ROOM = Path(__file__).parent

_ENVIRONMENT = Environment(
    loader=FileSystemLoader([_ROOM / "servers" / "templates", _ROOM / "clients" / "templates"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # none of these files is markup
)
_ENVIRONMENT.filters["yesno"] = lambda value: "yes" if value else "no"


def render(template: str, **values: object) -> str:
    """Return a template with `values` filled in; a value that is missing is an error."""
    return _ENVIRONMENT.get_template(template).render(values)
