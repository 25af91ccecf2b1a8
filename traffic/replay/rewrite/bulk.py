"""Rewriting many frames at once; what has its fields at fixed places never meets Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wirelab.traffic.replay.rewrite.lines import ports_of_lines
from wirelab.traffic.replay.rewrite.link import ARP, IPV4, IPV6, RARP
from wirelab.traffic.replay.rewrite.memo import Memo
from wirelab.traffic.replay.rewrite.network import ICMP, ICMPV6, TCP, UDP, marked
from wirelab.traffic.replay.rewrite.ones import MODULUS, total
from wirelab.traffic.replay.rewrite.packed import LEAD
from wirelab.traffic.replay.rewrite.plain import (
    CHECKSUM_AT,
    LATER,
    Octets,
    behind_tags,
    plain4,
    plain6,
    plain_arp,
)
from wirelab.traffic.replay.rewrite.rewriting import Inside, Tagging, Where
from wirelab.traffic.replay.rewrite.sums import compute, header_sums, sums, update
from wirelab.traffic.replay.rewrite.tags import retagged
from wirelab.traffic.replay.rewrite.transport import (
    DHCP_PORTS,
    DHCPV6_PORTS,
    DNS_PORTS,
)
from wirelab.verify.columns.octets import batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wirelab.traffic.replay.rewrite.packed import Ints, Packed
    from wirelab.traffic.replay.rewrite.plain import Plain
    from wirelab.traffic.replay.rewrite.rewriter import Rewriter
    from wirelab.traffic.replay.rewrite.rewriting import Rewriting

    Mask = NDArray[np.bool_]


_ARP_HEAD = bytes.fromhex("0806 0001 0800 06 04 0001")


class Bulk:
    """The rules of a rewriter, for many frames at once."""

    def __init__(self, rewriter: Rewriter) -> None:
        self._rewriter, self._rules = rewriter, rewriter.rewriting
        rules = self._rules
        self._flows = {
            4: Memo(lambda words: self._flow(words, 4), 3, 4),
            6: Memo(lambda words: self._flow(words, 16), 6, 7),
        }
        self._arps = Memo(self._arp, 5, 5)
        self._special = {TCP: _special(rules, TCP), UDP: _special(rules, UDP)}
        self._ports = np.arange(1 << 16, dtype=np.uint16)
        for old, new in rules.ports.items():
            self._ports[_swapped(old)] = _swapped(new)
        self._marks = {
            version: np.array([marked(rules, version, old) for old in range(256)], np.uint8)
            for version in (4, 6)
        }
        ttl = rules.ttl
        self._ttl = np.array([ttl.applied(old) if ttl else old for old in range(256)], np.uint8)
        self._touches_header = any(
            each is not None for each in (ttl, rules.dscp, rules.tos, rules.traffic_class)
        )

    def rewritten(self, packed: Packed) -> Packed:
        """Frames as they shall be; the same as one by one, in their order."""
        vlan = self._rules.vlan
        if vlan is not None and vlan.tagging is Tagging.ADD:
            packed = packed.with_gaps(LEAD)
        packed = packed.copy()
        octets, others = Octets(packed.octets), dict[int, bytes]()
        for places in batches(np.arange(len(packed), dtype=np.int64)):
            is_plain = self._batch(octets, packed.start[places], packed.size[places])
            for at in places[~is_plain].tolist():
                self._one(packed, at, others)
        packed = packed.with_others(others)
        return packed if vlan is None else retagged(packed, vlan)

    def _one(self, packed: Packed, at: int, others: dict[int, bytes]) -> None:
        """Rewrite a frame that is not plain."""
        start, size = int(packed.start[at]), int(packed.size[at])
        new = self._rewriter.untagged(packed.octets[start : start + size].tobytes())
        if len(new) == size:
            packed.octets[start : start + size] = np.frombuffer(new, np.uint8)
        else:
            others[at] = new

    def _batch(self, octets: Octets, start: Ints, size: Ints) -> Mask:
        """Rewrite the plain ones among some frames, and tell which they are."""
        is_plain = np.zeros(len(start), np.bool_)
        kind, network = behind_tags(octets, start, size)
        for version, ethertype, find in ((4, IPV4, plain4), (6, IPV6, plain6)):
            places = np.flatnonzero(kind == ethertype)
            end = start[places] + size[places]
            shape = find(octets, start[places], network[places], end)
            for protocol in (TCP, UDP, *((ICMP, LATER) if version == 4 else (ICMPV6,))):
                which = shape.carries(octets, protocol, self._special.get(protocol))
                self._rewrite(octets, shape.these(which), version, protocol)
                is_plain[places[shape.places[which]]] = True
        places = np.flatnonzero((kind == ARP) | (kind == RARP))
        places = places[plain_arp(octets, network[places], (start + size)[places])]
        self._resolve(octets, start[places], network[places])
        is_plain[places] = True
        return is_plain

    def _rewrite(self, octets: Octets, some: Plain, version: int, protocol: int) -> None:
        """Rewrite frames of one version of IP that carry the same."""
        if not len(some.frame):
            return
        delta: Ints = np.zeros(len(some.frame), np.int64)
        if self._rules.moves_ends:
            delta = self._move(octets, some, version)
        of_header = delta
        if self._touches_header:
            of_header = delta + self._mark(octets, some.network, version)
        if protocol in (TCP, UDP) and self._rules.ports:
            delta = delta + self._renumber(octets, some.transport)
        if self._rules.fix_checksums:
            _compute(octets, some, version, protocol)
            return
        if version == 4:
            update(octets, some.network + 10, of_header)
        if protocol not in (ICMP, LATER):
            at = some.transport + CHECKSUM_AT[protocol]
            update(octets, at, delta, of_udp=protocol == UDP)

    def _move(self, octets: Octets, some: Plain, version: int) -> Ints:
        """Give frames their MAC and IP addresses; tells by how much their sums change."""
        frame, eight = some.frame, octets.eight
        first, words = (12, 1) if version == 4 else (8, 4)
        at = [some.network + first + 8 * number for number in range(words)]
        keys = [eight[frame], octets.four[frame + 8].astype(np.uint64)]
        keys += [eight[each] for each in at]
        *new, delta = self._flows[version].values(keys)
        eight[frame], octets.four[frame + 8] = new[0], new[1].astype(np.uint32)
        for each, word in zip(at, new[2:], strict=True):
            eight[each] = word
        return delta.astype(np.int64)

    def _flow(self, words: tuple[int, ...], size: int) -> list[int]:
        """The MACs and addresses that some become, as words, and what that adds to a sum."""
        macs = words[0].to_bytes(8, "little") + words[1].to_bytes(4, "little")
        old = b"".join(word.to_bytes(8, "little") for word in words[2:])
        source, to = old[:size], old[size:]
        maps = self._rewriter.maps
        macs = maps.macs(macs, (source, to))
        new = maps.address(source, Where.SOURCE) + maps.address(to, Where.DESTINATION)
        delta = _swapped((total(new) - total(old)) % MODULUS)
        both = [macs[:8], macs[8:], *(new[at : at + 8] for at in range(0, len(new), 8))]
        return [*(int.from_bytes(each, "little") for each in both), delta]

    def _resolve(self, octets: Octets, frame: Ints, network: Ints) -> None:
        """Give ARP its MAC and IP addresses."""
        if not len(frame) or not self._rules.moves_ends:
            return
        places: list[tuple[NDArray[Any], Ints]] = [
            (octets.eight, frame),
            (octets.four, frame + 8),
            *((octets.eight, network + 8), (octets.eight, network + 16)),
            (octets.four, network + 24),
        ]
        old = [view[at].astype(np.uint64) for view, at in places]
        for (view, at), new in zip(places, self._arps.values(old), strict=True):
            view[at] = new.astype(view.dtype)

    def _arp(self, words: tuple[int, ...]) -> list[int]:
        """What the MACs of a frame with ARP and the addresses in it become, as words."""
        sizes = (8, 4, 8, 8, 4)
        octets = [word.to_bytes(size, "little") for word, size in zip(words, sizes, strict=True)]
        frame = b"".join((*octets[:2], _ARP_HEAD, *octets[2:]))
        new = self._rewriter.untagged(frame)
        new = new[:12] + new[12 + len(_ARP_HEAD) :]
        ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
        return [
            int.from_bytes(new[end - size : end], "little")
            for end, size in zip(ends, sizes, strict=True)
        ]

    def _mark(self, octets: Octets, network: Ints, version: int) -> Ints:
        """Give headers their TTL and DSCP; tells by how much the sum of IPv4's changes."""
        one, marks = octets.one, self._marks[version]
        if version == 4:
            ttl, mark = one[network + 8], one[network + 1]
            new_ttl, new_mark = self._ttl[ttl], marks[mark]
            one[network + 8], one[network + 1] = new_ttl, new_mark
            delta = new_ttl.astype(np.int64) - ttl
            return delta + ((new_mark.astype(np.int64) - mark) << 8)
        one[network + 7] = self._ttl[one[network + 7]]
        first, second = one[network], one[network + 1]
        mark = marks[(first & 15) << 4 | second >> 4]
        one[network], one[network + 1] = first & 0xF0 | mark >> 4, (mark & 15) << 4 | second & 15
        return np.zeros(len(network), np.int64)

    def _renumber(self, octets: Octets, transport: Ints) -> Ints:
        """Give both ends their ports; tells by how much the sum changes."""
        delta = np.zeros(len(transport), np.int64)
        for at in (transport, transport + 2):
            old = octets.two[at]
            octets.two[at] = new = self._ports[old]
            delta += new.astype(np.int64) - old
        return delta


