"""Links and interfaces: Mininet's `Link` and `Intf` over netlink instead of `ip` and `ifconfig`."""

import logging
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_interface
from typing import TYPE_CHECKING, Any

from mininet.link import Intf, Link

from wirelab.emulator import rtnetlink, rtnetlink_ip
from wirelab.emulator.errors import TopologyError
from wirelab.emulator.ethtool import offloads_off
from wirelab.emulator.quality import Quality
from wirelab.emulator.rtnetlink import End

if TYPE_CHECKING:
    from wirelab.emulator.nodes import Host
    from wirelab.emulator.wire import Wires

log = logging.getLogger("wirelab.emulator")

DEFAULT_MTU = 1500
_NAME_LIMIT = 15  # IFNAMSIZ less the final NUL
_MTU_LIMITS = (68, 65535)  # RFC 791 section 3.2; ETH_MAX_MTU
_MTU_MINIMUM_IPV6 = 1280  # RFC 8200 section 5


def packed_mac(text: str) -> bytes:
    """Return the six bytes of an Ethernet address written with colons."""
    try:
        packed = bytes.fromhex(text.replace(":", ""))
    except ValueError:
        packed = b""
    if len(packed) != 6:
        raise TopologyError(f"{text!r} is not an Ethernet address")
    return packed


def check_mtu(mtu: int, where: str, *, ipv6: bool) -> None:
    """Refuse an MTU that a link cannot have.

    Raises:
        TopologyError: it is out of the range of IPv4 or IPv6 links.
    """
    low, high = _MTU_LIMITS
    low = _MTU_MINIMUM_IPV6 if ipv6 else low
    if not low <= mtu <= high:
        family = "with IPv6 " if ipv6 else ""
        raise TopologyError(f"{where}: an MTU {family}is {low} to {high} bytes, not {mtu}")


class Interface(Intf):
    """One end of a link."""

    node: "Host"
    name: str
    mtu: int
    index: int
    ip: str | None
    prefixLen: str  # noqa: N815 - Mininet's name

    def __init__(self, name: str, node: "Host | None" = None, **params: Any) -> None:
        self.addresses: list[rtnetlink_ip.Interface] = []
        self.index, self.mtu = params.pop("index", 1), params.pop("mtu", DEFAULT_MTU)
        super().__init__(name, node=node, **params)

    def config(self, ip: str | None = None, ip6: str | None = None, **_params: Any) -> None:
        """Give it the addresses of its parameters; it comes up with the whole lab."""
        for address in filter(None, (ip, ip6)):
            self.add_address(address)

    def add_address(self, text: str) -> None:
        """Add an address written `ADDRESS/PREFIXLENGTH`."""
        try:
            address = ip_interface(text)
        except ValueError as error:
            raise TopologyError(f"{self.name}: {error}") from error
        request = rtnetlink_ip.address(self.index, address)
        self._send(request, f"add address {text} to {self.name}")
        self.addresses.append(address)
        if address.version == 4 and self.ip is None:
            self.ip, self.prefixLen = str(address.ip), str(address.network.prefixlen)

    def drop_address(self, text: str) -> None:
        """Remove an address written `ADDRESS/PREFIXLENGTH`."""
        address = ip_interface(text)
        request = rtnetlink_ip.address_delete(self.index, address)
        self._send(request, f"remove address {text} of {self.name}")
        self.addresses.remove(address)
        if str(address.ip) == self.ip:
            self.ip = None

    def ip6(self) -> str | None:
        """Return its first IPv6 address that the topology gave it."""
        return next((str(a.ip) for a in self.addresses if a.version == 6), None)

    def link_local(self) -> str:
        """Return the IPv6 link-local address that the kernel forms of its MAC (RFC 4291 A)."""
        mac = packed_mac(self.mac)
        identifier = bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
        return str(IPv6Address(b"\xfe\x80" + bytes(6) + identifier))

    def up(self) -> None:
        """Bring it up."""
        self._send(rtnetlink.link_up(self.index), f"bring {self.name} up")

    def down(self) -> None:
        """Take it down."""
        self._send(rtnetlink.link_down(self.index), f"take {self.name} down")

    def _send(self, request: rtnetlink.Request, doing: str) -> None:
        kind, flags, body = request
        self.node.namespace.netlink.send(kind, body, flags, doing)

    def _query(self) -> bytes:
        kind, body = rtnetlink.link_query(self.index)
        return self.node.namespace.netlink.ask(kind, body, doing=f"ask about {self.name}")[0]

    # Mininet's own interface

    def setIP(self, ipstr: str, prefixLen: int | None = None) -> None:  # noqa: N802, N803
        """Set (replace) its IPv4 address."""
        for old in [a for a in self.addresses if a.version == 4]:
            self.drop_address(str(old))
        self.add_address(ipstr if "/" in ipstr else f"{ipstr}/{prefixLen}")

    def setMAC(self, macstr: str) -> None:  # noqa: N802
        """Set its Ethernet address."""
        self.mac = macstr
        request = rtnetlink.link_set(self.index, mac=packed_mac(macstr))
        self._send(request, f"set address {macstr} of {self.name}")

    def isUp(self, setUp: bool = False) -> bool:  # noqa: N802
        """Say whether it is up; bring it up first if asked."""
        if setUp:
            self.up()
        return bool(rtnetlink.parse_link(self._query()).flags & rtnetlink.IFF_UP)

    def updateMAC(self) -> str:  # noqa: N802
        """Ask the kernel for its Ethernet address."""
        self.mac = rtnetlink.parse_link(self._query()).mac.hex(":")
        return self.mac

    def delete(self) -> None:
        """Delete it, and with it its peer."""
        self._send(rtnetlink.link_delete(self.index), f"delete {self.name}")
        self.node.delIntf(self)
        self.link = None


