"""The words of TCP sessions that are captured on both sides of a router.

A packet is seen first where it was sent, and then, one hop older, on the other side.
"""

from wirelab.scenarios.stage import Stage
from wirelab.verify import Item, forwarded, par, seq, step, stream

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
"""The client's side of the router, and the server's."""
CLOSED = [
    "icmp",
    "tcp.len > 0",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
]
"""Every segment but bare acknowledgements, whose number depends on timing."""


def client(name: str, text: str) -> tuple[Item, Item]:
    """A packet of the client, which takes its time, on both sides of the router."""
    sent = step(name, f"ip.src == ${{c.ip}} && {text}", at="lan")
    return sent, forwarded(name, "lan", "wan", within="1s")


def server(name: str, text: str) -> tuple[Item, Item]:
    """A packet of the server, which answers soon, on both sides of the router."""
    sent = step(name, f"ip.src == ${{s.ip}} && {text}", at="wan", within="10s")
    return sent, forwarded(name, "wan", "lan", within="1s")


def opened(name: str, port: str) -> tuple[Item, ...]:
    """The client opens a connection to `port` of the server."""
    accepted = f"tcp.srcport == {port} && tcp.dstport == ${{{name}.tcp.srcport}} && tcp.ack == 1"
    return (
        *client(name, f"tcp.flags == 0x002 && tcp.dstport == {port}"),
        *server(f"{name}_accepted", f"tcp.flags == 0x012 && {accepted}"),
    )


def opened_back(name: str, port: str, own: str = "") -> tuple[Item, ...]:
    """The server opens a connection to `port` of the client, perhaps from `own` port."""
    accepted = f"tcp.srcport == {port} && tcp.dstport == ${{{name}.tcp.srcport}} && tcp.ack == 1"
    from_port = f" && tcp.srcport == {own}" if own else ""
    return (
        *server(name, f"tcp.flags == 0x002 && tcp.dstport == {port}{from_port}"),
        *client(f"{name}_accepted", f"tcp.flags == 0x012 && {accepted}"),
    )


def closed(name: str, *, at_server: str = "", at_client: str = "") -> Item:
    """Both sides end a connection, in whichever order; known by one of its ports."""
    ours = f"tcp.srcport == {at_server}" if at_server else f"tcp.dstport == {at_client}"
    theirs = f"tcp.dstport == {at_server}" if at_server else f"tcp.srcport == {at_client}"
    return par(
        seq(*server(f"{name}_server_fin", f"tcp.flags.fin == 1 && {ours}")),
        seq(*client(f"{name}_client_fin", f"tcp.flags.fin == 1 && {theirs}")),
    )


def whole(name: str, segment: str, equals: str) -> Item:
    """All that one side sends over a connection, as it passes both sides of the router."""
    text = f"{segment} && tcp.len > 0"
    return par(*(stream(f"{name}_at_{at}", text, equals=equals, at=at) for at in ("wan", "lan")))


def hung_up(lab: Stage, port: int) -> None:
    """Wait until both sides have ended their connection to `port` of the server."""
    for side, end in (("c", "dst"), ("s", "src")):
        fin = f"tcp.flags.fin == 1 && ip.src == ${{{side}.ip}} && tcp.{end}port == {port}"
        lab.wait_for(fin, at="lan")
