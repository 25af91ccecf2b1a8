"""Nodes: Mininet's `Host` and `Switch` in namespaces that cost no process.

A node is a network namespace held open; a shell is started only when somebody types in it
(`cmd`), and what the shell sees of the file system (`view`) is made with the first program.
"""

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mininet.node import Node, Switch

from wirelab.emulator import rtnetlink, rtnetlink_ip, sysctls
from wirelab.emulator.errors import NodeError
from wirelab.emulator.ethtool import control_socket
from wirelab.emulator.links import Interface
from wirelab.emulator.namespace import NetNamespace
from wirelab.emulator.routes import Route, parse_route
from wirelab.emulator.sockets import Socket, read_sockets
from wirelab.emulator.spawn import (
    identity_files,
    program_of,
    resolver_file,
    run_to_end,
    spawn,
)
from wirelab.emulator.view import NodeView


class Host(Node):
    """A host: Mininet's `Node` over netlink.

    Parameters beyond Mininet's `ip`, `mac`, `defaultRoute`: `ip6`, `defaultRoute6`, `routes`,
    `routes6`, `sysctls`, `nameserver`, `hosts` (see docs/topologies.md).
    """

    name: str
    params: dict[str, Any]
    router = False
    isSetup = True  # noqa: N815 - else Mininet looks for mnexec and ifconfig, which we do without
    bridge_index = 0
    lab_hosts: Callable[[], Mapping[str, str]] = staticmethod(dict)
    """Names and addresses of all nodes of the lab, for /etc/hosts."""

    def startShell(self, mnopts: str | None = None) -> None:  # noqa: ARG002, N802
        """Make the node's namespace, where Mininet would start a shell."""
        self.ipv6 = bool(self.params.get("ip6") or self.params.get("ipv6"))
        self.namespace = self._make_namespace()
        with self.namespace.entered():
            self.control = control_socket()
        self._view: NodeView | None = None
        self.programs: dict[str, None] = {}
        """The programs that were started in it, each once, in their order."""

    def _make_namespace(self) -> NetNamespace:
        values = sysctls.starting(ipv6=self.ipv6, router=self.router)
        return NetNamespace.create(values | self.params.get("sysctls", {}))

    # Programs

    def popen(self, *args: Any, **options: Any) -> subprocess.Popen[Any]:
        """Start a program in the node; `args` as Mininet takes them: a list, words, or a string."""
        first = args[0] if len(args) == 1 else list(args)
        argv = shlex.split(first) if isinstance(first, str) else [str(word) for word in first]
        if options.pop("shell", False):
            argv = ["/bin/sh", "-c", first if isinstance(first, str) else shlex.join(argv)]
        options.pop("mncmd", None)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        process = spawn(self.namespace, self.view, argv, **options)
        self.programs.setdefault(program_of(argv))
        return process

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        check: bool = True,
        input: str | None = None,  # noqa: A002 - as subprocess.run names it
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, at most `timeout` seconds, and return what it said.

        Raises:
            CommandFailed: it overran its time, or (with `check`) exited with an error.
        """
        stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
        process = self.popen(list(argv), stdin=stdin, text=True)
        return run_to_end(self.name, process, timeout, check=check, text=input)

    @property
    def view(self) -> NodeView:
        """What its programs see of the file system; made when first needed."""
        if self._view is None:
            hosts = {**self.lab_hosts(), **self.params.get("hosts", {})}
            files = identity_files(hosts, self.name, self.params.get("nameserver"))
            self._view = NodeView(self.name, files)
        return self._view

    def use_nameserver(self, address: str) -> None:
        """Have its programs ask this name server, those that run by now included."""
        self.params["nameserver"] = address
        if self._view is not None:
            self._view.rewrite("/etc/resolv.conf", resolver_file(address))

    # The kernel's side

    def sysctl(self, name: str, value: str | int) -> None:
        """Set a sysctl of the node, as in `sysctl("net.ipv4.ip_default_ttl", 128)`."""
        self.namespace.sysctl(name, value)

    def sockets(self) -> frozenset[Socket]:
        """Return the sockets that are open in the node now."""
        with self.namespace.entered():
            return read_sockets()

    def add_route(self, text: str, version: int = 4) -> None:
        """Add (or replace) a route, written as ip-route(8) does: `10.0.2.0/24 via 10.0.1.1`."""
        route = parse_route(text, version)
        device = self._device_of(route)
        request = rtnetlink_ip.route(route.destination, route.gateway, device, route.kind)
        self.send(request, f"add route {text}")

    def drop_route(self, destination: str) -> None:
        """Remove the route to `destination`."""
        request = rtnetlink_ip.route_delete(parse_route(destination).destination)
        self.send(request, f"remove route {destination}")

    def _device_of(self, route: Route) -> int:
        if route.device:
            return self.interface(route.device).index
        needs_device = route.gateway is not None and route.gateway.is_link_local
        return self.interface().index if needs_device else 0

    def send(self, request: rtnetlink.Request, doing: str) -> None:
        """Have the kernel carry out a netlink request in the node, and see that it did."""
        kind, flags, body = request
        self.namespace.netlink.send(kind, body, flags, f"{self.name}: {doing}")
        self.namespace.netlink.check()

    # Addresses

    def interface(self, name: str | None = None) -> Interface:
        """Return an interface by name, or the first one."""
        found: Interface | None = self.nameToIntf.get(name) if name else self.defaultIntf()
        if found is None:
            raise NodeError(f"{self.name} has no interface {name or 'at all'}")
        return found

    def ip(self, interface: str | None = None) -> str:
        """Return the IPv4 address of an interface (the first one by default)."""
        found: str | None = self.interface(interface).IP()
        if found is None:
            raise NodeError(f"{self.name} has no IPv4 address on {self.interface(interface).name}")
        return found

    def ip6(self, interface: str | None = None) -> str:
        """Return the IPv6 address that the topology gave an interface."""
        found = self.interface(interface).ip6()
        if found is None:
            raise NodeError(f"{self.name} has no IPv6 address on {self.interface(interface).name}")
        return found

    def mac(self, interface: str | None = None) -> str:
        """Return the Ethernet address of an interface."""
        found: str = self.interface(interface).MAC()
        return found

    # Mininet's own interface

    def config(
        self, mac: str | None = None, ip: str | None = None, ip6: str | None = None, **_: Any
    ) -> None:
        """Give the default interface its addresses; routes follow when the links are up."""
        if mac:
            self.interface().setMAC(mac)
        for address in filter(None, (ip, ip6)):
            if address not in map(str, self.interface().addresses):
                self.interface().add_address(address)

    def configure_routes(self) -> None:
        """Bring the loopback interface up and set the routes of the parameters."""
        kind, flags, body = rtnetlink.link_up(1)
        self.namespace.netlink.send(kind, body, flags, f"bring {self.name}'s lo up")
        for version, suffix in ((4, ""), (6, "6")):
            if default := self.params.get(f"defaultRoute{suffix}"):
                self.add_route(f"default {default}", version)
            for route in self.params.get(f"routes{suffix}", ()):
                self.add_route(route, version)
        self.namespace.netlink.check()

    def setDefaultRoute(self, intf: Any = None) -> None:  # noqa: N802
        """Set the default route: `via ADDRESS` or an interface."""
        words = str(intf) if isinstance(intf, str) and " " in intf else f"dev {intf}"
        self.add_route(f"default {words}")

    def setHostRoute(self, ip: str, intf: str) -> None:  # noqa: N802
        """Set a route to one host."""
        self.add_route(f"{ip}/32 dev {intf}")

    def cmd(self, *args: Any, **options: Any) -> str:
        """Type a command into the node's shell and return what it printed."""
        self._ensure_shell()
        output: str = super().cmd(*args, **options)
        return output

    def sendCmd(self, *args: Any, **options: Any) -> None:  # noqa: N802
        """Type a command into the node's shell and return at once."""
        self._ensure_shell()
        if options.pop("printPid", False):
            words = args[0] if len(args) == 1 and isinstance(args[0], list) else args
            line = " ".join(map(str, words))
            telling_pid = f'printf "\\001%d\\012" $$; exec {line}'
            args = (f"sh -c {shlex.quote(telling_pid)}",)
        super().sendCmd(*args, **options)

    def _ensure_shell(self) -> None:
        if self.shell is None:
            super().startShell()

    def _popen(self, cmd: list[str], **options: Any) -> subprocess.Popen[Any]:
        """Start what Mininet starts through `mnexec`: its place is taken by `spawn`."""
        argv = cmd[2:] if cmd[0] == "mnexec" else cmd
        options.setdefault("start_new_session", True)
        options.setdefault("cwd", Path.cwd())  # a shell starts where its user is
        return spawn(self.namespace, self.view, argv, **options)

    def terminate(self) -> None:
        """End the shell, and let go of the namespaces."""
        super().terminate()
        if self._view is not None:
            self._view.close()
            self._view = None
        self.control.close()
        self.namespace.close()


