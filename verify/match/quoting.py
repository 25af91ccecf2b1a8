"""Packets that are only quoted in an ICMP error, and how filters leave them out.

An ICMP error carries the beginning of the packet that it is about, and Wireshark dissects it, so
`udp.dstport == 53` also selects the error that a DNS query caused. An expectation hardly ever
means that: its filters leave such packets out unless they speak of ICMP themselves.
"""

from __future__ import annotations

from wirelab.verify.filter.nodes import Exists, FieldRef, Not, Test, both
from wirelab.verify.filter.walk import protocols_of

ERRORS = ("icmp", "icmpv6")
"""The protocols that quote packets (RFC 792, RFC 4443 section 2.4)."""

_NEVER_QUOTED = frozenset({"frame", "eth", "vlan", "arp", "sll", "sll2", "null", "raw"})
"""Protocols below IP: an ICMP error quotes from the IP header on."""


def unquoted(test: Test) -> Test:
    """The test with `&& !icmp && !icmpv6`, if it speaks of what may be quoted and not of ICMP."""
    protocols = protocols_of(test)
    if protocols <= _NEVER_QUOTED or protocols & frozenset(ERRORS):
        return test
    return both(test, *(Not(Exists(FieldRef(name))) for name in ERRORS))
