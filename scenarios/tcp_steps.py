"""Steps that scenarios about TCP share: segments on both sides of a router."""

from wirelab.scenarios.stage import Stage
from wirelab.verify import Item, forwarded, step

PORT = "${service.port}"
"""Where the server listens; `service_port` says which port that is."""

SYN, SYN_ACK, ACK, PSH_ACK, FIN_ACK = "0x002", "0x012", "0x010", "0x018", "0x011"
RST, RST_ACK = "0x004", "0x014"

Segment = tuple[Item, Item]
"""A segment at the point where it was sent, and at the other."""


def client(name: str, text: str, *, within: str | None = None) -> Segment:
    """A segment of the client, which takes its time."""
    both = f"ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && {text}"
    sent = step(name, both, at="lan", within=within)
    return sent, forwarded(name, "lan", "wan", within="1s")


def server(name: str, text: str, *, within: str | None = "10s") -> Segment:
    """A segment of the server, which answers soon."""
    both = f"ip.src == ${{s.ip}} && ip.dst == ${{c.ip}} && {text}"
    sent = step(name, both, at="wan", within=within)
    return sent, forwarded(name, "wan", "lan", within="1s")


def opened(name: str, port: str, *, syn: str = "", syn_ack: str = "") -> tuple[Item, ...]:
    """A handshake with `port` of the server, in three segments; `syn` and `syn_ack` say more."""
    flow = of(name)
    return (
        *client(name, f"tcp.flags == {SYN} && tcp.dstport == {port}{syn}"),
        *server(
            f"{name}_accepted",
            f"tcp.flags == {SYN_ACK} && {flow}{syn_ack}"
            f" && tcp.ack_raw == {{${{{name}.tcp.seq_raw}} + 1}}",
        ),
        *client(
            f"{name}_confirmed",
            f"tcp.flags == {ACK} && {flow} && tcp.len == 0 && tcp.seq == 1 && tcp.ack == 1",
        ),
    )


def of(name: str) -> str:
    """A filter for segments of the connection that step `name` opened."""
    return f"tcp.port == ${{{name}.tcp.srcport}} && tcp.port == ${{{name}.tcp.dstport}}"


def finished(side: str, name: str, connection: str) -> tuple[Item, ...]:
    """One side has no more to say, and the other confirms that it knows."""
    one, other = (client, server) if side == "client" else (server, client)
    return (
        *one(name, f"tcp.flags == {FIN_ACK} && {of(connection)} && tcp.len == 0"),
        *other(
            f"{name}_heard",
            f"tcp.flags == {ACK} && {of(connection)} && tcp.len == 0"
            f" && tcp.ack == {{${{{name}.tcp.seq}} + 1}}",
        ),
    )


def wait_for_ack(lab: Stage, stream: int, *, by: str, number: int) -> None:
    """Wait until one side has acknowledged a connection up to `number` where the other is."""
    bare = f"tcp.flags == {ACK} && tcp.len == 0 && tcp.ack == {number}"
    at = "wan" if by == "c" else "lan"
    lab.wait_for(f"tcp.stream == {stream} && {bare} && ip.src == ${{{by}.ip}}", at=at)


def service_ports(lab: Stage, *names: str) -> tuple[int, ...]:
    """Choose the ports of services, and tell the expectation which ports those are."""
    ports = tuple(lab.random.sample(range(2000, 10000), len(names)))
    lab.names |= {name: str(port) for name, port in zip(names, ports, strict=True)}
    return ports


def service_port(lab: Stage) -> int:
    """Choose `PORT`."""
    return service_ports(lab, "service.port")[0]
