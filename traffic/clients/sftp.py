"""OpenSSH's client: files by SFTP."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.program import run
from wirelab.traffic.clients.ssh_key import SshKey


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


def sftp(
    node: Host,
    server: str,
    file: str,
    *,
    user: str,
    key: SshKey,
    host_key: str,
    options: Sequence[str] = (),
    timeout: float = 30,
) -> Sftp:
    """Fetch a file.

    The client reads no configuration but what is said here.

    Args:
        node: who fetches.
        server: address.
        file: what.
        user: as whom.
        key: the user's keys.
        host_key: the server's public key: another server is not talked to.
        options: more of ssh's own, as in `("Compression=yes",)`.
        timeout: seconds that it may take.
    """
    with TemporaryDirectory(dir=SCRATCH) as folder:
        fetched, own, known = (Path(folder, name) for name in ("fetched", "key", "known_hosts"))
        own.touch(mode=0o600)
        own.write_text(key.private)
        known.write_text(f"{server} {host_key}\n")
        orders = [f"UserKnownHostsFile={known}", "GlobalKnownHostsFile=none", "BatchMode=yes"]
        orders += [
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            f"IdentityFile={own}",
            *options,
        ]
        argv = ["sftp", "-F", "none", *(word for each in orders for word in ("-o", each))]
        argv += [f"{user}@{server}:{file}", str(fetched)]
        ended = run(node, argv, timeout=timeout, fine=(0, 1, 255))
        data = fetched.read_bytes() if fetched.exists() else b""
    said = [line for line in ended.stderr.splitlines() if not line.startswith("Connected to ")]
    return Sftp(file, len(data), hashlib.sha256(data).hexdigest(), "\n".join(said))
