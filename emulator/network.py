"""`Lab`: Mininet's `Mininet`, built in milliseconds, quiet, tapped before its links come up."""

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any, Self

import mininet.util
from mininet.net import Mininet
from mininet.topo import Topo

from wirelab.emulator import rtnetlink, rtnetlink_ip
from wirelab.emulator.addressing import macs, renumbered
from wirelab.emulator.errors import EmulatorError, NodeError
from wirelab.emulator.links import Interface, Veth
from wirelab.emulator.mirror import mirror
from wirelab.emulator.namespace import NetNamespace
from wirelab.emulator.netlink import NLM_F_DUMP, Netlink
from wirelab.emulator.nodes import Bridge, Host, Router
from wirelab.emulator.rtnetlink import RTMGRP_LINK
from wirelab.emulator.sandbox import SCRATCH
from wirelab.emulator.sysctls import NO_IPV6
from wirelab.emulator.tap import Taps, await_kernel_timestamps
from wirelab.emulator.ways import Way, ways
from wirelab.emulator.wire import Wires

_READY_WITHIN = 10.0  # seconds; a second is usual for IPv6, a few milliseconds for IPv4


class Lab(Mininet):
    """A network of hosts, routers and bridges inside a sandbox.

    Use it as Mininet's own class, or in a `with`, which starts and stops it.
    """

    hosts: list[Host]
    switches: list[Bridge]
    links: list[Veth]

    def __init__(
        self,
        topo: Topo | None = None,
        *,
        seed: int = 0,
        taps: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Build the topology.

        Args:
            topo: the network, as Mininet describes it.
            seed: decides addresses and MACs; 0 keeps the addresses of the topology.
            taps: interface by capture point, as in `{"lan": "r1-eth0"}`.
            options: Mininet's own.

        Raises:
            TopologyError: the topology cannot be built.
            NodeError: a tap names an interface that is not there.
        """
        if not SCRATCH.is_dir():
            raise EmulatorError("a Lab lives in a sandbox: use wirelab.emulator.sandbox.call")
        Mininet.inited = True  # else it would change the limits of the whole machine
        mininet.util.numCores.ncores = 0  # else it starts a grep; only autoPinCpus needs it
        self.scratch, self.logs = SCRATCH, SCRATCH / "logs"
        self.logs.mkdir(exist_ok=True)
        self.fabric = NetNamespace.current()
        self._prepare_fabric()
        self._draw_mac = macs(seed)
        self.wires = Wires(seed)
        self._points = dict(taps or {})
        self.taps = Taps()
        self._started = False
        defaults = {"switch": Bridge, "host": Host, "controller": None}
        moved = renumbered(topo, seed) if topo is not None else None
        super().__init__(moved, link=Veth, intf=Interface, **{**defaults, **options})

    def _prepare_fabric(self) -> None:
        for name, value in NO_IPV6.items():
            self.fabric.sysctl(name, value)
        kind, flags, body = rtnetlink.link_up(1)
        self.fabric.netlink.send(kind, body, flags, "bring lo up")
        self._stamping = await_kernel_timestamps()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # Building: Mininet's hooks

    def randMac(self) -> str:  # noqa: N802
        """Draw the next MAC of this seed."""
        return self._draw_mac()

    def addHost(  # noqa: N802
        self, name: str, cls: Callable[..., Host] | None = None, **params: Any
    ) -> Host:
        """Add a host, or with `router=True` a router."""
        if cls is None and params.get("router"):
            cls = Router
        host: Host = super().addHost(name, cls=cls, **params)
        host.lab_hosts = self._hosts_file
        return host

    def addSwitch(  # noqa: N802
        self, name: str, cls: Callable[..., Bridge] | None = None, **params: Any
    ) -> Bridge:
        """Add a bridge."""
        switch: Bridge = super().addSwitch(name, cls=cls, fabric=self.fabric, **params)
        return switch

    def addLink(self, *ends: Any, **params: Any) -> Veth:  # noqa: N802
        """Connect two nodes, given as Mininet has it."""
        link: Veth = super().addLink(*ends, wires=self.wires, **params)
        return link

    def _hosts_file(self) -> dict[str, str]:
        return {host.name: ip for host in self.hosts if (ip := host.IP())}

    def interface(self, name: str) -> Interface:
        """Return an interface of any node by its name.

        Raises:
            NodeError: no node has it.
        """
        for node in (*self.hosts, *self.switches):
            if name in node.nameToIntf:
                found: Interface = node.nameToIntf[name]
                return found
        raise NodeError(f"there is no interface {name} in this lab")

    # Starting and stopping

    def start(self) -> None:
        """Arm the taps, bring everything up, and return when the network forwards."""
        if not self.built:
            self.build()
        self.wires.start()  # its process is forked from ours before we have threads
        self._arm()
        super().start()
        for link in self.links:
            link.up()
        for node in (*self.hosts, *self.switches):
            node.namespace.netlink.check()
        for host in self.hosts:
            host.configure_routes()
        self._set_mirrors()
        self._wait_until_ready()

    def _arm(self) -> None:
        for point, name in self._points.items():
            interface = self.interface(name)
            self.taps.open(point, interface.node.namespace, name)
        self.taps.start()
        self._started = True

    def _set_mirrors(self) -> None:
        for monitor, watched in self._spans():
            # Else it would also get what the switch floods: broadcasts twice.
            leave = rtnetlink.link_set(monitor.index, bridge=0)
            monitor.node.send(leave, f"take {monitor.name} out of the switch")
            mirror([self.interface(name).index for name in watched], monitor.index)

    def _wait_until_ready(self) -> None:
        """Wait until frames pass everywhere and every address may be used, asking the kernel."""
        deadline = monotonic() + _READY_WITHIN
        wires = [self.wires.namespace] if self.wires.namespace else []
        for namespace in (self.fabric, *wires, *(host.namespace for host in self.hosts)):
            if not _passes(namespace.netlink):
                with namespace.entered(), Netlink(groups=RTMGRP_LINK) as events:
                    while not _passes(namespace.netlink):
                        self._expect_before(deadline, "an interface does not send, or forward")
                        events.wait_for_event(0.05)
        for host in filter(lambda host: host.ipv6, self.hosts):
            with host.namespace.entered(), Netlink(groups=_RTMGRP_IPV6_IFADDR) as events:
                while _tentative(events):
                    self._expect_before(deadline, f"{host.name} still probes its address")
                    events.wait_for_event(0.05)

    @staticmethod
    def _expect_before(deadline: float, problem: str) -> None:
        if monotonic() > deadline:
            raise EmulatorError(f"the network is not ready after {_READY_WITHIN:g} s: {problem}")

    def stop(self) -> None:
        """Stop capturing and let go of everything; the kernel takes it down."""
        if self._started:
            self.taps.stop()
            self.wires.stop()
            self._started = False
        super().stop()
        self.wires.close()
        self._stamping.close()
        self.fabric.close()

    # What expectations may name

    def names(self) -> dict[str, str]:
        """Return the names of addresses: `c.ip`, `c.mac`, `r1-eth1.ip6` and so on.

        A node's name stands for its first interface. `ll6` is the link-local address.
        """
        found: dict[str, str] = {}
        for host in self.hosts:
            for interface in reversed(host.intfList()):
                for key, value in _addresses(interface).items():
                    found[f"{interface.name}.{key}"] = found[f"{host.name}.{key}"] = value
        return found

    def ways(self) -> dict[str, dict[str, Way]]:
        """Return, for each capture point, the way that the packets of each address take to it.

        None is told for an analyzer that gets copies from several switches: it sees packets at
        several places of their way.
        """
        points = {point: self.interface(name) for point, name in self._points.items()}
        several = self._analyzers_of_several()
        found = ways(self.links, points)
        return {p: {} if end in several else found[p] for p, end in points.items()}

    def _analyzers_of_several(self) -> set[Interface]:
        ends: set[Interface] = set()
        for monitor, watched in self._spans():
            if len({self.interface(name).node for name in watched}) > 1 and monitor.link:
                ends |= {monitor.link.intf1, monitor.link.intf2}
        return ends

    def _spans(self) -> Iterator[tuple[Interface, tuple[str, ...]]]:
        """Yield the ports that get copies, and those from which they get them."""
        for switch in self.switches:
            if span := switch.params.get("mirror"):
                watched = (span["from"],) if isinstance(span["from"], str) else span["from"]
                yield self.interface(span["to"]), watched


_RTMGRP_IPV6_IFADDR = 0x100


def _passes(netlink: Netlink) -> bool:
    """Whether frames pass all interfaces of a namespace that have a carrier."""
    kind, body = rtnetlink.link_query()
    answers = netlink.ask(kind, body, NLM_F_DUMP, "list links")
    return all(link.passes for link in map(rtnetlink.parse_link, answers))


def _tentative(netlink: Netlink) -> int:
    kind, body = rtnetlink_ip.address_query()
    return rtnetlink_ip.tentative_addresses(netlink.ask(kind, body, NLM_F_DUMP, "list addresses"))


def _addresses(interface: Interface) -> dict[str, str]:
    found = {"mac": interface.mac}
    if interface.ip:
        found["ip"] = interface.ip
    if ip6 := interface.ip6():
        found |= {"ip6": ip6, "ll6": interface.link_local()}
    return found
