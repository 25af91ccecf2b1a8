"""TLS: what can be read of it, and what cannot."""

from wirelab.scenarios.offer import LONGEST, offered
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.session import CLOSED, POINTS, client, closed, hung_up, opened, server
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl
from wirelab.traffic.servers import Nginx, certificate
from wirelab.traffic.web_page import web_page
from wirelab.verify import Item, forwarded, never, par, seq, step

_SEGMENT = 1448  # bytes in a full segment: an MTU of 1500 less headers and time stamps
_SIZES, _SEGMENTS = (4500, 5500), 4  # of a page, if the seed decides, and of the answer with it
_HEADERS = 206  # bytes of the answer's, without the digits of the page's length
_RECORD = 5  # bytes of a record's header
_DATA = {"1.3": "tls.record.opaque_type == 23", "1.2": "tls.record.content_type == 23"}
_ADDED = {"1.3": 17, "1.2": 24}
"""Bytes by which a record is longer than what it hides: in 1.3 its real type and a tag (RFC 8446
section 5.2), in 1.2 a nonce and a tag (RFC 5288 section 3)."""


def _handshake(settings: Settings) -> tuple[Item, ...]:
    """The hellos, and what follows them: in 1.3 hidden at once, in 1.2 with one more round."""
    hello = (
        f'tls.handshake.type == 1 && tls.handshake.extensions_server_name == "{settings["site"]}"'
        " && tls.handshake.extensions.supported_version == 0x0304"
    )
    if settings["version"] == "1.3":
        chosen = "tls.handshake.extensions.supported_version == 0x0304"
        hidden = "tls.record.content_type == 20 && tls.record.opaque_type == 23"
        return (
            *client("client_hello", hello),
            *server("server_hello", f"tls.handshake.type == 2 && {chosen} && {hidden}"),
            *client("client_finished", hidden),
            never(f'ip.src == ${{s.ip}} && tcp contains "{settings["site"]}"'),
        )
    certificate_too = "tls.handshake.type == 11 && tls.handshake.type == 14"
    older = "tls.handshake.version == 0x0303 && !tls.handshake.extensions.supported_version"
    changed = "tls.record.content_type == 20 && tls.record.content_type == 22"
    return (
        *client("client_hello", hello),
        *server("server_hello", f"tls.handshake.type == 2 && {older} && {certificate_too}"),
        *client("client_finished", f"tls.handshake.type == 16 && {changed}"),
        *server("server_finished", f"!tls.handshake.type && {changed}"),
    )


def _answer(settings: Settings) -> tuple[Item, ...]:
    """One record in full segments and a last one, which completes it."""
    version, size = settings["version"], settings["size"]
    whole = _RECORD + _ADDED[version] + _HEADERS + len(str(size)) + size
    full = (whole - 1) // _SEGMENT if size else _SEGMENTS - 1
    sent = "ip.src == ${s.ip} && tcp.dstport == ${connect.tcp.srcport}"
    record = f"{_DATA[version]} && tls.record.length == ${{record.answered}}"
    last = step("answer", f"{sent} && {record}", at="wan")
    if not full:
        return last, forwarded("answer", "wan", "lan")
    segments = [
        step(f"part_at_{at}", f"{sent} && tcp.len == {_SEGMENT}", count=full, at=at)
        for at in ("wan", "lan")
    ]
    return par(seq(segments[0], last), segments[1]), forwarded("answer", "wan", "lan")


def _https(settings: Settings) -> Item:
    version = settings["version"]
    alert = {
        "1.3": "tls.record.opaque_type == 23 && tls.record.length == 19",
        "1.2": "tls.record.content_type == 21 && tls.record.length == 26",
    }
    return seq(
        *opened("connect", "443"),
        *_handshake(settings),
        *client("request", f"{_DATA[version]} && tls.record.length == ${{record.asked}}"),
        *_answer(settings),
        *client("goodbye", alert[version]),
        closed("connect", at_server="443"),
        never('tcp contains "<!doctype"'),
        closed=CLOSED,
    )


@scenario(
    "tls-https",
    topology=Routed,
    points=POINTS,
    rfcs=("RFC 8446 sections 2 and 5", "RFC 6066 section 3", "RFC 9110 section 4.2.2"),
    settings=(
        Setting("version", "1.3", "of TLS, as far as the server goes", choices=("1.2", "1.3")),
        Setting("site", "www.example.test", "the server's name", pattern=r"[a-z][a-z0-9.-]{2,60}"),
        Setting("file", "page.html", "the page", pattern=r"[a-z0-9][a-z0-9_-]{0,25}\.html"),
        Setting("size", 0, "how long it is; 0 leaves it to the seed", 0, LONGEST - 400, "bytes"),
    ),
    expect=_https,
    look=(
        Look("tls.handshake.extensions_server_name", "which site is meant: it is not encrypted"),
        Look("tls.handshake.type == 2", "the version, in supported_version of the server hello"),
        Look("tls.handshake.type == 11", "the certificate: in 1.3 seen because there are secrets"),
        Look("http", "request and answer, decrypted with the secrets in the file"),
    ),
)
def tls_https(lab: Stage) -> None:
    """A page over HTTPS, and in the capture the secrets with which Wireshark decrypts it.

    What can be read without them: the addresses, the name of the site (the client has to say
    whom it means before there are keys), versions and ciphers, and how long everything is. From
    version 1.3 on the certificate is encrypted, too; with `version=1.2` it is not. curl wrote
    down the secrets of its session, and the file has them in a block in front of the packets;
    delete the block (`editcap --discard-all-secrets`), and the page is gone.
    """
    site, files = lab.settings["site"], offered(lab, made=web_page, sizes=_SIZES)
    own = certificate(lab["s"], site)
    lab.start("s", Nginx(own, files, lab.settings["version"]))
    (page,), address = files, f"{site}:443:{lab['s'].ip()}"
    url, told = f"https://{site}/{page}", ("--resolve", address)
    fetched = curl(lab["c"], url, trust=own.certificate, options=told)
    lab.fact("curl", fetched)
    lab.secrets(fetched.key_log)
    added = _ADDED[lab.settings["version"]]
    lab.names["record.asked"] = str(fetched.request_size + added)
    lab.names["record.answered"] = str(fetched.header_size + fetched.size + added)
    hung_up(lab, 443)
