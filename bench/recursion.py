"""One walk of a recursor from the root to an answer, as `dns-recursion` expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import packets as p

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP, _TTL = 300_000, 3600
_NAME, _ALIAS = "www.example.test", "www.example.test.cdn.test"
_CLIENT, _RECURSOR = p.host(7000, "192.0.2.10"), p.host(7001, "192.0.2.53")
_ROOT, _TLD, _AUTH, _CDN = (p.host(7100 + n, f"203.0.113.{n + 1}") for n in range(4))
_QUERY, _DESIRED, _ANSWER = 0x0000, 0x0100, 0x8180
_REFERRAL, _AUTHORITATIVE = 0x8000, 0x8400


def recursion() -> Iterator[tuple[int, str, bytes]]:
    """The client's question at "lan", the walk at "wan", the answer at "lan"."""
    alias = p.record(p.name(_NAME), 5, p.name(_ALIAS), _TTL)
    address = p.record(p.name(_ALIAS), 1, bytes((198, 51, 100, 7)), _TTL)
    yield _sent("lan", _CLIENT, _RECURSOR, (41000, 53), p.dns(9, _DESIRED, (_NAME, 1)))
    yield from _asked(_ROOT, 1, _NAME, _referral(1, _NAME, "ns.test", _TLD))
    yield from _asked(_TLD, 2, _NAME, _referral(2, _NAME, "ns.example.test", _AUTH))
    yield from _asked(_AUTH, 3, _NAME, p.dns(3, _AUTHORITATIVE, (_NAME, 1), (alias,)))
    yield from _asked(_TLD, 4, _ALIAS, _referral(4, _ALIAS, "ns.cdn.test", _CDN))
    knows = (p.record(p.name("cdn.test"), 2, p.name("ns.cdn.test"), _TTL),)
    glue = (p.record(p.name("ns.cdn.test"), 1, _CDN.address, _TTL),)
    found = p.dns(5, _AUTHORITATIVE, (_ALIAS, 1), (address,), knows, glue)
    yield from _asked(_CDN, 5, _ALIAS, found)
    answer = p.dns(9, _ANSWER, (_NAME, 1), (alias, address), knows, glue)
    yield _sent("lan", _RECURSOR, _CLIENT, (53, 41000), answer)


def _sent(
    point: str, source: p.Host, to: p.Host, ports: tuple[int, int], message: bytes
) -> tuple[int, str, bytes]:
    datagram = p.udp(source, to, ports, message)
    return _GAP, point, p.frame(source, to, p.UDP, datagram)


def _asked(
    server: p.Host, number: int, name: str, answer: bytes
) -> Iterator[tuple[int, str, bytes]]:
    """A question of the recursor, and what a server says."""
    ports = 50000 + number, 53
    yield _sent("wan", _RECURSOR, server, ports, p.dns(number, _QUERY, (name, 1)))
    yield _sent("wan", server, _RECURSOR, ports[::-1], answer)


def _referral(number: int, name: str, server: str, at: p.Host) -> bytes:
    """No answer, but who knows more, and where that is."""
    knows = p.record(b"\xc0\x0c", 2, p.name(server), _TTL)
    glue = p.record(p.name(server), 1, at.address, _TTL)
    return p.dns(number, _REFERRAL, (name, 1), (), (knows,), (glue,))
