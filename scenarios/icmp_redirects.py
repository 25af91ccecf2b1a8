"""ICMP redirects: a router that knows a better one."""

from collections.abc import Iterator

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID, QUOTED_TTL
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.detour import Detour
from wirelab.traffic.clients import ping
from wirelab.verify import Item, forwarded, par, seq, step

POINTS = {"c": "c-eth0", "r1": "r1-eth0"}
_COUNT = 4  # echo requests
_INTERVAL = 0.3  # seconds; a router is silent for 80 ms after its second redirect, then for 160
_RFCS = ("RFC 1122 section 3.2.2.2", "RFC 1812 section 5.2.7.2", "RFC 792 (redirect)")


def _request(n: int, router: str) -> Item:
    same = " && icmp.ident == ${request1.icmp.ident}" if n > 1 else ""
    return step(
        f"request{n}",
        f"icmp.type == 8 && ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && ip.ttl == 64"
        f" && icmp.seq == {n} && eth.src == ${{c.mac}} && eth.dst == ${{{router}.mac}}{same}",
        at="c",
    )


def _reply(n: int) -> Item:
    return step(
        f"reply{n}",
        f"icmp.type == 0 && ip.src == ${{s.ip}} && ip.dst == ${{c.ip}} && ip.ttl == 63"
        f" && icmp.seq == {n} && icmp.ident == ${{request1.icmp.ident}}"
        " && eth.src == ${r2.mac} && eth.dst == ${c.mac}",
        within="1s",
        at="c",
    )


def _by_the_detour(n: int) -> Iterator[Item]:
    """Request `n` goes to `r1`, which passes it on to `r2` and tells the client so."""
    yield _request(n, "r1")
    yield forwarded(f"request{n}", "c", "r1", hops=0, within="1s")
    yield step(
        f"redirect{n}",
        "icmp.type#1 == 5 && icmp.code#1 == 1 && ip.src#1 == ${r1.ip} && ip.dst#1 == ${c.ip}"
        " && icmp.redir_gw == ${r2.ip} && ip.ttl#1 == 64"
        " && eth.src == ${r1.mac} && eth.dst == ${c.mac}",
        quotes=f"request{n}",
        within="1s",
        at="r1",
    )
    passed_on = step(
        f"passed_on{n}",
        f"icmp.type == 8 && icmp.seq == {n} && ip.ttl == 63 && ip.src == ${{c.ip}}"
        f" && ip.dst == ${{s.ip}} && ip.id == ${{request{n}.ip.id}}"
        f" && ip.flags.df == ${{request{n}.ip.flags.df}} && ip.len == ${{request{n}.ip.len}}"
        f" && icmp.ident == ${{request{n}.icmp.ident}}"
        f" && icmp.checksum == ${{request{n}.icmp.checksum}}"
        " && eth.src == ${r1.mac} && eth.dst == ${r2.mac}",
        within="1s",
        at="r1",
    )
    told = forwarded(f"redirect{n}", "r1", "c", hops=0, within="1s")
    yield par(passed_on, seq(told, _reply(n)))


def _straight(n: int) -> Iterator[Item]:
    """Request `n` goes to `r2` at once; `r1` hears nothing of it."""
    yield _request(n, "r2")
    yield _reply(n)


def _redirect(settings: Settings) -> Item:
    needed = 2 if settings["r2"] == "stranger" else 1
    ways = [_by_the_detour if n <= needed else _straight for n in range(1, _COUNT + 1)]
    return seq(*(part for n, way in enumerate(ways, 1) for part in way(n)), closed=["ip", "icmp"])


def _play(lab: Stage) -> None:
    lab.fact("ping", ping(lab["c"], lab["s"].ip(), count=_COUNT, interval=_INTERVAL))
    lab.fact("route", lab["c"].run(["ip", "route", "get", lab["s"].ip()]).stdout.split("\n")[0])


@scenario(
    "redirect",
    topology=Detour,
    points=POINTS,
    rfcs=_RFCS,
    settings=(
        Setting(
            "r2",
            "stranger",
            "whether the client knows the new router's MAC",
            choices=("stranger", "known"),
        ),
    ),
    expect=_redirect,
    excuse=("station", "hops"),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
    look=(
        Look("icmp.type == 5", "icmp.redir_gw: the router to use instead"),
        Look("icmp.type#1 == 8", "eth.dst: the same IP address, by way of two routers"),
        Look("icmp.type#1 == 8 && ip.ttl#1 == 63", "the detour: one router more than is needed"),
        Look("arp.dst.proto_ipv4 == ${r2.ip}", "why the first redirect was not obeyed"),
    ),
)
def redirect(lab: Stage) -> None:
    """A redirect, and a client that obeys.

    The client's default router is `r1`, but what is for the server leaves by the interface by
    which it came: `r2` is on the same LAN. `r1` passes the packet on all the same, and tells
    the client who is nearer. Whether a client obeys is seen in the eth.dst of its next packet.
    Linux does, if the redirect is from the router that it used, and if it *knows the MAC of the
    new one*: if not, it only begins to ask for it, and it takes a second redirect. From then on
    requests leave by `r2` too; the replies came that way from the start, because a redirect
    concerns only the sender it is sent to. The route is a note beside the table, which expires
    in five minutes.
    """
    if lab.settings["r2"] == "known":
        r2 = lab["r2"]
        neighbour = ["ip", "neigh", "add", r2.ip(), "lladdr", r2.mac(), "dev", "c-eth0"]
        lab["c"].run([*neighbour, "nud", "reachable"])
    _play(lab)


@scenario(
    "redirect-ignored",
    topology=Detour,
    points=POINTS,
    rfcs=_RFCS,
    expect=seq(
        *(part for n in range(1, _COUNT + 1) for part in _by_the_detour(n)), closed=["ip", "icmp"]
    ),
    excuse=("station", "hops"),
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL),
    look=(
        Look("icmp.type == 5", "the router repeats itself", technique="displayed count"),
        Look("icmp.type == 8 && eth.dst == ${r1.mac}", "all the requests, to the last"),
    ),
)
def redirect_ignored(lab: Stage) -> None:
    """A redirect, and a client that takes no notice.

    The network of `redirect`, but the client does not accept redirects: anybody on the LAN
    could forge one, and many hosts are set up like that. Nothing breaks: the router passes every
    packet on, and tells the client every time (but not more often than it thinks fit: Linux
    waits longer from one to the next, and gives up after nine). Each request crosses the LAN
    twice, once with TTL 64 and once with 63.
    """
    for name in ("all", "c-eth0"):  # a host obeys if either says so
        lab["c"].sysctl(f"net.ipv4.conf.{name}.accept_redirects", 0)
    _play(lab)
