"""What recursors have in common: hints to the root, and priming (RFC 8109)."""

import re
from collections.abc import Mapping

from wirelab.emulator import Host

_PRIME_WITHIN = 5  # seconds

_PRIMING = (
    "dig",
    "@127.0.0.1",
    "+tries=1",
    f"+time={_PRIME_WITHIN}",
    "+noall",
    "+answer",
    ".",
    "NS",
)


def hints_file(servers: Mapping[str, str]) -> str:
    """Return a root hints file for root servers: address by name."""
    lines = []
    for name, address in servers.items():
        owner = f"{name.rstrip('.')}."
        lines += [f". 3600000 NS {owner}\n", f"{owner} 3600000 A {address}\n"]
    return "".join(lines)


def prime(node: Host) -> None:
    """Have the recursor of a node ask its root servers who they are, now.

    It would otherwise do so in the middle of its first client's question, BIND even side by
    side with it, in no certain order. The question comes over the loopback interface, where
    no capture point is.

    Raises:
        CommandFailed: the recursor does not answer.
    """
    node.run(_PRIMING, timeout=_PRIME_WITHIN + 2)


_NAMED_QUERY = re.compile(r"client @\S+ ([\d.]+)#\d+ \(\S+\): query: (\S+) IN (\S+)")
_UNBOUND_QUERY = re.compile(r"unbound\[\d+:\d+\] info: ([\d.]+) (\S+) (\S+) IN")


def queries(log: str) -> list[dict[str, str]]:
    """Return the questions in a log of BIND or unbound: `client`, `name` and `type` of each.

    The priming question, which comes from the node itself, is left out.
    """
    found = _NAMED_QUERY.findall(log) or _UNBOUND_QUERY.findall(log)
    return [
        {"client": client, "name": name.rstrip(".") or ".", "type": kind}
        for client, name, kind in found
        if client != "127.0.0.1"
    ]
