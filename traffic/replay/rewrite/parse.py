"""A rewriting from text, piece by piece, and back."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.rewrite.rewriting import (
    Inside,
    NetworkMap,
    Rewriting,
    Tagging,
    Ttl,
    Vlan,
    Where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?:([:-])[0-9a-fA-F]{1,2})(?:\1[0-9a-fA-F]{1,2}){4}")
_CODE_POINTS = {"be": 0, "le": 1, "ef": 46, "va": 44}
_CODE_POINTS |= {f"cs{number}": number * 8 for number in range(8)}
_CODE_POINTS |= {
    f"af{group}{drop}": group * 8 + drop * 2 for group in range(1, 5) for drop in (1, 2, 3)
}
_MOST_PORTS = 65536


def parsed(kind: str, text: str, rewriting: Rewriting | None = None) -> Rewriting:
    """A rewriting with one thing more.

    Args:
        kind: what is rewritten, one of `KINDS`.
        text: how; several maps are separated by commas.
        rewriting: what was asked for before.

    Raises:
        ReplayError: the text does not say anything that can be done.
    """
    if kind not in KINDS:
        raise ReplayError(f"{kind} cannot be rewritten, but {', '.join(KINDS)} can")
    read, _ = KINDS[kind]
    so_far = rewriting or Rewriting()
    try:
        return read(so_far, text.strip())
    except ValueError:
        raise ReplayError(f"{kind} {text!r} is not like {example(kind)}") from None


def example(kind: str) -> str:
    """Examples of what may be said, for people."""
    return " or ".join(KINDS[kind][1])


def _pairs(text: str) -> list[tuple[str, str]]:
    """The two sides of each map."""
    pairs = [each.split("=") for each in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return [(old.strip(), new.strip()) for old, new in pairs]


def mac(text: str) -> bytes:
    """A MAC address of six bytes in hexadecimal, with colons or hyphens.

    Raises:
        ValueError: it is none.
    """
    if not _MAC.fullmatch(text):
        raise ValueError(text)
    return bytes(int(each, 16) for each in re.split("[:-]", text))


def _macs(so_far: Rewriting, text: str) -> Rewriting:
    macs = {mac(old): mac(new) for old, new in _pairs(text)}
    return replace(so_far, macs={**so_far.macs, **macs})


def _source_mac(so_far: Rewriting, text: str) -> Rewriting:
    return replace(so_far, source_mac=mac(text))


def _destination_mac(so_far: Rewriting, text: str) -> Rewriting:
    return replace(so_far, destination_mac=mac(text))


def _addresses(where: Where, so_far: Rewriting, text: str) -> Rewriting:
    for old, new in _pairs(text):
        if where is Where.BOTH and "/" not in old + new:
            one, other = ip_address(old), ip_address(new)
            if one.version != other.version:
                raise ReplayError(f"{one} cannot become {other}: not of one IP version")
            addresses = {**so_far.addresses, one.packed: other.packed}
            so_far = replace(so_far, addresses=addresses)
            continue
        networks = ip_network(old, strict=False), ip_network(new, strict=False)
        so_far = replace(so_far, networks=(*so_far.networks, NetworkMap(*networks, where)))
    return so_far


def _ports(so_far: Rewriting, text: str) -> Rewriting:
    ports = dict(so_far.ports)
    for old, new in _pairs(text):
        olds, news = _range(old), _range(new)
        if len(news) not in (1, len(olds)):
            raise ReplayError(f"ports {old} and {new} are not as many")
        ports.update(zip(olds, news if len(news) > 1 else [*news] * len(olds), strict=True))
    return replace(so_far, ports=ports)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    ports = range(int(first), int(last or first) + 1)
    if not 0 < len(ports) <= _MOST_PORTS:
        raise ValueError(text)
    return ports


def _vlan(so_far: Rewriting, text: str) -> Rewriting:
    word, _, more = text.partition(" ")
    if word == "remove":
        vlan = Vlan(Tagging.REMOVE, old=int(more) if more else None)
    elif word == "add":
        number, _, priority = more.partition("/")
        vlan = Vlan(Tagging.ADD, int(number), priority=int(priority or 0))
    else:
        old, is_map, new = text.rpartition("=")
        vlan = Vlan(Tagging.CHANGE, int(new), int(old) if is_map else None)
    return replace(so_far, vlan=vlan)


def _ttl(so_far: Rewriting, text: str) -> Rewriting:
    return replace(so_far, ttl=Ttl(int(text), relative=text[:1] in ("+", "-")))


def _dscp(so_far: Rewriting, text: str) -> Rewriting:
    known = _CODE_POINTS.get(text.lower())
    return replace(so_far, dscp=int(text, 0) if known is None else known)


def _tos(so_far: Rewriting, text: str) -> Rewriting:
    return replace(so_far, tos=int(text, 0))


def _traffic_class(so_far: Rewriting, text: str) -> Rewriting:
    return replace(so_far, traffic_class=int(text, 0))


def _inside(so_far: Rewriting, text: str) -> Rewriting:
    inside = {Inside(each.strip().lower()) for each in text.split(",")}
    return replace(so_far, inside=so_far.inside | inside)


KINDS: dict[str, tuple[Callable[[Rewriting, str], Rewriting], tuple[str, ...]]] = {
    "mac": (_macs, ("02:00:00:00:00:01=02:00:00:00:00:02",)),
    "source-mac": (_source_mac, ("02:00:00:00:00:01",)),
    "destination-mac": (_destination_mac, ("02:00:00:00:00:01",)),
    "ip": (partial(_addresses, Where.BOTH), ("192.168.1.5=10.0.0.2", "192.168.1.0/24=10.0.0.0/24")),
    "source-ip": (partial(_addresses, Where.SOURCE), ("192.168.1.0/24=10.0.0.0/24",)),
    "destination-ip": (partial(_addresses, Where.DESTINATION), ("192.168.1.0/24=10.0.0.0/24",)),
    "port": (_ports, ("80=8080", "8000-8009=9000-9009")),
    "vlan": (_vlan, ("remove", "add 7", "7 (of tagged frames)", "7=8")),
    "ttl": (_ttl, ("64", "+1", "-1")),
    "dscp": (_dscp, ("46", "ef")),
    "tos": (_tos, ("184", "0xb8")),
    "traffic-class": (_traffic_class, ("184", "0xb8")),
    "inside": (_inside, ("ftp", "dns", "ftp,dns")),
}
"""What can be rewritten: how its text is read, and examples of it."""


def told(rewriting: Rewriting) -> list[str]:
    """What a rewriting does, for people: a line for each thing."""
    lines = [f"MAC {old.hex(':')} becomes {new.hex(':')}" for old, new in rewriting.macs.items()]
    for (source, to), macs in rewriting.ends.items():
        ends = f"{ip_address(source)} to {ip_address(to)}"
        lines.append(f"from {ends}: MACs {macs[0].hex(':')} to {macs[1].hex(':')}")
    for what, each in (
        ("source", rewriting.source_mac),
        ("destination", rewriting.destination_mac),
    ):
        if each is not None:
            lines.append(f"every other {what} MAC becomes {each.hex(':')}")
    for old, new in rewriting.addresses.items():
        lines.append(f"{ip_address(old)} becomes {ip_address(new)}")
    for network in rewriting.networks:
        where = "" if network.where is Where.BOTH else f" as {(network.where.name or '').lower()}"
        lines.append(f"{network.old} becomes {network.new}{where}")
    lines += [f"port {old} becomes {new}" for old, new in rewriting.ports.items()]
    return lines + _marks_told(rewriting)


def _marks_told(rewriting: Rewriting) -> list[str]:
    lines: list[str] = []
    vlan, ttl = rewriting.vlan, rewriting.ttl
    if vlan is not None and vlan.tagging is Tagging.ADD:
        lines.append(f"VLAN {vlan.number} is added, with priority {vlan.priority}")
    elif vlan is not None:
        which = "every outermost VLAN tag" if vlan.old is None else f"VLAN {vlan.old}"
        is_gone = vlan.tagging is Tagging.REMOVE
        lines.append(f"{which} is removed" if is_gone else f"{which} becomes {vlan.number}")
    if ttl is not None:
        lines.append(
            f"TTL changes by {ttl.value:+}" if ttl.relative else f"TTL becomes {ttl.value}"
        )
    for what, value in (
        ("DSCP", rewriting.dscp),
        ("TOS", rewriting.tos),
        ("traffic class", rewriting.traffic_class),
    ):
        if value is not None:
            lines.append(f"{what} becomes {value}")
    lines += [f"what {each.name} says is rewritten" for each in Inside if each in rewriting.inside]
    if rewriting.fix_checksums:
        lines.append("all checksums are computed")
    return lines
