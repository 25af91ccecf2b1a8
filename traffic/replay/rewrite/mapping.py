"""Which address becomes which."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wirelab.traffic.replay.rewrite.rewriting import NetworkMap, Where

if TYPE_CHECKING:
    from wirelab.traffic.replay.rewrite.rewriting import Network, Rewriting

_REMEMBERED = 1 << 16
_SOLICITED_NODE = bytes.fromhex("ff0200000000000000000001ff")
_UNSPECIFIED = (bytes(4), bytes(16))
_BROADCAST = b"\xff" * 4


class Maps:
    """The addresses of a `Rewriting`, looked up."""

    def __init__(self, rewriting: Rewriting) -> None:
        self._rewriting = rewriting
        self._groups = _solicited(rewriting)
        self._versions = {
            size: [each for each in rewriting.networks if each.old.max_prefixlen == size * 8]
            for size in (4, 16)
        }
        self.address = lru_cache(_REMEMBERED)(self._address)
        """What becomes of an IPv4 or IPv6 address that stands somewhere."""

    def macs(self, old: bytes, ends: tuple[bytes, bytes] | None) -> bytes:
        """The destination and source MAC of a frame, twelve bytes, as they will be.

        Args:
            old: as they were.
            ends: source and destination address of the packet, as they were.
        """
        rules, to, source = self._rewriting, old[:6], old[6:]
        new_source, new_to = rules.ends.get(ends, (None, None)) if ends else (None, None)
        new_source = new_source or rules.source_mac or rules.macs.get(source, source)
        if to[0] & 1:
            new_to = rules.macs.get(to) or self._group(to, ends)
        else:
            new_to = new_to or rules.destination_mac or rules.macs.get(to, to)
        return new_to + new_source

    def _group(self, old: bytes, ends: tuple[bytes, bytes] | None) -> bytes:
        """The MAC of a group: it follows the address (RFC 1112 6.4, RFC 2464 7)."""
        new = self.address(ends[1], Where.DESTINATION) if ends else b""
        if not ends or new == ends[1] or not is_group(new) or new == _BROADCAST:
            return old
        if len(new) == 16:
            return b"\x33\x33" + new[12:]
        return b"\x01\x00\x5e" + bytes([new[1] & 0x7F]) + new[2:]

    def _address(self, old: bytes, where: Where) -> bytes:
        new = self._rewriting.addresses.get(old) or self._groups.get(old)
        if new or old in _UNSPECIFIED:
            return new or old
        number, group = int.from_bytes(old, "big"), is_group(old)
        for each in self._versions[len(old)]:
            if where in each.where and _holds(each.old, number) and group == _of_groups(each):
                return each.mapped(number).to_bytes(len(old), "big")
        return old


def is_group(address: bytes) -> bool:
    """Whether more than one station is meant: multicast, or IPv4's limited broadcast."""
    if len(address) == 16:
        return address[0] == 0xFF
    return 224 <= address[0] < 240 or address == _BROADCAST


def _of_groups(each: NetworkMap) -> bool:
    return each.old.is_multicast or each.old.network_address.packed == _BROADCAST


def _holds(network: Network, number: int) -> bool:
    return number & int(network.netmask) == int(network.network_address)


def _solicited(rewriting: Rewriting) -> dict[bytes, bytes]:
    """Groups in which an IPv6 host is asked for by its address, which follow it (RFC 4291 2.7.1).

    Of two hosts that share a group the first counts.
    """
    groups: dict[bytes, bytes] = {}
    for old, new in rewriting.addresses.items():
        if len(old) == 16 and not is_group(old):
            groups.setdefault(_SOLICITED_NODE + old[13:], _SOLICITED_NODE + new[13:])
    return groups
