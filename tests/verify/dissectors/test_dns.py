import pytest
from frames import MS, dissected, error, one, reply, udp
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRROPT, DNSRRSOA

from wirelab.verify.dissectors.cursor import Cursor, MissingBytesError
from wirelab.verify.dissectors.dns_names import name


def _query(number: int = 1, asked: str = "www.example.test", kind: int = 1) -> DNS:
    return DNS(id=number, rd=1, qd=DNSQR(qname=asked, qtype=kind))


def _answer(number: int = 1, asked: str = "www.example.test", **more: object) -> DNS:
    return DNS(id=number, qr=1, qd=DNSQR(qname=asked), **more)


def test_a_query_has_no_flags_of_a_response() -> None:
    packet = one(udp(_query(), 40000, 53))
    assert packet.values("dns.flags.response") == (False,)
    assert packet.values("dns.flags.recdesired") == (True,)
    assert packet.values("dns.flags.rcode") == packet.values("dns.flags.recavail") == ()
    assert packet.values("dns.qry.name") == ("www.example.test",)
    assert packet.values("dns.qry.name.len") == (16,)
    assert packet.values("dns.count.labels") == (3,)


def test_a_response_has_the_records_of_all_sections() -> None:
    chain = [
        DNSRR(rrname="www.example.test", type=5, rdata="web.example.test", ttl=60),
        DNSRR(rrname="web.example.test", rdata="192.0.2.1", ttl=300),
    ]
    servers = [DNSRR(rrname="example.test", type=2, rdata="ns.example.test")]
    extra = [DNSRR(rrname="ns.example.test", type=28, rdata="fd00::53"), DNSRROPT(rclass=1232)]
    packet = one(reply(_answer(ra=1, aa=1, an=chain, ns=servers, ar=extra), 53, 40000))
    counts = ("queries", "answers", "auth_rr", "add_rr")
    assert [packet.values(f"dns.count.{each}")[0] for each in counts] == [1, 2, 1, 2]
    assert packet.values("dns.cname") == ("web.example.test",)
    assert packet.values("dns.a") == (bytes((192, 0, 2, 1)),)
    assert packet.values("dns.ns") == ("ns.example.test",)
    assert packet.values("dns.aaaa") == (b"\xfd" + bytes(14) + b"\x53",)
    assert packet.values("dns.resp.ttl") == (60, 300, 0, 0)
    assert packet.values("dns.resp.type") == (5, 1, 2, 28, 41)
    assert packet.values("dns.rr.udp_payload_size") == (1232,)
    assert packet.values("dns.flags.authoritative") == (True,)


def test_a_name_that_does_not_exist_names_the_zone() -> None:
    authority = [DNSRRSOA(rrname="b", mname="ns.b", rname="host.b", serial=7, minimum=4)]
    packet = one(reply(_answer(asked="a.b", rcode=3, ns=authority), 53, 40000))
    assert packet.values("dns.flags.rcode") == (3,)
    assert packet.values("dns.soa.mname") == ("ns.b",)
    assert packet.values("dns.soa.minimum_ttl") == (4,)


def test_a_response_finds_its_query() -> None:
    packets = dissected(udp(_query(), 40000, 53), reply(_answer(), 53, 40000))
    assert packets[0].values("dns.response_in") == (2,)
    assert packets[1].values("dns.response_to") == (1,)
    assert packets[1].values("dns.time") == (10 * MS,)


def test_repetitions_and_answers_that_nobody_asked_for_are_noticed() -> None:
    packets = dissected(
        udp(_query(), 40000, 53),
        udp(_query(), 40000, 53),
        reply(_answer(), 53, 40000),
        reply(_answer(), 53, 40000),
        reply(_answer(9), 53, 40000),
    )
    assert packets[1].values("dns.retransmit_request_in") == (1,)
    assert packets[2].values("dns.response_to") == (1,)
    assert packets[3].values("dns.retransmit_response_in") == (3,)
    assert packets[4].values("dns.unsolicited") == (True,)


def test_another_port_is_another_exchange() -> None:
    packets = dissected(udp(_query(), 40000, 53), reply(_answer(), 53, 40001))
    assert packets[1].values("dns.response_to") == ()


def test_a_quoted_query_is_readable_and_changes_nothing() -> None:
    asked = udp(_query(), 40000, 53)
    packets = dissected(asked, error(bytes(asked)[14:]), reply(_answer(), 53, 40000))
    assert packets[1].values("dns.qry.name") == ("www.example.test",)
    assert packets[1].values("dns.retransmission") == ()
    assert packets[2].values("dns.response_to") == (1,)


def test_a_message_that_ends_early_keeps_what_was_read() -> None:
    packet = one(udp(bytes(_query())[:20], 40000, 53))
    assert packet.values("dns.id") == (1,)
    assert packet.values("dns.qry.name") == ()
    assert packet.has("_ws.malformed")


def _name(data: bytes) -> tuple[str, int]:
    return name(Cursor(data, 0, len(data)), 0)


@pytest.mark.parametrize(
    ("data", "text", "labels"),
    [
        (b"\0", "<Root>", 0),
        (b"\3www\4test\0", "www.test", 2),
        (b"\3a.b\0", "a.b", 1),
        (b"\2\xff \0", "\\255\\032", 1),
    ],
)
def test_names_are_written_with_dots(data: bytes, text: str, labels: int) -> None:
    assert _name(data) == (text, labels)


def test_a_name_may_point_back() -> None:
    data = b"\4test\0\3www\xc0\0"
    cursor = Cursor(data, 6, len(data))
    assert name(cursor, 0) == ("www.test", 2)
    assert cursor.at == len(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"\5abc", b"\xc0\0", b"\xc0\5\0\0\0\0", b"\x40abc\0", b"\1a" * 200 + b"\0", b"\xc0"],
)
def test_a_name_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(MissingBytesError):
        _name(data)


@given(data=st.binary(max_size=300))
def test_no_name_leads_in_a_circle(data: bytes) -> None:
    try:
        text, labels = _name(data)
    except MissingBytesError:
        return
    assert labels <= 128
    assert len(text) <= 4 * 256
