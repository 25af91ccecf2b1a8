"""Who takes part in a capture: hosts with their MACs and addresses, routers, who calls whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from wirelab.traffic.replay.glance import ICMP, ICMP6, TCP, UDP
from wirelab.traffic.replay.identity import ARP, IP4, IP6

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wirelab.traffic.replay.glance import Glance

_SYN, _SYN_ACK = 0x02, 0x12
_ECHO4, _ECHO6 = 8, 128
_LEASES = (67, 68)
"""From a DHCP server to a client."""
_ADVERTISEMENTS = (134,)
"""RFC 4861: router advertisement."""


@dataclass(frozen=True)
class Endpoint:
    """A host or a router of a capture."""

    mac: bytes | None
    """Its MAC; None for one that is behind a router, wherever that was captured."""
    addresses: tuple[bytes, ...]
    """Its IP addresses, in the order in which they were seen; a DHCP client may have none yet."""
    opens: int = 0
    """How often it calls: TCP SYNs, first datagrams of a flow, echo requests."""
    serves: int = 0
    """How often it is called."""
    router: bool = False
    """Whether it forwards for others."""
    silent: bool = False
    """Whether packets are for it, and none is from it."""

    @property
    def calls(self) -> bool:
        """Whether it belongs to the clients' side."""
        return self.opens >= self.serves

    def __str__(self) -> str:
        """Its first address, or its MAC."""
        if self.addresses:
            return str(ip_address(self.addresses[0]))
        return self.mac.hex(":") if self.mac else "?"


def endpoints(glances: Iterable[Glance]) -> tuple[Endpoint, ...]:
    """Find the endpoints of a capture, in the order in which they are first seen to send."""
    seen = _Seen()
    for each in glances:
        seen.note(each)
    return seen.endpoints()


def unicast(address: bytes) -> bool:
    """Whether an IP address is that of one host: neither unspecified nor a group's."""
    if len(address) == 4:
        return 0 < address[0] < 224 and address[0] != 127 and address[3] != 255
    return len(address) == 16 and address[0] != 0xFF and any(address)


