"""The plug-in in Wireshark's own folder: a small program that asks this wirelab for its labs."""

import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator.errors import Missing
from wirelab.live.extcap import CONFIG, DLTS

_NAME = "wirelab"


@dataclass(frozen=True)
class Plugin:
    """The plug-in, installed or not."""

    path: Path
    """Where Wireshark looks for it."""
    calls: Path | None
    """The Python that it calls; None where it is not installed."""

    @property
    def ours(self) -> bool:
        """Whether it is installed and calls this very wirelab."""
        return self.calls == Path(sys.executable)

    def install(self) -> None:
        """Put it there, in place of an earlier one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{_NAME}.partial")
        partial.write_text(program(sys.executable))
        partial.chmod(0o755)
        partial.replace(self.path)

    def remove(self) -> None:
        """Take it away, and its folder when it was the only one."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


def plugin() -> Plugin:
    """Find the place of the plug-in, and see whether it is there.

    Raises:
        Missing: this machine has no Wireshark.
    """
    asked = shutil.which("tshark") or shutil.which("wireshark")
    if asked is None:
        raise Missing("there is no Wireshark here", "sudo apt-get install wireshark (or tshark)")
    told = subprocess.run([asked, "-G", "folders"], capture_output=True, text=True, check=False)
    folder = extcap_folder(told.stdout)
    if folder is None:
        raise Missing(f"{asked} -G folders names no folder for extcap", "a newer Wireshark")
    path = folder / _NAME
    with suppress(OSError):
        return Plugin(path, called(path.read_text()))
    return Plugin(path, None)


def extcap_folder(folders: str) -> Path | None:
    """Return the user's own folder for plug-ins, from what `-G folders` prints.

    Wireshark names it from 4.2 on; before, it is the one in its personal configuration.
    """
    lines = (line.partition(":") for line in folders.splitlines())
    known = {name.strip().lower(): path.strip() for name, _, path in lines}
    if path := known.get("personal extcap path"):
        return Path(path)
    configuration = known.get("personal configuration")
    return Path(configuration, "extcap") if configuration else None


_CALL = "python="


def program(python: str) -> str:
    """Return the text of the plug-in that calls a Python which has wirelab."""
    return f"""#!/bin/sh
# Running labs as interfaces of Wireshark. `lab wireshark install` made this, `remove` removes it.
{_CALL}{shlex.quote(python)}
# Wireshark asks each interface for these, one after the other: they must take no time.
case " $* " in
    *" --extcap-config "*) printf %s {shlex.quote(CONFIG)} ;;
    *" --extcap-dlts "*) printf %s {shlex.quote(DLTS)} ;;
    *)
        [ -x "$python" ] || exit 0 # wirelab is gone: there is nothing to list
        exec "$python" -P -m wirelab wireshark extcap "$@"
        ;;
esac
"""


def called(text: str) -> Path | None:
    """Return the Python that a plug-in of this text calls."""
    for line in text.splitlines():
        if line.startswith(_CALL):
            return Path(*shlex.split(line.removeprefix(_CALL))[:1])
    return None
