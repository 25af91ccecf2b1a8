"""`lab fields`."""

import json
from textwrap import fill

import click

from wirelab.cli.errors import BAD_INPUT, end
from wirelab.verify.field import Field
from wirelab.verify.glossary import as_json, kind_text, matching


@click.command("fields")
@click.argument("pattern", default="")
@click.option("--json", "is_json", is_flag=True, help="One JSON array, for programs.")
def command(pattern: str, is_json: bool) -> None:
    """Name the fields of which filters may speak.

    PATTERN is a text in a field's name, its meaning or its source: `lab fields ttl`,
    `lab fields "RFC 5227"`. docs/fields.md has them all.
    """
    found = matching(pattern)
    if not found:
        end(f"no field has {pattern!r} in its name, meaning or source", BAD_INPUT)
    if is_json:
        click.echo(json.dumps([as_json(field) for field in found], indent=2))
        return
    for field in found:
        _tell(field)


def _tell(field: Field) -> None:
    unit = f", {field.unit}" if field.unit else ""
    click.secho(field.name, bold=True, nl=False)
    click.echo(f"  {kind_text(field)}{unit}  ({field.source})")
    click.echo(fill(field.meaning, 78, initial_indent="    ", subsequent_indent="    "))
    if field.differs:
        click.echo(fill(field.differs, 78, initial_indent="    ! ", subsequent_indent="      "))
