"""What libwireshark says about display filters, asked through sharkd.

tshark starts anew for each question, which takes a third of a second. sharkd comes with it, is
the same library, loads a capture once and answers some thousand filters a second.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

SHARKD = shutil.which("sharkd")
LONGEST = 2000
"""Bytes that a request may have."""
_REQUEST = 100
"""Those of them that are not the filter."""
_ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


class EndedError(Exception):
    """sharkd died of a question."""


class Sharkd:
    """A sharkd that has loaded one capture; it is started again when a filter ends it."""

    def __init__(self, path: Path, preferences: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._preferences = preferences or {}
        self._asked = 0
        self._process = self._started()

    def refusal(self, text: str) -> str | None:
        """What is wrong with a display filter; None when nothing is.

        Raises:
            EndedError: Wireshark cannot even say so.
        """
        answer = self._ask("check", filter=text)
        return None if "result" in answer else str(answer["error"]["message"])

    def frames(self, text: str) -> frozenset[int]:
        """The numbers of the frames that a display filter selects.

        Raises:
            EndedError: Wireshark cannot apply it.
        """
        if len(text) > LONGEST - _REQUEST:
            return self._by_tshark(text)
        answer = self._ask("frames", filter=text)
        assert "result" in answer, (text, answer)
        return frozenset(row["num"] for row in answer["result"])

    def _by_tshark(self, text: str) -> frozenset[int]:
        """What tshark, which is slower, says of a filter that is too long for a request."""
        options = [word for each in self._preferences.items() for word in ("-o", ":".join(each))]
        argv = ["tshark", "-r", self._path, *options, "-Y", text, "-T", "fields"]
        argv += ["-e", "frame.number"]
        ended = subprocess.run(argv, capture_output=True, text=True, check=True)
        return frozenset(map(int, ended.stdout.split()))

    def _started(self) -> subprocess.Popen[bytes]:
        assert SHARKD
        self._process = subprocess.Popen(
            [SHARKD, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
        )
        for name, value in self._preferences.items():
            told = self._ask("setconf", name=name, value=value)
            assert told["result"]["status"] == "OK", told
        loaded = self._ask("load", file=str(self._path))
        assert loaded["result"]["status"] == "OK", loaded
        return self._process

    def _ask(self, method: str, **params: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._asked += 1
        request = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params}
        line = json.dumps(request).encode() + b"\n"
        assert len(line) < LONGEST, "sharkd takes a longer line for two"
        self._process.stdin.write(line)
        self._process.stdin.flush()
        for answer in self._process.stdout:
            if answer.strip():
                return json.loads(answer)
        self._end()
        self._process = self._started()
        raise EndedError(f"{method} {params}")

    def _end(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