class _Seen:
    """What a pass over the frames gathers."""

    def __init__(self) -> None:
        self.claimed: defaultdict[bytes, dict[bytes, None]] = defaultdict(dict)
        self.carried: defaultdict[bytes, dict[bytes, None]] = defaultdict(dict)
        self.ttls: dict[tuple[bytes, bytes], int] = {}
        self.sought: dict[bytes, bytes] = {}
        self.advertise: set[bytes] = set()
        self.order: dict[bytes, None] = {}
        self.opens: Counter[bytes] = Counter()
        self.serves: Counter[bytes] = Counter()
        self._flows: set[tuple[bytes, bytes, int, int]] = set()
        self._called: set[tuple[bytes, bytes]] = set()

    def note(self, each: Glance) -> None:
        """Take a frame into account."""
        self.order.setdefault(each.eth_src)
        if each.ethertype == ARP:
            if unicast(each.src):
                self.claimed[each.eth_src].setdefault(each.src)
            return
        if each.ethertype not in (IP4, IP6):
            return
        if unicast(each.src):
            self.carried[each.eth_src].setdefault(each.src)
            key = each.eth_src, each.src
            self.ttls[key] = max(self.ttls.get(key, 0), each.ttl)
        if unicast(each.dst) and not each.group:
            self.sought.setdefault(each.dst, each.eth_dst)
        if each.protocol == ICMP6 and each.kind in _ADVERTISEMENTS:
            self.advertise.add(each.eth_src)
        self._note_call(each)

    def _note_call(self, each: Glance) -> None:
        source = each.src if unicast(each.src) else each.eth_src
        if each.protocol == UDP and (each.sport, each.dport) == _LEASES:
            self.serves[source] += 1
        elif self._opens(each) and (each.dst, each.src) not in self._called:
            # Who is called and calls back (FTP's data, TFTP's other port) is still the server.
            self._called.add((each.src, each.dst))
            self.opens[source] += 1
            if unicast(each.dst):
                self.serves[each.dst] += 1

    def _opens(self, each: Glance) -> bool:
        if each.protocol == TCP:
            return each.kind & _SYN_ACK == _SYN
        if each.protocol == UDP and each.sport:
            flow = (each.src, each.dst, each.sport, each.dport)
            back = (each.dst, each.src, each.dport, each.sport)
            if flow in self._flows or back in self._flows:
                return False
            self._flows.add(flow)
            return True
        echo = (ICMP, _ECHO4), (ICMP6, _ECHO6)
        return (each.protocol, each.kind) in echo

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Conclude."""
        routers = {mac for mac in self.order if self._routes(mac)}
        homes = self._homes(routers)
        found = [self._at(mac, homes, router=mac in routers) for mac in self.order]
        behind = [
            Endpoint(None, (address,), self.opens[address], self.serves[address])
            for address, mac in homes.items()
            if mac in routers and address not in self._own(mac)
        ]
        return (*filter(self._matters, found), *behind, *self._silent(homes))

    def _silent(self, homes: dict[bytes, bytes]) -> Iterator[Endpoint]:
        """Those who were sent to, and from whom nothing came."""
        there = Counter(self.sought.values())
        for address, mac in self.sought.items():
            if address not in homes and not self._leased(address):
                own = mac not in self.order and there[mac] == 1
                yield Endpoint(mac if own else None, (address,), 0, 1, silent=True)

    @staticmethod
    def _matters(each: Endpoint) -> bool:
        """An interface that only passed on what others sent is none of its own."""
        return bool(each.addresses or each.router or each.opens)

    def _leased(self, address: bytes) -> bool:
        """Whether it is sent to a station that has no other yet: it is offered by DHCP."""
        mac = self.sought.get(address, b"")
        return mac in self.order and not self.claimed.get(mac) and not self.carried.get(mac)

    def _routes(self, mac: bytes) -> bool:
        if mac in self.advertise:
            return True
        others = [a for a in self.carried[mac] if a not in self.claimed[mac] and not _linklocal(a)]
        # A host that says who it is by ARP speaks for itself; what else comes from it, it forwards.
        least = 0 if any(len(a) == 4 for a in self.claimed[mac]) else 1
        return any(
            sum(len(a) == size for a in others) > enough for size, enough in ((4, least), (16, 1))
        )

    def _own(self, mac: bytes) -> tuple[bytes, ...]:
        """The addresses of a router itself."""
        own = dict(self.claimed[mac]) | {a: None for a in self.carried[mac] if _linklocal(a)}
        return tuple(own)

    def _homes(self, routers: set[bytes]) -> dict[bytes, bytes]:
        """Where each address lives: at the MAC nearest to it that it was seen to come from."""
        best: dict[bytes, tuple[tuple[bool, bool, int], bytes]] = {}
        for mac in self.order:
            for address in dict(self.claimed[mac]) | self.carried[mac]:
                claimed = address in self.claimed[mac]
                rank = claimed, mac not in routers, self.ttls.get((mac, address), 0)
                if address not in best or rank > best[address][0]:
                    best[address] = rank, mac
        return {address: mac for address, (_rank, mac) in best.items()}

    def _at(self, mac: bytes, homes: dict[bytes, bytes], *, router: bool) -> Endpoint:
        seen = self._own(mac) if router else dict(self.claimed[mac]) | self.carried[mac]
        own = tuple(address for address in seen if homes.get(address) == mac)
        if not own:
            own = tuple(a for a, to in self.sought.items() if to == mac and self._leased(a))
        return Endpoint(
            mac,
            own,
            self.opens[mac] + sum(self.opens[address] for address in own),
            sum(self.serves[address] for address in own),
            router,
        )


def _linklocal(address: bytes) -> bool:
    start = b"\xfe\x80" if len(address) == 16 else b"\xa9\xfe"  # RFC 4291 2.5.6, RFC 3927
    return address[:2] == start
