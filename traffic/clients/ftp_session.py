"""An FTP session (RFC 959), command by command, by Python's ftplib in a process of its own."""

import json
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

_PROGRAM = Path(__file__).with_name("ftp_main.py")


@dataclass(frozen=True)
class Exchange:
    """A command and what the server said to it."""

    command: str
    """As sent, as in `RETR logo.png`."""
    replies: tuple[str, ...]
    """Replies in order, the preliminary one (1xx) first; lines of one reply parted by newlines."""


@dataclass(frozen=True)
class Transfer:
    """What passed over a data connection."""

    command: str
    """The command that it was for."""
    address: str
    """The server's end of the data connection."""
    port: int
    """Its port there: in passive mode the one that the server named."""
    size: int
    """Bytes."""
    sha256: str
    """Hash of them."""


@dataclass(frozen=True)
class FtpSession:
    """A session from the server's greeting to its end."""

    greeting: str
    """What the server said first, as in `220 Welcome`; empty when no connection came about."""
    exchanges: tuple[Exchange, ...]
    """Every command that was sent."""
    transfers: tuple[Transfer, ...]
    """Every data connection that carried something here."""
    error: str
    """Why the session broke off; empty when it did not."""


def ftp_session(
    node: Host,
    server: str,
    commands: Sequence[str],
    *,
    port: int = 21,
    passive: bool = True,
    files: Mapping[str, bytes] | None = None,
    timeout: float = 30,
) -> FtpSession:
    """Connect, say `commands` one after the other, and return what the server said.

    `RETR`, `STOR`, `LIST` and `NLST` open a data connection first, saying PASV (or PORT)
    themselves.
    A reply of 4xx or 5xx is noted and the session goes on, as a person would. It ends with
    QUIT, if that is among the commands, or without.

    Args:
        node: who connects.
        server: address.
        commands: as in `("USER chris", "PASS ", "TYPE I", "RETR logo.png", "QUIT")`.
        port: of the control connection.
        passive: who opens data connections: the client (PASV) or the server (PORT).
        files: what `STOR` sends, by the name after it.
        timeout: seconds that the session may take.
    """
    contents = {name: b64encode(content).decode() for name, content in (files or {}).items()}
    orders = {"server": server, "port": port, "commands": list(commands), "passive": passive}
    orders |= {"files": contents}
    argv = [sys.executable, "-I", "-S", str(_PROGRAM)]
    ended = run(node, argv, timeout=timeout, input=json.dumps(orders))
    told = json.loads(ended.stdout)
    return FtpSession(
        greeting=told["greeting"],
        exchanges=tuple(
            Exchange(exchange["command"], tuple(exchange["replies"]))
            for exchange in told["exchanges"]
        ),
        transfers=tuple(Transfer(**transfer) for transfer in told["transfers"]),
        error=told["error"],
    )
