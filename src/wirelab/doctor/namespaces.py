"""Whether a sandbox can be made here, tried for real, and what forbids it when not."""

import os
from dataclasses import dataclass
from pathlib import Path

from wirelab.doctor.finding import Finding
from wirelab.emulator import EmulatorError, sandbox

_SEE_ALL_OF_PROC = "docker run --security-opt systempaths=unconfined … (or --privileged)"


_APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"


@dataclass(frozen=True)
class Restrictions:
    """The settings of a machine that can forbid namespaces; None where it has no such setting."""

    root: bool
    """Whether we are root here."""
    can_administer: bool
    """Whether we have CAP_SYS_ADMIN, which root of a container lacks."""
    filtered: bool
    """Whether a seccomp filter, as containers have it, is over us."""
    most_namespaces: int | None
    """user.max_user_namespaces."""
    unprivileged_allowed: int | None
    """kernel.unprivileged_userns_clone (Debian's kernels)."""
    apparmor_restricts: int | None
    """kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and newer)."""


def namespaces() -> Finding:
    """Make a sandbox, and say what forbids it if that fails."""
    try:
        sandbox.call(os.getpid)
    except (EmulatorError, OSError) as error:
        detail, mend = explained(str(error).partition("; to mend it")[0], restrictions())
        return Finding("namespaces", False, detail, mend, "every lab", essential=True)
    who = "as root" if os.geteuid() == 0 else "as an ordinary user"
    if os.geteuid() == 0 and restrictions().apparmor_restricts == 1:
        who += f"; {_APPARMOR} forbids them to ordinary users"
    return Finding("namespaces", True, f"user, mount, PID, network, UTS, IPC {who}", essential=True)


def explained(error: str, found: Restrictions) -> tuple[str, str]:
    """Return why there is no sandbox, and the command that mends it."""
    if found.root and not found.can_administer:
        return (
            f"{error}: root without CAP_SYS_ADMIN, as in a container",
            "docker run --privileged …",
        )
    if not found.root:
        if found.most_namespaces == 0:
            return _forbidden(error, "user.max_user_namespaces", 15000)
        if found.unprivileged_allowed == 0:
            return _forbidden(error, "kernel.unprivileged_userns_clone", 1)
        if found.apparmor_restricts == 1:
            told, mend = _forbidden(error, _APPARMOR, 0)
            return f"{told} (AppArmor, as on Ubuntu 23.10 and newer)", mend
    if "mount" in error:
        return f"{error}: parts of /proc are hidden, as in a container", _SEE_ALL_OF_PROC
    if found.filtered:
        seccomp = "docker run --security-opt seccomp=unconfined … (or --privileged)"
        return f"{error}: a seccomp filter, as in a container", seccomp
    return error, "run it as root" if not found.root else "use a kernel with namespaces"


def _forbidden(error: str, setting: str, value: int) -> tuple[str, str]:
    return f"{error}: {setting} forbids it", f"sudo sysctl -w {setting}={value}"


def restrictions() -> Restrictions:
    """Read what could forbid namespaces."""
    status = _status(Path("/proc/self/status").read_text())
    sysctls = Path("/proc/sys")
    return Restrictions(
        root=os.geteuid() == 0,
        can_administer=bool(int(status["CapEff"], 16) >> 21 & 1),  # CAP_SYS_ADMIN
        filtered=status.get("Seccomp", "0") == "2",
        most_namespaces=_number(sysctls / "user/max_user_namespaces"),
        unprivileged_allowed=_number(sysctls / "kernel/unprivileged_userns_clone"),
        apparmor_restricts=_number(sysctls / "kernel/apparmor_restrict_unprivileged_userns"),
    )


def _status(text: str) -> dict[str, str]:
    """Return the fields of /proc/self/status."""
    fields = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in fields}


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
