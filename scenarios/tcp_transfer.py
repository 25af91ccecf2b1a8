"""TCP: what happens to data that is lost, or for which there is no room."""

import hashlib
from collections.abc import Iterator

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.scenarios.tcp_steps import (
    ACK,
    PORT,
    PSH_ACK,
    client,
    of,
    opened,
    server,
    service_port,
    service_ports,
)
from wirelab.topologies.routed import Routed
from wirelab.traffic.tcp_peers import DRAIN, WAIT, TcpCaller, TcpListener, receive, send, tell
from wirelab.verify import Item, equivalent, never, par, repeat, seq, stream

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_MSS = 1448  # bytes of data in a full segment: 1500, less 40 of headers and 12 of a time stamp
_SEGMENTS = 6  # of each transfer
# Every segment but acknowledgements of data, whose number depends on timing.
_CLOSED = [
    "tcp.len > 0",
    "tcp.seq == 1 && tcp.ack == 1",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
    "tcp.options.sack_le",
    "icmp",
]


_REPEATED = ("tcp.payload", "tcp.flags", "tcp.window_size_value")


def _transfer(flow: str, lost: int) -> Iterator[Item]:
    """Six segments of the server, of which one does not get to the client, and then does."""
    yield from opened(flow, f"${{port.{flow}}}")
    starts = {n: 1 + _MSS * (n - 1) for n in range(1, _SEGMENTS + 2)}
    segment = (
        f"{of(flow)} && tcp.len == {_MSS} && tcp.ack == 1 && tcp.flags in {{{ACK}, {PSH_ACK}}}"
        " && tcp.hdr_len == 32 && tcp.options[0:4] == 01:01:08:0a"
    )
    sent = {
        n: server(f"{flow}_data{n}", f"{segment} && tcp.seq == {starts[n]}")
        for n in range(1, _SEGMENTS + 1)
    }
    arrived = (sent[n][1] for n in sent if n != lost)
    gap = f"tcp.flags == {ACK} && {of(flow)} && tcp.len == 0 && tcp.ack == {starts[lost]}"
    complaints = (
        client(
            f"{flow}_gap{n}",
            f"{gap} && tcp.options.sack_le == {starts[lost + 1]}"
            f" && tcp.options.sack_re == {starts[n + 1]}",
        )
        for n in range(lost + 1, _SEGMENTS + 1)
    )
    again = server(
        f"{flow}_again",
        f"{segment} && tcp.seq == {starts[lost]}"
        + "".join(f" && {field} == ${{{flow}_data{lost}.{field}}}" for field in _REPEATED),
        within="0.15s..1s" if lost == _SEGMENTS else "1s",
    )
    branches = [seq(*(sent[n][0] for n in sent), *again), seq(*arrived)]
    if lost < _SEGMENTS:
        branches += [seq(*(part for each in complaints for part in each))]
    yield par(*branches)


_LOSE = """
table ip filter {{
    chain forward {{
        type filter hook forward priority 0;
        tcp sport {slow} ip length 1500 numgen inc mod 1000 == {last} drop
        tcp sport {fast} ip length 1500 numgen inc mod 1000 == {middle} drop
    }}
}}
"""
_MIDDLE = 3  # number of the segment that is lost where others follow
_BUFFER = 16384  # bytes; with more, the window grows and every acknowledgment is an update