class Router(Host):
    """A host that forwards."""

    router = True


class Bridge(Host, Switch):
    """A learning switch: a Linux bridge in the lab's own namespace."""

    def __init__(self, name: str, fabric: NetNamespace, **params: Any) -> None:
        self._fabric = fabric
        self.opts, self.listenPort, self.controlIntf = "", None, None
        params.pop("listenPort", None)
        Node.__init__(self, name, **params)
        self.dpid = self.defaultDpid(params.get("dpid"))

    def _make_namespace(self) -> NetNamespace:
        return self._fabric

    def startShell(self, mnopts: str | None = None) -> None:  # noqa: N802
        """Make the bridge, where Mininet would start a shell."""
        super().startShell(mnopts)
        self.bridge_index = self.namespace.next_index()
        mac = bytes([2, 0xB2]) + self.bridge_index.to_bytes(4, "big")
        ageing = float(self.params.get("ageing_time", 300))
        request = rtnetlink.bridge(self.name, self.bridge_index, mac, ageing)
        self.send(request, "make the bridge")

    def defaultIntf(self) -> Interface | None:  # noqa: N802
        """Return its first port."""
        port: Interface | None = Node.defaultIntf(self)
        return port

    def start(self, controllers: Sequence[object]) -> None:  # noqa: ARG002
        """Bring the bridge up; it needs no controller."""
        self.send(rtnetlink.link_up(self.bridge_index), "bring the bridge up")

    def stop(self, deleteIntfs: bool = True) -> None:  # noqa: N803
        """Do nothing: the bridge goes with the sandbox."""

    def terminate(self) -> None:
        """End the shell; the namespace belongs to the whole lab."""
        Node.terminate(self)
        if self._view is not None:
            self._view.close()
            self._view = None
        self.control.close()
