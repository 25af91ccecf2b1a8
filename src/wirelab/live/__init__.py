"""Labs that are kept running: in the background under a name, or under a prompt.

A lab's sandbox is kept by a process outside of it, and listens at a socket of this user. `client`
finds labs and asks them; `handlers` says what for.
"""

from wirelab.live.client import Control, LabInfo, connect, down, labs
from wirelab.live.errors import LiveError, Refused

__all__ = ["Control", "LabInfo", "LiveError", "Refused", "connect", "down", "labs"]
