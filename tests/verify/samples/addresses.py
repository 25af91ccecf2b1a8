"""Protocols by which hosts get addresses and find them."""

from __future__ import annotations

from itertools import product

from frames import BROADCAST, CLIENT_MAC, SERVER_MAC
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Padding, Raw

_NOBODY = "00:00:00:00:00:00"
_HARDWARE = bytes.fromhex(CLIENT_MAC.replace(":", ""))


def arp() -> list[Packet]:
    """Requests and replies with every kind of sender and target, and padded ones."""
    made = [
        Ether(src=sender, dst=BROADCAST)
        / ARP(op=operation, hwsrc=sender, psrc=claimed, hwdst=target, pdst=asked)
        for operation, sender, claimed, target, asked in product(
            (1, 2),
            (CLIENT_MAC, SERVER_MAC),
            ("0.0.0.0", "10.0.0.1"),
            (_NOBODY, BROADCAST, CLIENT_MAC),
            ("10.0.0.1", "10.0.0.2", "0.0.0.0"),
        )
    ]
    plain = Ether(src=CLIENT_MAC, dst=BROADCAST) / ARP(hwsrc=CLIENT_MAC, psrc="10.0.0.1")
    other = Ether(src=CLIENT_MAC, dst=BROADCAST, type=0x0806) / Raw(
        b"\0\x07\x12\x34\2\3\0\1" + b"ab" + b"cde" + b"fg" + b"hij"
    )
    return [*made, plain / Padding(bytes(18)), plain / Padding(b"\1" * 18), other]


def _client(*options: object, **fields: object) -> Packet:
    return (
        Ether(src=CLIENT_MAC, dst=BROADCAST)
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=_HARDWARE, xid=0xABCDEF01, **fields)
        / DHCP(options=list(options))
    )


def dhcp() -> list[Packet]:
    """Messages with every option that has a field, overloaded ones, and plain BOOTP."""
    discover = _client(
        ("message-type", "discover"), ("client_id", b"\x01" + _HARDWARE), ("hostname", "box"),
        ("param_req_list", [1, 3, 6, 15]), ("max_dhcp_size", 1500), ("vendor_class_id", "udhcp 1"),
        "end", flags=0x8000, secs=3,
    )  # fmt: skip
    named = _client(
        ("message-type", "discover"), ("client_id", b"\xff\0\0\0\x05\0\x03\0\x01" + _HARDWARE),
        (81, b"\x05\0\0\x03box\x04test\0"), (81, b"\0\0\0box.test"), "pad", "end",
    )  # fmt: skip
    offer = _client(
        ("message-type", "offer"), ("server_id", "10.0.0.1"), ("lease_time", 3600),
        ("renewal_time", 1800), ("rebinding_time", 3150), ("subnet_mask", "255.255.255.0"),
        ("router", "10.0.0.1", "10.0.0.2"), ("name_server", "10.0.0.3", "10.0.0.4"),
        ("domain", "lab.test"), ("broadcast_address", "10.0.0.255"), ("NTP_server", "10.0.0.9"),
        ("time_server", "10.0.0.8"), (26, b"\x05\x78"), "end",
        op=2, yiaddr="10.0.0.50", siaddr="10.0.0.1", giaddr="10.0.9.1",
        sname=b"boot.lab.test", file=b"pxe.0", hops=1,
    )  # fmt: skip
    refusal = _client(
        ("message-type", "nak"), ("server_id", "10.0.0.1"), ("error_message", "wrong net"), "end"
    )
    request = _client(
        ("message-type", "request"), ("requested_addr", "10.0.0.50"), (12, b""), "end"
    )
    overloaded = _client(
        ("message-type", "offer"), (52, b"\x03"), "end",
        file=b"\x0c\x05after\xff", sname=b"\x03\x04\x0a\0\0\x01\xff",
    )  # fmt: skip
    bootp = _client()[BOOTP]
    bootp.remove_payload()
    tiny = bootp.copy()
    tiny.htype, tiny.hlen = 7, 2
    old = Ether(src=CLIENT_MAC, dst=BROADCAST) / IP(src="0.0.0.0") / UDP(sport=68, dport=67) / bootp
    other = Ether(src=CLIENT_MAC, dst=BROADCAST) / IP() / UDP(sport=68, dport=67) / tiny
    return [discover, named, offer, refusal, request, overloaded, old, other]


def option6(kind: int, value: bytes) -> bytes:
    """A DHCPv6 option."""
    return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def message6(kind: int, *options: bytes) -> Packet:
    """A DHCPv6 message from a client, or for one."""
    ports = (546, 547) if kind in (1, 3, 11) else (547, 546)
    return (
        Ether(src=CLIENT_MAC, dst="33:33:00:01:00:02")
        / IPv6(src="fe80::1", dst="ff02::1:2")
        / UDP(sport=ports[0], dport=ports[1])
        / Raw(bytes([kind]) + b"\xab\xcd\xef" + b"".join(options))
    )


def dhcpv6() -> list[Packet]:
    """Messages with every option that has a field, options too short or long, and relays."""
    client = option6(1, b"\0\3\0\1" + _HARDWARE)
    timed = option6(1, b"\0\1\0\1\x30\0\0\0" + _HARDWARE)
    server = option6(2, b"\0\2\0\0\x7e\xd9\1\2\3")
    address = bytes.fromhex("20010db8001000000000000000000147")
    lasting = b"\0\0\x0e\x10" * 2
    leased = option6(5, address + lasting + option6(13, b"\0\0fine"))
    numbers = b"\x82\xe5\x19\xc3\0\0\7\x08\0\0\x0c\x4e"
    delegated = option6(26, lasting + b"\x38" + address[:8] + bytes(8))
    status = option6(13, b"\0\0success")
    asks = option6(6, b"\0\x17\0\x52\0\x53") + option6(8, b"\0\7")
    relayed = bytes([12, 1]) + address + address + option6(18, b"eth0")
    return [
        message6(1, timed, option6(3, numbers), asks, option6(14, b"")),
        message6(2, client, server, option6(3, numbers + leased), status, option6(7, b"\xff")),
        message6(3, client, server, option6(3, numbers + leased), asks),
        message6(7, client, server, option6(25, numbers + delegated), option6(23, address * 2)),
        message6(11, option6(1, b"\0\4" + bytes(range(16))), option6(13, b"\0\2")),
        message6(1, option6(3, b"short"), option6(5, address), option6(8, b"\0"), option6(1, b"x")),
        message6(1, client, b"\0\6\0\x63cut"),
        message6(1, client, b"\0\6"),
        Ether() / IPv6(src="fe80::1") / UDP(sport=547, dport=547) / Raw(relayed),
    ]
