"""From errors to one clear line and an exit status."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from wirelab.emulator import EmulatorError, Missing, TopologyError
from wirelab.run.plan import PlanError
from wirelab.verify import VerifyError

EXPECTATION_FAILED, BAD_INPUT, MISSING = 1, 2, 3


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors of the rooms below into a line on standard error and an exit status."""
    try:
        yield
    except Missing as error:
        _end(str(error), MISSING)
    except (VerifyError, PlanError, TopologyError) as error:
        _end(str(error), BAD_INPUT)
    except EmulatorError as error:
        _end(str(error), EXPECTATION_FAILED)
    except OSError as error:
        _end(f"{error.filename}: {error.strerror}" if error.filename else str(error), BAD_INPUT)


def _end(text: str, status: int) -> None:
    click.echo(f"lab: {text}", err=True)
    sys.exit(status)
