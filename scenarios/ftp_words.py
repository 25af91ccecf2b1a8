"""The words of FTP sessions: what is said, and by whom; and what their players need."""

from collections.abc import Mapping

from wirelab.scenarios.scenario import Setting
from wirelab.scenarios.session import client, closed, hung_up, opened, server, whole
from wirelab.scenarios.stage import Stage
from wirelab.traffic.clients import ftp_session
from wirelab.traffic.servers import Pyftpd, User, Vsftpd
from wirelab.verify import Item, par, seq

NAME = "${file.name}"
PASSIVE = "${passive_reply.ftp.passive.port}"
_BOTH = ("pyftpdlib", "vsftpd")
_USERS = ("chris", "ada", "grace", "jon", "lynn", "radia")


def said(
    name: str, command: str, code: int, argument: str = "", *, tells: str = ""
) -> tuple[Item, ...]:
    """A command of the client, and the server's reply with what it `tells`."""
    about = f" && ftp.request.arg == {argument}" if argument else ""
    told = f" && {tells}" if tells else ""
    return (
        *client(name, f'ftp.request.command == "{command}"{about}'),
        *server(f"{name}_reply", f"ftp.response.code == {code}{told}"),
    )


def passive(name: str = "passive") -> tuple[Item, ...]:
    """The client asks where to connect to; the server names its own address."""
    return said(name, "PASV", 227, tells="ftp.passive.ip == ${s.ip}")


GREETING = (*opened("control", "21"), *server("greeting", "ftp.response.code == 220"))
LOGIN = (*said("user", "USER", 331, "${login.name}"), *said("password", "PASS", 230))
ASKED_SIZE = said("size", "SIZE", 213, NAME, tells="ftp.response.arg == ${file.size}")
BINARY = said("binary", "TYPE", 200, '"I"')
GOODBYE = (*said("quit", "QUIT", 221), closed("control", at_server="21"))


def complete(name: str = "complete") -> Item:
    """The server's word that the transfer is over; it may come before both sides hung up."""
    return seq(*server(name, "ftp.response.code == 226"))


def fetched(port: str, file: str = "file") -> Item:
    """A file from `port` of the server, whole on both sides of the router, and the end of it."""
    content = whole(file, f"ip.src == ${{s.ip}} && tcp.srcport == {port}", f"${{{file}.sha256}}")
    return par(
        seq(content, closed(f"{file}_data", at_server=port)),
        complete(f"{file}_complete"),
    )


def started(lab: Stage, home: dict[str, bytes], *, ports: int = 1, writable: bool = False) -> str:
    """Start the server that the settings want, and return the user whom it lets in."""
    first = lab.random.randint(50000, 59000)
    span = (first, first + ports - 1)
    user = "anonymous" if lab.settings["server"] == "vsftpd" else lab.random.choice(_USERS)
    servers = {
        "vsftpd": Vsftpd(home=home, passive_ports=span, writable=writable),
        "pyftpdlib": Pyftpd(users=(User(user, writable=writable),), home=home, passive_ports=span),
    }
    lab.start("s", servers[lab.settings["server"]])
    lab.names["login.name"] = user
    return user


def talk(
    lab: Stage, *commands: str, passive: bool = True, files: Mapping[str, bytes] | None = None
) -> None:
    """Have the client say these commands, and see both sides hang up."""
    address = lab["s"].ip()
    session = ftp_session(lab["c"], address, commands, passive=passive, files=files)
    lab.fact("session", session)
    hung_up(lab, 21)


def by(default: str) -> Setting:
    """Return the setting that chooses the server."""
    return Setting("server", default, "the FTP server", choices=_BOTH)
