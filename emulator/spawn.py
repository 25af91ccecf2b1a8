"""Starting programs inside a node."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from wirelab.emulator.errors import CommandFailed, Missing
from wirelab.emulator.namespace import NetNamespace
from wirelab.emulator.view import NodeView

_SYSTEM_PATH = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def environment(own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a node's programs: one language, and the system's daemons found.

    `own` is where it comes from, in place of this process's.
    """
    found = dict(os.environ if own is None else own)
    path = found.get("PATH", "/usr/bin:/bin").split(":")
    path += [folder for folder in _SYSTEM_PATH if folder not in path]
    return found | {"PATH": ":".join(path), "LC_ALL": "C.UTF-8"}


def spawn(
    namespace: NetNamespace, view: NodeView, argv: Sequence[str], **options: Any
) -> subprocess.Popen[Any]:
    """Start a program in a node's namespaces; `options` are those of `subprocess.Popen`.

    The calling thread goes there and comes back: the child, made in between, stays. That
    spares a helper program that would do the same after a fork.

    Raises:
        Missing: there is no such program on this machine.
    """
    options.setdefault("env", environment())
    program = program_of(argv)
    if argv[0] == "env" and shutil.which(program, path=options["env"].get("PATH")) is None:
        raise Missing(f"the program {program} is not installed", "./lab setup")
    options.setdefault("cwd", "/")
    with ExitStack() as there:
        there.enter_context(namespace.entered())
        there.enter_context(view.entered())
        try:
            return subprocess.Popen(list(argv), **options)
        except (FileNotFoundError, PermissionError) as error:
            raise Missing(f"the program {argv[0]} is not installed", "./lab setup") from error


def program_of(argv: Sequence[str]) -> str:
    """Return the program that a command runs, without its folder; of `env` what that runs."""
    words = [str(word) for word in argv]
    if words[0] == "env":
        words = [word for word in words[1:] if "=" not in word] or words
    return os.path.basename(words[0])  # noqa: PTH119 - a word, not a path


def run_to_end(
    node: str, process: subprocess.Popen[str], timeout: float, *, check: bool, text: str | None
) -> subprocess.CompletedProcess[str]:
    """Wait for a program's end and return what it said.

    Raises:
        CommandFailed: it took longer than `timeout` seconds, or with `check` it failed.
    """
    argv: Sequence[str] = process.args  # type: ignore[assignment]  # we always pass a list
    try:
        output, errors = process.communicate(text, timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        told = output + errors
        raise CommandFailed(node, argv, f"not done after {timeout:g} s", told) from None
    if check and process.returncode != 0:
        raise CommandFailed(node, argv, f"exit status {process.returncode}", output + errors)
    return subprocess.CompletedProcess(argv, process.returncode, output, errors)


def identity_files(hosts: Mapping[str, str], own: str, nameserver: str | None) -> dict[str, str]:
    """Return the files that a node sees in place of the host's, as contents by path.

    The users are few and all of them root: with a single mapped id (see `idmap`) no other
    exists, and a daemon that finds no user of its own does not try to become it.
    """
    names = "".join(f"{address}\t{name}\n" for name, address in hosts.items())
    users = ("root", "nobody", "ftp")
    return {
        "/etc/hosts": f"127.0.0.1\tlocalhost\n::1\tlocalhost\n{names}",
        "/etc/hostname": f"{own}\n",
        "/etc/resolv.conf": resolver_file(nameserver),
        "/etc/passwd": "".join(f"{user}:x:0:0:{user}:/:/bin/sh\n" for user in users),
        "/etc/group": "".join(f"{group}:x:0:\n" for group in ("root", "nogroup", "ftp")),
    }


def resolver_file(nameserver: str | None) -> str:
    """Return a resolv.conf(5) with one name server, or none."""
    return f"nameserver {nameserver}\n" if nameserver else ""
