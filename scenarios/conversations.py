"""Conversations: which side a capture is from, who talks most, what is in a haystack."""

from wirelab.scenarios.equivalents import IP_ID
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl, ping
from wirelab.traffic.servers import Httpd
from wirelab.verify import Item, forwarded, par, seq, step

_CLOSED = [
    "icmp.type in {3, 5, 11, 12}",
    "tcp.len > 0",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
]
"""Every segment but bare acknowledgements, whose number depends on timing."""
_PATH = ("c", "mid", "s")


def _capture_side(settings: Settings) -> Item:
    delay = settings["delay"]
    to_server = "ip.src == ${c.ip} && ip.dst == ${s.ip} && tcp.dstport == 80"
    to_client = "ip.src == ${s.ip} && ip.dst == ${c.ip} && tcp.srcport == 80"
    same_ports = {
        to_server: " && tcp.srcport == ${syn.tcp.srcport}",
        to_client: " && tcp.dstport == ${syn.tcp.srcport}",
    }

    def passes(name: str, direction: str, text: str, within: str = "5s") -> Item:
        """A packet of one side, seen at all points: each slow link takes its time."""
        near, mid, far = _PATH if direction == to_server else reversed(_PATH)
        ports = "" if name == "syn" else same_ports[direction]
        late = f"{delay}ms..{delay + 2000}ms"
        return seq(
            step(name, f"{direction}{ports} && ip.ttl == 64 && {text}", at=near, within=within),
            forwarded(name, near, mid, within=late),
            forwarded(f"{name}@{mid}", mid, far, name=f"{name}@{far}", within=late),
        )

    return seq(
        passes("syn", to_server, "tcp.flags == 0x002"),
        passes("syn_ack", to_client, "tcp.flags == 0x012 && tcp.ack == 1", within=f"{delay}ms"),
        passes("request", to_server, 'http.request.method == "GET" && http.request.uri == "/page"'),
        par(
            passes("head", to_client, "tcp.flags == 0x018 && tcp.seq == 1"),
            passes("page", to_client, "tcp.flags == 0x019 && http.response.code == 200"),
        ),
        passes("farewell", to_server, "tcp.flags == 0x011"),
        closed=_CLOSED,
    )


@scenario(
    "capture-side",
    topology=Routed,
    points={"c": "c-eth0", "mid": "r2-eth0", "s": "s-eth0"},
    rfcs=("RFC 9293 section 3.5", "RFC 791 section 3.2"),
    settings=(Setting("delay", 40, "how long each of the two slow links is", 20, 500, "ms"),),
    fixed={"hops": 2},
    expect=_capture_side,
    equivalents=(IP_ID,),
    look=(
        Look(
            "tcp.flags.syn == 1",
            "whose packets still have an initial TTL (64): that side is near. In the middle"
            " nobody's have; 64 less the TTL are the routers passed",
            technique="first TTL",
        ),
        Look(
            "tcp.flags.syn == 1",
            "from SYN to SYN, ACK: four times the delay at the client, half of it in the middle,"
            " next to nothing at the server. A short time speaks for the server's side",
            technique="delta column",
        ),
        Look(
            "ip.src == ${c.ip} && tcp.flags == 0x002",
            "one packet, three times: same identification and sequence number, another TTL",
            technique="apply as column",
        ),
        Look("http.response", "what the server says, put together", technique="follow stream"),
    ),
)
def capture_side(lab: Stage) -> None:
    """One download, captured at the client, between two routers, and at the server.

    Each router takes one from the TTL, so where a side's packets still have the value with which
    they started there is no router between: the capture was made on that side. At the client its
    own packets have 64 and the server's 62; in the middle both have 63; at the server it is the
    other way round. The times agree: the handshake takes as long as the way there and back from
    where it is watched. What is the same everywhere, identification, ports and sequence numbers,
    joins the three files. A ping comes first: else the SYN would have to wait for ARP, too.

    BusyBox's httpd sends the head of its answer at once. The page would wait until that is
    acknowledged (Nagle), but the FIN behind it takes it along.
    """
    content = lab.random.randbytes(lab.random.randint(400, 900))
    lab.start("s", Httpd(home={"page": content}))
    lab.fact("ping", ping(lab["c"], lab["s"].ip()))
    lab.fact("curl", curl(lab["c"], f"http://{lab['s'].ip()}/page"))
    lab.wait_for("tcp.flags.fin == 1 && ip.src == ${c.ip}", at="s")
