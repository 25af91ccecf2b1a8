"""tftp-hpa's client: a file by TFTP (RFC 1350), without options."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.program import run


@dataclass(frozen=True)
class Tftp:
    """What came of a transfer."""

    file: str
    """What was asked for."""
    size: int
    """Bytes fetched."""
    sha256: str
    """Hash of what was fetched."""
    error: str
    """The error in words, as the client prints it; empty when there was none."""


def tftp(node: Host, server: str, file: str, *, timeout: float = 30) -> Tftp:
    """Fetch a file in octet mode: as it is, byte by byte.

    The client asks for no options, so that blocks have 512 bytes. It ends with status 0 in any
    case, and says on its output what went wrong.

    Args:
        node: who fetches.
        server: address.
        file: what.
        timeout: seconds that it may take.
    """
    with TemporaryDirectory(dir=SCRATCH) as folder:
        fetched = Path(folder, "fetched")
        argv = ["tftp", "-m", "octet", server, "-c", "get", file, str(fetched)]
        ended = run(node, argv, timeout=timeout)
        data = fetched.read_bytes() if fetched.exists() else b""
    return Tftp(file, len(data), hashlib.sha256(data).hexdigest(), ended.stdout.strip())
