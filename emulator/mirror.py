"""SPAN: a switch port to which everything that passes other ports is copied (tc-mirred(8))."""

from collections.abc import Sequence

from wirelab.emulator.errors import EmulatorError

_ETH_P_ALL = 0x0003
_INGRESS, _EGRESS = 0xFFFFFFF2, 0xFFFFFFF3  # the two hooks of clsact (tc-bpf(8))


def mirror(watched: Sequence[int], monitor: int) -> None:
    """Copy what the ports `watched` receive and send to the port `monitor`.

    Ports are interface indexes in the namespace that the calling thread is in. A `u32` filter
    that matches all is used, since kernels without `matchall` have it.
    """
    from pyroute2 import IPRoute  # noqa: PLC0415 - 0.15 s that most labs need not spend
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    action = {"kind": "mirred", "direction": "egress", "action": "mirror", "ifindex": monitor}
    try:
        with IPRoute() as control:
            for port in watched:
                control.tc("add", "clsact", port)
                for hook in (_INGRESS, _EGRESS):
                    control.tc(
                        "add-filter", "u32", port, parent=hook, prio=1, protocol=_ETH_P_ALL,
                        target=0x10000, keys=["0x0/0x0+0"], action=action,
                    )  # fmt: skip
    except NetlinkError as error:
        raise EmulatorError(f"the kernel cannot mirror a port: {error}") from error
