"""`lab shell`: a lab with a prompt, which lives as long as the prompt does."""

import contextlib
import os
import readline
import signal
import socket
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wirelab.live.banner import banner
from wirelab.live.foreground import Foreground
from wirelab.live.keeper import Tell, keep
from wirelab.live.lab import Plan, bring_up, told
from wirelab.live.prompt import Prompt
from wirelab.live.running import Running
from wirelab.live.terminal import Terminal, give, see_that_it_is_ours

_HISTORY = 2000  # lines


def shell(plan: Plan) -> int:
    """Bring a lab up, and read commands from standard input until its end.

    Returns:
        0 from a terminal; from anything else the exit status of the last command.

    Raises:
        LiveError: the name is taken, or the terminal is not ours to read.
        EmulatorError: the lab does not start.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        see_that_it_is_ours(0)
        modes = termios.tcgetattr(0)

    def work(listening: socket.socket, tell: Tell) -> int:
        return _converse(plan, bring_up(plan, listening, tell), interactive)

    try:
        status = keep(plan.name, work, lambda _told: None, terminal=True)
    finally:
        if interactive:
            _taken_back(modes)
    if isinstance(status, int):
        return status
    ended = f"lab: the lab {plan.name} was ended"
    with contextlib.suppress(OSError):  # the terminal is gone
        print(f"\n{ended}" if interactive else ended, file=sys.stderr, flush=True)
    return 128 + signal.SIGTERM


def _taken_back(modes: list[Any]) -> None:
    """Have the terminal again, with its modes: a prompt that was killed left it without echo."""
    with contextlib.suppress(OSError, termios.error):  # it is gone
        give(0, os.getpgrp())
        termios.tcsetattr(0, termios.TCSADRAIN, modes)


def _converse(plan: Plan, running: Running, interactive: bool) -> int:
    """Read commands inside the sandbox."""
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def show() -> None:
        print("\n".join(banner(plan, told(running))))
        if plan.subject.scenario:
            print("\n  `play` plays the traffic; its servers start with that")
        sys.stdout.flush()

    if not interactive:
        return _script(Prompt(running, Foreground(None), show))
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # there is nothing that could go on meanwhile
    prompt = Prompt(running, Foreground(Terminal(0)), show)
    show()
    print("\n`help` names the commands; Ctrl-D ends the lab", flush=True)
    with _history():
        while True:
            try:
                prompt.cmdloop()
                break
            except KeyboardInterrupt:
                print()
    prompt.stop_recordings()
    return 0


def _script(prompt: Prompt) -> int:
    """Do what the lines of standard input say."""
    for line in sys.stdin:
        if prompt.onecmd(prompt.precmd(line.rstrip("\n"))):
            break
    prompt.stop_recordings()
    return prompt.status


@contextlib.contextmanager
def _history() -> Iterator[None]:
    """Within, lines can be called back, those of earlier times too."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    path = Path(base) / "wirelab" / "history"
    readline.set_completer_delims(" \t\n")
    readline.set_history_length(_HISTORY)
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            readline.write_history_file(path)
