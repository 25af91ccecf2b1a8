"""The stock servers that a prompt offers: each on any node, with settings that suit the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wirelab.emulator import Host
from wirelab.live.errors import LiveError
from wirelab.live.running import Running
from wirelab.run.networks import known_topologies
from wirelab.scenarios.dns_play import start_name_servers, start_recursor
from wirelab.scenarios.errors import near
from wirelab.traffic.daemon import Daemon
from wirelab.traffic.servers import (
    Dnsmasq,
    Domain,
    Httpd,
    Nsd,
    Pyftpd,
    Record,
    User,
    Zone,
    name_servers,
)

DOMAIN = "example.test"
"""Of which the stock name servers know names: www, ftp, and that of each node."""
_WEB_ADDRESS = "198.51.100.80"
"""Of www.example.test where no node serves it: for documentation (RFC 5737), nobody is there."""


@dataclass(frozen=True)
class Service:
    """A kind of server."""

    tells: str
    """One phrase."""
    daemon: Callable[[Running, Host], Daemon]
    """Returns the server for a node."""


def _dns(running: Running, node: Host) -> Daemon:
    own = node.ip()
    hosts = {host.name: str(ip) for host in running.lab.hosts if (ip := host.IP())}
    names = {**hosts, "www": own, "ftp": own}
    records = tuple(Record(name, "A", address) for name, address in sorted(names.items()))
    zone = Zone(f"{DOMAIN}.", (*name_servers("@", {"ns": own}), *records), primary="ns")
    return Nsd(zones=(zone,))


def _http(running: Running, node: Host) -> Daemon:
    page = f"<!DOCTYPE html><title>{node.name}</title><p>{node.name} of {running.name}</p>\n"
    return Httpd(home={"index.html": page.encode()})


def _ftp(running: Running, node: Host) -> Daemon:
    readme = f"The files of {node.name} in {running.name}.\n"
    return Pyftpd(users=(User("anonymous"),), home={"readme.txt": readme.encode()})


SERVICES: Mapping[str, Service] = {
    "dns": Service(f"NSD, responsible for {DOMAIN}: www, ftp and all nodes", _dns),
    "dhcp": Service("dnsmasq, with addresses from number 201 on", lambda _lab, _node: Dnsmasq()),
    "ftp": Service("pyftpdlib, for anonymous, with a readme.txt", _ftp),
    "http": Service("BusyBox httpd, with a page", _http),
}
"""What `serve NODE SERVICE` can start."""

_EVERYTHING = ("dns", "ftp", "http")
_STOCK: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dhcp": {"s": ("dhcp",)},
    "farm": {f"web{number}": ("http",) for number in (1, 2, 3, 4)},
    "balanced": {"b1": ("http",), "b2": ("http",)},
    "resolvers": {},
}
"""Services by node for each topology that does not have everything on `srv` or `s`."""


def serve(running: Running, node: str, service: str) -> str:
    """Start a service on a node, when it is ready return what to say of it.

    Nodes without a name server ask the one that is started.

    Raises:
        LiveError: there is no such node or service, or it is there, or the node has no address.
        Missing: the program is not installed.
        DaemonDied: it does not start.
    """
    host = running.node(node)
    if service not in SERVICES:
        raise LiveError(f"there is no service {service!r}{near(service, SERVICES)}")
    if not host.IP():
        raise LiveError(f"{node} has no IPv4 address to serve at")
    if (node, service) in running.serving:
        raise LiveError(f"{node} has {service} already")
    with running.lock:
        running.stage.start(node, SERVICES[service].daemon(running, host))
        if service == "dns":
            for each in running.lab.hosts:
                if not each.params.get("nameserver"):
                    each.use_nameserver(host.ip())
    running.serving[node, service] = f"{service} on {node} ({host.ip()})"
    return running.serving[node, service]


def stock(running: Running) -> None:
    """Start the servers that a topology usually has.

    Raises:
        Missing: a program is not installed.
        DaemonDied: one does not start.
    """
    if _of_the_catalogue(running) == "names":
        _name_servers(running)
        return
    for node, services in _usual(running).items():
        for service in services:
            serve(running, node, service)


def _usual(running: Running) -> Mapping[str, tuple[str, ...]]:
    if (name := _of_the_catalogue(running)) in _STOCK:
        return _STOCK[name]
    servers = [host.name for host in running.lab.hosts if host.name in ("srv", "s") and host.IP()]
    return dict.fromkeys(servers, _EVERYTHING)


def _of_the_catalogue(running: Running) -> str:
    """Return the name of a topology of the catalogue; empty for another that is called so, too."""
    name, kind = running.subject.topology, running.subject.kind
    return name if known_topologies().get(name) is kind else ""


def _name_servers(running: Running) -> None:
    """Start root, top-level domain, the domain itself, and the recursor that clients ask."""
    www = Record(f"www.{DOMAIN}.", "A", _WEB_ADDRESS)
    alias = Record(f"shop.{DOMAIN}.", "CNAME", "shop.cdn.test.")
    behind = Record("shop.cdn.test.", "A", _WEB_ADDRESS)
    start_name_servers(
        running.stage,
        tld="test.",
        auth=Domain(f"{DOMAIN}.", (www, alias)),
        cdn=Domain("cdn.test.", (behind,)),
    )
    start_recursor(running.stage)
    told = f"dns on root, tld, auth ({DOMAIN}) and cdn (cdn.test); a recursor on rec"
    running.serving["rec", "dns"] = told
