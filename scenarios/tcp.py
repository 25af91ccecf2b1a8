"""TCP: how connections begin and end."""

from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.scenarios.tcp_steps import (
    ACK,
    PORT,
    RST,
    RST_ACK,
    client,
    finished,
    of,
    opened,
    server,
    service_port,
    wait_for_ack,
)
from wirelab.topologies.routed import Routed
from wirelab.traffic.daemon import Running
from wirelab.traffic.tcp_peers import (
    DRAIN,
    FINISH,
    RESET,
    WAIT,
    Talk,
    TcpCaller,
    TcpListener,
    receive,
    send,
    tell,
)
from wirelab.verify import Item, seq

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_HEADERS = 40  # bytes of an IPv4 and a TCP header
_ETHERNET_MTU = 1500


def _options(mtu: int) -> str:
    """What both SYNs of Linux offer: MSS, selective acknowledgment, time stamps, window scale."""
    return (
        f" && tcp.options.mss_val == {mtu - _HEADERS} && tcp.option_kind == 4"
        " && tcp.options.timestamp.tsval && tcp.options.wscale.shift"
    )


def _tcp_handshake(settings: Settings) -> Item:
    flow = of("syn")
    return seq(
        *opened("syn", PORT, syn=_options(_ETHERNET_MTU), syn_ack=_options(settings["mtu"])),
        *client(
            "question",
            f"{flow} && tcp.flags.push == 1 && tcp.seq == 1 && tcp.ack == 1"
            " && tcp.len == ${asked.size}",
        ),
        *server(
            "heard",
            f"tcp.flags == {ACK} && {flow} && tcp.len == 0 && tcp.seq == 1"
            " && tcp.ack == ${question.tcp.nxtseq}",
        ),
        *server(
            "answer",
            f"{flow} && tcp.flags.push == 1 && tcp.seq == 1 && tcp.ack == ${{heard.tcp.ack}}"
            " && tcp.len == ${told.size}",
        ),
        *client(
            "thanks",
            f"tcp.flags == {ACK} && {flow} && tcp.len == 0 && tcp.seq == ${{heard.tcp.ack}}"
            " && tcp.ack == ${answer.tcp.nxtseq}",
        ),
        closed=["tcp", "icmp"],
    )


@scenario(
    "tcp-handshake",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 9293 sections 3.5 and 3.7.1", "RFC 7323 sections 2.2 and 3.2", "RFC 2018 section 2"),
    settings=(Setting("mtu", 1500, "MTU of the links behind the router", 576, 1500, "bytes"),),
    expect=_tcp_handshake,
    look=(
        Look("tcp.flags.syn == 1", "who opens connections, and to where", "filter button"),
        Look("tcp.flags == 0x012", "tcp.ack is the client's tcp.seq and one: a SYN counts"),
        Look("tcp.options.mss_val", "the largest segment that each side takes", "apply as column"),
        Look("tcp", "who is near: the shorter gap in the handshake", technique="delta column"),
        Look("tcp.stream == 0", "question and answer as text", technique="follow stream"),
    ),
)
def tcp_handshake(lab: Stage) -> None:
    """SYN, SYN/ACK, ACK, and then a question and its answer.

    Each side chooses a first sequence number and says so in its SYN; the other acknowledges
    that number and one, since a SYN counts like a byte. What goes into the SYN is said only
    there: the largest segment (the MTU of its own link, less 40 bytes of headers), by how much
    windows are scaled, whether time stamps and selective acknowledgments are welcome. Then data
    flows; its numbers count bytes, and Wireshark shows them relative to the first.
    """
    question, answer = (_text(lab) for _ in range(2))
    lab.names |= {"asked.size": str(len(question)), "told.size": str(len(answer))}
    port = service_port(lab)
    lab.start("s", TcpListener(port, ((receive(len(question)), send(answer), DRAIN),)))
    talk = (send(question), receive(len(answer)), WAIT)
    lab.start("c", TcpCaller(lab["s"].ip(), port, (talk,)))
    lab.wait_for(f"tcp.flags == {ACK} && tcp.len == 0 && ip.src == ${{c.ip}}", at="wan", count=2)


def _text(lab: Stage) -> str:
    return f"{lab.random.getrandbits(64 * lab.random.randint(2, 9)):x}\n"


