"""What the kernel can do for labs: each feature is tried once, in a sandbox."""

import errno
import fcntl
import os
import platform
import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelab.doctor.finding import Finding
from wirelab.emulator import sandbox

_ETH_P_ALL = 0x0003  # include/uapi/linux/if_ether.h
_TUNSETIFF = 0x400454CA  # include/uapi/linux/if_tun.h
_TUN = "/dev/net/tun"
_IFF_TAP, _IFF_NO_PI = 0x0002, 0x1000
_CLSACT_INGRESS = 0xFFFFFFF2  # include/uapi/linux/pkt_sched.h
_PORT = "port0"  # a veth end that exists for the probes that need an interface


@dataclass(frozen=True)
class Feature:
    """Something a kernel may have been built without."""

    name: str
    """What it is called."""
    modules: tuple[str, ...]
    """The modules that bring it where it is not built in."""
    costs: str
    """What cannot be done without it."""
    probe: Callable[[Any], None]
    """Uses it, given a pyroute2.IPRoute; raises OSError or pyroute2's NetlinkError."""
    essential: bool = False
    """Whether no lab at all runs without it."""
    device: str = ""
    """The device file that it is used through, if any."""
    detail: str = "works"
    """What is said where it works."""


def features(kernel: str = platform.release()) -> list[Finding]:
    """Try every feature; takes about a third of a second."""
    refusals = sandbox.call(_try_all)
    return [_finding(feature, refusals[feature.name], kernel) for feature in FEATURES]


def mend(modules: Iterable[str], kernel: str, loadable: Iterable[str]) -> str:
    """Return the command that gives this kernel the modules.

    `loadable` are those that are on its disk. A kernel without them is one of a small VM or a
    container host; Ubuntu keeps the rarer ones in a package of their own.
    """
    absent = set(modules) - set(loadable)
    if not absent:
        return f"sudo modprobe --all {' '.join(modules)}"
    return (
        f"boot a distribution's own kernel, as the virtual machine does (vagrant up); "
        f"on Ubuntu: sudo apt-get install linux-modules-extra-{kernel}"
    )


def _finding(feature: Feature, refusal: str, kernel: str) -> Finding:
    if not refusal:
        return Finding(feature.name, True, feature.detail, essential=feature.essential)
    if feature.device and refusal == os.strerror(errno.EACCES):
        command = f"sudo chmod a+rw {feature.device}"
    else:
        command = mend(feature.modules, kernel, _loadable(kernel))
    detail = f"the kernel refuses it: {refusal}"
    return Finding(feature.name, False, detail, command, feature.costs, feature.essential)


def _loadable(kernel: str) -> frozenset[str]:
    """Return the names of the modules on disk (modules.dep(5))."""
    try:
        lines = Path("/lib/modules", kernel, "modules.dep").read_text().splitlines()
    except OSError:
        return frozenset()
    files = (line.partition(":")[0].rpartition("/")[2] for line in lines)
    return frozenset(name.partition(".")[0].replace("-", "_") for name in files)


def _try_all() -> dict[str, str]:
    """Return why each feature was refused, by name; empty for those that work."""
    from pyroute2 import IPRoute  # noqa: PLC0415 - slow to import, and only needed here
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    refusals = {}
    with IPRoute() as control:
        for feature in FEATURES:
            try:
                feature.probe(control)
                refusals[feature.name] = ""
            except NetlinkError as error:
                refusals[feature.name] = os.strerror(error.code)
            except OSError as error:
                refusals[feature.name] = error.strerror or str(error)
    return refusals


def _veth(control: Any) -> None:
    control.link("add", ifname=_PORT, kind="veth", peer="port1")


def _link(**of_kind: Any) -> Callable[[Any], None]:
    """Return a probe that makes an interface."""

    def probe(control: Any) -> None:
        control.link("add", **of_kind)

    return probe


def _vlan(control: Any) -> None:
    control.link("add", ifname="tagged0", kind="vlan", link=_port(control), vlan_id=7)


def _netem(control: Any) -> None:
    control.tc("add", "netem", _port(control), delay=1000)


def _mirror(control: Any) -> None:
    port = _port(control)
    copy = {"kind": "mirred", "direction": "egress", "action": "mirror", "ifindex": port}
    control.tc("add", "clsact", port)
    control.tc(
        "add-filter", "u32", port, parent=_CLSACT_INGRESS, prio=1, protocol=_ETH_P_ALL,
        target=0x10000, keys=["0x0/0x0+0"], action=copy,
    )  # fmt: skip


def _port(control: Any) -> int:
    found: list[int] = control.link_lookup(ifname=_PORT)
    if not found:
        raise OSError("needs veth")
    return found[0]


def _packet_socket(_control: Any) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL)) as tap:
        tap.bind(("lo", _ETH_P_ALL))


def _nftables(_control: Any) -> None:
    from pyroute2.nftables.main import NFTables  # noqa: PLC0415 - slow to import

    with NFTables(nfgen_family=socket.AF_INET) as tables:
        tables.table("add", name="probe")


def _ipv6(_control: Any) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::", 0))


def _tap_device(_control: Any) -> None:
    device = os.open(_TUN, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"tap0", _IFF_TAP | _IFF_NO_PI))
    finally:
        os.close(device)


FEATURES = (
    Feature("veth", ("veth",), "every lab", _veth, essential=True),
    Feature("bridge", ("bridge",), "every LAN", _link(ifname="br0", kind="bridge"), essential=True),
    Feature("packet sockets", ("af_packet",), "every capture", _packet_socket, essential=True),
    Feature("IPv6", ("ipv6",), "scenarios about IPv6", _ipv6),
    Feature("nf_tables", ("nf_tables",), "filters and rejections on routers", _nftables),
    Feature(
        "port mirroring",
        ("sch_ingress", "cls_u32", "act_mirred"),
        "captures at a SPAN port",
        _mirror,
    ),
    Feature(
        "netem",
        ("sch_netem",),
        "precise delays: a process of the lab carries frames over slow links instead",
        _netem,
        detail="works: frames are delayed by the kernel, and lost by a process of the lab",
    ),
    Feature("802.1Q", ("8021q",), "VLAN interfaces in topologies of your own", _vlan),
    Feature(
        "sit",
        ("sit",),
        "IPv6-in-IPv4 by the kernel: a program of the lab does it instead",
        _link(ifname="sit7", kind="sit"),
    ),
    Feature(
        "tap devices",
        ("tun",),
        "IPv6-in-IPv4 by a program, where the kernel has no sit",
        _tap_device,
        device=_TUN,
    ),
)
"""In the order in which they are tried: the first makes the interface that others need."""
