"""A single UDP datagram, sent by bash's /dev/udp: an ordinary socket, and nothing else."""

from dataclasses import dataclass

from wirelab.emulator import Host


@dataclass(frozen=True)
class Probe:
    """The datagram as sent."""

    destination: str
    """Address."""
    port: int
    """Destination port."""
    data: str
    """What it carried."""


def udp_probe(node: Host, destination: str, port: int, data: str = "wirelab") -> Probe:
    """Send one UDP datagram."""
    node.run(["bash", "-c", 'printf %s "$3" > "/dev/udp/$1/$2"', "-", destination, str(port), data])
    return Probe(destination, port, data)
