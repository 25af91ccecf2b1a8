"""`tap` at the prompt: a capture into a file, while the prompt goes on."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from wirelab.emulator import syscalls
from wirelab.live.errors import LiveError
from wirelab.live.outlet import Outlet
from wirelab.live.running import Running
from wirelab.live.stream import Ended, Stream
from wirelab.live.tapping import opened


class Recording:
    """A capture under way."""

    def __init__(self, running: Running, names: Sequence[str], path: Path) -> None:
        """Begin: every frame from now on will be in the file.

        Raises:
            LiveError: there is no such point or interface, or the file cannot be written.
        """
        self.names, self.path = tuple(names), path
        sources = opened(running, names)
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        except OSError as error:
            for source in sources:
                source.socket.close()
            raise LiveError(f"{path}: {error.strerror}") from error
        self._stream = Stream(sources, Outlet(self._file))
        self._asked, self._ask = os.pipe2(os.O_CLOEXEC)
        self._ended: Ended | OSError | None = None
        apart = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(apart,), daemon=True)
        self._thread.start()
        apart.wait()

    def __str__(self) -> str:
        return f"{' '.join(self.names)} to {self.path}"

    def _run(self, apart: threading.Event) -> None:
        syscalls.unshare(syscalls.CLONE_FS)  # else the others could no longer enter nodes
        apart.set()
        try:
            self._ended = self._stream.run(self._asked)
        except OSError as error:
            self._ended = error

    def stop(self) -> str:
        """End it, and return what to say of it: the file is complete.

        Raises:
            LiveError: it could not be written.
        """
        os.write(self._ask, b".")
        self._thread.join()
        for fd in (self._file, self._asked, self._ask):
            os.close(fd)
        if not isinstance(self._ended, Ended):
            reason = self._ended.strerror if self._ended else "unknown"
            raise LiveError(f"{self.path}: {reason}: the capture is not complete")
        lost = sum(dropped for _received, dropped in self._ended.counts.values())
        loss = f", and {lost} were lost" if lost else ""
        count = self._ended.written
        return f"{self.path}: {count} frame{'' if count == 1 else 's'}{loss}"
