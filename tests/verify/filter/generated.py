"""Display filters made up at random about what is in some packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from wirelab.verify.fields import FIELDS, Field, Kind
from wirelab.verify.filter.nodes import Constant
from wirelab.verify.filter.values import ADDRESSES, OCTETS, quoted, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

    from wirelab.verify.fields import Value
    from wirelab.verify.packet import Packet

PROTOCOLS = ("eth", "arp", "ip", "icmp", "udp", "tcp", "dns", "ipv6", "icmpv6")
_NAMES = """
    eth.src eth.dst eth.addr eth.type frame.len frame.number frame.time_relative
    arp.opcode arp.src.hw_mac arp.dst.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4 arp.proto.size
    ip.hdr_len ip.len ip.id ip.flags ip.flags.df ip.flags.mf ip.frag_offset ip.ttl
    ip.proto ip.src ip.dst ip.addr ip.dsfield ip.dsfield.dscp
    icmp.type icmp.code icmp.ident icmp.seq icmp.checksum
    udp.srcport udp.dstport udp.port udp.length udp.payload
    tcp.srcport tcp.dstport tcp.port tcp.seq tcp.ack tcp.len tcp.flags tcp.flags.syn
    tcp.flags.ack tcp.window_size_value tcp.payload tcp.stream
    dns.id dns.flags dns.flags.response dns.count.queries dns.qry.name dns.qry.type dns.a
    ipv6.src ipv6.dst ipv6.addr ipv6.hlim ipv6.nxt ipv6.plen
    icmpv6.type icmpv6.code icmpv6.nd.ns.target_address
"""
_ORDER = st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">="])


class Generator:
    """Makes filters about the values that the fields have in some packets."""

    def __init__(self, packets: Iterable[Packet]) -> None:
        self._values: dict[str, list[Value]] = {}
        for packet in packets:
            for name in _NAMES.split():
                self._values.setdefault(name, []).extend(packet.values(name))
        self._present = [FIELDS[name] for name, found in self._values.items() if found]

    def filters(self) -> SearchStrategy[str]:
        """Filters of any shape."""
        return st.recursive(self.relations(), self._combined, max_leaves=4)

    def relations(self) -> SearchStrategy[str]:
        """Filters with one comparison."""
        fields = st.sampled_from(self._present).flatmap(self._about)
        return fields | st.sampled_from(PROTOCOLS)

    @staticmethod
    def _combined(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        words = st.sampled_from(["&&", "||", "and", "or"])
        return (
            st.builds("!({})".format, inner)
            | st.builds("{} {} {}".format, inner, words, inner)
            | st.builds("({} {} {}) {} {}".format, inner, words, inner, words, inner)
        )

    def _about(self, field: Field) -> SearchStrategy[str]:
        shapes = [st.just(field.name), self._compared(field), self._related(field)]
        if field.kind is Kind.UINT:
            shapes += [self._masked(field), self._calculated(field), self._within(field)]
        if field.kind in ADDRESSES:
            shapes.append(self._network(field))
        if field.kind in ADDRESSES | OCTETS:
            shapes.append(self._sliced(field))
        if field.kind in OCTETS | {Kind.STRING}:
            shapes += [self._searched(field), st.just(f"len({field.name}) > 6")]
        return st.one_of(shapes)

    def _literal(self, field: Field) -> SearchStrategy[str]:
        values = st.sampled_from(self._values[field.name])
        return values.map(lambda value: written(Constant(field.kind, value, None, field.digits)))

    def _compared(self, field: Field) -> SearchStrategy[str]:
        quantified = st.sampled_from(["", "", "any ", "all "])
        layers = st.sampled_from(["", "", "#1", "#2", "#[1-2]", "#[-1]"])
        return st.builds(
            "{}{}{} {} {}".format,
            quantified,
            st.just(field.name),
            layers,
            _ORDER,
            self._literal(field),
        )

    def _related(self, field: Field) -> SearchStrategy[str]:
        others = [each.name for each in self._present if each.kind is field.kind]
        return st.builds("{} {} {}".format, st.just(field.name), _ORDER, st.sampled_from(others))

    def _masked(self, field: Field) -> SearchStrategy[str]:
        masks = st.sampled_from(["1", "2", "0x10", "0x7f"])
        tail = st.sampled_from(["", " == 0", " != 0", " > 1"])
        return st.builds("{} & {}{}".format, st.just(field.name), masks, tail)

    def _calculated(self, field: Field) -> SearchStrategy[str]:
        sums = st.sampled_from(["+ 1", "- 1", "* 2", "% 3"])
        return st.builds("{} {} {} 3".format, st.just(field.name), sums, _ORDER)

    def _within(self, field: Field) -> SearchStrategy[str]:
        literals = self._literal(field)
        one = st.builds("{} in {{{}}}".format, st.just(field.name), literals)
        return one | st.builds("{} in {{{} .. {}}}".format, st.just(field.name), literals, literals)

    def _network(self, field: Field) -> SearchStrategy[str]:
        bits = st.sampled_from([0, 1, 8, 24, 31, 32])
        return st.builds(
            "{} {} {}/{}".format, st.just(field.name), _ORDER, self._literal(field), bits
        )

    def _sliced(self, field: Field) -> SearchStrategy[str]:
        ranges = st.sampled_from([("0:2", 2), ("1-3", 3), ("-2:2", 2), ("2", 1), (":4", 4)])
        octets = [bytes(value) for value in self._values[field.name] if isinstance(value, bytes)]

        def slices(chosen: tuple[str, int]) -> SearchStrategy[str]:
            text, length = chosen
            values = st.sampled_from(octets).map(lambda value: ":" + value[:length].hex(":"))
            whole = values.filter(lambda value: len(value) == 3 * length)
            return st.builds(
                "{}[{}] {} {}".format, st.just(field.name), st.just(text), _ORDER, whole
            )

        return ranges.flatmap(slices)

    def _searched(self, field: Field) -> SearchStrategy[str]:
        if field.kind is Kind.STRING:
            texts = st.sampled_from([str(value) for value in self._values[field.name]])
            parts = texts.map(lambda text: quoted(text[:3]))
            words = st.sampled_from(["contains", "matches"])
            return st.builds("{} {} {}".format, st.just(field.name), words, parts)
        octets = [bytes(value) for value in self._values[field.name] if isinstance(value, bytes)]
        parts = st.sampled_from(octets).map(lambda value: value[1:3].hex(":") or "00")
        return st.builds("{} contains {}".format, st.just(field.name), parts)
