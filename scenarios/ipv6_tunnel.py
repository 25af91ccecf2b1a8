"""IPv6 where there is only IPv4: tunnels."""

from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.tunnel6 import Tunnel6
from wirelab.traffic.clients import ping
from wirelab.traffic.servers import SixInFour, kernel_tunnel
from wirelab.verify import Item, allow, forwarded, seq, step

_SIZE = 56 + 8 + 40  # bytes of an echo in IPv6


def _carried(number: int, kind: int, ends: tuple[str, str], way: tuple[str, str]) -> list[Item]:
    """An echo or its reply inside of the tunnel, seen on both sides of the router."""
    source, destination = ends
    name = f"{'echo' if kind == 128 else 'reply'}{number}"
    packet = step(
        name,
        f"ip.proto == 41 && ip.src == ${{{source}.ip}} && ip.dst == ${{{destination}.ip}}"
        f" && ip.len == {20 + _SIZE} && ipv6.src == ${{{source}-six.ip6}}"
        f" && ipv6.dst == ${{{destination}-six.ip6}} && ipv6.hlim == 64 && ipv6.tclass == 0"
        f" && icmpv6.type == {kind} && icmpv6.echo.sequence_number == {number}",
        within="5s",
        at=way[0],
    )
    return [packet, forwarded(name, *way, within="1s")]


@scenario(
    "v6-6in4",
    topology=Tunnel6,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 4213 section 3", "RFC 8200 section 3"),
    expect=seq(
        *(
            item
            for number in (1, 2)
            for item in (
                *_carried(number, 128, ("c", "s"), ("lan", "wan")),
                *_carried(number, 129, ("s", "c"), ("wan", "lan")),
            )
        ),
        closed=["ip", "ipv6"],
        allow=[
            allow(
                "an end may report to the other, through the tunnel, which groups it listens to",
                "ip.proto == 41 && icmpv6.type == 143",
                most=8,
            )
        ],
    ),
    look=(
        Look("ip.proto == 41", "the routers see only this: IPv4, with IPv6 as its payload"),
        Look("ipv6.src == ${c-six.ip6}", "the inner conversation", technique="conversations"),
        Look("ip.ttl == 63", "the outer TTL is counted down, the inner hop limit is not"),
    ),
)
def v6_6in4(lab: Stage) -> None:
    """IPv6 across an IPv4 network: each packet is the payload of an IPv4 packet.

    Client and server have IPv6 addresses, but only IPv4 between them. At each end of the tunnel
    an IPv4 header goes in front of the IPv6 one, with protocol 41 and the ends' IPv4 addresses.
    The router forwards it like any other: at `wan` the outer TTL is one less and the inner hop
    limit is still 64. To IPv6 the tunnel is one link; the twenty bytes are missing from its
    MTU, 1480.
    """
    prefix = f"2001:db8:{lab.random.randrange(1, 1 << 16):x}:{lab.random.randrange(1, 1 << 16):x}"
    lab.names |= {"c-six.ip6": f"{prefix}::1", "s-six.ip6": f"{prefix}::2"}
    for end, other in (("c", "s"), ("s", "c")):
        remote, address = lab[other].ip(), f"{lab.names[f'{end}-six.ip6']}/64"
        by_kernel = kernel_tunnel(lab[end], remote, address)
        if not by_kernel:
            lab.start(end, SixInFour(remote, address))
        lab.fact(f"tunnel of {end}", "kernel (sit)" if by_kernel else "program (TUN)")
    lab.fact("ping", ping(lab["c"], lab.names["s-six.ip6"], count=2, interval=0.2))
