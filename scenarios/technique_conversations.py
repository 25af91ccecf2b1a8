"""Conversations: which side a capture is from, who talks most, what is in a haystack."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID, TCP_OFFERS, WEB_CLIENT
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.farm import Farm
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl, ping
from wirelab.traffic.servers import Httpd
from wirelab.verify import Item, allow, forwarded, never, optional, par, seq, step, stream

CLOSED = [
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
        closed=["arp", *CLOSED],
        allow=[allow("a neighbour is found", "arp", most=2, at=point) for point in _PATH],
    )


@scenario(
    "capture-side",
    topology=Routed,
    points={"c": "c-eth0", "mid": "r2-eth0", "s": "s-eth0"},
    rfcs=("RFC 9293 section 3.5", "RFC 791 section 3.2"),
    settings=(Setting("delay", 40, "how long each of the two slow links is", 20, 200, "ms"),),
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
    lab.keep_neighbours()
    content = lab.random.randbytes(lab.random.randint(400, 900))
    lab.start("s", Httpd(home={"page": content}))
    lab.fact("ping", ping(lab["c"], lab["s"].ip()))
    lab.fact("curl", curl(lab["c"], f"http://{lab['s'].ip()}/page"))
    lab.wait_for("tcp.flags.fin == 1 && ip.src == ${c.ip}", at="s")


_DOWNLOADS = ("web1", "web2", "web3", "web4", "web2")
"""Who is asked for a page, one after the other."""
_PATTERN = ":".join(f"{byte:02x}" for byte in range(0x10, 0x38))
"""What ping sends behind the time."""
_TO_MUTE = (
    "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${mute.ip}"
    f" && ip.len == 84 && data.data contains {_PATTERN}"
)


def download(name: str, client: str, server: str) -> Item:
    """A page fetched from a web server, as the client sees it; `NAME.sha256` is that of it all."""
    from_client = f"ip.src == ${{{client}.ip}} && ip.dst == ${{{server}.ip}} && tcp.dstport == 80"
    from_server = f"ip.src == ${{{server}.ip}} && ip.dst == ${{{client}.ip}} && tcp.srcport == 80"
    own = f"{from_client} && tcp.srcport == ${{{name}_syn.tcp.srcport}}"
    peer = f"{from_server} && tcp.dstport == ${{{name}_syn.tcp.srcport}}"
    return seq(
        step(f"{name}_syn", f"{from_client} && tcp.flags == 0x002"),
        step(f"{name}_syn_ack", f"{peer} && tcp.flags == 0x012 && tcp.ack == 1"),
        step(
            f"{name}_get",
            f'{own} && tcp.flags == 0x018 && tcp.ack == 1 && http.request.method == "GET"'
            f' && http.request.uri == "/{name}" && http.host == ${{{server}.ip}}',
        ),
        par(
            seq(
                stream(f"{name}_page", f"{peer} && tcp.len > 0", equals=f"${{{name}.sha256}}"),
                # Or it goes with the last of the page. That there is one is seen from what the
                # client acknowledges.
                optional(
                    step(f"{name}_server_fin", f"{peer} && tcp.flags == 0x011 && tcp.len == 0")
                ),
            ),
            step(f"{name}_client_fin", f"{own} && tcp.flags == 0x011"),
        ),
    )


@scenario(
    "stats-conversations",
    topology=Farm,
    points={"c": "c-eth0"},
    rfcs=("RFC 9293 section 3.3.1",),
    expect=seq(
        *(download(f"d{n}", "c", server) for n, server in enumerate(_DOWNLOADS, start=1)),
        step("unanswered1", f"{_TO_MUTE} && icmp.seq == 1"),
        step(
            "unanswered2",
            f"{_TO_MUTE} && icmp.seq == 2 && icmp.ident == ${{unanswered1.icmp.ident}}",
        ),
        never("tcp.flags.reset == 1"),
        never("tcp.srcport == 80 && ip.dsfield != 0"),
        closed=["arp", "icmp", *CLOSED],
        allow=[allow("the router is found", "arp", most=2)],
        at="c",
    ),
    equivalents=(IP_ID, DONT_FRAGMENT, *TCP_OFFERS, WEB_CLIENT),
    look=(
        Look("", "who transmits: a station without sent packets was only spoken to",
             technique="endpoints"),
        Look("tcp", "four servers talked, over five connections; sorted by bytes, the busiest is"
             " first", technique="conversations"),
        Look("ip.addr == ${web2.ip}", "how many packets have to do with it: == and not =",
             technique="displayed count"),
        Look("tcp.flags.syn == 1 && tcp.flags.ack == 0", "one for each connection",
             technique="filter button"),
        Look("tcp.stream == 4", "the fifth connection alone, the second to one server",
             technique="stream number"),
        Look("http.response", "the page, byte for byte, behind the empty line",
             technique="save raw"),
    ),
)  # fmt: skip
def stats_conversations(lab: Stage) -> None:
    """Who talks with whom, and who most: five downloads from four servers.

    How large the pages are the seed decides, and so who is the busiest. One server is asked twice:
    a conversation of two addresses may be several TCP connections. The host `mute` is pinged and
    keeps silent: it is among the endpoints, but transmits nothing.
    """
    lab.keep_neighbours()
    lab["mute"].sysctl("net.ipv4.icmp_echo_ignore_all", 1)
    sizes = lab.random.sample(range(1_000, 30_000), len(_DOWNLOADS))
    pages = {f"d{n}": lab.random.randbytes(size) for n, size in enumerate(sizes, start=1)}
    for server in sorted(set(_DOWNLOADS)):
        lab.start(server, Httpd(home=pages))
    fetched = dict.fromkeys(_DOWNLOADS, 0)
    for name, server in zip(pages, _DOWNLOADS, strict=True):
        answer = curl(lab["c"], f"http://{lab[server].ip()}/{name}", options=("--include",))
        lab.names[f"{name}.sha256"] = answer.sha256
        lab.wait_for(f"tcp.flags.fin == 1 && tcp.dstport == {answer.local_port}", at="c")
        fetched[server] += answer.size
        lab.fact(name, answer)
    lab.fact("busiest", max(fetched, key=lambda server: fetched[server]))
    lab.fact("fetched", fetched)
    silence = ping(lab["c"], lab["mute"].ip(), count=2, interval=0.1, wait=1, check=False)
    lab.fact("ping", silence)
