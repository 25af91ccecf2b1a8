"""curl: HTTP, HTTPS, FTP and TFTP transfers."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.program import run


@dataclass(frozen=True)
class Curl:
    """What curl says when it ends."""

    exit_code: int
    """0, or curl's error, as in 7 for "could not connect" or 67 for "login denied"."""
    error: str
    """The error in words; empty when there was none."""
    response_code: int
    """Last HTTP status or FTP reply code; 0 when none came."""
    size: int
    """Bytes fetched."""
    sha256: str
    """Hash of what was fetched; empty when nothing was."""
    local_port: int
    """Source port of its (last) connection; 0 when there was none."""
    time: float
    """Seconds, all told."""
    request_size: int
    """Bytes of the HTTP requests that it sent."""
    header_size: int
    """Bytes of the headers that it received."""
    key_log: str
    """Secrets of its TLS sessions, as lines of an NSS key log; empty without TLS."""


def curl(
    node: Host,
    url: str,
    *,
    user: str = "",
    extended: bool = False,
    trust: str = "",
    options: tuple[str, ...] = (),
    timeout: int = 30,
) -> Curl:
    """Fetch a URL.

    Over FTP curl says USER, PASS, PWD, PASV (or EPSV), TYPE I, SIZE, RETR, QUIT.

    Args:
        node: who fetches.
        url: what.
        user: `NAME:PASSWORD`; over FTP anonymous when empty.
        extended: over FTP, say EPSV as curl itself would, and PASV only if that fails.
        trust: over HTTPS, the certificate to trust, in PEM.
        options: more of curl's own, as in `("--http1.0",)`.
        timeout: seconds.
    """
    argv = ["curl", "-q", "-sS", "--noproxy", "*", "--max-time", str(timeout)]
    argv += [] if extended else ["--disable-epsv"]
    argv += ["--user", user] if user else []
    with TemporaryDirectory(dir=SCRATCH) as folder:
        fetched, trusted, key_log = (Path(folder, name) for name in ("fetched", "trust", "keys"))
        trusted.write_text(trust)
        argv += ["--cacert", str(trusted)] if trust else []
        argv += [*options, "--output", str(fetched), "--write-out", "%{json}", url]
        telling = ["env", f"SSLKEYLOGFILE={key_log}"]
        ended = run(node, telling + argv, timeout=timeout + 5, fine=range(126))
        told = json.loads(ended.stdout)
        data = fetched.read_bytes() if fetched.exists() else None
        secrets = key_log.read_text() if key_log.exists() else ""
    return _result(told, data, secrets)


def _result(told: dict[str, Any], data: bytes | None, key_log: str) -> Curl:
    """Put together what curl says (`--write-out %{json}`) and what it fetched."""
    return Curl(
        exit_code=told["exitcode"],
        error=told["errormsg"] or "",
        response_code=told["response_code"],
        size=len(data or b""),
        sha256="" if data is None else hashlib.sha256(data).hexdigest(),
        local_port=told["local_port"],
        time=told["time_total"],
        request_size=told["size_request"],
        header_size=told["size_header"],
        key_log=key_log,
    )
