from frames import CLIENT, SERVER, ethernet, one
from scapy.layers.inet import GRE, IP, UDP

_INNER = IP(src="10.1.1.1", dst="10.1.1.2") / UDP(sport=40000, dport=45000) / b"x"


def test_the_packet_inside_is_dissected() -> None:
    packet = one(ethernet(IP(src=CLIENT, dst=SERVER) / GRE(key_present=1, key=7) / _INNER))
    assert packet.protocols == ("eth", "ip", "gre", "ip", "udp", "data")
    assert packet.values("gre.proto") == (0x0800,)


def test_another_version_is_not_looked_behind() -> None:
    packet = one(ethernet(IP(src=CLIENT, dst=SERVER, proto=47) / b"\x00\x01\x08\x00rest"))
    assert packet.protocols == ("eth", "ip", "gre")
