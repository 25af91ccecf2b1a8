"""Mininet's CLI in a running lab: its commands, ours, and a node's name in front of any other.

What a node runs has the terminal to itself, as in a shell; Mininet would carry keys and output
to and fro. Commands of Mininet's that need X11, iperf or a controller are not offered.
"""

import difflib
import inspect
import re
import sys
from cmd import Cmd
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mininet.cli import CLI
from mininet.log import lg

from wirelab.emulator import EmulatorError
from wirelab.live.completing import candidates
from wirelab.live.errors import LiveError
from wirelab.live.foreground import Foreground
from wirelab.live.playing import play, steps
from wirelab.live.recording import Recording
from wirelab.live.running import Running
from wirelab.live.services import SERVICES, serve
from wirelab.scenarios.errors import near
from wirelab.verify import VerifyError, explain

_NOT_OFFERED = frozenset(
    f"do_{name}"
    for name in ("EOF", "dpctl", "gterm", "iperf", "iperfudp", "noecho", "switch", "x", "xterm")
)
_ENDING = frozenset({"EOF", "exit", "quit"})
_USAGE_ERROR = 2


class Prompt(CLI):
    """The commands; a `do_…` method each, whose first line of text is what `help` tells."""

    def __init__(self, running: Running, foreground: Foreground, shown: Callable[[], None]) -> None:
        """Prepare.

        Args:
            running: the lab.
            foreground: runs programs.
            shown: prints what was told when the lab came up.
        """
        Cmd.__init__(self)
        self.mn, self.inputFile = running.lab, None
        self.locals = {"net": running.lab}
        self.prompt = f"{running.name}> "
        self.status = 0
        """Of the last command, as a shell has it."""
        self._running, self._foreground, self._shown = running, foreground, shown
        self._recordings: list[Recording] = []
        for handler in lg.handlers:  # it would print on standard error
            handler.setStream(sys.stdout)

    # From a line to a command

    def isatty(self) -> bool:
        """Say no: modes of the terminal are not the affair of this class."""
        return False

    def get_names(self) -> list[str]:
        """Return the names of the methods that are commands or help."""
        return [name for name in super().get_names() if name not in _NOT_OFFERED]

    def precmd(self, line: str) -> str:
        """Leave out comments: whole lines, for in a node they are up to its shell."""
        return "" if line.lstrip().startswith("#") else line

    def onecmd(self, line: str) -> Any:
        """Do what a line says; a node's name is stronger than that of a command."""
        first = self.parseline(line)[0]
        if line.strip() and first not in _ENDING:
            self.status = 0
        try:
            known = f"do_{first}" in self.get_names() or line == "EOF"
            if line.strip() and (line.split(maxsplit=1)[0] in self.mn or not known):
                return self.default(line)
            return super().onecmd(line)
        except (EmulatorError, VerifyError) as error:
            self._complain(str(error))
        except (
            Exception,
            SystemExit,
        ) as error:  # a scenario's own code may raise anything, and the lab goes on
            self._complain(f"{type(error).__name__}: {error}")
        return None

    def default(self, line: str) -> None:
        """Run a command in a node; the other nodes' names in it stand for their addresses."""
        first, _, rest = line.strip().partition(" ")
        if first not in self.mn:
            known = [*self.mn, *(name[3:] for name in self.get_names() if name.startswith("do_"))]
            near = difflib.get_close_matches(first, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`help` names the commands"
            raise LiveError(f"there is no node or command {first!r}; {hint}")
        with self._running.lock:
            node = self._running.node(first)
            node.view  # noqa: B018 - is made while nobody else makes one
        self.status = self._foreground.in_node(node, _addressed(rest.strip(), self._addresses()))

    def _addresses(self) -> Mapping[str, str]:
        found = {}
        for host in self._running.lab.hosts:
            interface = host.defaultIntf()
            if interface and (address := interface.IP() or interface.ip6()):
                found[host.name] = str(address)
        return found

    def _complain(self, told: str) -> None:
        sys.stdout.flush()
        print(f"lab: {told}", file=sys.stderr, flush=True)
        self.status = _USAGE_ERROR

    # Completion

    def completenames(self, text: str, *_ignored: object) -> list[str]:
        """Return commands and nodes."""
        commands = (name[3:] for name in self.get_names() if name.startswith("do_"))
        return [f"{name} " for name in sorted({*commands, *self.mn}) if name.startswith(text)]

    def completedefault(self, text: str, line: str, begin: int, _end: int) -> list[str]:
        """Return what may follow."""
        return candidates(self._running, text, line[:begin].split())

    # Our commands

    def do_lab(self, _line: str) -> None:
        """Show the network, addresses and servers once more."""
        self._shown()

    def do_tap(self, line: str) -> None:
        """Capture points or interfaces into a file; without words, say what is captured.

        tap r1-eth1 -w wan.pcapng     begin; several are merged in the order of time
        tap stop                      end all, and complete the files; so does the end of the lab
        """
        words = line.split()
        if not words:
            for recording in self._recordings:
                print(recording)
        elif words == ["stop"]:
            self.stop_recordings()
        elif len(words) > 2 and words[-2] == "-w":
            self._recordings.append(Recording(self._running, words[:-2], Path(words[-1])))
            print(f"capturing {self._recordings[-1]}; `tap stop` ends it")
        else:
            raise LiveError("usage: tap POINT|INTERFACE... -w FILE, or tap stop")

    def stop_recordings(self) -> None:
        """End all captures."""
        while self._recordings:
            print(self._recordings.pop(0).stop())

    def do_play(self, line: str) -> None:
        """Play the scenario's traffic, and say what was seen of it; its servers stay.

        play              everything that is expected, beside what was seen
        play STEP         only what was seen of a step of the expectation
        play -w FILE      keep its capture, which begins with the traffic
        """
        words = line.split()
        keep = Path(words[1]) if words[:1] == ["-w"] and len(words) == 2 else None
        step = words[0] if len(words) == 1 and words[0] != "-w" else ""
        if words and not keep and not step:
            raise LiveError("usage: play, play STEP, or play -w FILE")
        if step and step not in (known := steps(self._running)):
            raise LiveError(f"nothing is called {step!r} in the expectation{near(step, known)}")
        if keep:
            _see_that_it_can_be_written(keep)
        played = play(self._running)
        if keep:
            keep.write_bytes(played.capture.read_bytes())
        seen = [each for each in played.verdict.steps if each.name.partition("@")[0] == step]
        if seen:
            for each in seen:
                print(f"{each.name} at {each.point}: {each.summary or 'not seen'}\n  {each.filter}")
        else:
            print(explain(played.verdict, 100), end="")
        if not played.verdict.passed:
            print("\nWhat is expected is that of a new lab; this one may know things already.")
            self.status = 1

    def do_serve(self, line: str) -> None:
        """Start a server on a node; without words, say what there is.

        serve s http
        """
        words = line.split()
        if len(words) == 2:
            print(serve(self._running, *words))
        elif not words:
            self._running.stage.check()
            for told in self._running.serving.values():
                print(told)
            for name, service in SERVICES.items():
                print(f"serve NODE {name:4}  {service.tells}")
        else:
            raise LiveError(f"usage: serve NODE {'|'.join(SERVICES)}")

    # Mininet's, where ours do better

    def do_source(self, line: str) -> object:
        """Do what the lines of a file say.

        source FILE
        """
        words = line.split()
        if len(words) != 1:
            raise LiveError("usage: source FILE")
        try:
            lines = Path(words[0]).read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise LiveError(f"{words[0]}: {reason}") from error
        for each in lines:
            if ending := self.onecmd(self.precmd(each)):
                return ending
        return None

    def do_sh(self, line: str) -> None:
        """Run a command outside of the nodes, but within the lab."""
        self.status = self._foreground.outside(line)

    def do_help(self, line: str) -> None:
        """Name the commands, or explain one."""
        if line:
            command = getattr(self, f"do_{line}", None)
            if command is None or f"do_{line}" in _NOT_OFFERED:
                raise LiveError(f"there is no command {line!r}; `help` names them")
            print(inspect.getdoc(command))
            return
        commands = sorted(name for name in self.get_names() if name.startswith("do_"))
        for name in commands:
            text = inspect.getdoc(getattr(self, name)) or ""
            print(f"  {name[3:]:13} {text.partition(chr(10))[0].rstrip('.')}")
        print(_HELP)


_HELP = """
A command after a node's name runs in the node; names of nodes in it are addresses:
  c ping -c 3 s
A node's name alone opens a shell there. Ctrl-C ends a command, Ctrl-D the lab."""


def _see_that_it_can_be_written(path: Path) -> None:
    """Try to write a file, and leave all as it is.

    Raises:
        LiveError: it cannot be written.
    """
    try:
        file = path.resolve()  # a link would be removed in its place
        is_new = not file.exists()
        file.open("ab").close()
        if is_new:
            file.unlink()
    except OSError as error:
        raise LiveError(f"{path}: {error.strerror}") from error


def _addressed(text: str, addresses: Mapping[str, str]) -> str:
    """Replace words that are nodes by their addresses."""
    return re.sub(r"\S+", lambda word: addresses.get(word[0], word[0]), text)
