"""Keys for SSH, of servers and of users, made for one run by ssh-keygen."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wirelab.emulator import Host
from wirelab.emulator.sandbox import SCRATCH


@dataclass(frozen=True)
class SshKey:
    """A pair of keys."""

    private: str
    """The private key, as in a key file."""
    public: str
    """The public key: kind and key, as in `authorized_keys`."""


def ssh_key(node: Host) -> SshKey:
    """Make a pair of keys (Ed25519)."""
    with TemporaryDirectory(dir=SCRATCH) as folder:
        file = Path(folder, "key")
        node.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)])
        return SshKey(file.read_text(), file.with_suffix(".pub").read_text().strip())
