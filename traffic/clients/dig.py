"""dig (BIND 9): DNS questions."""

import re
from dataclasses import dataclass
from subprocess import Popen
from typing import Any

from wirelab.emulator import Host
from wirelab.traffic.clients.program import begin, end

_NO_REPLY = 9  # dig's exit status


@dataclass(frozen=True)
class Answer:
    """A resource record of a reply."""

    name: str
    """Its owner, with a final dot."""
    ttl: int
    """Seconds."""
    type: str
    """`A`, `CNAME`, …"""
    data: str
    """As in a zone file."""


@dataclass(frozen=True)
class Dig:
    """What dig says when it ends."""

    id: int | None
    """Transaction id (`dns.id`); None when no reply came."""
    status: str
    """Response code: `NOERROR`, `NXDOMAIN`, …; empty when no reply came."""
    flags: tuple[str, ...]
    """Those of the header that are set, as in `("qr", "rd", "ra")`."""
    counts: tuple[int, int, int, int]
    """Questions, answers, authority and additional records (the EDNS pseudo-record included)."""
    answers: tuple[Answer, ...]
    """Answer section."""
    authority: tuple[Answer, ...]
    """Authority section."""
    additional: tuple[Answer, ...]
    """Additional section."""
    time: float | None
    """Milliseconds, in whole ones, from question to reply."""


@dataclass(frozen=True)
class Asking:
    """A question on its way."""

    node: Host
    """Who asks."""
    process: Popen[str]
    """dig."""
    timeout: int
    """Seconds it may take."""

    def answer(self) -> Dig:
        """Wait for what comes of it."""
        ended = end(self.node, self.process, timeout=self.timeout, fine=(0, _NO_REPLY))
        return parse_dig(ended.stdout)


def ask(
    node: Host,
    server: str,
    name: str,
    kind: str = "A",
    *,
    edns: bool = False,
    recurse: bool = True,
    tcp: bool = False,
    source_port: int | None = None,
    timeout: int = 5,
    tries: int = 1,
) -> Asking:
    """Begin to ask `server` for the `kind` records of `name`.

    A truncated answer makes dig ask again, over TCP.

    Args:
        node: who asks.
        server: address of the name server.
        name: the name asked for.
        kind: record type.
        edns: whether to ask as dig does by default: with EDNS (RFC 6891), a cookie and the AD
            bit; otherwise as the resolver in an ordinary C library does.
        recurse: whether to ask for recursion (the RD bit).
        tcp: whether to ask over TCP.
        source_port: UDP or TCP source port.
        timeout: seconds to wait for each try.
        tries: how often to ask, while there is no answer.
    """
    argv = ["dig", "-r", f"@{server}", name, kind, f"+tries={tries}", f"+time={timeout}"]
    argv += [] if edns else ["+noedns", "+noadflag"]
    argv += [] if recurse else ["+norecurse"]
    argv += ["+tcp"] if tcp else []
    argv += ["-b", f"0.0.0.0#{source_port}"] if source_port is not None else []
    return Asking(node, begin(node, argv), timeout * tries + 5)


def dig(node: Host, server: str, name: str, kind: str = "A", **options: Any) -> Dig:
    """Ask `server` for the `kind` records of `name`, with the options of `ask`."""
    return ask(node, server, name, kind, **options).answer()


_HEADER = re.compile(r"opcode: \w+, status: (\w+), id: (\d+)")
_FLAGS = re.compile(
    r";; flags:([ \w]*); (?:QUERY|ZONE): (\d+), ANSWER: (\d+), AUTHORITY: (\d+), ADDITIONAL: (\d+)"
)
_RECORD = re.compile(r"^([^;\s]\S*)\s+(\d+)\s+IN\s+(\S+)\s+(.*\S)", re.MULTILINE)
_TIME = re.compile(r"Query time: (\d+) msec")


def parse_dig(said: str) -> Dig:
    """Parse dig's output (of one question)."""
    header, flags, time = _HEADER.search(said), _FLAGS.search(said), _TIME.search(said)
    counts = tuple(int(flags[n]) for n in range(2, 6)) if flags else (0, 0, 0, 0)
    return Dig(
        id=int(header[2]) if header else None,
        status=header[1] if header else "",
        flags=tuple(flags[1].split()) if flags else (),
        counts=(counts[0], counts[1], counts[2], counts[3]),
        answers=_section(said, "ANSWER"),
        authority=_section(said, "AUTHORITY"),
        additional=_section(said, "ADDITIONAL"),
        time=float(time[1]) if time else None,
    )


def _section(said: str, name: str) -> tuple[Answer, ...]:
    """Return the records below `;; NAME SECTION:`, up to the next empty line."""
    text = said.partition(f";; {name} SECTION:\n")[2].partition("\n\n")[0]
    return tuple(
        Answer(owner, int(ttl), kind, data) for owner, ttl, kind, data in _RECORD.findall(text)
    )
