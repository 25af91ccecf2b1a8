"""FTP: commands on one connection, files on another."""

import hashlib

from wirelab.scenarios.scenario import Setting, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import ftp_session
from wirelab.traffic.daemon import Daemon
from wirelab.traffic.servers import Pyftpd, User, Vsftpd
from wirelab.verify import Item, forwarded, par, seq, step, stream

POINTS = {"lan": "r1-eth0", "wan": "r1-eth1"}
_FILE = "logo.png"
# Every segment but bare acknowledgements, whose number depends on timing.
_CLOSED = [
    "icmp",
    "tcp.len > 0",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1",
]


def _client(name: str, text: str) -> tuple[Item, Item]:
    """A packet of the client, which takes its time, on both sides of the router."""
    sent = step(name, f"ip.src == ${{c.ip}} && {text}", at="lan")
    return sent, forwarded(name, "lan", "wan", within="1s")


def _server(name: str, text: str) -> tuple[Item, Item]:
    """A packet of the server, which answers soon, on both sides of the router."""
    sent = step(name, f"ip.src == ${{s.ip}} && {text}", at="wan", within="10s")
    return sent, forwarded(name, "wan", "lan", within="1s")


def _opened(name: str, port: str) -> tuple[Item, ...]:
    """The client opens a connection to `port`."""
    return (
        *_client(name, f"tcp.flags == 0x002 && tcp.dstport == {port}"),
        *_server(
            f"{name}_accepted",
            f"tcp.flags == 0x012 && tcp.srcport == {port} && tcp.dstport == ${{{name}.tcp.srcport}}"
            " && tcp.ack == 1",
        ),
    )


def _said(name: str, command: str, code: int, argument: str | None = None) -> tuple[Item, ...]:
    """A command of the client, and the server's reply."""
    with_argument = f' && ftp.request.arg == "{argument}"' if argument is not None else ""
    return (
        *_client(name, f'ftp.request.command == "{command}"{with_argument}'),
        *_server(f"{name}_reply", f"ftp.response.code == {code}"),
    )


def _closed(name: str, port: str) -> Item:
    """Both sides end the connection to `port` of the server, in whichever order."""
    return par(
        seq(*_server(f"{name}_server_fin", f"tcp.flags.fin == 1 && tcp.srcport == {port}")),
        seq(*_client(f"{name}_client_fin", f"tcp.flags.fin == 1 && tcp.dstport == {port}")),
    )


_GREETING = (*_opened("control", "21"), *_server("greeting", "ftp.response.code == 220"))
_GOODBYE = (*_said("quit", "QUIT", 221), _closed("control", "21"))
_DATA_PORT = "${passive_reply.ftp.passive.port}"


def _data(at: str) -> Item:
    """The whole file, as it passes a point."""
    segment = f"ip.src == ${{s.ip}} && tcp.srcport == {_DATA_PORT} && tcp.len > 0"
    return stream(f"file_at_{at}", segment, equals="${file.sha256}", at=at)


def play_session(lab: Stage, server: Daemon, commands: tuple[str, ...]) -> None:
    """Start the server, have the client say `commands`, and see both sides hang up."""
    lab.start("s", server)
    lab.fact("session", ftp_session(lab["c"], lab["s"].ip(), commands))
    for side, port in (("c", "dst"), ("s", "src")):
        fin = f"tcp.flags.fin == 1 && ip.src == ${{{side}.ip}} && tcp.{port}port == 21"
        lab.wait_for(fin, at="lan")


@scenario(
    "ftp-passive",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 sections 3.2 and 4.1.2",),
    settings=(Setting("server", "pyftpdlib", "the FTP server", choices=("pyftpdlib", "vsftpd")),),
    expect=seq(
        *_GREETING,
        *_said("user", "USER", 331),
        *_said("password", "PASS", 230),
        *_said("system", "SYST", 215),
        *_said("folder", "PWD", 257),
        *_said("binary", "TYPE", 200, "I"),
        *_said("size", "SIZE", 213, _FILE),
        *_said("no_folder", "CWD", 550, _FILE),
        *_said("passive", "PASV", 227),
        *_opened("data", _DATA_PORT),
        *_said("fetch", "RETR", 150, _FILE),
        par(
            seq(par(_data("wan"), _data("lan")), _closed("data", _DATA_PORT)),
            seq(*_server("complete", "ftp.response.code == 226")),
        ),
        *_GOODBYE,
        closed=_CLOSED,
    ),
)
def ftp_passive(lab: Stage) -> None:
    """A file fetched in passive mode: the server names a port, the client connects to it.

    Commands and replies go over one connection, to port 21, in clear text: user, password,
    names. For the file there is another: the reply to PASV gives the server's address and, in
    its last two numbers p1 and p2, the port p1 * 256 + p2, to which the client connects.
    What is sent there, put together, is the file. `CWD` to it fails: it is no folder.
    """
    content = lab.random.randbytes(lab.random.randint(5000, 6500))
    lab.names["file.sha256"] = hashlib.sha256(content).hexdigest()
    home, ports = {_FILE: content}, (lab.random.randint(50000, 59999),) * 2
    user = "anonymous" if lab.settings["server"] == "vsftpd" else "chris"
    servers: dict[str, Daemon] = {
        "vsftpd": Vsftpd(home=home, passive_ports=ports),
        "pyftpdlib": Pyftpd(users=(User(user),), home=home, passive_ports=ports),
    }
    commands = (
        f"USER {user}", "PASS ", "SYST", "PWD", "TYPE I", f"SIZE {_FILE}", f"CWD {_FILE}",
        f"RETR {_FILE}", "QUIT",
    )  # fmt: skip
    play_session(lab, servers[lab.settings["server"]], commands)


@scenario(
    "ftp-failed-login",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 section 4.1.1", "RFC 1635"),
    expect=seq(
        *_GREETING,
        *_said("user", "USER", 331, "anonymous"),
        *_said("password", "PASS", 530, "chrome@example.com"),
        *_GOODBYE,
        closed=_CLOSED,
    ),
)
def ftp_failed_login(lab: Stage) -> None:
    """A login that the server refuses.

    A browser's habit: it tries `anonymous` with a made-up address as password. The server asks
    for the password all the same and refuses only then, with 530; it does not say which of
    the two was wrong. All of it can be read on the wire.
    """
    server = Pyftpd(users=(User("chris", "secret"),))
    play_session(lab, server, ("USER anonymous", "PASS chrome@example.com", "QUIT"))