class Veth(Link):
    """A veth pair between two nodes, with an MTU for both ends or for each.

    With a delay, a loss or a rate it is two pairs with a wire in between.
    """

    intf1: Interface
    intf2: Interface

    def __init__(self, node1: "Host", node2: "Host", **params: Any) -> None:
        common = params.pop("mtu", None)
        ends = [dict(params.pop(f"params{n}", None) or {}) for n in (1, 2)]
        for end, node in zip(ends, (node1, node2), strict=True):
            end.setdefault("mtu", DEFAULT_MTU if common is None else common)
            check_mtu(end["mtu"], f"the link {node1.name}-{node2.name}", ipv6=node.ipv6)
        ends[0]["index"], ends[1]["index"] = _indices(node1, node2)
        self._ends = ends
        self.quality = Quality.of(params)
        self._wires: Wires = params.pop("wires")
        params.pop("fast", None)
        super().__init__(node1, node2, params1=ends[0], params2=ends[1], **params)
        self._warn_of_mtus()

    def makeIntfPair(  # noqa: N802
        self,
        name1: str,
        name2: str,
        mac1: str,
        mac2: str,
        node1: "Host",
        node2: "Host",
        deleteIntfs: bool = False,  # noqa: ARG002, N803
    ) -> None:
        """Make the pair in one request: names, addresses, MTUs, namespaces and bridge."""
        one = self._end(name1, mac1, node1, self._ends[0])
        two = self._end(name2, mac2, node2, self._ends[1])
        if self.quality:
            far_one, far_two = self._wires.lay(self.quality, one, two)
            _make_pair(node1, one, far_one)
            _make_pair(node2, two, far_two)
        else:
            _make_pair(node1, one, two)
        for end, node in ((one, node1), (two, node2)):
            offloads_off(node.control, end.name)

    @staticmethod
    def _end(name: str, mac: str, node: "Host", params: Mapping[str, Any]) -> End:
        if len(name) > _NAME_LIMIT:
            raise TopologyError(f"the interface name {name} has more than {_NAME_LIMIT} characters")
        return End(
            name,
            packed_mac(mac),
            params["mtu"],
            node.namespace.fd,
            params["index"],
            node.bridge_index,
        )

    def _warn_of_mtus(self) -> None:
        one, two = self.intf1, self.intf2
        if one.mtu != two.mtu:
            log.warning(
                "the ends of a link have different MTUs: %s %d, %s %d: the larger frames of one "
                "are lost without a word, as on real wires",
                one.name, one.mtu, two.name, two.mtu,
            )  # fmt: skip

    def up(self) -> None:
        """Bring both ends up."""
        self.intf1.up()
        self.intf2.up()

    def delete(self) -> None:
        """Delete the pair: one request, the other end goes with it; not so with a wire between."""
        self.intf1.delete()
        if self.quality:
            self.intf2.delete()
            return
        self.intf2.node.delIntf(self.intf2)
        self.intf2.link = None

    def stop(self) -> None:
        """Do nothing: the pair goes with the namespaces that hold it."""


def _make_pair(node: "Host", one: End, two: End) -> None:
    # The kernel puts only the first end on its bridge.
    first, second = (one, two) if one.bridge or not two.bridge else (two, one)
    netlink = node.namespace.netlink
    kind, flags, body = rtnetlink.veth(first, second)
    netlink.send(kind, body, flags, f"make the link {one.name}-{two.name}")
    netlink.check()
    if second.bridge:
        kind, flags, body = rtnetlink.link_set(second.index, bridge=second.bridge)
        netlink.send(kind, body, flags, f"put {second.name} on its bridge")


def _indices(node1: "Host", node2: "Host") -> tuple[int, int]:
    """Return indices for two ends of a link that are not equal, though their namespaces differ.

    An interface whose index is also that of its link counts as one without a link below. The kernel
    then takes its time, up to a second, to notice its carrier (linkwatch_urgent_event in
    net/core/link_watch.c), and what it sends until then is lost.
    """
    one, two = node1.namespace.next_index(), node2.namespace.next_index()
    return one, two if two != one else node2.namespace.next_index()
