"""The fields of DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.dissectors.places import Check, checked
from wirelab.verify.dissectors.reading import bits, flag, u16, where
from wirelab.verify.dissectors.table import Table
from wirelab.verify.field import Field, Kind

if TYPE_CHECKING:
    from wirelab.verify.layer import Layer


def _is_whole(layer: Layer) -> bool:
    """Whether the number and the flags are there; a quote may end behind them."""
    return layer.end - layer.start >= SHORTEST


def _is_response(layer: Layer) -> bool:
    return _is_whole(layer) and flag(2, 0x80)(layer) == (True,)


SHORTEST = 4
"""What Wireshark needs of a header to show anything, in bytes."""


checked(_is_whole, Check(0, SHORTEST))
checked(_is_response, Check(0, SHORTEST), Check(2, 1, frozenset({0x80}), 0x80))
_D = Table("dns", "RFC 1035 4.1")
_W = Table("dns", "Wireshark")
_POINTS = "Wireshark does not keep the frames of different points apart."


def _header() -> tuple[Field, ...]:
    """The rows about the header."""
    return (
        _D.itself(
            "The Domain Name System.",
            differs="Over TCP, Wireshark counts the two bytes of its length in.",
        ),
        _D.uint(
            "dns.length", "The length of a message over TCP.", source="RFC 1035 4.2.2", unit="bytes"
        ),
        _D.uint("dns.id", "What a response has in common with its query.", digits=4),
        _D.uint(
            "dns.flags", "The bits of the header together.", where(_is_whole, u16(2)), digits=4
        ),
        _D.boolean(
            "dns.flags.response", "Whether it is a response.", where(_is_whole, flag(2, 0x80))
        ),
        _D.uint("dns.flags.opcode", "0 is a plain query.", where(_is_whole, bits(2, 0x78))),
        _D.boolean(
            "dns.flags.authoritative",
            "Whether the server is responsible for the name.",
            where(_is_response, flag(2, 0x04)),
        ),
        _D.boolean(
            "dns.flags.truncated", "Whether the message was cut.", where(_is_whole, flag(2, 0x02))
        ),
        _D.boolean(
            "dns.flags.recdesired",
            "Whether the server shall ask others.",
            where(_is_whole, flag(2, 0x01)),
        ),
        _D.boolean(
            "dns.flags.recavail",
            "Whether the server would ask others.",
            where(_is_response, flag(3, 0x80)),
        ),
        _D.boolean("dns.flags.z", "The reserved bit.", where(_is_whole, flag(3, 0x40))),
        _D.boolean(
            "dns.flags.authenticated",
            "Whether DNSSEC proved the answer.",
            where(_is_response, flag(3, 0x20)),
            source="RFC 4035 3.2.3",
        ),
        _D.boolean(
            "dns.flags.checkdisable",
            "Whether an unproved answer is welcome.",
            where(_is_whole, flag(3, 0x10)),
            source="RFC 4035 3.2.2",
        ),
        _D.uint(
            "dns.flags.rcode",
            "0 no error, 2 the server failed, 3 no such name, 5 refused.",
            where(_is_response, bits(3, 0x0F)),
        ),
        _D.uint("dns.count.queries", "How many questions there are."),
        _D.uint("dns.count.answers", "How many answers there are."),
        _D.uint("dns.count.auth_rr", "How many records about responsible servers there are."),
        _D.uint("dns.count.add_rr", "How many further records there are."),
    )


def _records() -> tuple[Field, ...]:
    """The rows about questions and records."""
    edns = "RFC 6891 6.1"
    return (
        _D.text("dns.qry.name", "The name asked about."),
        _D.uint("dns.qry.name.len", "The length of its text.", source="Wireshark", unit="bytes"),
        _D.uint(
            "dns.count.labels",
            "How many labels it has; the root counts as one.",
            source="Wireshark",
        ),
        _D.uint("dns.qry.type", "The type asked for: 1 A, 2 NS, 5 CNAME, 12 PTR, 28 AAAA."),
        _D.uint("dns.qry.class", "The class asked for; 1 is the Internet.", digits=4),
        _D.text("dns.resp.name", "The name that a record is about; not of a service."),
        _D.uint("dns.resp.type", "The type of a record."),
        _D.uint("dns.resp.class", "The class of a record.", digits=4),
        _D.uint("dns.resp.ttl", "How long a record may be kept.", unit="s"),
        _D.uint("dns.resp.len", "The length of a record's data.", unit="bytes"),
        _D.uint("dns.rr.udp_payload_size", "How much fits the sender.", source=edns, unit="bytes"),
        _D.uint("dns.resp.ext_rcode", "The high bits of the reply code.", source=edns, digits=2),
        _D.uint("dns.resp.edns0_version", "The version of EDNS.", source=edns),
        _D.uint("dns.resp.z", "The flags of EDNS.", source=edns, digits=4),
        _D.boolean("dns.resp.z.do", "Whether DNSSEC records are welcome.", source="RFC 3225 3"),
        _D.ipv4("dns.a", "An IPv4 address.", source="RFC 1035 3.4.1"),
        _D.ipv6("dns.aaaa", "An IPv6 address.", source="RFC 3596 2.2"),
        _D.text(
            "dns.cname", "The name of which the asked one is an alias.", source="RFC 1035 3.3.1"
        ),
        _D.text("dns.ns", "A server responsible for a zone.", source="RFC 1035 3.3.11"),
        _D.text("dns.ptr.domain_name", "The name of an address.", source="RFC 1035 3.3.12"),
        _D.text("dns.soa.mname", "The zone's primary server.", source="RFC 1035 3.3.13"),
        _D.text("dns.soa.rname", "The mailbox of who is responsible.", source="RFC 1035 3.3.13"),
        _D.uint("dns.soa.serial_number", "The zone's version.", source="RFC 1035 3.3.13"),
        _D.uint(
            "dns.soa.refresh_interval", "When to look again.", source="RFC 1035 3.3.13", unit="s"
        ),
        _D.uint(
            "dns.soa.retry_interval", "When after a failure.", source="RFC 1035 3.3.13", unit="s"
        ),
        _D.uint("dns.soa.expire_limit", "When to give up.", source="RFC 1035 3.3.13", unit="s"),
        _D.uint(
            "dns.soa.minimum_ttl",
            "How long to remember that a name does not exist.",
            source="RFC 2308 4",
            unit="s",
        ),
        _D.uint("dns.mx.preference", "The lower, the earlier tried.", source="RFC 1035 3.3.9"),
        _D.text("dns.mx.mail_exchange", "A host that takes mail.", source="RFC 1035 3.3.9"),
        _D.uint("dns.txt.length", "The length of a text.", source="RFC 1035 3.3.14", unit="bytes"),
        _D.text("dns.txt", "A text.", source="RFC 1035 3.3.14"),
        _D.text("dns.srv.service", "The service that a record is about.", source="RFC 2782"),
        _D.text("dns.srv.proto", "The transport of the service.", source="RFC 2782"),
        _D.text("dns.srv.name", "The domain that has the service.", source="RFC 2782"),
        _D.uint("dns.srv.priority", "The lower, the earlier tried.", source="RFC 2782"),
        _D.uint("dns.srv.weight", "The share among equal priorities.", source="RFC 2782"),
        _D.uint("dns.srv.port", "The port of the service.", source="RFC 2782"),
        _D.text("dns.srv.target", "The host of the service.", source="RFC 2782"),
    )


def _exchange() -> tuple[Field, ...]:
    """The rows about queries and their responses."""
    return (
        _W.frame(
            "dns.response_in",
            "The frame of this query's response.",
            differs="tshark knows it only with -2. " + _POINTS,
        ),
        _W.frame("dns.response_to", "The frame of this response's query.", differs=_POINTS),
        _W.row(Kind.TIME, "dns.time", "The time between the two.", unit="s", differs=_POINTS),
        _W.boolean("dns.retransmission", "The message repeats an earlier one.", differs=_POINTS),
        _W.mark("dns.retransmit_request", "It is a query.", differs=_POINTS),
        _W.frame("dns.retransmit_request_in", "The frame of the first query.", differs=_POINTS),
        _W.mark("dns.retransmit_response", "It is a response.", differs=_POINTS),
        _W.frame("dns.retransmit_response_in", "The frame of the first response.", differs=_POINTS),
        _W.boolean("dns.unsolicited", "Nobody was seen to ask.", differs=_POINTS),
    )


FIELDS = (*_header(), *_records(), *_exchange())