def _compute(octets: Octets, some: Plain, version: int, protocol: int) -> None:
    """Compute the checksums of frames of one version of IP that carry the same."""
    if version == 4:
        compute(octets, some.network + 10, header_sums(octets, some.network, 20))
    if protocol == LATER:
        return
    length = octets.big(some.transport + 4) if protocol == UDP else some.length
    covered = sums(octets, some.transport, length)
    if protocol != ICMP:
        first, size = (12, 8) if version == 4 else (8, 32)
        constant = length + protocol
        covered += header_sums(octets, some.network + first, size)
        covered += ((constant & 0xFF) << 8) + (constant >> 8)
    compute(octets, some.transport + CHECKSUM_AT[protocol], covered, of_udp=protocol == UDP)


def _special(rules: Rewriting, protocol: int) -> Mask:
    """The ports, bytes swapped, whose payloads are looked into."""
    ports = {*DHCP_PORTS, *DHCPV6_PORTS} if protocol == UDP else set[int]()
    if Inside.DNS in rules.inside:
        ports |= {*DNS_PORTS}
    if protocol == TCP:
        ports |= {*ports_of_lines(rules)}
    found = np.zeros(1 << 16, np.bool_)
    found[[_swapped(port) for port in ports]] = True
    return found


def _swapped(number: int) -> int:
    return (number & 0xFF) << 8 | number >> 8
