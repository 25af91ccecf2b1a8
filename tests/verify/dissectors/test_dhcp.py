from frames import BROADCAST, CLIENT_MAC, one
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from wirelab.verify.packet import Packet

_HARDWARE = bytes.fromhex(CLIENT_MAC.replace(":", ""))


def _address(text: str) -> bytes:
    return bytes(map(int, text.split(".")))


def _message(*options: object, **fields: object) -> Packet:
    return one(
        Ether(src=CLIENT_MAC, dst=BROADCAST)
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=_HARDWARE, xid=0xABCDEF01, **fields)
        / DHCP(options=list(options))
    )


def test_the_fixed_part_is_read() -> None:
    packet = _message(
        ("message-type", "discover"), "end", flags=0x8000, secs=3, hops=1, giaddr="10.0.9.1",
        yiaddr="10.0.0.50", sname=b"boot.lab.test",
    )  # fmt: skip
    assert packet.values("dhcp.type") == (1,)
    assert packet.values("dhcp.id") == (0xABCDEF01,)
    assert packet.values("dhcp.flags.bc") == (True,)
    assert packet.values("dhcp.secs") == (3,)
    assert packet.values("dhcp.hops") == (1,)
    assert packet.values("dhcp.ip.relay") == (_address("10.0.9.1"),)
    assert packet.values("dhcp.ip.your") == (_address("10.0.0.50"),)
    assert packet.values("dhcp.hw.mac_addr") == (_HARDWARE,)
    assert packet.values("dhcp.server") == ("boot.lab.test",)
    assert packet.values("dhcp.file") == ("",)


def test_options_are_read_in_their_order() -> None:
    packet = _message(
        ("message-type", "offer"), ("server_id", "10.0.0.1"), ("lease_time", 3600),
        ("renewal_time", 1800), ("rebinding_time", 3150), ("subnet_mask", "255.255.255.0"),
        ("router", "10.0.0.1", "10.0.0.2"), ("name_server", "10.0.0.3"), ("domain", "lab.test"),
        ("broadcast_address", "10.0.0.255"), "end", op=2,
    )  # fmt: skip
    assert packet.values("dhcp.option.type") == (53, 54, 51, 58, 59, 1, 3, 6, 15, 28, 0)
    assert packet.values("dhcp.option.end") == (255,)
    assert packet.values("dhcp.option.dhcp") == (2,)
    assert packet.values("dhcp.option.dhcp_server_id") == (_address("10.0.0.1"),)
    assert packet.values("dhcp.option.ip_address_lease_time") == (3600,)
    assert packet.values("dhcp.option.renewal_time_value") == (1800,)
    assert packet.values("dhcp.option.rebinding_time_value") == (3150,)
    assert packet.values("dhcp.option.router") == (_address("10.0.0.1"), _address("10.0.0.2"))
    assert packet.values("dhcp.option.domain_name_server") == (_address("10.0.0.3"),)
    assert packet.values("dhcp.option.domain_name") == ("lab.test",)
    assert packet.values("dhcp.option.broadcast_address") == (_address("10.0.0.255"),)


def test_a_request_lists_what_it_wishes_for() -> None:
    packet = _message(
        ("message-type", "request"), ("requested_addr", "10.0.0.50"), ("hostname", "box"),
        ("param_req_list", [1, 3, 6]), ("client_id", b"\x01" + _HARDWARE), "end",
    )  # fmt: skip
    assert packet.values("dhcp.option.requested_ip_address") == (_address("10.0.0.50"),)
    assert packet.values("dhcp.option.request_list_item") == (1, 3, 6)
    assert packet.values("dhcp.option.hostname") == ("box",)
    assert packet.values("dhcp.hw.mac_addr") == (_HARDWARE, _HARDWARE)


def test_a_client_may_be_known_by_a_duid() -> None:
    packet = _message(("client_id", b"\xff\0\0\0\x05\0\x03\0\x01" + _HARDWARE), "end")
    assert packet.values("dhcp.client_id.iaid") == ("00000005",)
    assert packet.values("dhcp.client_id.duid_type") == (3,)


def test_options_in_the_place_of_names_are_found() -> None:
    packet = _message(
        (52, b"\x03"), "end", file=b"\x0c\x05after\xff", sname=b"\x03\x04\x0a\0\0\1\xff"
    )
    assert packet.values("dhcp.option.router") == (_address("10.0.0.1"),)
    assert packet.values("dhcp.option.hostname") == ("after",)
    assert packet.values("dhcp.server") == packet.values("dhcp.file") == ()


def test_an_option_beyond_the_message_is_malformed() -> None:
    assert _message(("message-type", "discover"), b"\x0c\x50box").has("_ws.malformed")


def test_a_message_without_options_is_bootp() -> None:
    packet = one(Ether() / IP() / UDP(sport=68, dport=67) / BOOTP(chaddr=_HARDWARE, options=b""))
    assert packet.values("dhcp.type") == (1,)
    assert packet.values("dhcp.option.type") == ()
