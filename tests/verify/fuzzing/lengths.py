"""Making the lengths in a damaged frame right again, so that the damage reaches what is deeper."""

from __future__ import annotations

import struct

_ETHERNET, _IPV4, _IPV6 = 14, b"\x08\x00", b"\x86\xdd"
_UDP = 17


def mended(data: bytes) -> bytes:
    """An Ethernet frame whose IP and UDP lengths are those of what is there."""
    changed = bytearray(data)
    if data[12:14] == _IPV4 and len(data) >= _ETHERNET + 20:
        struct.pack_into(">H", changed, 16, min(len(data) - _ETHERNET, 0xFFFF))
        header = (data[_ETHERNET] & 15) * 4
        _mend_udp(changed, _ETHERNET + header, data[23])
    elif data[12:14] == _IPV6 and len(data) >= _ETHERNET + 40:
        struct.pack_into(">H", changed, 18, min(len(data) - _ETHERNET - 40, 0xFFFF))
        _mend_udp(changed, _ETHERNET + 40, data[20])
    return bytes(changed)


def _mend_udp(data: bytearray, at: int, protocol: int) -> None:
    if protocol == _UDP and len(data) >= at + 8:
        struct.pack_into(">H", data, at + 4, min(len(data) - at, 0xFFFF))
