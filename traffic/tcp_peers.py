"""Two ends of TCP connections, from ordinary sockets, that say and do what a scenario is about."""

import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, Running, listening

_PROGRAM = Path(__file__).with_name("tcp_main.py")
_ORDERS = "orders.json"

Word = tuple[str, str]
"""Something to do with a connection: a verb and its object."""
Talk = tuple[Word, ...]
"""What one end does with a connection. In the end it is closed, if it is not already."""

DRAIN: Word = ("drain", "")
"""Read until the other end has no more to say."""
FINISH: Word = ("finish", "")
"""Have no more to say (`shutdown`), and go on listening."""
RESET: Word = ("reset", "")
"""Break the connection off (SO_LINGER of no time, socket(7))."""
WAIT: Word = ("wait", "")
"""Do nothing until `tell` says to go on."""


def send(text: str) -> Word:
    """Say a text."""
    return "send", text


def receive(size: int) -> Word:
    """Read `size` bytes."""
    return "receive", str(size)


def tell(peer: Running) -> None:
    """Have an end go on that waits, or the next time that it would."""
    peer.process.send_signal(signal.SIGUSR1)


@dataclass(frozen=True)
class TcpListener(Daemon):
    """The end that is called; it accepts one connection after the other."""

    port: int
    """Where it listens."""
    talks: tuple[Talk, ...] = ()
    """What to do with each connection."""
    name: str = "listener"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return _command(place)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its orders."""
        orders = {"listens": True, "address": place.ip, "port": self.port, "talks": self.talks}
        return {_ORDERS: json.dumps(orders)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it listens."""
        return listening(sockets, "tcp", self.port, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return what it `received` in each connection, by size and hash, and the `error`."""
        return _facts(place)


@dataclass(frozen=True)
class TcpCaller(Daemon):
    """The end that calls: one connection after the other."""

    address: str
    """Whom."""
    port: int
    """At which port."""
    talks: tuple[Talk, ...] = ()
    """What to do with each connection."""
    receive_buffer: int = field(default=0, kw_only=True)
    """Bytes (SO_RCVBUF, which Linux doubles); as the kernel likes where 0."""
    name: str = "caller"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return _command(place)

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its orders."""
        del place
        orders = {"listens": False, "address": self.address, "port": self.port}
        more = {"talks": self.talks, "receive_buffer": self.receive_buffer}
        return {_ORDERS: json.dumps(orders | more)}

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it has been connected."""
        del sockets
        return (place.folder / "connected").exists()

    def facts(self, place: Place) -> dict[str, object]:
        """Return what it `received` in each connection, by size and hash, and the `error`."""
        return _facts(place)


def _command(place: Place) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", str(_PROGRAM), str(place.folder / _ORDERS))


def _facts(place: Place) -> dict[str, object]:
    log = place.folder / "connections.jsonl"
    lines = log.read_text().splitlines() if log.exists() else []
    return {"connections": [json.loads(line) for line in lines]}
