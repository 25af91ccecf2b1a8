"""Filters of echoes whose TTL is known, and the end of a connection."""

from wirelab.scenarios.stage import Stage


def echo(source: str, destination: str, ttl: int) -> str:
    """An echo request between two nodes, as it is where its TTL is `ttl`."""
    ends = f"ip.src == ${{{source}.ip}} && ip.dst == ${{{destination}.ip}}"
    return f"icmp.type == 8 && {ends} && ip.ttl == {ttl}"


def reply(of: str, ttl: int) -> str:
    """The reply to the echo request of a step."""
    return (
        f"icmp.type == 0 && ip.src == ${{{of}.ip.dst}} && ip.dst == ${{{of}.ip.src}}"
        f" && icmp.ident == ${{{of}.icmp.ident}} && icmp.seq == ${{{of}.icmp.seq}}"
        f" && ip.ttl == {ttl}"
    )


def until_closed(lab: Stage, *, at: str, connections: int = 1) -> None:
    """Wait until the client's connections are over: its last packet has come to the server.

    It sends two bare acknowledgments on each: of the server's SYN and of its FIN.
    """
    bare = "tcp.flags == 0x010 && tcp.len == 0 && ip.src == ${c.ip}"
    lab.wait_for(bare, at=at, count=2 * connections)
