"""Servers: real daemons, each configured by a frozen dataclass."""

from wirelab.traffic.servers.dhcp_relay import DhcpRelay
from wirelab.traffic.servers.dnsmasq import Boot, Dnsmasq
from wirelab.traffic.servers.httpd import Httpd
from wirelab.traffic.servers.named import Named
from wirelab.traffic.servers.nsd import Nsd
from wirelab.traffic.servers.pyftpd import Pyftpd, User
from wirelab.traffic.servers.unbound import Unbound
from wirelab.traffic.servers.vsftpd import Vsftpd
from wirelab.traffic.servers.zone import Record, Zone, name_servers

__all__ = [
    "Boot",
    "DhcpRelay",
    "Dnsmasq",
    "Httpd",
    "Named",
    "Nsd",
    "Pyftpd",
    "Record",
    "Unbound",
    "User",
    "Vsftpd",
    "Zone",
    "name_servers",
]
