"""Clients: ordinary programs, run in a node, and what they say of what happened."""

from wirelab.traffic.clients.addresses6 import Address6, addresses6
from wirelab.traffic.clients.arp_scan import Station, arp_scan
from wirelab.traffic.clients.arping import Arping, arping
from wirelab.traffic.clients.curl import Curl, curl
from wirelab.traffic.clients.dhcpcd import Dhcpcd, dhcpcd
from wirelab.traffic.clients.dhcpcd6 import Dhcpcd6, Lease6, dhcpcd6
from wirelab.traffic.clients.dig import Asking, Dig, ask, dig
from wirelab.traffic.clients.fixed_address import FixedAddress
from wirelab.traffic.clients.ftp_session import FtpSession, ftp_session
from wirelab.traffic.clients.lease import Lease
from wirelab.traffic.clients.logger import logger
from wirelab.traffic.clients.lookup import Lookup, lookup
from wirelab.traffic.clients.neighbours import Neighbour, await_neighbour, neighbours
from wirelab.traffic.clients.odd6_probe import Refusal, odd6_probe
from wirelab.traffic.clients.ping import Ping, ping
from wirelab.traffic.clients.sftp import Sftp, sftp
from wirelab.traffic.clients.snmpget import Snmp, snmpget
from wirelab.traffic.clients.ssh_key import SshKey, ssh_key
from wirelab.traffic.clients.tcp_probe import TcpProbe, tcp_probe
from wirelab.traffic.clients.tftp import Tftp, tftp
from wirelab.traffic.clients.traceroute import Hop, traceroute
from wirelab.traffic.clients.udhcpc import Udhcpc, udhcpc
from wirelab.traffic.clients.udp_probe import Probe, udp_probe

__all__ = [
    "Address6",
    "Arping",
    "Asking",
    "Curl",
    "Dhcpcd",
    "Dhcpcd6",
    "Dig",
    "FixedAddress",
    "FtpSession",
    "Hop",
    "Lease",
    "Lease6",
    "Lookup",
    "Neighbour",
    "Ping",
    "Probe",
    "Refusal",
    "Sftp",
    "Snmp",
    "SshKey",
    "Station",
    "TcpProbe",
    "Tftp",
    "Udhcpc",
    "addresses6",
    "arp_scan",
    "arping",
    "ask",
    "await_neighbour",
    "curl",
    "dhcpcd",
    "dhcpcd6",
    "dig",
    "ftp_session",
    "logger",
    "lookup",
    "neighbours",
    "odd6_probe",
    "ping",
    "sftp",
    "snmpget",
    "ssh_key",
    "tcp_probe",
    "tftp",
    "traceroute",
    "udhcpc",
    "udp_probe",
]
