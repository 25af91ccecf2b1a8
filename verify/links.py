"""Which links a capture file may speak of."""

from __future__ import annotations

from wirelab.verify.frame import LinkType

_KNOWN = frozenset(LinkType)
_OTHERS = {
    6: "Token Ring",
    8: "SLIP",
    9: "PPP",
    50: "PPP in HDLC-like framing",
    51: "PPPoE",
    104: "Cisco HDLC",
    105: "IEEE 802.11",
    107: "Frame Relay",
    127: "IEEE 802.11 with radiotap",
    147: "USER0",
    187: "Bluetooth HCI",
    189: "Linux USB",
    195: "IEEE 802.15.4",
    220: "Linux USB, padded",
    227: "SocketCAN",
    239: "NFLOG",
    249: "USBPcap",
    253: "Linux netlink",
}
"""Names of links that are met in captures and cannot be dissected (tcpdump.org, LINKTYPE_)."""


def objection(linktype: int) -> str:
    """Why frames of a link type cannot be dissected; "" when they can."""
    if linktype in _KNOWN:
        return ""
    name = _OTHERS.get(linktype)
    link = f"{linktype} ({name})" if name else str(linktype)
    return f"frames of link type {link} cannot be dissected"