@scenario(
    "tcp-retransmission",
    topology=Routed,
    points=POINTS,
    rfcs=(
        "RFC 6298 section 5",
        "RFC 5681 section 3.2",
        "RFC 2018 section 3",
        "RFC 8985 sections 6 and 7",
    ),
    expect=seq(
        *_transfer("slow", _SEGMENTS),
        *_transfer("fast", _MIDDLE),
        closed=_CLOSED,
    ),
    equivalents=(
        IP_ID,
        DONT_FRAGMENT,
        equivalent(
            "tcp.options.timestamp.tsval",
            "it was lost, and nobody has seen its time but the sender (RFC 7323 section 5.4)",
            steps=("slow_data6", "fast_data3"),
        ),
        equivalent(
            "tcp.options.timestamp.tsecr",
            "of two acknowledgments that it may have crossed, either time is echoed (RFC 7323 4.3)",
            steps=("slow_data6", "fast_data3"),
        ),
        equivalent(
            "",
            "segments that meet on their way pass a router in either order (RFC 9293 section 3.4)",
            steps=("fast_gap*", "fast_data*", "fast_again*"),
            operators=("swap",),
        ),
    ),
    look=(
        Look(
            'frame.interface_name == "wan" && tcp.analysis.retransmission && ip.src == ${s.ip}',
            "sent again: 0.2 s later, or at once",
            technique="delta column",
        ),
        Look("tcp.options.sack_le", "what the client has behind the gap: it grows"),
        Look("tcp.stream == 1", "in points/lan.pcapng: a segment is missing", "stream number"),
        Look("tcp.analysis.duplicate_ack", "in points/wan.pcapng: one for each segment behind"),
    ),
)
def tcp_retransmission(lab: Stage) -> None:
    """Two lost segments: one is missed soon, the other only after a while.

    The router loses one segment of each transfer. In the first it is the last: nothing comes
    behind it, nobody can complain, and only the server's timer (0.2 s at least in Linux) sends
    it again (Linux would send a tail loss probe, RFC 8985 section 7; it is switched off here).
    In the second it is the third of six: the client acknowledges, with each segment
    behind the gap, where the gap begins and what it has already (SACK); after three the server
    sends what is missing at once. The loss lies between the points: at `wan` a segment is there
    twice, at `lan` only once and late. In the merged file Wireshark takes every
    second sight for a retransmission, so look at one point.
    """
    slow, fast = service_ports(lab, "port.slow", "port.fast")
    rules = _LOSE.format(slow=slow, fast=fast, last=_SEGMENTS - 1, middle=_MIDDLE - 1)
    lab["r1"].run(["nft", "-f", "-"], input=rules)
    text = lab.random.randbytes(_MSS * _SEGMENTS // 2).hex()
    for stream_number, (name, port) in enumerate((("slow", slow), ("fast", fast))):
        lab.start("s", TcpListener(port, ((send(text), DRAIN),), name=name))
        talk = (receive(len(text)), WAIT)
        caller = TcpCaller(lab["s"].ip(), port, (talk,), receive_buffer=_BUFFER, name=name)
        lab.start("c", caller)
        everything = f"tcp.ack == {len(text) + 1} && tcp.stream == {stream_number}"
        lab.wait_for(f"{everything} && ip.src == ${{c.ip}}", at="wan")


_SHUT = f"tcp.flags == {ACK} && {of('syn')} && tcp.len == 0 && tcp.window_size == 0"


_PROBE = (
    f"tcp.flags == {ACK} && {of('syn')} && tcp.len == 0 && tcp.seq == {{${{shut.tcp.ack}} - 1}}"
)
_UPDATE = (
    f"tcp.flags == {ACK} && {of('syn')} && tcp.len == 0 && tcp.window_size > 0"
    " && ip.src == ${c.ip} && tcp.ack == ${shut.tcp.ack}"
)


def _data(at: str) -> Item:
    """All that the server sends, as it passes a point."""
    segment = f"ip.src == ${{s.ip}} && {of('syn')} && tcp.len > 0"
    return stream(f"data_at_{at}", segment, equals="${data.sha256}", at=at)


@scenario(
    "tcp-zero-window",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 9293 sections 3.8.6 and 3.8.6.1", "RFC 1122 section 4.2.2.17"),
    expect=seq(
        *opened("syn", PORT),
        par(
            _data("wan"),
            _data("lan"),
            seq(
                *client("shut", _SHUT),
                repeat(  # two, and more where the reader is late to notice that it is told
                    seq(
                        *server("probe", _PROBE, within="0.15s..5s"),
                        *client(
                            "still_shut", f"{_SHUT} && tcp.ack == ${{shut.tcp.ack}}", within="1s"
                        ),
                    ),
                    2,
                    5,
                ),
                *client("open", _UPDATE),
            ),
        ),
        never(_UPDATE, at="lan", since="shut", until="open"),
        never(_UPDATE, at="lan", since="open"),
        never(_UPDATE, at="wan", since="shut@wan", until="open@wan"),
        never(_UPDATE, at="wan", since="open@wan"),
        closed=[
            *_CLOSED,
            "tcp.window_size == 0",
            "tcp.len == 0 && ip.src == ${s.ip}",
        ],
    ),
    look=(
        Look("tcp.analysis.zero_window", "who has no room, and since when"),
        Look("tcp.window_size < 3000", "how the window shrinks and opens", "apply as column"),
        Look("tcp.analysis.keep_alive", "the probes; the pauses double", technique="delta column"),
        Look("tcp.analysis.window_update", "the reader reads again"),
    ),
)
def tcp_zero_window(lab: Stage) -> None:
    """A reader that does not read: the window closes, is probed, and opens again.

    Every segment says how much room its sender has. The client's program does not read, its
    buffer fills, and at last the room is zero: the network is fine, and the server has to wait.
    So that a lost update does not stop everything for ever it asks, 0.2 s later, then after
    pauses that double. Linux asks with an empty segment whose number lies one byte back, which
    Wireshark calls a keep-alive. When the program reads, an update opens the window. A slow
    transfer with a zero window is the receiver's fault.
    """
    port, size = service_port(lab), 2 * lab.random.randint(3000, 3200)
    text = lab.random.randbytes(size // 2).hex()
    lab.names["data.sha256"] = hashlib.sha256(text.encode()).hexdigest()
    # Else Linux answers only one in half a second (net/ipv4/tcp_input.c, tcp_oow_rate_limited).
    lab["c"].sysctl("net.ipv4.tcp_invalid_ratelimit", 0)
    lab.start("s", TcpListener(port, ((send(text), DRAIN),)))
    talk = (WAIT, receive(size), WAIT)
    buffer = 4096  # bytes, of which some are the kernel's own
    c = lab.start("c", TcpCaller(lab["s"].ip(), port, (talk,), receive_buffer=buffer))
    lab.wait_for("tcp.window_size == 0 && ip.src == ${c.ip}", at="wan", count=3)
    tell(c)
    lab.wait_for(f"tcp.ack == {size + 1} && ip.src == ${{c.ip}}", at="wan")
