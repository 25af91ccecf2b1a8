"""What a running lab can be asked for.

A handler gets the lab, the request and the descriptors that came with it, which are closed when it
returns. It runs in a thread of its own connection, may enter nodes, and may take its time: the
answer is sent when it is done. What it raises is sent as an error.
"""

from collections.abc import Callable, Mapping
from typing import Any

from wirelab.live.execution import execute
from wirelab.live.running import Running
from wirelab.live.tapping import tap

Handler = Callable[[Running, Mapping[str, Any], list[int]], Mapping[str, Any]]


def _info(running: Running, _request: Mapping[str, Any], _fds: list[int]) -> Mapping[str, Any]:
    """`{"do": "info"}`: what the lab says of itself."""
    return running.info()


HANDLERS: dict[str, Handler] = {"info": _info, "exec": execute, "tap": tap}
"""By what a request says to `do`."""
