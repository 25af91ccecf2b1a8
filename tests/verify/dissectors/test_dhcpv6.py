from frames import dissected, one
from samples.addresses import dhcpv6, message6, option6


def test_question_and_answer_have_one_number() -> None:
    packets = dissected(*dhcpv6())
    assert packets[0].values("dhcpv6.msgtype") == (1,)
    assert packets[0].values("dhcpv6.xid") == packets[1].values("dhcpv6.xid") == (0xABCDEF,)


def test_an_address_lies_in_an_association_and_its_status_in_it() -> None:
    packet = dissected(*dhcpv6())[1]
    assert packet.values("dhcpv6.option.type") == (1, 2, 3, 5, 13, 13, 7)
    assert packet.values("dhcpv6.iaid") == ("82e519c3",)
    assert packet.values("dhcpv6.iaid.t1") == (1800,)
    assert packet.values("dhcpv6.iaaddr.ip") == (bytes.fromhex("20010db8001000000000000000000147"),)
    assert packet.values("dhcpv6.iaaddr.valid_lifetime") == (3600,)
    assert packet.values("dhcpv6.status_msg") == ("fine", "success")


def test_who_somebody_is_has_several_forms() -> None:
    packets = dissected(*dhcpv6())
    assert packets[0].values("dhcpv6.duid.type") == (1,)
    assert packets[0].values("dhcpv6.duidllt.link_layer_addr") == ("02:00:00:00:00:01",)
    assert packets[1].values("dhcpv6.duid.type") == (3, 2)
    assert packets[1].values("dhcpv6.duiden.enterprise") == (32473,)


def test_a_relay_tells_the_client_s_link() -> None:
    packet = dissected(*dhcpv6())[8]
    assert packet.values("dhcpv6.hopcount") == (1,)
    assert packet.values("dhcpv6.linkaddr") == packet.values("dhcpv6.peeraddr") != ()
    assert packet.values("dhcpv6.xid") == ()


def test_options_end_where_one_is_too_long() -> None:
    packet = one(message6(1, option6(8, b"\0\1"), b"\0\x06\0\x63cut"))
    assert packet.values("dhcpv6.option.type") == (8,)
    assert not packet.has("_ws.malformed")


def test_a_message_without_its_number_is_malformed() -> None:
    packet = message6(1)
    packet.lastlayer().load = b"\x01\xab"
    assert one(packet).has("_ws.malformed")
