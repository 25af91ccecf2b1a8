from frames import CLIENT6, SERVER6, dissected, ethernet, one
from scapy.layers.inet import UDP
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDMultAddrRec,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6NDOptDNSSL,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptRedirectedHdr,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6PacketTooBig,
    IPv6,
    IPv6ExtHdrHopByHop,
    RouterAlert,
)
from scapy.packet import Packet

_ASKED = IPv6(src=CLIENT6, dst=SERVER6) / UDP(sport=40000, dport=45000) / b"8 bytes!"
_LINK = bytes.fromhex("020000000001")


def _message(message: Packet, source: str = "fe80::1", target: str = "ff02::1") -> Packet:
    return ethernet(IPv6(src=source, dst=target) / message)


def _address(last: int, first: bytes = b"\xfd\x00") -> bytes:
    return first + bytes(13) + bytes([last])


def test_a_reply_finds_its_request() -> None:
    packets = dissected(
        _message(ICMPv6EchoRequest(id=7, seq=1, data=b"x"), CLIENT6, SERVER6),
        _message(ICMPv6EchoRequest(id=7, seq=2, data=b"x"), CLIENT6, SERVER6),
        _message(ICMPv6EchoReply(id=7, seq=1, data=b"x"), SERVER6, CLIENT6),
    )
    assert packets[0].values("icmpv6.resp_in") == (3,)
    assert packets[1].values("icmpv6.no_resp") == (True,)
    assert packets[2].values("icmpv6.resp_to") == (1,)
    assert packets[2].values("icmpv6.echo.sequence_number") == (1,)


def test_an_error_quotes_the_packet_that_it_is_about() -> None:
    packet = one(_message(ICMPv6PacketTooBig(mtu=1400) / bytes(_ASKED), SERVER6, CLIENT6))
    assert packet.protocols == ("eth", "ipv6", "icmpv6", "ipv6", "udp", "data")
    assert packet.values("icmpv6.mtu") == (1400,)
    assert packet.values("ipv6.dst", 2) == (_address(2),)


def test_neighbours_ask_and_answer() -> None:
    solicitation = one(
        _message(ICMPv6ND_NS(tgt=SERVER6) / ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"))
    )
    assert solicitation.values("icmpv6.nd.ns.target_address") == (_address(2),)
    assert solicitation.values("icmpv6.opt.src_linkaddr") == (_LINK,)
    answer = one(_message(ICMPv6ND_NA(tgt=SERVER6, R=0, S=1, O=1)))
    assert answer.values("icmpv6.nd.na.flag.r") == (False,)
    assert answer.values("icmpv6.nd.na.flag.s") == (True,)


def test_a_router_tells_the_link_s_settings() -> None:
    packet = one(
        _message(
            ICMPv6ND_RA(chlim=64, M=0, O=1, routerlifetime=1800)
            / ICMPv6NDOptPrefixInfo(prefix="fd00::", prefixlen=64, validlifetime=600)
            / ICMPv6NDOptMTU(mtu=1400)
            / ICMPv6NDOptRDNSS(dns=["fd00::53"], lifetime=100)
            / ICMPv6NDOptDNSSL(searchlist=["a.test", "b.example"], lifetime=90)
        )
    )
    assert packet.values("icmpv6.opt.type") == (3, 5, 25, 31)
    assert packet.values("icmpv6.opt.prefix") == (b"\xfd" + bytes(15),)
    assert packet.values("icmpv6.opt.prefix.length") == (64,)
    assert packet.values("icmpv6.opt.prefix.valid_lifetime") == (600,)
    assert packet.values("icmpv6.opt.mtu") == (1400,)
    assert packet.values("icmpv6.opt.rdnss") == (_address(0x53),)
    assert packet.values("icmpv6.opt.dnssl") == ("a.test", "b.example")
    assert packet.values("icmpv6.nd.ra.router_lifetime") == (1800,)


def test_a_redirect_quotes_the_packet_that_went_the_wrong_way() -> None:
    options = ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:03") / ICMPv6NDOptRedirectedHdr(
        pkt=_ASKED
    )
    packet = one(_message(ICMPv6ND_Redirect(tgt="fe80::3", dst=SERVER6) / options))
    assert packet.protocols == ("eth", "ipv6", "icmpv6", "ipv6", "udp", "data")
    assert packet.values("icmpv6.nd.rd.target_address") == (_address(3, b"\xfe\x80"),)
    assert packet.values("udp.dstport") == (45000,)


def test_listeners_report_their_groups() -> None:
    records = [ICMPv6MLDMultAddrRec(rtype=4, dst="ff02::fb", sources=["fd00::9"])]
    report = IPv6ExtHdrHopByHop(options=RouterAlert()) / ICMPv6MLReport2(records=records)
    packet = one(_message(report, target="ff02::16"))
    assert packet.values("icmpv6.mldr.nb_mcast_records") == (1,)
    assert packet.values("icmpv6.mldr.mar.record_type") == (4,)
    assert packet.values("icmpv6.mldr.mar.source_address") == (_address(9),)


def test_an_option_of_no_length_is_malformed() -> None:
    data = bytearray(bytes(_message(ICMPv6ND_NS(tgt=SERVER6) / ICMPv6NDOptMTU(mtu=1400))))
    data[14 + 40 + 24 + 1] = 0
    assert one(bytes(data)).has("_ws.malformed")
