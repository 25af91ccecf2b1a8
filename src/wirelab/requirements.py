"""What labs need of a machine: Python, and the programs that play the roles.

`./lab` installs the Debian packages named here; it has a list of its own, since it runs before
there is a Python to ask. A test keeps the two equal.
"""

from dataclasses import dataclass
from enum import Enum

PYTHON = (3, 11)
"""Oldest version of Python that runs wirelab."""


class Use(Enum):
    """When a program is needed."""

    LABS = "labs"
    TESTS = "tests"


@dataclass(frozen=True)
class Program:
    """A program of the machine that wirelab starts."""

    name: str
    """The command, as it is looked up in PATH."""
    package: str
    """The package of Debian 12 and Ubuntu 24.04 that brings it."""
    role: str
    """What it plays, and so what cannot be done without it."""
    version: tuple[str, ...] = ("--version",)
    """Arguments that make it tell its version."""
    service: str = ""
    """The unit that its package would start at boot, if any."""
    use: Use = Use.LABS
    """When it is needed."""

    @property
    def mend(self) -> str:
        """The command that installs it where there is no `./lab` to do so."""
        install = f"sudo apt-get install --no-install-recommends {self.package}"
        if not self.service:
            return install
        return f"{install} && sudo systemctl disable --now {self.service}"


PROGRAMS = (
    Program("ip", "iproute2", "looking at interfaces, routes and neighbours", ("-V",)),
    Program("tc", "iproute2", "traffic shaping", ("-V",)),
    Program("ping", "iputils-ping", "echo requests, and sizes that must be fragmented", ("-V",)),
    Program("arping", "iputils-arping", "ARP by hand: gratuitous and duplicate addresses", ("-V",)),
    Program("arp-scan", "arp-scan", "sweeps: ARP requests for a whole network"),
    Program("traceroute", "traceroute", "time exceeded, hop by hop"),
    Program("snmpget", "snmp", "a question over UDP that is not DNS", ("-V",)),
    Program("nft", "nftables", "packet filters, rejections and rewriting on routers"),
    Program("dnsmasq", "dnsmasq-base", "DHCP servers and relays, TFTP, simple DNS"),
    Program("dhcpcd", "dhcpcd-base", "the DHCP client that probes and announces its address"),
    Program("udhcpc", "udhcpc", "the DHCP client of BusyBox"),
    Program("nsd", "nsd", "authoritative DNS servers", ("-v",), "nsd"),
    Program("named", "bind9", "BIND as recursor", ("-v",), "named"),
    Program("unbound", "unbound", "Unbound as recursor", ("-V",), "unbound"),
    Program("dig", "bind9-dnsutils", "DNS questions", ("-v",)),
    Program("vsftpd", "vsftpd", "an FTP server", ("-v",), "vsftpd"),
    Program("curl", "curl", "FTP, TFTP and HTTP clients"),
    Program("tftp", "tftp-hpa", "a TFTP client", ("-V",)),
    Program("nginx", "nginx", "an HTTPS server", ("-v",), "nginx"),
    Program("openssl", "openssl", "the keys and certificates of HTTPS servers", ("version",)),
    Program("sshd", "openssh-server", "an SSH server, and its SFTP", ("-V",), "ssh"),
    Program("sftp", "openssh-client", "an SFTP client", ()),
    Program("ssh-keygen", "openssh-client", "the keys of SSH servers and clients", ()),
    Program("busybox", "busybox", "a web server", ("--help",)),
    Program("logger", "bsdutils", "lines for a log collector, over UDP and TCP"),
    Program("newuidmap", "uidmap", "labs of an ordinary user with more than one user id", ()),
    Program("tshark", "tshark", "the oracle that dissection is compared with", use=Use.TESTS),
    Program("mnexec", "mininet", "stock Mininet, to compare with", (), use=Use.TESTS),
    Program("brctl", "bridge-utils", "stock Mininet's bridges", ("-V",), use=Use.TESTS),
    Program("tcpreplay", "tcpreplay", "the replayer that ours is compared with", use=Use.TESTS),
    Program("ethtool", "ethtool", "reading offloads back", use=Use.TESTS),
)
"""Every program, those for labs first."""
