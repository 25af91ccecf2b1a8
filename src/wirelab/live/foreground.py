"""Programs that a prompt runs, each to its end."""

import subprocess
import sys
from typing import Any

from wirelab.emulator import Host
from wirelab.emulator.spawn import environment
from wirelab.live.errors import LiveError
from wirelab.live.terminal import Terminal
from wirelab.live.whereabouts import here, inside


class Foreground:
    """Runs programs with the terminal, or where there is none without input."""

    def __init__(self, terminal: Terminal | None) -> None:
        self._terminal = terminal

    def in_node(self, node: Host, line: str) -> int:
        """Run a line of shell in a node, or for an empty one a shell; return the exit status.

        Raises:
            LiveError: there is no terminal for a shell.
        """
        if line:
            return self._attend(node.popen(["/bin/sh", "-c", line], **self._options()))
        if self._terminal is None:
            raise LiveError(f"a command for {node.name} is missing")
        options = self._options()
        options["env"] = environment() | {"PS1": f"{node.name}# "}
        return self._attend(node.popen(["/bin/sh", "-i"], **options))

    def outside(self, line: str) -> int:
        """Run a line of shell in the lab's own namespaces; return the exit status."""
        return self._attend(subprocess.Popen(["/bin/sh", "-c", line], **self._options()))

    def _options(self) -> dict[str, Any]:
        sys.stdout.flush()
        folder = inside(here())
        if self._terminal is None:
            return {"stdin": subprocess.DEVNULL, "stdout": None, "stderr": None, "cwd": folder}
        return {"stdout": None, "stderr": None, "cwd": folder, "process_group": 0}

    def _attend(self, process: subprocess.Popen[Any]) -> int:
        status = self._terminal.attend(process) if self._terminal else process.wait()
        return status if status >= 0 else 128 - status
