"""Application protocols."""

from __future__ import annotations

import ssl
import struct
from typing import TYPE_CHECKING

from frames import Talk, reply, udp
from scapy.layers.dns import (
    DNS,
    DNSQR,
    DNSRR,
    DNSRRMX,
    DNSRROPT,
    DNSRRSOA,
    DNSRRSRV,
)
from scapy.layers.ntp import NTP
from scapy.layers.snmp import SNMP, SNMPget

if TYPE_CHECKING:
    from scapy.packet import Packet


def _query(number: int, name: str, kind: int = 1) -> DNS:
    return DNS(id=number, rd=1, qd=DNSQR(qname=name, qtype=kind))


def _response(number: int, name: str, kind: int = 1, **more: object) -> DNS:
    return DNS(id=number, qr=1, qd=DNSQR(qname=name, qtype=kind), **more)


def _prefixed(message: DNS) -> bytes:
    data = bytes(message)
    return struct.pack("!H", len(data)) + data


def dns() -> list[Packet]:
    """Queries and responses with records of all known types, repeated ones, and some over TCP."""
    answer = _response(
        1, "www.example.test", rd=1, ra=1, aa=1,
        an=[
            DNSRR(rrname="www.example.test", type=5, rdata="web.example.test", ttl=60),
            DNSRR(rrname="web.example.test", rdata="192.0.2.1", ttl=300),
        ],
        ns=[DNSRR(rrname="example.test", type=2, rdata="ns.example.test")],
        ar=[
            DNSRR(rrname="ns.example.test", type=28, rdata="fd00::53"),
            DNSRROPT(rclass=1232, z=0x8000),
        ],
    )  # fmt: skip
    authority = DNSRRSOA(
        rrname="b", mname="ns.b", rname="host.b", serial=7, refresh=1, retry=2, expire=3, minimum=4
    )
    texts = [
        DNSRR(rrname="t.b", type=16, rdata=[b"hello", b"world txt"]),
        DNSRRMX(rrname="t.b", exchange="mx.b", preference=10),
        DNSRRSRV(rrname="_x._tcp.b", target="srv.b", port=80, priority=1, weight=2),
    ]
    reverse = "1.2.0.192.in-addr.arpa"
    name = DNSRR(rrname=reverse, type=12, rdata="web.example.test")
    over_udp = [
        udp(_query(1, "www.example.test"), 45000, 53),
        reply(answer, 53, 45000),
        udp(_query(2, "a.b"), 45000, 53),
        udp(_query(2, "a.b"), 45000, 53),
        reply(_response(2, "a.b", rcode=3, ns=[authority]), 53, 45000),
        reply(_response(2, "a.b", rcode=3), 53, 45000),
        reply(_response(77, "a.b", rcode=2), 53, 45000),
        udp(_query(3, reverse, 12), 45000, 53),
        reply(_response(3, reverse, 12, an=[name]), 53, 45000),
        udp(_query(4, "t.b", 16), 45001, 53),
        reply(_response(4, "t.b", 16, tc=1, an=texts), 53, 45001),
        udp(_query(5, ".", 2), 45002, 53),
        udp(_query(6, "UPPER.Case.Test", 255), 45002, 53),
    ]
    return over_udp + _over_tcp()


def _over_tcp() -> list[Packet]:
    """One message a segment, a message in two segments, two and a half in one."""
    query, split = _prefixed(_query(8, "tcp.test")), _prefixed(_query(9, "split.test"))
    answer = _response(8, "tcp.test", an=[DNSRR(rrname="tcp.test", rdata="1.2.3.4")])
    talk = Talk(46000, 53).open().client("PA", query).server("PA", _prefixed(answer))
    talk.client("PA", split[:2]).client("PA", split[2:])
    two = _prefixed(_query(10, "two.test")) + _prefixed(_query(11, "three.test"))
    return talk.client("PA", two + query[:7]).client("PA", query[7:]).sent


def http() -> list[Packet]:
    """Bodies with a length and in chunks, none at all, and several messages in a segment."""
    body = bytes(range(256)) * 12
    head = b"HTTP/1.1 200 OK\r\nServer: t\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    answer = head % (b"application/octet-stream", len(body)) + body
    talk = Talk(46001, 80).open()
    talk.client("PA", b"GET /index.html HTTP/1.1\r\nHost: s.test\r\nUser-Agent: x\r\n\r\n")
    talk.server("A").server("A", answer[:1460]).server("A", answer[1460:2920])
    talk.server("PA", answer[2920:]).client("A")
    talk.client("PA", b"HEAD /x HTTP/1.1\r\nHost: s.test\r\n\r\n")
    talk.server("PA", b"HTTP/1.1 404 Not Found\r\nContent-Length: 55\r\n\r\n")
    talk.client("PA", b"GET /c HTTP/1.1\r\nHo").client("PA", b"st: s.test\r\n\r\n")
    talk.server("PA", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    talk.server("PA", b"5\r\nworld\r\n0\r\n\r\n")
    talk.client("PA", b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n")
    moved = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
    talk.server("PA", b"HTTP/1.1 304 Not Modified\r\n\r\n" + moved).close()
    elsewhere = Talk(46002, 48123).open()
    elsewhere.client("PA", b"POST /odd HTTP/1.1\r\nHost: o\r\nContent-Length: 0\r\n\r\n")
    return talk.sent + elsewhere.server("PA", b"HTTP/1.0 204 No Content\r\n\r\n").sent


def client_hello(name: str) -> bytes:
    """The first bytes that OpenSSL's client sends to a server of that name."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake without a server")


def server_hello(version: int) -> bytes:
    """A server's choice: TLS 1.2, or 1.3 by an extension (RFC 8446 4.1.3)."""
    extensions = struct.pack("!HHH", 43, 2, version) if version == 0x0304 else b""
    body = struct.pack("!H", 0x0303) + bytes(32) + b"\0" + struct.pack("!HB", 0x1301, 0)
    body += struct.pack("!H", len(extensions)) + extensions
    return _record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("!BHH", kind, 0x0303, len(body)) + body


def tls() -> list[Packet]:
    """Hellos in one and in several segments, data of both versions, an alert."""
    hello = client_hello("www.s.test")
    modern = Talk(46003, 443).open().client("PA", hello)
    modern.server("PA", server_hello(0x0304) + _record(20, b"\1") + _record(23, bytes(40)))
    modern.client("PA", _record(23, bytes(30)))
    older = Talk(46004, 443).open().client("A", hello[:100]).client("PA", hello[100:])
    done = _record(22, b"\x0e\0\0\0")
    older.server("PA", server_hello(0x0303) + done).server("PA", _record(21, b"\x02\x28"))
    plain = Talk(46005, 443).open().client("PA", b"this is not TLS")
    return modern.sent + older.sent + plain.sent


def ssh() -> list[Packet]:
    """How two sides identify themselves, and the start of their key exchange."""
    talk = Talk(46006, 22).open().server("PA", b"SSH-2.0-OpenSSH_9 Debian\r\n")
    new_keys = b"\0\0\0\x0c\x0a\x15" + bytes(10)
    return talk.client("PA", b"SSH-2.0-x\n").client("PA", new_keys).sent


def others() -> list[Packet]:
    """Protocols that are known by their ports alone."""
    return [udp(SNMP(PDU=SNMPget(varbindlist=[])), 40000, 161), udp(NTP(), 40000, 123)]
