"""The options of `lab replay`, as the kinds of replay take them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from wirelab.cli.replay_values import integer, interfaces, pairs, ttl, vlan

if TYPE_CHECKING:
    from wirelab.run.replay_plan import Options
    from wirelab.traffic.replay.conversations.options import TalkOptions
    from wirelab.traffic.replay.frame_options import Choice, FrameOptions
    from wirelab.traffic.replay.hosts_options import HostsOptions

FRAMES, HOSTS, CONVERSATIONS = "frames", "hosts", "conversations"

_OF = {
    FRAMES: {"at", "pps", "mbps", "loops", "late_by"},
    HOSTS: {"routers", "port", "vlan", "ttl", "dscp", "inside"},
    CONVERSATIONS: {"incomplete", "client_ports"},
    f"{FRAMES} or {HOSTS}": {"limit", "display_filter", "since", "until", "too_large"},
    f"{HOSTS} or {CONVERSATIONS}": {"mapping", "patience"},
}
"""The options that only some kinds have, by these."""
_MS = 1_000_000


def check_kind(kind: str, given: Iterable[click.Parameter]) -> None:
    """See that nothing was given that another kind of replay has.

    Raises:
        UsageError: something was.
    """
    for parameter in given:
        for kinds, names in _OF.items():
            if parameter.name in names and kind not in kinds.split(" or "):
                raise click.UsageError(f"{parameter.opts[0]} is for --as {kinds}, not --as {kind}")


def options_of(kind: str, asked: Mapping[str, Any]) -> "Options":
    """Return what was asked of a kind of replay.

    Raises:
        UsageError: two paces, or a value that cannot be read.
        ReplayError: a value that cannot be.
    """
    paces = [name for name in ("speed", "pps", "mbps") if asked[name] is not None]
    paces += ["topspeed"] if asked["topspeed"] else []
    if len(paces) > 1:
        raise click.UsageError(f"--{paces[0]} and --{paces[1]} are two paces: give one")
    made: dict[str, Callable[[Mapping[str, Any]], Options]] = {
        FRAMES: _frame_options,
        HOSTS: _host_options,
        CONVERSATIONS: _talk_options,
    }
    return made[kind](asked)


def choice_of(asked: Mapping[str, Any]) -> "Choice":
    """Return which packets were asked for."""
    from wirelab.traffic.replay.frame_options import Choice  # noqa: PLC0415 - slow to import

    return Choice(**_chosen(asked))


def _chosen(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "limit": asked["limit"],
        "filter": asked["display_filter"],
        "since": asked["since"],
        "until": asked["until"],
    }


def _speed(asked: Mapping[str, Any]) -> float | None:
    """How many times as fast as recorded; None for no pauses."""
    if asked["topspeed"]:
        return None
    return 1.0 if asked["speed"] is None else float(asked["speed"])


def _frame_options(asked: Mapping[str, Any]) -> "FrameOptions":
    from wirelab.traffic.replay.frame_options import FrameOptions, TooLarge  # noqa: PLC0415

    return FrameOptions(
        **_chosen(asked),
        at=interfaces(asked["at"]),
        speed=1.0 if asked["speed"] is None else asked["speed"],
        pps=asked["pps"],
        mbps=asked["mbps"],
        topspeed=asked["topspeed"],
        loops=asked["loops"],
        too_large=TooLarge(asked["too_large"]),
        late_by=round(asked["late_by"] * _MS),
    )


def _host_options(asked: Mapping[str, Any]) -> "HostsOptions":
    from wirelab.traffic.replay.hosts_options import HostsOptions  # noqa: PLC0415
    from wirelab.traffic.replay.rewrite import Inside  # noqa: PLC0415

    ports = pairs(asked["port"], "--port", "OLD=NEW")
    return HostsOptions(
        map=pairs(asked["mapping"], "--map", "ADDRESS=HOST"),
        speed=_speed(asked),
        routers=asked["routers"],
        too_large=asked["too_large"],
        ports={integer("--port", a): integer("--port", b) for a, b in ports.items()},
        vlan=vlan(asked["vlan"]),
        ttl=ttl(asked["ttl"]),
        dscp=asked["dscp"],
        inside=frozenset(map(Inside, asked["inside"])),
        **_patience(asked),
    )


def _talk_options(asked: Mapping[str, Any]) -> "TalkOptions":
    from wirelab.traffic.replay.conversations.options import TalkOptions  # noqa: PLC0415

    return TalkOptions(
        map=pairs(asked["mapping"], "--map", "ADDRESS=HOST"),
        speed=_speed(asked),
        incomplete=asked["incomplete"],
        ports=asked["client_ports"],
        **_patience(asked),
    )


def _patience(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {} if asked["patience"] is None else {"patience": asked["patience"]}
