"""Rewriting: a frame with other addresses, ports and marks, and checksums that agree."""

from wirelab.traffic.replay.rewrite.rewriter import Rewriter, rewriter
from wirelab.traffic.replay.rewrite.rewriting import (
    Inside,
    NetworkMap,
    Rewriting,
    Tagging,
    Ttl,
    Vlan,
    Where,
)

__all__ = [
    "Inside",
    "NetworkMap",
    "Rewriter",
    "Rewriting",
    "Tagging",
    "Ttl",
    "Vlan",
    "Where",
    "rewriter",
]
