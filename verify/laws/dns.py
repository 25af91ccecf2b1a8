"""DNS answers are about the question, and follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirelab.verify.field import as_int
from wirelab.verify.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wirelab.verify.laws.scene import Scene
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet

_IN = 1
_NS, _ALIAS, _SOA, _OPT, _SIGNATURE, _DENIAL = 2, 5, 6, 41, 46, frozenset({47, 50})
_QUESTION = ("dns.qry.name", "dns.qry.type", "dns.qry.class", "dns.count.queries")
_COPIED = ("dns.flags.opcode", "dns.flags.recdesired")
_ONLY_ANSWERS = 0x068F
"""Flags that a query has at zero: AA, TC, RA and the return code (RFC 1035 section 4.1.1)."""
_RESERVED = 0x0040


@dataclass(frozen=True, slots=True)
class _Record:
    """The head of a record."""

    name: str
    kind: int


def dns(scene: Scene) -> Iterator[Violation]:
    """A response repeats the question of a query and answers it; neither uses reserved bits."""
    asked: dict[tuple[object, ...], Packet] = {}
    for layer in (each for each in scene.layers("dns") if each.below.protocol == "udp"):
        packet = layer.packet
        response = bool(packet.values("dns.flags.response")[:1] == (1,))
        query = asked.get(_exchange(packet, response=response))
        for text in (*_message(packet), *_size(layer)):
            yield Violation("dns", packet.frame.number, text)
        found = _response(packet, query) if response else _query(packet)
        for text in found:
            yield Violation("dns", packet.frame.number, text)
        if not response:
            asked[_exchange(packet, response=False)] = packet


def _exchange(packet: Packet, *, response: bool) -> tuple[object, ...]:
    """What a query and its response have in common."""
    version = "ipv6" if packet.has("ipv6") else "ip"
    ends = [
        (packet.values(f"{version}.{side}", 1), packet.values(f"udp.{side}port"))
        for side in ("src", "dst")
    ]
    if response:
        ends.reverse()
    return packet.frame.point, packet.values("dns.id"), *ends


def _message(packet: Packet) -> Iterator[str]:
    """What holds for queries and responses."""
    if any(as_int(value) & _RESERVED for value in packet.values("dns.flags")):
        yield "the reserved flag is set"
    if any(value != _IN for value in packet.values("dns.resp.class")):
        yield "a record is not of the Internet's class"
    if any(packet.values("dns.resp.ext_rcode")):
        yield "there is an extended return code, as for versions of EDNS that nobody knows"
    if any(packet.values("dns.resp.edns0_version")):
        yield "there is no such version of EDNS"
    if any(as_int(value) & 0x7FFF for value in packet.values("dns.resp.z")):
        yield "reserved flags of EDNS are set"


def _size(layer: Layer) -> Iterator[str]:
    """Every record is where the counts say."""
    counts = [layer.packet.values(f"dns.count.{each}") for each in ("answers", "auth_rr", "add_rr")]
    said = sum(as_int(value[0]) for value in counts if value)
    if said != len(layer.packet.values("dns.resp.type")):
        yield f"there are not {said} records"


def _query(packet: Packet) -> Iterator[str]:
    if any(as_int(value) & _ONLY_ANSWERS for value in packet.values("dns.flags")):
        yield "a query has flags of a response"


def _response(packet: Packet, query: Packet | None) -> Iterator[str]:
    if query is None:
        yield "nobody asked"
        return
    for name in (*_QUESTION, *_COPIED):
        if packet.values(name) != query.values(name):
            yield f"{name} is not that of the query"
    if packet.values("dns.flags.checkdisable") > query.values("dns.flags.checkdisable"):
        yield "checking is disabled, which nobody asked for"
    if bool(packet.values("dns.rr.udp_payload_size")) > bool(
        query.values("dns.rr.udp_payload_size")
    ):
        yield "EDNS was not offered"
    if packet.values("dns.resp.z")[:1] not in ((), query.values("dns.resp.z")[:1]):
        yield "it does not repeat whether DNSSEC is wanted"
    yield from _sections(packet)


def _sections(packet: Packet) -> Iterator[str]:
    """Answers lead from the name in question, referrals down from above it, and glue from there."""
    names, kinds = packet.values("dns.resp.name"), packet.values("dns.resp.type")
    questions = packet.values("dns.qry.name"), packet.values("dns.qry.type")
    if len(names) != len(kinds) or not all(questions):
        return
    pairs = zip(map(str, names), map(as_int, kinds), strict=True)
    records = [_Record(*pair) for pair in pairs]
    name, aliases = str(questions[0][0]), list(map(str, packet.values("dns.cname")))
    first, second = (
        as_int(value)
        for name in ("answers", "auth_rr")
        for value in packet.values(f"dns.count.{name}")
    )
    answers, rest = records[:first], records[first:]
    yield from _answers(answers, as_int(questions[1][0]), [name, *aliases])
    yield from _authority(rest[:second], [name, *aliases])
    yield from _additional(rest[second:], packet)


def _answers(records: Sequence[_Record], kind: int, names: Sequence[str]) -> Iterator[str]:
    """The records of an answer section belong to the name in question, or one it stands for."""
    for record in records:
        if record.name not in names:
            yield f"an answer about {record.name}"
        if record.kind not in (kind, _ALIAS, _SIGNATURE):
            yield f"an answer of type {record.kind}"


def _authority(records: Sequence[_Record], names: Sequence[str]) -> Iterator[str]:
    """The zones of an authority section lie above a name of the answer."""
    for record in records:
        if record.kind not in (_NS, _SOA, _SIGNATURE, *_DENIAL, 43):
            yield f"an authority of type {record.kind}"
        elif record.kind in (_NS, _SOA) and not any(_above(record.name, name) for name in names):
            yield f"an authority for {record.name}"


def _above(zone: str, name: str) -> bool:
    return zone in ("<Root>", name) or name.endswith(f".{zone}")


def _additional(records: Sequence[_Record], packet: Packet) -> Iterator[str]:
    """Additional addresses are those of names in other records."""
    hosts = {
        value
        for field in ("dns.ns", "dns.mx.mail_exchange", "dns.srv.target")
        for value in packet.values(field)
    }
    for record in records:
        if record.kind == _OPT:
            if record.name != "<Root>":
                yield "the record of EDNS has a name"
        elif record.kind not in (1, 28, _SIGNATURE):
            yield f"an additional record of type {record.kind}"
        elif record.name not in hosts:
            yield f"an additional address of {record.name}"
