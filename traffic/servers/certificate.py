"""Keys and certificates, made for one run by OpenSSL."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH


@dataclass(frozen=True)
class Certificate:
    """A key and the certificate for it, which is signed with it."""

    key: str
    """The private key, in PEM."""
    certificate: str
    """The certificate, in PEM; whoever trusts it trusts the server that has the key."""


def certificate(node: Host, name: str) -> Certificate:
    """Make a key (Ed25519, whose signatures are all of one length) and a certificate for a name.

    Args:
        node: where OpenSSL runs.
        name: the name of a server, as in `www.example.test`.
    """
    with TemporaryDirectory(dir=SCRATCH) as folder:
        key, made = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        argv = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2"]
        argv += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        argv += ["-set_serial", "1", "-keyout", str(key), "-out", str(made)]
        node.run(argv)
        return Certificate(key.read_text(), made.read_text())
