"""dnsmasq as a TFTP server (RFC 1350), and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirelab.emulator import Socket
from wirelab.traffic.daemon import Daemon, Place, listening
from wirelab.traffic.servers.ftp_home import HOME, file_facts, home_files
from wirelab.traffic.templates import render

TFTP_PORT = 69


@dataclass(frozen=True)
class Tftpd(Daemon):
    """A TFTP server: whoever asks may read its files, and nobody may write."""

    home: Mapping[str, bytes] = field(default_factory=dict)
    """Files to offer: content by path."""
    name: str = "tftpd"
    """What it is called in logs."""

    def argv(self, place: Place) -> tuple[str, ...]:
        """Return the command."""
        return ("dnsmasq", f"--conf-file={place.folder}/tftpd.conf")

    def files(self, place: Place) -> dict[str, str | bytes]:
        """Return its configuration and the files it offers."""
        config = render("tftpd.conf.j2", daemon=self, home=place.folder / HOME, place=place)
        return {"tftpd.conf": config, f"{HOME}/.keep": ""} | home_files(self.home)

    def ready(self, place: Place, sockets: frozenset[Socket]) -> bool:
        """Say whether its socket is bound."""
        return listening(sockets, "udp", TFTP_PORT, place.ip)

    def facts(self, place: Place) -> dict[str, object]:
        """Return its `files`, and the `transfers` of its log."""
        told = parse_log(place.log.read_text(errors="replace"), f"{place.folder / HOME}/")
        return {"files": file_facts(self.home), "transfers": told}


_SENT = re.compile(
    r"dnsmasq-tftp\[\d+\]: (?:(?P<failed>failed sending|file)|sent) (?P<file>.+?)"
    r"(?: not found for| to) (?P<client>[\d.]+)$",
    re.MULTILINE,
)


def parse_log(text: str, home: str) -> list[dict[str, object]]:
    """Return the transfers of dnsmasq's log, those that failed too; `home` is cut off names."""
    return [
        {
            "file": found["file"].removeprefix(home),
            "client": found["client"],
            "ok": not found["failed"],
        }
        for found in _SENT.finditer(text)
    ]
