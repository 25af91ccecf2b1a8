"""FTP: commands on one connection, files on another."""

from wirelab.scenarios.ftp_words import (
    ASKED_SIZE,
    BINARY,
    GOODBYE,
    GREETING,
    LOGIN,
    NAME,
    PASSIVE,
    by,
    complete,
    fetched,
    passive,
    said,
    started,
    talk,
)
from wirelab.scenarios.offer import file_settings, offered
from wirelab.scenarios.scenario import Look, Settings, scenario
from wirelab.scenarios.session import (
    CLOSED,
    POINTS,
    client,
    closed,
    hung_up,
    opened,
    opened_back,
    server,
    whole,
)
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl
from wirelab.traffic.servers import Pyftpd, User
from wirelab.verify import Item, par, seq

_FILE = file_settings("logo.png")
_EXTENDED = "${extended_reply.ftp.epsv.port}"
_ACTIVE = "${active.ftp.active.port}"


@scenario(
    "ftp-passive",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 sections 3.2 and 4.1.2",),
    settings=(by("pyftpdlib"), *_FILE),
    expect=seq(
        *GREETING,
        *LOGIN,
        *said("system", "SYST", 215),
        *said("folder", "PWD", 257),
        *BINARY,
        *ASKED_SIZE,
        *said("no_folder", "CWD", 550, NAME),
        *passive(),
        *opened("data", PASSIVE),
        *said("fetch", "RETR", 150, NAME),
        fetched(PASSIVE),
        *GOODBYE,
        closed=CLOSED,
    ),
    look=(
        Look(
            "ftp", "the whole conversation, user and file names included", technique="packet list"
        ),
        Look("ftp.passive.port", "p1 * 256 + p2, reckoned; the next SYN goes there"),
        Look("ftp-data", "save it: it is the picture that was fetched", technique="save raw"),
        Look("tcp.stream == 1", "the data connection alone", technique="stream number"),
    ),
)
def ftp_passive(lab: Stage) -> None:
    """A file fetched in passive mode: the server names a port, the client connects to it.

    Commands and replies go over one connection, to port 21, in clear text: user, password,
    names. For the file there is another: the reply to PASV gives the server's address and, in
    its last two numbers p1 and p2, the port p1 * 256 + p2, to which the client connects.
    What is sent there, put together, is the file. `CWD` to it fails: it is no folder.
    """
    files = offered(lab)
    user, (name,) = started(lab, files), files
    talk(
        lab, f"USER {user}", "PASS ", "SYST", "PWD", "TYPE I", f"SIZE {name}", f"CWD {name}",
        f"RETR {name}", "QUIT",
    )  # fmt: skip


@scenario(
    "ftp-extended-passive",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 2428 section 3",),
    settings=(by("pyftpdlib"), *_FILE),
    expect=seq(
        *GREETING,
        *LOGIN,
        *said("folder", "PWD", 257),
        *said("extended", "EPSV", 229),
        *opened("data", _EXTENDED),
        *BINARY,
        *ASKED_SIZE,
        *said("fetch", "RETR", 150, NAME),
        fetched(_EXTENDED),
        *GOODBYE,
        closed=CLOSED,
    ),
    look=(
        Look("ftp.epsv.port", "the reply names a port and no address: (|||port|)"),
        Look(
            "tcp.flags.syn == 1",
            "two connections, both opened by the client",
            technique="filter button",
        ),
        Look("ftp-data", "the setup frame is the 229, the method EPASV", technique="save raw"),
    ),
)
def ftp_extended_passive(lab: Stage) -> None:
    """A file fetched in extended passive mode: a port and no address.

    PASV's six numbers have no room for an IPv6 address, and are wrong behind a translator that
    does not rewrite them. The reply to EPSV has only the port, between bars: the address is that
    of the control connection. curl asks for EPSV first on IPv4, too, and connects at once,
    before it says what it wants.
    """
    files = offered(lab)
    user, (name,) = started(lab, files), files
    url = f"ftp://{lab['s'].ip()}/{name}"
    lab.fact("curl", curl(lab["c"], url, user=f"{user}:", extended=True))
    hung_up(lab, 21)


def _active(settings: Settings) -> Item:
    """Who connects when: vsftpd to send, and from port 20; pyftpdlib as soon as it can."""
    asked = client("active", 'ftp.request.command == "PORT" && ftp.active.cip == ${c.ip}')
    agreed = server("active_reply", "ftp.response.code == 200")
    if settings["server"] == "vsftpd":
        fetch = client("fetch", f'ftp.request.command == "RETR" && ftp.request.arg == {NAME}')
        answer = server("fetch_reply", "ftp.response.code == 150")
        data = (*agreed, *fetch, *opened_back("data", _ACTIVE, own="20"), *answer)
    else:
        data = (*opened_back("data", _ACTIVE), *agreed, *said("fetch", "RETR", 125, NAME))
    content = whole("file", f"ip.src == ${{s.ip}} && tcp.dstport == {_ACTIVE}", "${file.sha256}")
    end = par(seq(content, closed("file_data", at_client=_ACTIVE)), complete())
    return seq(*GREETING, *LOGIN, *BINARY, *asked, *data, end, *GOODBYE, closed=CLOSED)


