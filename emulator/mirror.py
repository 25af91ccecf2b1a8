"""Sending frames on to another interface as they pass one: SPAN ports, wires (tc-mirred(8))."""

import errno
from collections.abc import Iterable, Sequence
from typing import Literal

from wirelab.emulator.errors import EmulatorError, Missing

_ETH_P_ALL = 0x0003
_INGRESS, _EGRESS = 0xFFFFFFF2, 0xFFFFFFF3  # the two hooks of clsact (tc-bpf(8))


def mirror(watched: Sequence[int], monitor: int) -> None:
    """Copy what the ports `watched` receive and send to the port `monitor`.

    Ports are interface indexes in the namespace that the calling thread is in.
    """
    _send_on(((port, monitor) for port in watched), "mirror", (_INGRESS, _EGRESS))


def redirect(pairs: Iterable[tuple[int, int]]) -> None:
    """Send what the first of each pair of interfaces receives by the second, and nowhere else."""
    _send_on(pairs, "redirect", (_INGRESS,))


def _send_on(
    pairs: Iterable[tuple[int, int]], action: Literal["mirror", "redirect"], hooks: Sequence[int]
) -> None:
    """Do so by a `u32` filter that matches all, since kernels without `matchall` have it."""
    from pyroute2 import IPRoute  # noqa: PLC0415 - 0.15 s that most labs need not spend
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    try:
        with IPRoute() as control:
            for port, target in pairs:
                control.tc("add", "clsact", port)
                doing = {"kind": "mirred", "direction": "egress", "action": action}
                for hook in hooks:
                    control.tc(
                        "add-filter", "u32", port, parent=hook, prio=1, protocol=_ETH_P_ALL,
                        target=0x10000, keys=["0x0/0x0+0"], action={**doing, "ifindex": target},
                    )  # fmt: skip
    except NetlinkError as error:
        if error.code in (errno.ENOENT, errno.EOPNOTSUPP):
            raise Missing(f"this kernel cannot {action} a port", "run `./lab doctor`") from error
        raise EmulatorError(f"the kernel cannot {action} a port: {error}") from error
