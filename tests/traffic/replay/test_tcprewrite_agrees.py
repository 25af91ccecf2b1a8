"""The same frames as tcprewrite makes (Debian's tcpreplay), and the reason where they differ."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from bench.mixture import mixture
from recorded import CLIENT_MAC, recorded

from wirelab.traffic.replay.rewrite import Rewriting, rewriter
from wirelab.traffic.replay.rewrite.parse import parsed
from wirelab.verify import CaptureError, CaptureWriter, Frame, Point, read_capture
from wirelab.verify.dissect import dissect
from wirelab.verify.filter import display_filter
from wirelab.verify.frame import LinkType
from wirelab.verify.invariants import check

if TYPE_CHECKING:
    from wirelab.verify.packet import Packet

FOREIGN = Path(__file__).parents[4] / "shared" / "captures"
FRAGMENT = 44
OTHER = "02:00:00:00:ff:01"

pytestmark = pytest.mark.skipif(
    not shutil.which("tcprewrite"), reason="tcprewrite (tcpreplay) is not there"
)

OPTIONS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "source MAC": ((f"--enet-smac={OTHER}",), (("source-mac", OTHER),)),
    "destination MAC": (
        (f"--enet-dmac={OTHER}", "--skipl2broadcast"),
        (("destination-mac", OTHER),),
    ),
    "one MAC": ((f"--enet-subsmac={CLIENT_MAC},{OTHER}",), (("mac", f"{CLIENT_MAC}={OTHER}"),)),
    "networks": (
        ("--pnat=192.168.1.0/24:10.77.3.0/24,10.1.0.0/16:172.16.0.0/12", "-b"),
        (("ip", "192.168.1.0/24=10.77.3.0/24,10.1.0.0/16=172.16.0.0/12"),),
    ),
    "IPv6 networks": (
        ("--pnat=[2001:db8:1::/48]:[fd77:1::/32],[fd00:1::/32]:[fd99:1::/32]", "-b"),
        (("ip", "2001:db8:1::/48=fd77:1::/32,fd00:1::/32=fd99:1::/32"),),
    ),
    "source network": (
        ("--srcipmap=192.168.1.0/24:10.77.3.0/24",),
        (("source-ip", "192.168.1.0/24=10.77.3.0/24"),),
    ),
    "destination network": (
        ("--dstipmap=192.168.1.0/24:10.77.3.0/24",),
        (("destination-ip", "192.168.1.0/24=10.77.3.0/24"),),
    ),
    "ports": (
        ("--portmap=80:8080,4500:1", "--portmap=53:5300"),
        (("port", "80=8080,4500=1,53=5300"),),
    ),
    "many ports": (("--portmap=1024-65535:99",), (("port", "1024-65535=99"),)),
    "TTL": (("--ttl=9",), (("ttl", "9"),)),
    "TTL more": (("--ttl=+200",), (("ttl", "+200"),)),
    "TTL less": (("--ttl=-3",), (("ttl", "-3"),)),
    "TOS": (("--tos=184",), (("tos", "184"),)),
    "traffic class": (("--tclass=184",), (("traffic-class", "184"),)),
    "tag added": (
        (
            *("--enet-vlan=add", "--enet-vlan-tag=9", "--enet-vlan-pri=5"),
            *("--enet-vlan-cfi=0", "--enet-vlan-proto=802.1q"),
        ),
        (("vlan", "add 9/5"),),
    ),
    "tag removed": (("--enet-vlan=del",), (("vlan", "remove"),)),
    "checksums": (("--fixcsum",), ()),
}
MACS = ("source MAC", "destination MAC", "one MAC")
BOTH = ("networks", "IPv6 networks")
ONE = ("source network", "destination network")
PORTS = ("ports", "many ports")
EVERY = tuple(OPTIONS)


@dataclass(frozen=True)
class Difference:
    """Frames of which tcprewrite 4.4.3 makes something else."""

    name: str
    options: tuple[str, ...]
    """Which options show it."""
    frames: str
    """Which frames do, as a display filter over what was recorded."""
    why: str
    """What is right."""


DIFFERENCES = (
    Difference("ARP's MACs", MACS, "arp", "RFC 826: the sender has the MAC that it sends with"),
    Difference("ARP one way", ONE, "arp", "RFC 826: sender and target are addresses like others"),
    Difference(
        "quoted packets", (*BOTH, *ONE, *PORTS),
        "icmp.type in {3, 5, 11} || icmpv6.type in {1 .. 4}",
        "RFC 792, RFC 4443 3: an error quotes the packet as it was sent, or nobody knows it again",
    ),
    Difference(
        "neighbours", (*MACS, *BOTH), "icmpv6.type in {133 .. 137}",
        "RFC 4861: targets, prefixes and link-layer addresses are addresses of hosts",
    ),
    Difference(
        "ICMPv6", ("IPv6 networks",), "icmpv6",
        "RFC 4443 2.3: the checksum covers the addresses, and tcprewrite leaves it as it was",
    ),
    Difference(
        "DHCP", (*MACS, *BOTH, *ONE), "dhcp || dhcpv6",
        "RFC 2131, RFC 8415: leases are addresses of hosts, clients have MACs",
    ),
    Difference(
        "IP options", (*BOTH, *ONE), "ip.hdr_len > 20",
        "RFC 791: routes are addresses; RFC 1122 4.1.3.4: a checksum covers the last of a route",
    ),
    Difference(
        "IPv6 routes", ("IPv6 networks",), "ipv6.routing.type",
        "RFC 8200 4.4: a route is addresses",
    ),
    Difference(
        "extension headers", PORTS, "ipv6.nxt in {0, 43, 44, 60}",
        "RFC 8200 4: ports are behind them",
    ),
    Difference(
        "IPv6 fragments", ("IPv6 networks", "TTL", "TTL more", "TTL less", "traffic class"),
        "ipv6.fraghdr.offset >= 0",
        "RFC 8200 4.5: a fragment has a header like others; tcprewrite gives up on it",
    ),
    Difference(
        "later fragments", ("many ports",), "ip.frag_offset > 0",
        "RFC 791: only a first fragment has ports; tcprewrite writes them into others' data",
    ),
    Difference(
        "tunnels", (*BOTH, *ONE, *PORTS), "gre || ip.proto in {4, 41}",
        "RFC 2003, RFC 4213: the packet inside is one as well",
    ),
    Difference(
        "padding", EVERY, "(tcp || udp) && frame.len == 60",
        "RFC 894: padding is not part of the IP packet; tcprewrite counts it into its length",
    ),
)  # fmt: skip


@cache
def captures() -> dict[str, tuple[bytes, ...]]:
    found = {"own": recorded(), "busy": tuple(data for _, _, data in mixture(1000, seed=5))}
    for path in sorted(FOREIGN.glob("*.pcap*")):
        try:
            frames = read_capture(path).frames
        except CaptureError:
            continue  # of a link that is not Ethernet
        if all(frame.linktype == LinkType.ETHERNET for frame in frames):
            found[path.name] = tuple(frame.data for frame in frames)
    return found


def theirs(frames: tuple[bytes, ...], arguments: tuple[str, ...], folder: Path) -> list[bytes]:
    recorded_, made = folder / "recorded.pcapng", folder / "made.pcap"
    with CaptureWriter(recorded_, [Point("")]) as writer:
        for number, data in enumerate(frames, 1):
            writer.write("", number * 1000, data)
    subprocess.run(
        ["tcprewrite", *arguments, "-i", recorded_, "-o", made], check=True, capture_output=True
    )
    return [frame.data for frame in read_capture(made).frames]


def ours(frames: tuple[bytes, ...], pieces: tuple[tuple[str, str], ...]) -> list[bytes]:
    rewriting = Rewriting(fix_checksums=True)  # tcprewrite computes all of them, always
    for kind, text in pieces:
        rewriting = parsed(kind, text, rewriting)
    work = rewriter(rewriting)
    return [work.frame(data) for data in frames]


@cache
def dissections() -> dict[str, list[Packet]]:
    return {
        name: dissect([Frame(n, n, "", data, len(data)) for n, data in enumerate(frames, 1)])
        for name, frames in captures().items()
    }


@cache
def compared(option: str) -> tuple[tuple[bytes, bytes, bytes, set[str]], ...]:
    """Each frame as recorded, as we make it, as they do, and which differences are known of it."""
    arguments, pieces = OPTIONS[option]
    known = [each for each in DIFFERENCES if option in each.options]
    filters = {each.name: display_filter(each.frames) for each in known}
    rows = []
    for name, frames in captures().items():
        with TemporaryDirectory() as folder:
            made = theirs(frames, arguments, Path(folder))
        packets = dissections()[name]
        for old, our, their, packet in zip(
            frames, ours(frames, pieces), made, packets, strict=True
        ):
            names = {name for name, each in filters.items() if each.selects(packet)}
            rows.append((old, our, their, names))
    return tuple(rows)


def without_macs_of_ipv6(data: bytes) -> bytes:
    """A frame from its EtherType on if it is IPv6.

    Both MACs of all IPv6 frames become some group's with tcprewrite 4.4.3, whatever is asked for;
    only a group's address has such a MAC (RFC 2464 7), and no frame comes from one.
    """
    is_ipv6 = b"\x86\xdd" in (data[12:14], data[16:18], data[20:22], data[24:26])
    return data[12:] if is_ipv6 else data


@pytest.mark.parametrize("option", OPTIONS)
def test_frames_are_those_of_tcprewrite_but_for_known_differences(option: str) -> None:
    compared_ = same = 0
    for old, our, their, known in compared(option):
        compared_ += 1
        is_same = without_macs_of_ipv6(our) == without_macs_of_ipv6(their)
        same += is_same
        assert is_same or known, f"{old.hex()}\n{our.hex()}\n{their.hex()}"
        assert len(our) == len(their)
    assert same > compared_ * 0.7


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.name)
def test_a_difference_is_there_and_what_we_make_of_it_is_right(difference: Difference) -> None:
    seen = 0
    for option in difference.options[:5]:
        for old, our, their, known in compared(option):
            if difference.name in known and our[12:] != their[12:]:
                seen += 1
                assert wrong_sums(our) <= wrong_sums(old)
    assert seen


def wrong_sums(data: bytes) -> set[str]:
    """Which checksums and lengths of a frame are wrong."""
    violations = check(dissect([Frame(1, 1, "", data, len(data))]), {"": 1500})
    return {each.name for each in violations if each.name.endswith(("checksum", "length"))}


def test_macs_of_all_ipv6_frames_are_what_tcprewrite_takes_for_groups() -> None:
    rows = [
        (our, their)
        for _, our, their, _ in compared("TTL")
        if our[12:14] == b"\x86\xdd" and not our[0] & 1 and our[20] != FRAGMENT
    ]
    assert rows
    assert all(their[0] & 1 and not our[0] & 1 for our, their in rows)
