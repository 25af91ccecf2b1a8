"""Servers: real daemons, each configured by a frozen dataclass."""

from wirelab.traffic.servers.certificate import Certificate, certificate
from wirelab.traffic.servers.collector import Collector
from wirelab.traffic.servers.dhcp_relay import DhcpRelay
from wirelab.traffic.servers.dnsmasq import Boot, Dnsmasq
from wirelab.traffic.servers.dnsmasq6 import Dnsmasq6
from wirelab.traffic.servers.domains import Domain, zones
from wirelab.traffic.servers.forwarder import Forwarder
from wirelab.traffic.servers.httpd import Httpd
from wirelab.traffic.servers.named import Named
from wirelab.traffic.servers.nginx import Nginx
from wirelab.traffic.servers.nsd import Nsd
from wirelab.traffic.servers.pyftpd import Pyftpd, User
from wirelab.traffic.servers.sixinfour import SixInFour, kernel_tunnel
from wirelab.traffic.servers.sshd import Sshd
from wirelab.traffic.servers.tftpd import Tftpd
from wirelab.traffic.servers.unbound import Unbound
from wirelab.traffic.servers.vsftpd import Vsftpd
from wirelab.traffic.servers.zone import Record, Zone, name_servers

__all__ = [
    "Boot",
    "Certificate",
    "Collector",
    "DhcpRelay",
    "Dnsmasq",
    "Dnsmasq6",
    "Domain",
    "Forwarder",
    "Httpd",
    "Named",
    "Nginx",
    "Nsd",
    "Pyftpd",
    "Record",
    "SixInFour",
    "Sshd",
    "Tftpd",
    "Unbound",
    "User",
    "Vsftpd",
    "Zone",
    "certificate",
    "kernel_tunnel",
    "name_servers",
    "zones",
]
