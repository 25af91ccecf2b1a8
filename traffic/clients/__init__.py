"""Clients: ordinary programs, run in a node, and what they say of what happened."""

from wirelab.traffic.clients.addresses6 import Address6, addresses6
from wirelab.traffic.clients.arping import Arping, arping
from wirelab.traffic.clients.curl import Curl, curl
from wirelab.traffic.clients.dhcpcd import Dhcpcd, dhcpcd
from wirelab.traffic.clients.dhcpcd6 import Dhcpcd6, Lease6, dhcpcd6
from wirelab.traffic.clients.dig import Dig, dig
from wirelab.traffic.clients.ftp_session import FtpSession, ftp_session
from wirelab.traffic.clients.lease import Lease
from wirelab.traffic.clients.odd6_probe import Refusal, odd6_probe
from wirelab.traffic.clients.ping import Ping, ping
from wirelab.traffic.clients.traceroute import Hop, traceroute
from wirelab.traffic.clients.udhcpc import Udhcpc, udhcpc
from wirelab.traffic.clients.udp_probe import Probe, udp_probe

__all__ = [
    "Address6",
    "Arping",
    "Curl",
    "Dhcpcd",
    "Dhcpcd6",
    "Dig",
    "FtpSession",
    "Hop",
    "Lease",
    "Lease6",
    "Ping",
    "Probe",
    "Refusal",
    "Udhcpc",
    "addresses6",
    "arping",
    "curl",
    "dhcpcd",
    "dhcpcd6",
    "dig",
    "ftp_session",
    "odd6_probe",
    "ping",
    "traceroute",
    "udhcpc",
    "udp_probe",
]