@scenario(
    "ftp-active",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 sections 3.2 and 4.1.2", "RFC 1579"),
    settings=(by("vsftpd"), *_FILE),
    expect=_active,
    look=(
        Look("tcp.flags == 0x002", "who opens what: the second SYN comes from the server"),
        Look("ftp.active.port", "where the client waits: p1 * 256 + p2 of its own"),
        Look(
            "tcp.port == 20",
            "the old data port, if the server is vsftpd",
            technique="conversations",
        ),
    ),
)
def ftp_active(lab: Stage) -> None:
    """A file fetched in active mode: the client names a port, the server connects to it.

    PORT has the same six numbers as the reply to PASV, but they are the client's. The SYN of
    the data connection comes from the server, from port 20 if it is an old hand (vsftpd), which
    a firewall or translator in front of the client does not expect. With another source port
    (pyftpdlib) Wireshark does not recognise the data as FTP's, either.
    """
    files = offered(lab)
    user, (name,) = started(lab, files), files
    talk(lab, f"USER {user}", "PASS ", "TYPE I", f"RETR {name}", "QUIT", passive=False)


@scenario(
    "ftp-upload",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 section 4.1.3",),
    settings=(by("pyftpdlib"), *_FILE),
    expect=seq(
        *GREETING,
        *LOGIN,
        *BINARY,
        *passive(),
        *opened("data", PASSIVE),
        *said("store", "STOR", 150, NAME),
        par(
            seq(
                whole(
                    "file",
                    f"ip.src == ${{c.ip}} && tcp.dstport == {PASSIVE}",
                    "${file.sha256}",
                ),
                closed("file_data", at_server=PASSIVE),
            ),
            complete(),
        ),
        *GOODBYE,
        closed=CLOSED,
    ),
    look=(
        Look('ftp.request.command == "STOR"', "what is stored, under which name"),
        Look("ftp-data && ip.src == ${c.ip}", "the file goes the other way", technique="save raw"),
        Look("tcp.flags.fin == 1", "who says that the file is over: its sender"),
    ),
)
def ftp_upload(lab: Stage) -> None:
    """A file stored on the server: only the direction of the data differs.

    The client opens the data connection as for a download, and sends. Nothing in the data says
    how long they are: the end of the file is the client's FIN, and what the server has by then,
    it keeps. Its 226 says how that went.
    """
    files = offered(lab)
    user, (name,) = started(lab, {}, writable=True), files
    talk(lab, f"USER {user}", "PASS ", "TYPE I", f"STOR {name}", "QUIT", files=files)


def _one_of_two(file: str) -> tuple[Item, ...]:
    """One file of a session that fetches several, over a connection of its own."""
    port = f"${{{file}_passive_reply.ftp.passive.port}}"
    return (
        *passive(f"{file}_passive"),
        *opened(f"{file}_open", port),
        *said(f"{file}_fetch", "RETR", 150, f"${{{file}.name}}"),
        fetched(port, file),
    )


@scenario(
    "ftp-two-files",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 section 3.3",),
    settings=(by("pyftpdlib"),),
    expect=seq(
        *GREETING,
        *LOGIN,
        *BINARY,
        *_one_of_two("photo"),
        *_one_of_two("map"),
        *GOODBYE,
        closed=CLOSED,
    ),
    look=(
        Look("ftp", "one control connection for both files", technique="follow stream"),
        Look("tcp.stream == 1", "the first file, and nothing else", technique="stream number"),
        Look("tcp.stream == 2", "the second one: save it by itself", technique="save raw"),
        Look("tcp", "three of them, and how many bytes each moved", technique="conversations"),
    ),
)
def ftp_two_files(lab: Stage) -> None:
    """Two files of one session: each has a data connection of its own.

    The end of a data connection is the end of a file, so a second file needs a second
    connection, with a PASV of its own, which names another port. All of it is commanded over
    the one control connection, which stays. Stream numbers tell the files apart.
    """
    photo, chart = offered(lab, "photo"), offered(lab, "map")
    user = started(lab, photo | chart, ports=500)
    names = (*photo, *chart)
    talk(lab, f"USER {user}", "PASS ", "TYPE I", *(f"RETR {name}" for name in names), "QUIT")


@scenario(
    "ftp-failed-login",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959 section 4.1.1", "RFC 1635"),
    expect=seq(
        *GREETING,
        *said("user", "USER", 331, '"anonymous"'),
        *said("password", "PASS", 530, '"chrome@example.com"'),
        *GOODBYE,
        closed=CLOSED,
    ),
    look=(
        Look("tcp.flags.syn == 1", "the port of the control connection, in the first frame"),
        Look("ftp.request.arg", "user and password", technique="apply as column"),
        Look("ftp.response.code >= 400", "the refusal", technique="colouring rule"),
        Look("tcp.stream == 0", "the same as a text", technique="follow stream"),
    ),
)
def ftp_failed_login(lab: Stage) -> None:
    """A login that the server refuses.

    A browser's habit: it tries `anonymous` with a made-up address as password. The server asks
    for the password all the same and refuses only then, with 530; it does not say which of
    the two was wrong. All of it can be read on the wire.
    """
    lab.start("s", Pyftpd(users=(User("chris", "secret"),)))
    talk(lab, "USER anonymous", "PASS chrome@example.com", "QUIT")
