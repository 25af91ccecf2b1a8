"""Filters of ARP messages and of the echoes for which they are needed."""

from wirelab.scenarios.stage import Stage

BROADCAST = "ff:ff:ff:ff:ff:ff"
ZERO = "00:00:00:00:00:00"


def message(
    opcode: int, sender: str, address: str, *, to: str, target: str, about: str = ""
) -> str:
    """All of an ARP message (RFC 826): who sends it, of which address it speaks, and to whom.

    Args:
        opcode: 1 asks, 2 answers.
        sender: Ethernet address of who sends it.
        address: the IP address of which it says that it is the sender's.
        to: Ethernet address to which it is sent.
        target: Ethernet address of the target; zeros where that is the question.
        about: IP address of the target; any when empty.
    """
    return (
        f"arp.opcode == {opcode} && eth.src == {sender} && eth.dst == {to}"
        " && arp.hw.type == 1 && arp.proto.type == 0x0800"
        " && arp.hw.size == 6 && arp.proto.size == 4"
        f" && arp.src.hw_mac == {sender} && arp.src.proto_ipv4 == {address}"
        f" && arp.dst.hw_mac == {target}" + (f" && arp.dst.proto_ipv4 == {about}" if about else "")
    )


def who_has(wanted: str, *, asks: str = "c", to: str = BROADCAST, target: str = ZERO) -> str:
    """The question of node (or interface) `asks` for the address of `wanted`."""
    mac, ip = f"${{{asks}.mac}}", f"${{{asks}.ip}}"
    return message(1, mac, ip, to=to, target=target, about=f"${{{wanted}.ip}}")


def is_at(owner: str, *, asks: str = "c", by: str = "") -> str:
    """The answer for node `asks` that the address of `owner` is at `by`, by default its own."""
    mac = f"${{{asks}.mac}}"
    says = f"${{{by or owner}.mac}}"
    return message(2, says, f"${{{owner}.ip}}", to=mac, target=mac, about=f"${{{asks}.ip}}")


def echo(source: str, destination: str) -> str:
    """An echo request from one node to another."""
    return f"icmp.type == 8 && ip.src == ${{{source}.ip}} && ip.dst == ${{{destination}.ip}}"


def reply(of: str) -> str:
    """The reply to the echo request of a step."""
    return (
        f"icmp.type == 0 && ip.src == ${{{of}.ip.dst}} && ip.dst == ${{{of}.ip.src}}"
        f" && icmp.ident == ${{{of}.icmp.ident}} && icmp.seq == ${{{of}.icmp.seq}}"
    )


def ask_no_more(lab: Stage, *interfaces: str) -> None:
    """Have kernels not confirm neighbours after five seconds, should a scenario last so long."""
    for name in interfaces:
        node = name.partition("-")[0]
        lab[node].sysctl(f"net.ipv4.neigh.{name}.delay_first_probe_time", 60)
