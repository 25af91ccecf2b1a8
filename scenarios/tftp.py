"""TFTP: a file in blocks, each acknowledged before the next is sent."""

from wirelab.scenarios.offer import file_settings, offered
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import curl, tftp
from wirelab.traffic.device_config import device_config
from wirelab.traffic.servers import Tftpd
from wirelab.verify import Item, forwarded, seq, step

_BLOCK = 512  # bytes of the file in a block, unless something else is agreed on
_BLOCKS = 4  # of a file whose size is left to the seed
_FULL, _LAST = f"== {_BLOCK + 12}", f"in {{12 .. {_BLOCK + 11}}}"  # udp.length of a block
_ANY_PORT = "udp.srcport != 69"


def _asked(name: str, text: str) -> tuple[Item, Item]:
    """A datagram of the client, as it leaves and as it arrives."""
    sent = step(name, f"ip.src == ${{c.ip}} && ip.dst == ${{s.ip}} && {text}", at="c")
    return sent, forwarded(name, "c", "s", hops=0)


def _told(name: str, text: str) -> tuple[Item, Item]:
    """A datagram of the server, as it leaves and as it arrives."""
    ends = "ip.src == ${s.ip} && ip.dst == ${c.ip} && udp.dstport == ${request.udp.srcport}"
    sent = step(name, f"{ends} && {text}", at="s", within="2s")
    return sent, forwarded(name, "s", "c", hops=0)


def _blocks(last: int, first_answer: str) -> tuple[Item, ...]:
    """All blocks and acknowledgments; the server's port is that of its first answer."""
    server = f"${{{first_answer}.udp.srcport}}"
    found: list[Item] = []
    for number in range(1, last + 1):
        name, length = f"block_{number}", _LAST if number == last else _FULL
        port = _ANY_PORT if name == first_answer else f"udp.srcport == {server}"
        data = f"tftp.opcode == 3 && tftp.block == {number} && udp.length {length}"
        found += _told(name, f"{port} && {data}")
        found += _acknowledged(f"ack_{number}", number, server)
    return tuple(found)


def _acknowledged(name: str, number: int, server: str) -> tuple[Item, Item]:
    ports = f"udp.srcport == ${{request.udp.srcport}} && udp.dstport == {server}"
    return _asked(name, f"{ports} && tftp.opcode == 4 && tftp.block == {number}")


def _transfer(settings: Settings) -> Item:
    """A request and the file; in between, with curl, what both agree on."""
    last = settings["size"] // _BLOCK + 1 if settings["size"] else _BLOCKS
    wanted = 'udp.dstport == 69 && tftp.source_file == ${file.name} && tftp.type == "octet"'
    if settings["client"] == "tftp-hpa":
        request = _asked("request", f"{wanted} && !tftp.option.name")
        return seq(*request, *_blocks(last, "block_1"), closed=["tftp", "icmp"])
    blocks = f'tftp.option.name == "blksize" && tftp.option.value == "{_BLOCK}"'
    return seq(
        *_asked("request", f"{wanted} && {blocks}"),
        *_told("agreed", f"{_ANY_PORT} && tftp.opcode == 6 && {blocks}"),
        *_acknowledged("ack_0", 0, "${agreed.udp.srcport}"),
        *_blocks(last, "agreed"),
        closed=["tftp", "icmp"],
    )


@scenario(
    "tftp",
    topology=Lan,
    points={"c": "c-eth0", "s": "s-eth0"},
    rfcs=("RFC 1350 sections 2, 4 and 5", "RFC 2347"),
    settings=(
        Setting("client", "tftp-hpa", "the TFTP client", choices=("tftp-hpa", "curl")),
        *file_settings("router.cfg"),
    ),
    expect=_transfer,
    look=(
        Look("tftp.opcode == 1", "which file, and to port 69: the only packet that goes there"),
        Look("udp.srcport != 69 && tftp.opcode == 3", "the server's port for this transfer"),
        Look("tftp", "data and acknowledgment take turns", technique="delta column"),
        Look("tftp.block && udp.length < 524", "the block that is not full: the file ends here"),
        Look('frame contains "secret"', "the file can be read on the wire, secrets included"),
    ),
)
def tftp_read(lab: Stage) -> None:
    """A file by TFTP: over UDP, block by block, without a login.

    The request goes to port 69 of the server, which answers from a port of its own: the two
    ports name the transfer. Blocks have 512 bytes, each waits for the acknowledgment of the one
    before, and a block with fewer ends the file (an empty one, if need be). Nobody is asked who
    they are, and nothing is hidden; this is for devices in the same LAN that fetch what they
    start with. curl's request has options, which the server may agree to first (`client=curl`).
    """
    files = offered(lab, made=device_config, sizes=((_BLOCKS - 1) * _BLOCK, _BLOCKS * _BLOCK - 1))
    lab.start("s", Tftpd(home=files))
    (name,), address = files, lab["s"].ip()
    if lab.settings["client"] == "curl":
        lab.fact("curl", curl(lab["c"], f"tftp://{address}/{name}"))
    else:
        lab.fact("tftp", tftp(lab["c"], address, name))
    last = int(lab.names["file.size"]) // _BLOCK + 1
    lab.wait_for(f"tftp.opcode == 4 && tftp.block == {last}", at="s")
