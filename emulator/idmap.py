"""User ids inside a rootless sandbox (user_namespaces(7)).

With a range in /etc/subuid and `newuidmap`, ids 0 to 65535 exist inside, and daemons that
change user work unchanged. Without, id 0 (the caller) is the only one.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from wirelab.emulator.errors import Missing

_IDS = 65536


class Handshake:
    """The talk between a process in a new user namespace and its parent, who maps its ids."""

    def __init__(self) -> None:
        self._unshared = os.pipe()
        self._mapped = os.pipe()
        self._rootless = os.geteuid() != 0

    def wait_until_mapped(self) -> None:
        """In the child, after unshare(CLONE_NEWUSER): wait until the parent has mapped ids."""
        os.close(self._unshared[0])
        os.close(self._mapped[1])  # else the pipe would stay open when the parent gives up
        os.write(self._unshared[1], b"u")
        if os.read(self._mapped[0], 1) != b"m":
            raise Missing("mapping user ids failed", "run `./lab doctor`, which names the setting")

    def map_child(self, pid: int) -> None:
        """In the parent: map the child's ids once it is in its namespace, and let it go on."""
        os.close(self._unshared[1])
        os.close(self._mapped[0])
        try:
            if self._rootless and os.read(self._unshared[0], 1) == b"u" and _map(pid):
                os.write(self._mapped[1], b"m")
        finally:
            os.close(self._unshared[0])
            os.close(self._mapped[1])


def _map(pid: int) -> bool:
    return _map_range(pid) or _map_one(pid)


def _map_range(pid: int) -> bool:
    """Map a whole range of ids with the set-uid helpers of the package uidmap."""
    uid, gid = os.geteuid(), os.getegid()
    for helper, table, own in (
        ("newuidmap", "/etc/subuid", uid),
        ("newgidmap", "/etc/subgid", gid),
    ):
        start = subordinate_range(Path(table), uid)
        program = shutil.which(helper)
        if start is None or program is None:
            return False
        argv = [program, str(pid), "0", str(own), "1", "1", str(start), str(_IDS - 1)]
        if subprocess.run(argv, capture_output=True, check=False).returncode != 0:
            return False
    return True


def subordinate_range(table: Path, uid: int) -> int | None:
    """Return the first id of the caller's range in /etc/subuid or subgid, if it is large enough."""
    try:
        owners = {str(uid), pwd.getpwuid(uid).pw_name}
    except KeyError:  # a user id without a name, as containers have them
        owners = {str(uid)}
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        owner, _, numbers = line.partition(":")
        start, _, count = numbers.partition(":")
        if owner in owners and start.isdigit() and count.isdigit() and int(count) >= _IDS - 1:
            return int(start)
    return None


def _map_one(pid: int) -> bool:
    """Map the caller alone, as id 0; needs no privilege, but forbids setgroups(2)."""
    process = Path("/proc", str(pid))
    try:
        (process / "setgroups").write_text("deny")
        (process / "uid_map").write_text(f"0 {os.geteuid()} 1")
        (process / "gid_map").write_text(f"0 {os.getegid()} 1")
    except OSError:
        return False
    return True
