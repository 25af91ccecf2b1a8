"""Ordinary clients, run in a node to their end."""

from wirelab.traffic.clients.arping import arping
from wirelab.traffic.clients.ping import Ping, ping
from wirelab.traffic.clients.traceroute import Hop, traceroute
from wirelab.traffic.clients.udp_probe import Probe, udp_probe

__all__ = ["Hop", "Ping", "Probe", "arping", "ping", "traceroute", "udp_probe"]
