"""logger (util-linux): lines for a log collector, each a message of its own (RFC 5424).

Over UDP (RFC 5426) all lines leave from one connected socket, each in a datagram; over TCP
(RFC 6587) on one connection.
"""

from collections.abc import Sequence
from typing import Literal

from wirelab.emulator import Host
from wirelab.traffic.clients.program import run

SYSLOG_PORT = 514
_OVER = {"udp": "--udp", "tcp": "--tcp"}


def logger(
    node: Host,
    server: str,
    lines: Sequence[str],
    *,
    over: Literal["udp", "tcp"] = "udp",
    port: int = SYSLOG_PORT,
) -> None:
    """Send lines to a collector; without time and host name, so that they are always the same.

    Args:
        node: who sends.
        server: the collector's address.
        lines: what to send.
        over: by which transport.
        port: the collector's port.
    """
    argv = ["logger", _OVER[over], "--server", server, "--port", str(port), "--tag", "wirelab"]
    argv += ["--rfc5424=notime,notq,nohost", "--priority", "user.notice"]
    run(node, argv, timeout=20, input="".join(f"{line}\n" for line in lines))
