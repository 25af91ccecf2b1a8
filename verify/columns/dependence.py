"""Which fields tell something that other frames have a share in.

All other fields say the same whatever came before: they depend on the bytes of their layer, on when
the frame was captured, and on nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.fields import FIELDS
from wirelab.verify.filter.walk import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wirelab.verify.filter.nodes import Test

_TCP = """
    seq ack nxtseq window_size window_size_scalefactor stream completeness time_relative
    time_delta reassembled_in segment segment.count reassembled.length
    options.sack_le options.sack_re
"""
_DNS = """
    response_in response_to time retransmission retransmit_request retransmit_request_in
    retransmit_response retransmit_response_in unsolicited
"""
CONTEXT = frozenset(
    {
        "frame.protocols",
        *(name for name in FIELDS if name.startswith("arp.duplicate-address")),
        "arp.seconds-since-duplicate-address-frame",
        *(f"{name}.{end}" for name in ("icmp", "icmpv6") for end in ("resp_in", "resp_to")),
        *(f"{name}.{end}" for name in ("icmp", "icmpv6") for end in ("resptime", "no_resp")),
        *(f"udp.{end}" for end in ("stream", "time_relative", "time_delta")),
        *(f"tcp.{end}" for end in _TCP.split()),
        *(name for name in FIELDS if name.startswith("tcp.analysis")),
        *(f"dns.{end}" for end in _DNS.split()),
        *(name for name in FIELDS if FIELDS[name].protocol in ("ftp-data", "http", "tls")),
    }
)
"""The fields that depend on other frames."""

FRAGMENTS = frozenset(
    name
    for name in FIELDS
    if name.startswith(("ip.fragment", "ip.reassembled", "ipv6.fragment", "ipv6.reassembled"))
)
"""Fields that only fragments have; what they say depends on the other ones."""

NUMBERED = frozenset({"tcp.stream", "udp.stream"})
"""Fields that count the conversations of the whole capture."""


def protocols_needed(tests: Iterable[Test]) -> frozenset[str]:
    """The protocols whose layers decide about some tests."""
    return frozenset(FIELDS[name].protocol for test in tests for name in fields_of(test))


def protocols_in_context(tests: Iterable[Test]) -> frozenset[str]:
    """Those of them in whose layers other frames have a share, even where the layers are known."""
    names = {name for test in tests for name in fields_of(test)}
    return frozenset(FIELDS[name].protocol for name in names & CONTEXT)
