"""Running an ordinary program in a node to its end, when more than status 0 is an answer."""

from collections.abc import Collection, Sequence
from subprocess import DEVNULL, CompletedProcess, Popen, TimeoutExpired

from wirelab.emulator import CommandFailed, Host


def run(
    node: Host,
    argv: Sequence[str],
    *,
    timeout: float,
    fine: Collection[int] = (0,),
    input: str | None = None,  # noqa: A002 - as subprocess.run names it
) -> CompletedProcess[str]:
    """Run a program and return what it said.

    Args:
        node: where.
        argv: program and arguments.
        timeout: seconds it may take.
        fine: exit statuses that mean it did its work, as in ping's 1 for "no reply".
        input: what it reads.

    Raises:
        CommandFailed: it ended with another status, or took too long.
    """
    ended = node.run(argv, timeout=timeout, check=False, input=input)
    if ended.returncode not in fine:
        outcome = f"exit status {ended.returncode}"
        raise CommandFailed(node.name, argv, outcome, ended.stdout + ended.stderr)
    return ended


def begin(node: Host, argv: Sequence[str]) -> Popen[str]:
    """Start a program that has nothing to read; `end` waits for its end."""
    process: Popen[str] = node.popen(list(argv), stdin=DEVNULL, text=True)
    return process


def end(
    node: Host, process: Popen[str], *, timeout: float, fine: Collection[int] = (0,)
) -> CompletedProcess[str]:
    """Wait for the end of what `begin` started, and return what it said.

    Raises:
        CommandFailed: as in `run`.
    """
    argv: Sequence[str] = process.args  # type: ignore[assignment]  # `begin` passes a list
    outcome = "exit status"
    try:
        output, errors = process.communicate(timeout=timeout)
    except TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        outcome = f"not done after {timeout:g} s, exit status"
    if process.returncode not in fine:
        raise CommandFailed(node.name, argv, f"{outcome} {process.returncode}", output + errors)
    return CompletedProcess(argv, process.returncode, output, errors)
