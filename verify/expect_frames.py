"""The words of an expectation that stand for frames; those for their order are in `expect`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from wirelab.verify.errors import ExpectationError
from wirelab.verify.filter import display_filter
from wirelab.verify.items import (
    Allowance,
    Forwarded,
    Fragments,
    Named,
    Never,
    Reassembled,
    Repeat,
    Step,
    Stream,
)
from wirelab.verify.window import window_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[\w@+-]+")


def step(
    name: str,
    filter: str,  # noqa: A002
    *,
    at: str | None = None,
    within: str | None = None,
    of: str | None = None,
    quotes: str | None = None,
    count: int = 1,
) -> Step | Repeat:
    """One frame that must be seen.

    Args:
        name: what the step is called.
        filter: the display filter that the frame satisfies.
        at: the capture point.
        within: how long after the latest step before it it may come, "3s" or "0.9s..1.1s".
        of: another step from which `within` counts.
        quotes: the step whose packet the frame quotes, as an ICMP error does.
        count: how many such frames there must be, one after another.

    """
    if of is not None and within is None:
        raise ExpectationError(f"step {name!r}: `of` says from where `within` counts; give both")
    if count < 1:
        raise ExpectationError(f"step {name!r}: {count} frames are nothing to expect")
    one = Step(_name(name), display_filter(filter), at, window_or_none(within), of, quotes)
    return one if count == 1 else Repeat(one, count, count)


def forwarded(
    step: str | Named,
    source: str,
    to: str,
    *,
    name: str | None = None,
    hops: int = 1,
    rewrites: Iterable[str] = (),
    within: str | None = None,
) -> Forwarded:
    """The packet of a step, seen again at another point.

    Args:
        step: the step, or its name.
        source: the point at which the step saw the packet.
        to: the point at which it is seen again.
        name: what this step is called; by default the step's name, "@" and the point.
        hops: the routers in between: TTL or hop limit is so much less, and the Ethernet addresses
            are new. 0 for the very same frame, seen elsewhere on the same link or bridge.
        rewrites: fields that a translator in between may change, `ip.src` for example.
        within: how long after the latest step before it it may come.

    """
    wanted = step if isinstance(step, str) else step.name
    if hops < 0:
        raise ExpectationError(f"forwarded {wanted!r}: there cannot be {hops} routers")
    own = _name(name or f"{wanted}@{to}")
    changed = tuple(str(display_filter(each)) for each in rewrites)
    return Forwarded(own, wanted, source, to, hops, changed, window_or_none(within))


def fragments(
    name: str,
    filter: str = "",  # noqa: A002
    *,
    mtu: int,
    of: str | None = None,
    count: int | None = None,
    at: str | None = None,
    within: str | None = None,
) -> Fragments:
    """All fragments of one datagram, each once, with the sizes and offsets that the MTU makes.

    Args:
        name: what the step is called; a reference to it means the first fragment.
        filter: what each fragment satisfies, by default nothing more than to be a fragment; note
            that upper-layer fields are only in the one that completes the datagram.
        mtu: the MTU to which the datagram was cut, in bytes.
        of: the step, elsewhere, whose packet was cut.
        count: how many there must be, where that is worth saying.
        at: the capture point.
        within: how long after the latest step before it the first may come.

    """
    if mtu < 68:
        raise ExpectationError(f"fragments {name!r}: no link has an MTU of {mtu}")
    window_ = window_or_none(within)
    return Fragments(_name(name), display_filter(filter), mtu, of, count, at, window_)


def reassembles_to(
    fragments: str, step: str | None = None, *, length: int | None = None
) -> Reassembled:
    """What the fragments that a step saw are when they are put together.

    Args:
        fragments: the name of the `fragments` step.
        step: the step whose packet they must be, byte for byte.
        length: the bytes that they must carry, IP headers not counted.

    """
    if step is None and length is None:
        raise ExpectationError(f"reassembles_to {fragments!r}: to what?")
    return Reassembled(fragments, step, length)


def stream(
    name: str,
    filter: str,  # noqa: A002
    *,
    equals: bytes | str | Path,
    at: str | None = None,
    within: str | None = None,
) -> Stream:
    """All data that one side of a TCP connection sends; takes each segment that brings any.

    Args:
        name: what the step is called; a reference to it means the first segment with data.
        filter: what that segment satisfies.
        equals: the data; or a file with them; or their SHA-256 as 64 hexadecimal digits, or
            `${name}` for a SHA-256 that the lab binds.
        at: the capture point.
        within: how long after the latest step before it the first segment may come.

    Raises:
        ExpectationError: the text in `equals` is neither a digest nor a reference.
        OSError: the file cannot be read.

    """
    if isinstance(equals, Path):
        equals = equals.read_bytes()
    if isinstance(equals, str) and not re.fullmatch(r"[0-9a-f]{64}|\$\{[^{}]+\}", equals):
        raise ExpectationError(f"stream {name!r}: {equals!r} is no SHA-256 and no reference")
    return Stream(_name(name), display_filter(filter), equals, at, window_or_none(within))


def never(
    filter: str,  # noqa: A002
    *,
    since: str | None = None,
    until: str | None = None,
    seen: str | None = None,
    at: str | None = None,
) -> Never:
    """No frame may satisfy a filter.

    Args:
        filter: the display filter.
        since: the step after which this holds; by default from the beginning of the capture.
        until: the step before which this holds; by default to its end.
        seen: a display filter that some frame there must satisfy, so that silence proves
            something. By default the protocols of the fields of which the filter speaks, and for
            a bare protocol the one below it.
        at: the capture point.

    """
    witness = None if seen is None else display_filter(seen)
    return Never(display_filter(filter), since, until, witness, at)


def allow(name: str, filter: str, *, most: int, at: str | None = None) -> Allowance:  # noqa: A002
    """Noise that a closed sequence lets pass, up to a number; the verdict counts it.

    Args:
        name: why it is there.
        filter: the display filter of the frames that it covers.
        most: how many of them there may be.
        at: the only point at which it holds; by default every point of the sequence.

    """
    if most < 1:
        raise ExpectationError(f"allow {name!r}: at most {most} allows nothing")
    return Allowance(name, display_filter(filter), most, at)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ExpectationError(f"{name!r} is no name; use letters, digits, _, @, + and -")
    return name
