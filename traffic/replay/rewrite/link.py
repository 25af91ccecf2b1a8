"""Ethernet, the tags in front of its payload, and ARP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.editing import LyingError
from wirelab.traffic.replay.rewrite.network import ipv4, ipv6
from wirelab.traffic.replay.rewrite.rewriting import Tagging, Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.editing import Editing
    from wirelab.traffic.replay.rewrite.rewriting import Vlan

TAGS = (0x8100, 0x88A8, 0x9100)
"""EtherTypes of VLAN tags: 802.1Q, 802.1ad, and what came before that."""
IPV4, IPV6 = 0x0800, 0x86DD
"""EtherTypes of what most frames carry."""
ARP, RARP = 0x0806, 0x8035
"""EtherTypes of what asks for addresses."""
_MPLS = 0x8847
_MOST_TAGS = 16


def ethernet(e: Editing) -> None:
    """Rewrite a frame from its Ethernet header on."""
    end = len(e.octets)
    e.need(0, 14, end)
    kind, at = _behind_tags(e)
    start = _behind_labels(e, at) if kind == _MPLS else at
    if kind == _MPLS:
        kind = {4: IPV4, 6: IPV6}.get(e.octets[start] >> 4, 0) if start < end else 0
    old = bytes(e.octets[:12])
    new = e.maps.macs(old, _ends(e, kind, start))
    e.stations = {old[:6]: new[:6], old[6:]: new[6:]}
    e.put(0, new)
    if kind == IPV4:
        ipv4(e, start, end)
    elif kind == IPV6:
        ipv6(e, start, end)
    elif kind in (ARP, RARP):
        _arp(e, start, end)


def retagged(data: bytes, vlan: Vlan) -> bytes:
    """A frame with its outermost VLAN tag added, removed or changed."""
    if len(data) < 14:
        return data
    if vlan.tagging is Tagging.ADD:
        tag = vlan.priority << 13 | vlan.number
        return data[:12] + b"\x81\x00" + tag.to_bytes(2, "big") + data[12:]
    if int.from_bytes(data[12:14], "big") not in TAGS or len(data) < 18:
        return data
    tag = int.from_bytes(data[14:16], "big")
    if vlan.old not in (None, tag & 0xFFF):
        return data
    if vlan.tagging is Tagging.REMOVE:
        return data[:12] + data[16:]
    return data[:14] + (tag & 0xF000 | vlan.number).to_bytes(2, "big") + data[16:]


def _behind_tags(e: Editing) -> tuple[int, int]:
    """The EtherType of what stands behind VLAN tags, and where that starts."""
    kind, at = e.number(12, 2), 14
    for _ in range(_MOST_TAGS):
        if kind not in TAGS or at + 4 > len(e.octets):
            break
        kind, at = e.number(at + 2, 2), at + 4
    return kind, at


def _behind_labels(e: Editing, at: int) -> int:
    """What stands behind MPLS labels, up to the one that is the last (RFC 3032 2.1)."""
    for _ in range(_MOST_TAGS):
        if at + 4 > len(e.octets):
            break
        at += 4
        if e.octets[at - 2] & 1:
            return at
    return len(e.octets)


def _ends(e: Editing, kind: int, at: int) -> tuple[bytes, bytes] | None:
    """The addresses from and to which a frame goes, where it says so."""
    first, second, size = {
        IPV4: (12, 16, 4),
        IPV6: (8, 24, 16),
        ARP: (14, 24, 4),
        RARP: (14, 24, 4),
    }.get(kind, (0, 0, 0))
    if not size or at + second + size > len(e.octets):
        return None
    if kind in (ARP, RARP) and not _is_of_ipv4(e, at):
        return None
    source, to = at + first, at + second
    return bytes(e.octets[source : source + size]), bytes(e.octets[to : to + size])


def _arp(e: Editing, start: int, end: int) -> None:
    """Sender and target, of whom both addresses stand there (RFC 826, RFC 903)."""
    e.need(start, 8, end)
    if not _is_of_ipv4(e, start):
        return
    try:
        e.need(start, 28, end)
    except LyingError:
        e.leave("arp")
        return
    for at, where in ((start + 8, Where.SOURCE), (start + 18, Where.DESTINATION)):
        e.mac(at)
        e.address(at + 6, 4, where)


def _is_of_ipv4(e: Editing, at: int) -> bool:
    """Whether ARP is about IPv4 over Ethernet; its hardware type 6 is 802's (RFC 1042)."""
    return e.number(at, 2) in (1, 6) and e.number(at + 2, 4) == 0x0800_06_04
