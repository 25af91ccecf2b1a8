"""A capture of the lab as laws look at it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.verify.datagram import carried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wirelab.verify.datagram import Datagram
    from wirelab.verify.layer import Layer
    from wirelab.verify.packet import Packet
    from wirelab.verify.provenance import Provenance, Way

BROADCAST = b"\xff" * 6
_ADDRESS_SIZES = (4, 16)


@dataclass(frozen=True)
class Scene:
    """The packets of a capture, and what the capture says about the lab that made it."""

    packets: Sequence[Packet]
    """The dissected capture."""
    made: Provenance
    """What made it."""

    @cached_property
    def ways(self) -> Mapping[str, Mapping[bytes, Way]]:
        """For each point, the way of each address, which is in the form that packets have."""
        return {
            point: {ip_address(address).packed: way for address, way in found.items()}
            for point, found in self.made.ways.items()
        }

    @cached_property
    def hosts(self) -> frozenset[bytes]:
        """All addresses that the lab's hosts have or get, and the unspecified ones."""
        bound = (self.made.names[name] for name in self.made.names if _is_address(name))
        own = {ip_address(text).packed for text in bound}
        return frozenset(own.union(*self.ways.values(), (bytes(4), bytes(16))))

    @cached_property
    def datagrams(self) -> Sequence[tuple[Packet, Datagram]]:
        """The packets that carry IP with a whole header, and what they carry."""
        found = ((packet, carried(packet)) for packet in self.packets)
        return [
            (packet, datagram)
            for packet, datagram in found
            if datagram is not None and len(datagram.destination) in _ADDRESS_SIZES
        ]

    @cached_property
    def _layers(self) -> Mapping[str, Sequence[Layer]]:
        found: defaultdict[str, list[Layer]] = defaultdict(list)
        for packet in self.packets:
            for layer in packet.layers:
                if layer.quoted:
                    break
                found[layer.protocol].append(layer)
        return found

    def layers(self, protocol: str) -> Sequence[Layer]:
        """The layers of a protocol in the whole capture, quoted ones left out."""
        return self._layers.get(protocol, ())

    def way(self, point: str, address: bytes) -> Way | None:
        """The way of an address to a point; None when it is not known."""
        return self.ways.get(point, {}).get(address)


def _is_address(name: str) -> bool:
    return name.rpartition(".")[2] in ("ip", "ip6", "ll6")


def packed_mac(text: str) -> bytes:
    """An Ethernet address as packets have it."""
    return bytes.fromhex(text.replace(":", ""))
