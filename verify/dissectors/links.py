"""Link headers other than Ethernet's: Linux "cooked" captures, BSD loopback, none at all."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wirelab.verify.dissectors.ethernet import carried
from wirelab.verify.dissectors.outcome import Next, cut
from wirelab.verify.dissectors.table import Table
from wirelab.verify.frame import LinkType

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer

_SLL, _SLL2 = 16, 20
_INET = 2
_INET6 = frozenset({10, 24, 28, 30})
"""AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, and Darwin."""


def dissect_sll(layer: Layer) -> Next:
    """The header of LINKTYPE_LINUX_SLL (16 bytes) or LINKTYPE_LINUX_SLL2 (20 bytes)."""
    is_2 = layer.packet.frame.linktype == LinkType.LINUX_SLL2
    size = _SLL2 if is_2 else _SLL
    if layer.end - layer.start < size:
        return cut(layer)
    header = layer.data[layer.start : layer.start + size]
    if is_2:
        ethertype, index, hardware, kind, length = struct.unpack_from(">HxxIHBB", header)
        layer.note("sll.ifindex", index)
        address = header[12:20]
    else:
        kind, hardware, length = struct.unpack_from(">HHH", header)
        address, ethertype = header[6:14], _word(header, 14)
    _describe(layer, kind, hardware, address[: min(length, 8)])
    return _payload(layer, ethertype, size)


def _describe(layer: Layer, kind: int, hardware: int, address: bytes) -> None:
    layer.note("sll.pkttype", kind)
    layer.note("sll.hatype", hardware)
    layer.note("sll.halen", len(address))
    if len(address) == 6:
        layer.note("sll.src.eth", address)


def _payload(layer: Layer, ethertype: int, size: int) -> Next:
    layer.note("sll.etype", ethertype)
    following = carried(layer, ethertype, size)
    return following if ethertype >= 1536 else ("data", *following[1:]) if following else None


def dissect_null(layer: Layer) -> Next:
    """An address family in the byte order of the capturing host (LINKTYPE_NULL, _LOOP)."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end - start < 4:
        return cut(layer)
    word = data[start : start + 4]
    family = int.from_bytes(word, "big" if word[:2] == b"\0\0" else "little")
    layer.note("null.family", family)
    name = "ip" if family == _INET else "ipv6" if family in _INET6 else "data"
    return name, data, start + 4, end, stop


def dissect_raw(layer: Layer) -> Next:
    """No link header: the first four bits tell the version of IP."""
    data, start, end, stop = layer.data, layer.start, layer.end, layer.stop
    if end <= start:
        return cut(layer)
    version = data[start] >> 4
    return {4: "ip", 6: "ipv6"}.get(version, "data"), data, start, end, stop


def _word(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


_S = Table("sll", "tcpdump.org, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2")
_N = Table("null", "tcpdump.org, LINKTYPE_NULL and LINKTYPE_LOOP")
FIELDS = (
    _S.itself("The header of a Linux capture that is not of one kind of link."),
    _S.uint("sll.pkttype", "0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us."),
    _S.uint("sll.hatype", "The ARPHRD_ number of the kind of link."),
    _S.uint("sll.halen", "The length of the sender's link address.", unit="bytes"),
    _S.ether("sll.src.eth", "The sender's link address, where it is like Ethernet's."),
    _S.uint("sll.etype", "What the frame carries, as an Ethernet type.", digits=4),
    _S.uint("sll.ifindex", "The index of the interface (version 2 only)."),
    _N.itself("The header of a BSD loopback."),
    _N.uint("null.family", "The address family of what is carried."),
    Table("raw", "tcpdump.org, LINKTYPE_RAW").itself("A packet without a link header."),
)
