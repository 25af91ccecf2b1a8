"""The same file by TFTP, by SFTP, and by both and FTP: what can be read of it."""

from wirelab.scenarios.ftp_words import (
    BINARY,
    GOODBYE,
    GREETING,
    LOGIN,
    NAME,
    PASSIVE,
    passive,
    said,
    talk,
)
from wirelab.scenarios.ftp_words import fetched as fetched_by_ftp
from wirelab.scenarios.offer import file_settings, offered
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.session import (
    CLOSED,
    POINTS,
    client,
    closed,
    hung_up,
    opened,
    server,
    whole,
)
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl, sftp, ssh_key, tftp
from wirelab.traffic.device_config import device_config
from wirelab.traffic.servers import Pyftpd, Sshd, Tftpd, User
from wirelab.verify import Item, never, par, seq

_BLOCK = 512  # bytes of the file in a TFTP block, unless something else is agreed on
_BLOCKS = 4  # of a file whose size is left to the seed
_SIZES = ((_BLOCKS - 1) * _BLOCK, _BLOCKS * _BLOCK - 1)
_FULL, _LAST = f"== {_BLOCK + 12}", f"in {{12 .. {_BLOCK + 11}}}"  # udp.length of a block
_ANY_PORT = "udp.srcport != 69"
_USER = "chris"
_FILE = file_settings("router.cfg", r"[a-z0-9][a-z0-9_-]{2,25}\.cfg")
_SECRET = "enable secret"  # stands in the file


def _offered(lab: Stage) -> dict[str, bytes]:
    return offered(lab, made=device_config, sizes=_SIZES)


def _blocks(last: int, first_answer: str) -> tuple[Item, ...]:
    """All blocks and acknowledgments; the server's port is that of its first answer."""
    own = f"${{{first_answer}.udp.srcport}}"
    found: list[Item] = []
    for number in range(1, last + 1):
        name, length = f"block_{number}", _LAST if number == last else _FULL
        port = _ANY_PORT if name == first_answer else f"udp.srcport == {own}"
        to = "udp.dstport == ${request.udp.srcport}"
        data = f"tftp.opcode == 3 && tftp.block == {number} && udp.length {length}"
        found += server(name, f"{port} && {to} && {data}")
        found += _acknowledged(f"ack_{number}", number, own)
    return tuple(found)


def _acknowledged(name: str, number: int, own: str) -> tuple[Item, Item]:
    ports = f"udp.srcport == ${{request.udp.srcport}} && udp.dstport == {own}"
    return client(name, f"{ports} && tftp.opcode == 4 && tftp.block == {number}")


def _transfer(settings: Settings) -> tuple[Item, ...]:
    """A request and the file by TFTP; in between, with curl, what both agree on."""
    last = settings["size"] // _BLOCK + 1 if settings["size"] else _BLOCKS
    wanted = f'udp.dstport == 69 && tftp.source_file == {NAME} && tftp.type == "octet"'
    if settings.get("client") != "curl":
        return *client("request", f"{wanted} && !tftp.option.name"), *_blocks(last, "block_1")
    blocks = f'tftp.option.name == "blksize" && tftp.option.value == "{_BLOCK}"'
    to = "udp.dstport == ${request.udp.srcport}"
    return (
        *client("request", f"{wanted} && {blocks}"),
        *server("agreed", f"{_ANY_PORT} && {to} && tftp.opcode == 6 && {blocks}"),
        *_acknowledged("ack_0", 0, "${agreed.udp.srcport}"),
        *_blocks(last, "agreed"),
    )


def _acknowledged_to_the_end(lab: Stage) -> None:
    """Wait for the acknowledgment of the last block."""
    last = int(lab.names["file.size"]) // _BLOCK + 1
    lab.wait_for(f"tftp.opcode == 4 && tftp.block == {last}", at="wan")


@scenario(
    "tftp",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 1350 sections 2, 4 and 5", "RFC 2347"),
    settings=(
        Setting("client", "tftp-hpa", "the TFTP client", choices=("tftp-hpa", "curl")),
        *_FILE,
    ),
    expect=lambda settings: seq(
        *_transfer(settings), never("tcp", seen="udp"), closed=["tftp", "icmp"]
    ),
    look=(
        Look("tftp.opcode == 1", "which file, and to port 69: the only packet that goes there"),
        Look("udp.srcport != 69 && tftp.opcode == 3", "the server's port for this transfer"),
        Look("tftp", "blocks and acknowledgments take turns", technique="delta column"),
        Look(f'udp contains "{_SECRET}"', "the file can be read, secrets included"),
    ),
)
def tftp_fetch(lab: Stage) -> None:
    """A file by TFTP: over UDP, block by block, without a login.

    The request goes to port 69 of the server, which answers from a port of its own: the two
    ports name the transfer. Blocks have 512 bytes, each waits for the acknowledgment of the one
    before, and a block with fewer ends the file (an empty one, if need be). Nobody is asked who
    they are, and nothing is hidden; this is for devices of one network that fetch what they
    start with. curl's request has options, which the server may agree to first (`client=curl`).
    """
    files = _offered(lab)
    lab.start("s", Tftpd(home=files))
    (name,), address = files, lab["s"].ip()
    if lab.settings["client"] == "curl":
        lab.fact("curl", curl(lab["c"], f"tftp://{address}/{name}"))
    else:
        lab.fact("tftp", tftp(lab["c"], address, name))
    _acknowledged_to_the_end(lab)


