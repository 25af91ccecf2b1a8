"""Addresses inside payloads: FTP's lines, DNS answers, leases, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from recorded import CLIENT, CLIENT_MAC, ROUTER, SERVER, back, ip, there
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR, DNSRR, dns_compress
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from test_rewrite_frames import rewriting, shows, violations

from wirelab.traffic.replay.rewrite import Rewriter, rewriter

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = 0xFFFFFFFF
FTP = ("inside", "ftp")
DNS_TOO = ("inside", "dns")


class Session:
    """An FTP control connection as it was recorded."""

    def __init__(self, first: int = 1000) -> None:
        self.frames: list[bytes] = []
        self.numbers = [first, (first + 7000) & MASK]

    def says(self, who: int, text: bytes, *, flags: str = "PA", back_by: int = 0) -> Session:
        """One of the two (0: the client) sends text; perhaps once more from some bytes before."""
        sequence = (self.numbers[who] - back_by) & MASK
        header = TCP(
            sport=(40000, 21)[who], dport=(21, 40000)[who], flags=flags,
            seq=sequence, ack=self.numbers[1 - who],
        )  # fmt: skip
        packet = (
            there(ip() / header / text)
            if who == 0
            else back(IP(src=SERVER, dst=CLIENT) / header / text)
        )
        self.frames.append(bytes(packet))
        self.numbers[who] = (sequence + len(text) + ("S" in flags)) & MASK
        return self


def texts(frames: Sequence[bytes]) -> list[bytes]:
    return [bytes(Ether(data)[TCP].payload) for data in frames]


def streams(frames: Sequence[bytes]) -> dict[str, bytes]:
    """What each side says, put together by sequence numbers; nothing may be missing."""
    said: dict[str, dict[int, bytes]] = {}
    for data in frames:
        packet = Ether(data)
        if text := bytes(packet[TCP].payload):
            said.setdefault(packet[IP].src, {})[packet[TCP].seq] = text
    found = {}
    for who, parts in said.items():
        at = next(iter(parts))
        found[who] = b""
        while at in parts:
            text = parts.pop(at)
            found[who] += text
            at = (at + len(text)) & MASK
        assert not parts, f"{who}: {parts} after {at}"
    return found


@pytest.mark.parametrize("first", [1000, MASK - 20])
@pytest.mark.parametrize("new", ["10.0.0.2", "172.16.100.200", "1.1.1.1"])
def test_numbers_follow_a_line_that_becomes_longer_or_shorter(first: int, new: str) -> None:
    session = (
        Session(first)
        .says(0, b"", flags="S").says(1, b"", flags="SA")
        .says(1, b"220 here\r\n").says(0, b"PORT 192,168,1,5,4,1\r\n")
        .says(1, b"200 PORT it is\r\n").says(0, b"LIST\r\n")
        .says(1, b"150 now\r\n226 done\r\n").says(0, b"PORT 192,168,1,5,4,2\r\n")
        .says(0, b"QUIT\r\n")
    )  # fmt: skip
    work = rewriter(rewriting(("ip", f"{CLIENT}={new}"), FTP))
    made = [work.frame(data) for data in session.frames]
    numbers = new.replace(".", ",").encode()
    assert streams(made) == {
        new: b"PORT %s,4,1\r\nLIST\r\nPORT %s,4,2\r\nQUIT\r\n" % (numbers, numbers),
        SERVER: b"220 here\r\n200 PORT it is\r\n150 now\r\n226 done\r\n",
    }
    acknowledged = [Ether(data)[TCP].ack for data in made]
    sent = {
        (Ether(data)[TCP].seq + len(text)) & MASK
        for data, text in zip(made, texts(made), strict=True)
    }
    assert set(acknowledged[3:]) <= sent
    assert not violations(made)
    assert not work.unchanged


def test_a_line_sent_again_is_the_same_again_and_counts_once() -> None:
    session = (
        Session()
        .says(0, b"PORT 192,168,1,5,4,1\r\n")
        .says(0, b"PORT 192,168,1,5,4,1\r\n", back_by=22)
    )
    session.says(0, b"LIST\r\n").says(0, b"PORT 192,168,1,5,4,1\r\nLIST\r\n", back_by=28)
    session.says(0, b"QUIT\r\n")
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), FTP))
    made = [Ether(work.frame(data))[TCP].seq for data in session.frames]
    assert made == [1000, 1000, 1019, 1000, 1025]


def test_selective_acknowledgements_follow() -> None:
    session = Session().says(0, b"PORT 192,168,1,5,4,1\r\n").says(0, b"LIST\r\n")
    edges = (1022, 1028)
    header = TCP(sport=21, dport=40000, flags="A", seq=8000, ack=1022, options=[("SAck", edges)])
    session.frames.append(bytes(back(IP(src=SERVER, dst=CLIENT) / header)))
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), FTP))
    answer = Ether([work.frame(data) for data in session.frames][-1])
    assert (answer[TCP].ack, dict(answer[TCP].options)["SAck"]) == (1019, (1019, 1025))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"PORT 192,168,1,5,4,1\r\n", b"PORT 10,0,0,2,4,2\r\n"),
        (b"port 192,168,1,5,4,1\n", b"port 10,0,0,2,4,2\n"),
        (b"227 Entering (192,168,1,5,4,1).\r\n", b"227 Entering (10,0,0,2,4,2).\r\n"),
        (b"227 it is 192,168,1,5,4,1\r\n", b"227 it is 10,0,0,2,4,2\r\n"),
        (b"EPRT |1|192.168.1.5|1025|\r\n", b"EPRT |1|10.0.0.2|1026|\r\n"),
        (b"EPRT |2|2001:db8:1::5|1025|\r\n", b"EPRT |2|fd00::5|1026|\r\n"),
        (b"229 Extended (|||1025|)\r\n", b"229 Extended (|||1026|)\r\n"),
        (b"PORT 192,168,1,6,4,3\r\n", b"PORT 192,168,1,6,4,3\r\n"),
        (b"PORT 392,168,1,5,4,1\r\n", b"PORT 392,168,1,5,4,1\r\n"),
        (b"PORT 192,168,1,5\r\n", b"PORT 192,168,1,5\r\n"),
        (b"STOR PORT 192,168,1,5,4,1\r\n", b"STOR PORT 192,168,1,5,4,1\r\n"),
        (b"EPRT |1|nobody|1025|\r\n", b"EPRT |1|nobody|1025|\r\n"),
    ],
)
def test_lines_that_announce_an_end_are_rewritten(line: bytes, expected: bytes) -> None:
    maps = [("ip", f"{CLIENT}=10.0.0.2,2001:db8:1::5=fd00::5"), ("port", "1025=1026"), FTP]
    for pieces, wanted in ((maps, expected), (maps[:2], line)):
        work = rewriter(rewriting(*pieces))
        made = [work.frame(data) for data in Session().says(1, line).frames]
        assert texts(made) == [wanted]
        assert not violations(made)


def test_a_line_in_two_segments_stays_and_is_counted() -> None:
    session = Session().says(0, b"PORT 192,168,").says(0, b"1,5,4,1\r\n")
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), FTP))
    assert texts([work.frame(data) for data in session.frames]) == [
        b"PORT 192,168,",
        b"1,5,4,1\r\n",
    ]
    assert work.unchanged == {"ftp": 1}


def test_what_stands_behind_a_packet_stays_behind_it() -> None:
    frame = Session().says(0, b"PORT 192,168,1,5,4,1\r\n").frames[0] + b"\xee" * 4
    made = rewriter(rewriting(("ip", f"{CLIENT}=110.110.110.110"), FTP)).frame(frame)
    assert made.endswith(b"PORT 110,110,110,110,4,1\r\n" + b"\xee" * 4)
    assert shows(made, "ftp.active.port == 1025")


def _dns(work: Rewriter, message: DNS) -> DNS:
    frame = bytes(back(IP(src=SERVER, dst=CLIENT) / UDP(sport=53, dport=40000) / message))
    made = work.frame(frame)
    assert not violations([made])
    assert shows(made, "dns")
    found: DNS = Ether(made)[DNS]
    return found


@pytest.mark.parametrize("is_compressed", [False, True])
@pytest.mark.parametrize("new", ["10.0.0.2", "172.16.100.200", "192.168.2.5", "1.1.1.1"])
def test_reverse_lookups_are_for_the_new_address(new: str, is_compressed: bool) -> None:
    def message(reverse: str, host: str) -> DNS:
        made = DNS(
            id=7, qr=1, qd=DNSQR(qname=reverse, qtype="PTR"),
            an=[DNSRR(rrname=reverse, type="PTR", rdata="host.example.test")],
            ns=[DNSRR(rrname="example.test", type="NS", rdata="ns.example.test")],
            ar=[DNSRR(rrname="ns.example.test", type="A", rdata=host)],
        )  # fmt: skip
        return dns_compress(made) if is_compressed else made

    def reverse(address: str) -> str:
        return ".".join(reversed(address.split("."))) + ".in-addr.arpa"

    work = rewriter(rewriting(("ip", f"{CLIENT}={new}"), DNS_TOO))
    made = _dns(work, message(reverse(CLIENT), CLIENT))
    assert bytes(made) == bytes(message(reverse(new), new))
    assert not work.unchanged


def test_reverse_lookups_of_ipv6_are_for_the_new_address() -> None:
    def name(digits: str) -> str:
        return ".".join(reversed(digits)) + ".ip6.arpa"

    old, new = "20010db8000100000000000000000005", "fd00000000000000000000000000000a"
    work = rewriter(rewriting(("ip", "2001:db8:1::5=fd00::a"), DNS_TOO))
    made = _dns(work, DNS(id=7, qd=DNSQR(qname=name(old), qtype="PTR")))
    assert made.qd[0].qname.decode() == name(new) + "."


def test_names_that_share_a_label_that_would_differ_stay_and_are_counted() -> None:
    message = dns_compress(
        DNS(
            id=7, qr=1, qd=DNSQR(qname="5.1.168.192.in-addr.arpa", qtype="PTR"),
            an=[DNSRR(rrname="6.1.168.192.in-addr.arpa", type="PTR", rdata="host.test")],
            ar=[DNSRR(rrname="host.test", type="A", rdata=CLIENT)],
        )
    )  # fmt: skip
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), DNS_TOO))
    made = _dns(work, message)
    assert made.qd[0].qname == b"5.1.168.192.in-addr.arpa."
    assert made.ar[0].rdata == "10.0.0.2"
    assert work.unchanged == {"dns": 1}


def test_dns_stays_as_it_is_unless_asked() -> None:
    message = DNS(id=7, qr=1, an=[DNSRR(rrname="h.test", type="A", rdata=CLIENT)])
    assert _dns(rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"))), message).an[0].rdata == CLIENT


def _lease(work: Rewriter, *options: object, **header: object) -> Ether:
    packet = IP(src=ROUTER, dst=CLIENT) / UDP(sport=67, dport=68)
    mac = bytes.fromhex(CLIENT_MAC.replace(":", ""))
    bootp = BOOTP(op=2, **{"chaddr": mac, **header}) / DHCP(options=[*options, "end"])
    made = work.frame(bytes(back(packet / bootp)))
    assert not violations([made])
    return Ether(made)


def test_leases_have_the_new_addresses_in_every_field() -> None:
    work = rewriter(
        rewriting(("ip", "192.168.1.0/24=10.0.0.0/16"), ("mac", f"{CLIENT_MAC}=02:aa:00:00:00:01"))
    )
    mac = bytes.fromhex(CLIENT_MAC.replace(":", ""))
    new_mac = bytes.fromhex("02aa00000001")
    lease = _lease(
        work,
        ("message-type", 5), ("server_id", ROUTER), ("router", ROUTER),
        ("name_server", ROUTER, SERVER),
        ("requested_addr", CLIENT), ("subnet_mask", "255.255.255.0"), ("client_id", b"\x01" + mac),
        (82, bytes.fromhex("0504c0a80100 0106c0a801050000")),
        (121, bytes.fromhex("18c0a801 c0a80101 00 c0a80101")),
        ciaddr=CLIENT, yiaddr=CLIENT, siaddr=ROUTER, giaddr=ROUTER,
    )  # fmt: skip
    fields = lease[BOOTP]
    assert (fields.ciaddr, fields.yiaddr) == ("10.0.1.5",) * 2
    assert (fields.siaddr, fields.giaddr) == ("10.0.1.1",) * 2
    assert fields.chaddr[:6] == new_mac
    options = {each[0]: each[1:] for each in lease[DHCP].options if isinstance(each, tuple)}
    assert options["server_id"] == options["router"] == ("10.0.1.1",)
    assert options["name_server"] == ("10.0.1.1", "10.0.1.200")
    assert options["requested_addr"] == ("10.0.1.5",)
    assert options["subnet_mask"] == ("255.255.255.0",)
    assert options["client_id"] == (b"\x01" + new_mac,)
    raw = bytes(lease)
    assert bytes.fromhex("0a00 0101") in raw
    assert bytes.fromhex("0504 0a000100 0106c0a801050000") in raw
    assert bytes.fromhex("180a0001 0a000101 00 0a000101") in raw


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"Host: 192.168.1.5\r\n", b"Host: 10.0.0.2\r\n"),
        (b"host:192.168.1.5:1025\r\n", b"host:10.0.0.2:1026\r\n"),
        (b"Host: [2001:db8:1::5]:1025\r\n", b"Host: [fd00::5]:1026\r\n"),
        (b"Host: 192.168.1.6\r\n", b"Host: 192.168.1.6\r\n"),
        (b"Host: www.example.test\r\n", b"Host: www.example.test\r\n"),
        (b"X-Host: 192.168.1.5\r\n", b"X-Host: 192.168.1.5\r\n"),
    ],
)
def test_a_host_of_http_that_is_an_address_is_rewritten(line: bytes, expected: bytes) -> None:
    maps = [("ip", f"{CLIENT}=10.0.0.2,2001:db8:1::5=fd00::5"), ("port", "1025=1026")]
    frame = there(
        ip() / TCP(sport=9, dport=80, flags="PA") / (b"GET / HTTP/1.1\r\n" + line + b"\r\n")
    )
    made = rewriter(rewriting(*maps, ("inside", "http"))).frame(bytes(frame))
    assert texts([made]) == [b"GET / HTTP/1.1\r\n" + expected + b"\r\n"]
    assert not violations([made])


def test_a_host_in_two_segments_stays_and_is_counted() -> None:
    frame = there(ip() / TCP(sport=9, dport=80, flags="PA") / b"GET / HTTP/1.1\r\nHost: 192.168.")
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), ("inside", "http")))
    assert texts([work.frame(bytes(frame))]) == [b"GET / HTTP/1.1\r\nHost: 192.168."]
    assert work.unchanged == {"http": 1}


def test_a_quoted_segment_has_the_number_of_the_segment() -> None:
    session = Session().says(0, b"PORT 192,168,1,5,4,1\r\n").says(0, b"LIST\r\n")
    quoted = Ether(session.frames[-1])[IP]
    error = IP(src=ROUTER, dst=CLIENT) / ICMP(type=3, code=4) / bytes(quoted)[:28]
    work = rewriter(rewriting(("ip", f"{CLIENT}=10.0.0.2"), FTP))
    made = [work.frame(data) for data in (*session.frames, bytes(back(error)))]
    sent, told = Ether(made[1])[IP], bytes(Ether(made[2])[ICMP].payload)
    assert told[20:28] == bytes(sent)[20:28]
    assert told[12:20] == bytes(sent)[12:20]
    assert not violations([made[2]])


@pytest.mark.parametrize("size", [28, 60, 200, 300])
def test_a_quoted_lease_is_rewritten_as_far_as_it_is_quoted(size: int) -> None:
    bootp = BOOTP(op=2, yiaddr=CLIENT, siaddr=ROUTER) / DHCP(options=[("server_id", ROUTER), "end"])
    lease = IP(src=ROUTER, dst=CLIENT) / UDP(sport=67, dport=68) / bootp
    size = min(size, len(lease))
    error = IP(src=CLIENT, dst=ROUTER) / ICMP(type=3, code=3) / bytes(lease)[:size]
    work = rewriter(rewriting(("ip", "192.168.1.0/24=10.7.7.0/24")))
    made = work.frame(bytes(there(error)))
    sent, told = work.frame(bytes(back(lease)))[14:][:size], made[-size:]
    assert (told[:26], told[28:]) == (sent[:26], sent[28:])
    # What else was in the datagram, and changed its checksum, is not known where the quote is cut.
    assert (told == sent) == (size == len(lease))
    assert b"\xc0\xa8\x01" not in made
    assert not work.unchanged


def test_a_reverse_zone_follows_its_network() -> None:
    message = DNS(
        id=7, qr=1, qd=DNSQR(qname="5.1.168.192.in-addr.arpa", qtype="PTR"),
        ns=[DNSRR(rrname="1.168.192.in-addr.arpa", type="NS", rdata="ns.1.168.192.in-addr.arpa")],
    )  # fmt: skip
    made = _dns(rewriter(rewriting(("ip", "192.168.1.0/24=10.0.70.0/24"), DNS_TOO)), message)
    assert made.qd[0].qname == b"5.70.0.10.in-addr.arpa."
    assert (made.ns[0].rrname, made.ns[0].rdata) == (
        b"70.0.10.in-addr.arpa.",
        b"ns.70.0.10.in-addr.arpa.",
    )