@scenario(
    "tcp-teardown",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 9293 section 3.6", "RFC 1122 section 4.2.2.13"),
    expect=seq(
        *opened("first", PORT),
        *finished("client", "client_leaves", "first"),
        *finished("server", "server_follows", "first"),
        *opened("second", PORT),
        *finished("server", "server_leaves", "second"),
        *finished("client", "client_follows", "second"),
        *opened("third", PORT),
        *finished("client", "client_is_done", "third"),
        *server(
            "more",
            f"{of('third')} && tcp.flags.push == 1 && tcp.len == ${{rest.size}} && tcp.ack == 2",
        ),
        *client(
            "more_heard",
            f"tcp.flags == {ACK} && {of('third')} && tcp.len == 0"
            " && tcp.ack == ${more.tcp.nxtseq}",
        ),
        *finished("server", "server_is_done", "third"),
        closed=["tcp", "icmp"],
    ),
    look=(
        Look("tcp.flags.fin == 1", "who hangs up first, in each connection"),
        Look("tcp.stream == 2", "data after a FIN: only one direction is over", "stream number"),
        Look("tcp.flags.fin == 1", "tcp.ack of the answer: a FIN counts like a byte"),
    ),
)
def tcp_teardown(lab: Stage) -> None:
    """Three goodbyes: the client first, the server first, and one that goes on listening.

    A FIN says that its sender has no more to say; the other side confirms it, and says
    its own when it has no more either. So four segments end a connection, in either order, and
    in between it is half closed: in the third the server has been told that nothing more comes,
    and sends all the same. Who is about to answer waits with the bare ACK (40 ms): where the
    other side hangs up at once, its FIN carries it, and there are only three segments.
    """
    more = _text(lab)
    lab.names["rest.size"] = str(len(more))
    port = service_port(lab)
    s = lab.start("s", TcpListener(port, ((DRAIN, WAIT), (), (DRAIN, WAIT, send(more), WAIT))))

    _call(lab, port, "first", ())
    wait_for_ack(lab, 0, by="s", number=2)
    tell(s)
    wait_for_ack(lab, 0, by="c", number=2)

    c = _call(lab, port, "second", (DRAIN, WAIT))
    wait_for_ack(lab, 1, by="c", number=2)
    tell(c)
    wait_for_ack(lab, 1, by="s", number=2)

    _call(lab, port, "third", (FINISH, DRAIN))
    wait_for_ack(lab, 2, by="s", number=2)
    tell(s)
    wait_for_ack(lab, 2, by="c", number=len(more) + 1)
    tell(s)
    wait_for_ack(lab, 2, by="c", number=len(more) + 2)


def _call(lab: Stage, port: int, name: str, talk: Talk) -> Running:
    return lab.start("c", TcpCaller(lab["s"].ip(), port, (talk,), name=name))


@scenario(
    "tcp-reset",
    topology=Routed,
    points=POINTS,
    rfcs=(
        "RFC 9293 sections 3.5.2 and 3.10.7",
        "RFC 1122 section 4.2.2.13",
        "RFC 2525 section 2.17",
    ),
    expect=seq(
        *opened("first", PORT),
        *client(
            "abort", f"tcp.flags == {RST_ACK} && {of('first')} && tcp.seq == 1 && tcp.ack == 1"
        ),
        *opened("second", PORT),
        *client("unread", f"{of('second')} && tcp.len == ${{text.size}} && tcp.seq == 1"),
        *server(
            "unread_heard",
            f"tcp.flags == {ACK} && {of('second')} && tcp.ack == ${{unread.tcp.nxtseq}}",
        ),
        *server(
            "not_read",
            f"tcp.flags == {RST_ACK} && {of('second')} && tcp.seq == 1"
            " && tcp.ack == ${unread.tcp.nxtseq}",
        ),
        *opened("third", PORT),
        *finished("server", "leaves", "third"),
        *client(
            "too_late",
            f"{of('third')} && tcp.len == ${{text.size}} && tcp.seq == 1 && tcp.ack == 2",
        ),
        *server("nobody_there", f"tcp.flags == {RST} && {of('third')} && tcp.seq == 2"),
        closed=["tcp", "icmp"],
    ),
    look=(
        Look("tcp.flags.reset == 1", "who breaks off, and what was the last thing before it"),
        Look("tcp.flags == 0x004", "a RST without ACK: it answers a segment, by its number"),
        Look("tcp.stream == 1", "data arrived, and was not read", technique="stream number"),
    ),
)
def tcp_reset(lab: Stage) -> None:
    """Three ways to break a connection off.

    The first client hangs up with a RST instead of a FIN: nothing is confirmed, and
    whatever was under way is lost. In the second the server closes while data lies in its
    buffer that it has not read: so that the client does not believe that all is well, Linux
    sends a RST. In the third the server has closed properly and is gone when the client goes on
    sending; a RST with the number that the client expects next says that nobody is there.
    A RST is not answered. Before a connection it means refusal: see `tcp-refused-filtered`.
    """
    text = _text(lab)
    lab.names["text.size"] = str(len(text))
    port = service_port(lab)
    s = lab.start("s", TcpListener(port, ((DRAIN,), (WAIT,), ())))
    _call(lab, port, "first", (RESET,))
    lab.wait_for("tcp.stream == 0 && tcp.flags.reset == 1", at="wan")

    _call(lab, port, "second", (send(text), DRAIN))
    wait_for_ack(lab, 1, by="s", number=len(text) + 1)
    tell(s)
    lab.wait_for("tcp.stream == 1 && tcp.flags.reset == 1", at="lan")

    c = _call(lab, port, "third", (WAIT, send(text), DRAIN))
    wait_for_ack(lab, 2, by="c", number=2)
    tell(c)
    lab.wait_for("tcp.stream == 2 && tcp.flags.reset == 1", at="lan")
