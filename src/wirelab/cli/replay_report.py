"""What became of a replay, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from wirelab.run.replay_job import Replayed
from wirelab.traffic.replay.placing import left_out

_US = 1000
_MOST_TOLD = 20
_COUNTED = {
    "error": "drew an ICMP error",
    "fragmented": "fragmented by routers",
    "unseen": "never seen",
}
"""What became of frames that hosts sent, where one word does not say it."""
_UNITS = {"frames": "frames", "hosts": "frames", "conversations": "payloads"}


def unit(kind: str) -> str:
    """What a kind of replay sends."""
    return _UNITS[kind]


def _unit(kind: str, count: int) -> str:
    return unit(kind) if count != 1 else unit(kind).removesuffix("s")


def _packets(count: int) -> str:
    return "nothing" if not count else "1 packet" if count == 1 else f"{count} packets"


def report(ended: Replayed) -> Iterator[str]:
    """Yield the lines of a report: the outcome, what was otherwise, and what else passed."""
    sent = f"{ended.sent}" if ended.passed else f"{ended.sent} of {ended.total}"
    yield (
        f"{ended.status:7}  {ended.capture}: {sent} {_unit(ended.kind, ended.total)} sent,"
        f" {_packets(ended.packets)} captured,"
        f" {ended.seconds:.1f} s"
    )
    for what, count in ended.otherwise.items():
        yield f"         {what}: {count}"
    for problem in ended.problems[:_MOST_TOLD]:
        yield f"         {problem}"
    if more := len(ended.problems[_MOST_TOLD:]):
        yield f"         and {more} more: see verdict.json"
    for name, facts in ended.facts.get("interfaces", {}).items():
        yield f"         {name}: {_sent(facts)}"
    yield from (f"         {line}" for line in left_out(ended.details.get("left_out", {})))
    for point, count in ended.lost.items():
        yield f"         {count} frames at {point} were not captured: they were only counted"
    for name, details in ended.details.get("links", {}).items():
        yield from (f"         {line}" for line in _besides(name, details))
        if "counted" in details:
            yield f"         {details['far_end']}: {details['counted']} frames came, by its counter"
    yield from (f"         {line}" for line in ended.details.get("remarks", ()))
    if counts := _counts(ended.details):
        yield f"         {counts}"
    yield f"         captures and verdict: {ended.directory}"


def _sent(facts: Mapping[str, Any]) -> str:
    told = f"{facts['frames']} frames, {facts['frames_per_second']:.4g}/s"
    errors = facts.get("gap_errors_ns")
    if not errors:
        return told
    p50, p99, most = (errors[key] / _US for key in ("p50", "p99", "max"))
    gaps = f"gaps off by {p50:.1f} µs (p50), {p99:.1f} (p99), {most:.1f} (max)"
    return f"{told}; {gaps}, drift {errors['drift'] / _US:.1f}"


def _counts(details: Mapping[str, Any]) -> str:
    """Say what was counted in the judging, where it is no more than numbers."""
    flat = dict(details) | dict(details.get("outcomes", {}))
    numbers = {key: value for key, value in flat.items() if isinstance(value, int)}
    return ", ".join(
        f"{_COUNTED.get(key, key.replace('_', ' '))} {value}" for key, value in numbers.items()
    )


def _besides(name: str, details: Mapping[str, Any]) -> Iterator[str]:
    """Yield who else sent on the link: not a fault, but no one should wonder."""
    own, back = details.get("of_the_node_itself"), details.get("from_the_lab")
    if own:
        yield f"besides, the node of {name} itself sent {_counted(own)}"
    if back:
        yield f"besides, the lab sent back to {name} {_counted(back)}"


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())
