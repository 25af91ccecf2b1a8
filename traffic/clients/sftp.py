"""OpenSSH's client: files by SFTP."""

import hashlib
import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from wirelab.emulator import CommandFailed, Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.program import run
from wirelab.traffic.clients.ssh_key import SshKey

_RELAY = Path(__file__).with_name("relay_main.py")
_LOOK_EVERY = 0.002  # seconds between two looks for the relay's report


@dataclass(frozen=True)
class Passed:
    """What went over the connection in one direction, as its sender wrote it."""

    size: int
    """Bytes."""
    sha256: str
    """Hash of them."""


@dataclass(frozen=True)
class Sftp:
    """What came of a transfer."""

    file: str
    """What was asked for."""
    size: int
    """Bytes fetched."""
    sha256: str
    """Hash of what was fetched."""
    error: str
    """What the client complained about; empty when it did not."""
    sent: Passed
    """All that the client sent over TCP."""
    received: Passed
    """All that it received."""


def sftp(
    node: Host,
    server: str,
    file: str,
    *,
    user: str,
    key: SshKey,
    host_key: str,
    timeout: float = 30,
) -> Sftp:
    """Fetch a file.

    The client reads no configuration but what is said here, and reaches the server by a relay
    that notes what passes: what is encrypted can be held against nothing else.

    Args:
        node: who fetches.
        server: address.
        file: what.
        user: as whom.
        key: the user's keys.
        host_key: the server's public key: another server is not talked to.
        timeout: seconds that it may take.
    """
    with TemporaryDirectory(dir=SCRATCH) as folder:
        names = ("fetched", "key", "known_hosts", "passed.json")
        fetched, own, known, passed = (Path(folder, name) for name in names)
        own.touch(mode=0o600)
        own.write_text(key.private)
        known.write_text(f"{server} {host_key}\n")
        relay = shlex.join([sys.executable, "-I", "-S", str(_RELAY), server, "22", str(passed)])
        orders = [f"UserKnownHostsFile={known}", "GlobalKnownHostsFile=none", "BatchMode=yes"]
        orders += ["StrictHostKeyChecking=yes", "IdentitiesOnly=yes", f"IdentityFile={own}"]
        orders += [f"ProxyCommand={relay}"]
        argv = ["sftp", "-F", "none", *(word for each in orders for word in ("-o", each))]
        argv += [f"{user}@{server}:{file}", str(fetched)]
        ended = run(node, argv, timeout=timeout, fine=(0, 1, 255))
        noted = _noted(node, argv, passed, timeout)
        data = fetched.read_bytes() if fetched.exists() else b""
    said = [line for line in ended.stderr.splitlines() if not line.startswith("Connected to ")]
    ways = (Passed(**noted[way]) for way in ("sent", "received"))
    return Sftp(file, len(data), hashlib.sha256(data).hexdigest(), "\n".join(said), *ways)


def _noted(node: Host, argv: list[str], report: Path, timeout: float) -> dict[str, Any]:
    """Return what the relay noted; it ends after the client, when the server has hung up, too."""
    deadline = monotonic() + timeout
    while not report.exists():
        if monotonic() > deadline:
            raise CommandFailed(node.name, argv, f"no report after {timeout:g} s", "")
        sleep(_LOOK_EVERY)
    noted: dict[str, Any] = json.loads(report.read_text())
    return noted
