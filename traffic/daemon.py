"""Daemons: what a server is to the lab, and its life from start to stop.

A server's configuration is a frozen dataclass in the protocol's terms. What of it is text (files,
arguments, the reading of logs) is pure; starting, watching and ending a process happens here.
"""

import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path
from time import monotonic
from typing import Protocol

from wirelab.emulator import DaemonDied, Host, Lab, Socket

_READY_WITHIN = 20.0  # seconds; the slowest (named) takes 50 ms on an idle machine
_LOOK_EVERY = 0.002  # seconds between two looks at a daemon that is starting
_STOP_WITHIN = 5.0  # seconds from SIGTERM to SIGKILL
_LOG_TAIL = 15  # lines


@dataclass(frozen=True)
class Place:
    """Where a daemon runs: what its configuration may say about its node."""

    folder: Path
    """Its own folder in memory, for configuration and state."""
    log: Path
    """Where what it writes to its standard output and error is kept."""
    interface: str
    """Name of the node's first interface."""
    address: IPv4Interface
    """IPv4 address and network of that interface; 0.0.0.0/0 when it has none (yet)."""

    @property
    def ip(self) -> str:
        """The address alone, as text."""
        return str(self.address.ip)


class Daemon(Protocol):
    """A program that runs while a scenario is played."""

    @property
    def name(self) -> str:
        """What it is called in logs and messages; unique on its node."""

    def argv(self, place: Place) -> Sequence[str]:
        """Return the command that runs it in the foreground."""

    def files(self, place: Place) -> Mapping[str, str | bytes]:
        """Return the files it needs, as contents by path in its folder."""

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether it serves, given the sockets that are open in its node."""

    def settle(self, node: Host, place: Place) -> None:
        """Do, once it serves, what must be over before a client may come; by default nothing."""
        del node, place

    def facts(self, place: Place) -> dict[str, object]:
        """Return what it knows about what happened: leases, queries, transfers; by default {}."""
        del place
        return {}


def listening(sockets: frozenset[Socket], proto: str, port: int, ip: str) -> bool:
    """Say whether a `tcp` or `udp` socket waits at a port of an address, or of all of them."""
    state = {"tcp": "listen", "udp": "unconnected"}[proto]
    return any(
        (found.proto, found.state, found.port) == (proto, state, port)
        and found.ip in (ip, "0.0.0.0", "::")
        for found in sockets
    )


def place_of(node: Host, name: str, scratch: Path, logs: Path, interface: str = "") -> Place:
    """Return (and make) the place of a program called `name` on a node."""
    chosen = node.interface(interface or None)
    addresses = [found for found in chosen.addresses if isinstance(found, IPv4Interface)]
    folder = scratch / "daemons" / node.name / name
    folder.mkdir(parents=True, exist_ok=True)
    address = addresses[0] if addresses else IPv4Interface("0.0.0.0/0")
    return Place(folder, _new_log(logs, f"{node.name}-{name}"), chosen.name, address)


def _new_log(logs: Path, name: str) -> Path:
    """Return a log file that is not there yet: what is started twice has two logs."""
    numbered = (logs / f"{name}{suffix}.log" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in numbered if not path.exists())


def write_files(place: Place, files: Mapping[str, str | bytes]) -> None:
    """Write a daemon's files into its folder; scripts (`#!`) become executable."""
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        target = place.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if data.startswith(b"#!"):
            target.chmod(0o755)


def start(net: Lab, node: Host, daemon: Daemon, *, timeout: float = _READY_WITHIN) -> "Running":
    """Start a daemon on a node and return when it serves.

    Raises:
        DaemonDied: it ended, or is not ready after `timeout` seconds.
    """
    return start_together(net, [(node, daemon)], timeout=timeout)[0]


def start_together(
    net: Lab, daemons: Iterable[tuple[Host, Daemon]], *, timeout: float = _READY_WITHIN
) -> list["Running"]:
    """Start several daemons side by side and return when all serve; see `start`.

    They are settled in order, when all of them serve: one may need the ones before it.
    """
    running: list[Running] = []
    try:
        for node, daemon in daemons:
            running.append(_launch(net, node, daemon))
        for started in running:
            started.wait_until_ready(timeout)
        for started in running:
            started.daemon.settle(started.node, started.place)
            started.check()
    except BaseException:
        for started in reversed(running):
            started.stop()
        raise
    return running


def _launch(net: Lab, node: Host, daemon: Daemon) -> "Running":
    place = place_of(node, daemon.name, net.scratch, net.logs)
    write_files(place, daemon.files(place))
    with place.log.open("xb") as log:
        process = node.popen(
            list(daemon.argv(place)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=place.folder,
            start_new_session=True,  # a Ctrl-C at a lab's prompt is not for its servers
        )
    return Running(daemon, node, place, process)


@dataclass(frozen=True)
class Running:
    """A daemon that has been started."""

    daemon: Daemon
    """What was started."""
    node: Host
    """Where."""
    place: Place
    """Its folder, log and address."""
    process: subprocess.Popen[bytes]
    """The process in the foreground."""

    @property
    def name(self) -> str:
        """Daemon and node, as in `dnsmasq on s`."""
        return f"{self.daemon.name} on {self.node.name}"

    def wait_until_ready(self, timeout: float) -> None:
        """Return as soon as the daemon serves.

        Raises:
            DaemonDied: it ended, or is not ready after `timeout` seconds.
        """
        deadline = monotonic() + timeout
        while not self.daemon.ready(self.place, self.node.sockets()):
            if _ended_within(self.process, _LOOK_EVERY):
                self.check()
            if monotonic() > deadline:
                raise self._died(f"is not ready after {timeout:g} s")

    def check(self) -> None:
        """See that the daemon is still there.

        Raises:
            DaemonDied: it is not.
        """
        status = self.process.poll()
        if status is not None:
            raise self._died(_outcome(status))

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Halt the process for a while, as on a machine that has no time for it.

        What arrives meanwhile it finds when it goes on. Other processes of the daemon go on.
        """
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self, within: float = _STOP_WITHIN) -> None:
        """End the daemon: SIGTERM, and SIGKILL if it is still there `within` that many seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            if not _ended_within(self.process, within):
                self.process.kill()
                self.process.wait()

    def facts(self) -> dict[str, object]:
        """Return what the daemon knows about what happened."""
        return self.daemon.facts(self.place)

    def _died(self, outcome: str) -> DaemonDied:
        lines = self.place.log.read_text(errors="replace").splitlines()
        tail = "\n".join(lines[-_LOG_TAIL:])
        return DaemonDied(self.daemon.name, self.node.name, outcome, tail)


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _outcome(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with exit status {status}"
