"""snmpget (Net-SNMP): a question to the management agent of a machine."""

from dataclasses import dataclass
from tempfile import TemporaryDirectory

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH
from wirelab.traffic.clients.program import run

SYSTEM_DESCRIPTION = "1.3.6.1.2.1.1.1.0"
"""What kind of machine it is: sysDescr (RFC 3418)."""


@dataclass(frozen=True)
class Snmp:
    """What snmpget says when it ends."""

    value: str
    """What the agent answered, with its type; empty when nothing came."""
    error: str
    """What went wrong, as in `Timeout: No Response from 10.0.20.20.`; else empty."""


def snmpget(
    node: Host, agent: str, variable: str = SYSTEM_DESCRIPTION, *, timeout: int = 1
) -> Snmp:
    """Ask an agent once for a variable, with SNMPv2c and the community `public`.

    An ICMP error does not reach it, since its socket is not connected: it waits all the same.

    Args:
        node: who asks.
        agent: address of the machine.
        variable: object identifier, in numbers.
        timeout: seconds to wait.
    """
    options = ("-v", "2c", "-c", "public", "-t", str(timeout), "-r", "0", "-O", "nq")
    with TemporaryDirectory(dir=SCRATCH) as folder:
        # It would read the machine's own configuration, and make folders in /var/lib/snmp.
        places = ("SNMPCONFPATH", "SNMP_PERSISTENT_DIR", "MIBDIRS")
        argv = ["env", *(f"{place}={folder}" for place in places), "snmpget", *options]
        ended = run(node, [*argv, agent, variable], timeout=timeout + 10, fine=(0, 1))
    lines = ended.stderr.splitlines()
    return Snmp(
        value=ended.stdout.strip().partition(" ")[2],
        error=next((line for line in lines if line.startswith("Timeout")), ""),
    )
