"""Ports: open, closed, or filtered; what an attempt to connect finds out."""

from contextlib import suppress

from wirelab.emulator import NodeError
from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID, QUOTED_TTL
from wirelab.scenarios.icmp_steps import error
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.scenarios.tcp_steps import (
    RST_ACK,
    SYN,
    client,
    finished,
    opened,
    server,
    service_ports,
    wait_for_ack,
)
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import tcp_probe
from wirelab.traffic.tcp_peers import DRAIN, WAIT, TcpListener, tell
from wirelab.verify import Item, equivalent, repeat, seq, step

_KINDS = ("open", "closed", "reset", "dropped", "prohibited")
_FILTER = """
table ip filter {{
    chain forward {{
        type filter hook forward priority 0;
        tcp dport {reset} reject with tcp reset
        tcp dport {dropped} drop
        tcp dport {prohibited} reject with icmp type admin-prohibited
    }}
}}
"""
_REFUSAL = (
    f"tcp.flags == {RST_ACK} && tcp.len == 0 && tcp.seq_raw == 0 && tcp.window_size_value == 0"
    " && ip.src == ${s.ip}"
)
_CONSTANT = ("ip.ttl", "tcp.hdr_len", "tcp.window_size_value", "tcp.options.wscale.shift")
_CLOCK = "tcp.options.timestamp.tsval"


def _syn(name: str, kind: str, *, again: str = "", within: str | None = None) -> Item:
    """An attempt to connect, as it leaves the client: like the first that was made.

    Args:
        name: of the step.
        kind: of the port.
        again: the step whose SYN is sent again.
        within: how long after what came before.
    """
    there = f"ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && tcp.dstport == ${{port.{kind}}}"
    alike = " && ".join(f"{field} == ${{open.{field}}}" for field in _CONSTANT)
    offer = "tcp.options.mss_val == 1460 && tcp.option_kind == 4 && tcp.ack_raw == 0"
    same = (
        f" && tcp.srcport == ${{{again}.tcp.srcport}} && tcp.seq_raw == ${{{again}.tcp.seq_raw}}"
        f" && {_CLOCK} > ${{{again}.{_CLOCK}}}"
    )
    text = f"tcp.flags == {SYN} && {there} && {alike} && {offer}{same if again else ''}"
    return step(name, text, at="lan", within=within)


def _refused(syn: str) -> str:
    """A filter for the RST that answers a SYN."""
    ports = f"tcp.srcport == ${{{syn}.tcp.dstport}} && tcp.dstport == ${{{syn}.tcp.srcport}}"
    return f"{_REFUSAL} && {ports} && tcp.ack_raw == {{${{{syn}.tcp.seq_raw}} + 1}}"


@scenario(
    "tcp-refused-filtered",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    slow=True,
    rfcs=(
        "RFC 9293 section 3.10.7.1",
        "RFC 6298 section 2",
        "RFC 1812 section 5.2.7.1",
        "RFC 1122 section 4.2.3.9",
    ),
    expect=seq(
        *opened("open", "${port.open}"),
        *finished("client", "client_leaves", "open"),
        *finished("server", "server_follows", "open"),
        *client("closed", f"tcp.flags == {SYN} && tcp.dstport == ${{port.closed}}"),
        *server("refused", _refused("closed")),
        _syn("reset", "reset"),
        step(
            "refused_by_r1",
            f"{_refused('reset')} && ip.ttl == 64 && eth.src == ${{r1.mac}}",
            at="lan",
            within="1s",
        ),
        _syn("dropped", "dropped"),
        _syn("dropped2", "dropped", again="dropped", within="0.9s..2s"),
        _syn("dropped3", "dropped", again="dropped2", within="1.8s..4s"),
        repeat(
            seq(
                _syn("prohibited", "prohibited"),
                error(
                    "told_by_r1",
                    3,
                    13,
                    "r1.ip",
                    about="prohibited",
                    more=" && ip.ttl#1 == ${open.ip.ttl}",
                ),
            ),
            1,
            2,
        ),
        closed=["ip"],
    ),
    excuse=("hops", "transit"),
    equivalents=(
        IP_ID,
        DONT_FRAGMENT,
        QUOTED_TTL,
        equivalent(
            "ip.dsfield.dscp",
            "who sends or forwards marks packets as it likes (RFC 2474 section 2)",
        ),
        equivalent(
            "tcp.option*",
            "who opens a connection offers what it likes (RFC 9293 section 3.2), and its clock for"
            " time stamps starts where it likes (RFC 7323 section 5.4)",
            steps=("reset", "dropped*"),
        ),
    ),
    look=(
        Look(
            "tcp.flags == 0x002 && !icmp",
            "who knocks where, and how often",
            technique="packet list",
        ),
        Look("tcp.flags.reset == 1", "ip.ttl: was it the server, or somebody nearer?", "first TTL"),
        Look(
            "tcp.dstport == ${port.dropped}", "silence, and the pauses of the SYNs", "delta column"
        ),
        Look("icmp", "the port that is prohibited is in the quote", technique="quoted ports"),
    ),
)
def tcp_refused_filtered(lab: Stage) -> None:
    """Five ports, five answers: open, closed, and three ways to filter.

    SYN/ACK: somebody listens. RST from the server: nobody does, and the way is free. A router's
    filter can pretend to be the server and send the RST itself: addresses and ports are the
    same, only the TTL tells that it comes from nearer. Or it drops, and the client, which cannot
    know that from loss, sends its SYN again, each time after a longer pause. Or it says what it
    does, with ICMP: a SYN is answered by 3/13, and the client gives up. Here it often takes
    two: where an answer takes microseconds it arrives while the program is still busy in
    `connect`, and Linux drops ICMP errors for a socket that is (it counts LockDroppedIcmps).
    """
    chosen = service_ports(lab, *(f"port.{kind}" for kind in _KINDS))
    ports = dict(zip(_KINDS, chosen, strict=True))
    lab["r1"].run(["nft", "-f", "-"], input=_FILTER.format(**ports))
    with suppress(NodeError):  # Linux 6.5 and later send the first four a second apart
        lab["c"].sysctl("net.ipv4.tcp_syn_linear_timeouts", 0)
    s = lab.start("s", TcpListener(ports["open"], ((DRAIN, WAIT),)))
    for kind, port in ports.items():
        lab.fact(kind, tcp_probe(lab["c"], lab["s"].ip(), port))
        if kind == "open":
            wait_for_ack(lab, 0, by="s", number=2)
            tell(s)
            wait_for_ack(lab, 0, by="c", number=2)
