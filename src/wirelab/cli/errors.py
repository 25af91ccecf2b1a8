"""From errors to one clear line and an exit status."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

EXPECTATION_FAILED, BAD_INPUT, MISSING = 1, 2, 3
READER_GONE = 128 + 13
"""As if SIGPIPE had ended the command, which is how other programs end in `… | head`."""


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors of the rooms below into a line on standard error and an exit status."""
    try:
        yield
    except Exception as error:
        if told := _explanation(error):
            end(*told)
        raise


def _explanation(error: Exception) -> tuple[str, int] | None:
    """Return what to say of an error and the exit status; None where it is not one of ours.

    The errors of all rooms are imported when there is one: a command does not wait for rooms that
    it does not enter.
    """
    from wirelab.emulator import EmulatorError, Missing, TopologyError  # noqa: PLC0415 - slow
    from wirelab.live.errors import LiveError  # noqa: PLC0415
    from wirelab.run.errors import OutputError, PlanError  # noqa: PLC0415
    from wirelab.traffic.replay.errors import ReplayError  # noqa: PLC0415
    from wirelab.verify import FilterError, VerifyError  # noqa: PLC0415

    bad_input = (VerifyError, PlanError, OutputError, TopologyError, ReplayError, LiveError)
    match error:
        case Missing():
            return str(error), MISSING
        case FilterError():
            return error.pointed(), BAD_INPUT
        case EmulatorError() if not isinstance(error, bad_input):
            return str(error), EXPECTATION_FAILED
    return (str(error), BAD_INPUT) if isinstance(error, bad_input) else None


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what goes wrong around a command into a line and a status: usage, standard output."""
    try:
        yield
        sys.stdout.flush()
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "lab"
        told = " ".join(error.format_message().split())
        end(f"{told.rstrip('.')} ({command} --help)", BAD_INPUT, command)
    except click.ClickException as error:
        end(error.format_message(), BAD_INPUT)
    except BrokenPipeError:
        _discard_output()
        sys.exit(READER_GONE)
    except OSError as error:
        _discard_output()
        end(f"{error.filename or 'standard output'}: {error.strerror or error}", BAD_INPUT)
    except Exception as error:
        from wirelab.verify.errors import VerifyError  # noqa: PLC0415 - slow

        if not isinstance(error, VerifyError):  # else the catalogue is not in order
            raise
        end(str(error), BAD_INPUT)


def end(text: str, status: int, command: str = "lab") -> NoReturn:
    """Say one line on standard error and exit."""
    click.echo(f"{command}: {text}", err=True)
    sys.exit(status)


def _discard_output() -> None:
    """Point standard output elsewhere, or the interpreter fails once more when it flushes it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