def _side(name: str, side: str) -> Item:
    """All that a side says by SSH; it begins with a line in the clear about the side itself."""
    ends = f"ip.src == ${{{side}.ip}} && tcp.stream == ${{secure.tcp.stream}}"
    return whole(name, f'{ends} && ssh.protocol contains "SSH-2.0-OpenSSH"', f"${{hidden.{name}}}")


def _secured(settings: Settings) -> tuple[Item, ...]:
    """An SSH connection from SYN to FIN, in which neither the file nor its name is seen."""
    return (
        *opened("secure", "22"),
        par(_side("client", "c"), _side("server", "s")),
        closed("secure", at_server="22"),
        never(f'tcp.port == 22 && tcp contains "{settings["file"]}"'),
        never(f'tcp.port == 22 && tcp contains "{_SECRET}"'),
    )


def _fetch_by_sftp(lab: Stage, files: dict[str, bytes]) -> None:
    """Start a server, and have the client fetch the file from it."""
    host, own = ssh_key(lab["s"]), ssh_key(lab["c"])
    lab.start("s", Sshd(host, own.public, _USER, files))
    (name,), address = files, lab["s"].ip()
    told = sftp(lab["c"], address, name, user=_USER, key=own, host_key=host.public)
    lab.fact("sftp", told)
    lab.names |= {"hidden.client": told.sent.sha256, "hidden.server": told.received.sha256}
    hung_up(lab, 22)


@scenario(
    "sftp",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 4253 sections 4.2 and 7", "RFC 4251 section 9.3.1"),
    settings=_FILE,
    expect=lambda settings: seq(*_secured(settings), closed=CLOSED),
    look=(
        Look("ssh.protocol", "both sides say what they are, with version: it can be read"),
        Look('tcp contains "curve25519"', "what each side proposes: methods, still in the clear"),
        Look(
            "ssh && tcp.len > 1000",
            "large segments: key exchange first, and then the file, by its size",
        ),
        Look("tcp.stream == 0", "two lines of text, and then nothing", technique="follow stream"),
    ),
)
def sftp_fetch(lab: Stage) -> None:
    """A file by SFTP: one connection, and all of it encrypted but the beginning.

    SFTP has nothing of FTP but the purpose: it is carried by SSH, over the one connection to
    port 22. Each side says its version and proposes methods, they exchange keys, and from then
    on user, commands, names and contents are hidden. What is left to see: who, when, how long,
    and how much, which is often enough to tell a download from a login.
    """
    _fetch_by_sftp(lab, _offered(lab))


def _by_all_three(settings: Settings) -> Item:
    by_ftp = (
        *GREETING, *LOGIN, *BINARY, *passive(), *opened("data", PASSIVE),
        *said("fetch", "RETR", 150, NAME), fetched_by_ftp(PASSIVE), *GOODBYE,
    )  # fmt: skip
    return seq(*by_ftp, *_transfer(settings), *_secured(settings), closed=[*CLOSED, "tftp"])


@scenario(
    "ftp-vs-sftp-vs-tftp",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 959", "RFC 1350", "RFC 4253 section 4.2"),
    settings=_FILE,
    expect=_by_all_three,
    look=(
        Look(f'frame contains "{_SECRET}"', "where the content can be read: FTP and TFTP"),
        Look("ftp.request.arg || tftp.source_file", "who names the file in the clear"),
        Look(
            "tcp", "three connections for two transfers, and TFTP none", technique="conversations"
        ),
        Look("", "the same file three times: count packets and bytes", technique="conversations"),
    ),
)
def ftp_vs_sftp_vs_tftp(lab: Stage) -> None:
    """One file by FTP, by TFTP and by SFTP: what can be read of each.

    FTP has a login, two TCP connections, and everything in the clear. TFTP has no login and one
    exchange over UDP, in the clear as well. SFTP has one TCP connection, of which only the start
    is clear. It needs the most packets before the first byte of the file: keys come first.
    """
    files = _offered(lab)
    (name,), address = files, lab["s"].ip()
    port = lab.random.randint(50000, 59000)
    lab.start("s", Pyftpd(users=(User(_USER, "secret"),), home=files, passive_ports=(port, port)))
    lab.start("s", Tftpd(home=files))
    lab.names["login.name"] = _USER
    talk(lab, f"USER {_USER}", "PASS secret", "TYPE I", f"RETR {name}", "QUIT")
    lab.fact("tftp", tftp(lab["c"], address, name))
    _acknowledged_to_the_end(lab)
    _fetch_by_sftp(lab, files)
