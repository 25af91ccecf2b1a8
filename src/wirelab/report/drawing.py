"""The steps of a verdict as a ladder diagram: hosts side by side, time downwards, in SVG."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

_SUMMARY = re.compile(r"(\S+) (\S+) → (\S+)(?: (.*))?$")
_EVERYBODY = re.compile(r"255\.255\.255\.255|22[4-9]\.|23\d\.|ff[0-9a-f]{2}:")
_MOST_HOSTS = 8

_MARGIN, _TIMES, _HEAD, _ROW = 12, 84, 46, 30  # pixels
_LANE = 150

_STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2937}"
    ".dim{fill:#6b7280}.life{stroke:#9ca3af;stroke-dasharray:2 4}"
    ".wire{stroke:#1d4ed8;stroke-width:1.4}.tip{fill:#1d4ed8}.host{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.dim{fill:#9ca3af}"
    ".life{stroke:#6b7280}.wire{stroke:#60a5fa}.tip{fill:#60a5fa}}"
)


@dataclass(frozen=True)
class Arrow:
    """One frame on its way from a host to another."""

    time: float
    """Seconds since the first frame of the diagram."""
    source: str
    """Its address; `0.0.0.0` where it has none yet."""
    target: str
    """The address it is for."""
    text: str
    """What it is: the name of the step, the protocol, a detail."""


def arrows(steps: Sequence[Mapping[str, Any]]) -> list[Arrow]:
    """Return an arrow for each step of a `verdict.json` that was seen.

    The second sight of a frame, at a point behind a router (`name@point`), is left out.
    """
    seen = [step for step in steps if step.get("frame") and "@" not in step["name"]]
    start = min((step["time"] for step in seen), default=0)
    found = []
    for step in seen:
        if parts := _SUMMARY.match(step.get("summary") or ""):
            protocol, source, target, _detail = parts.groups()
            text = f"{step['name']}  {protocol}"
            found.append(Arrow((step["time"] - start) / 1e9, source, target, text))
    return found


def drawing(steps: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """Return the diagram, or nothing where there is nothing to draw, or too many hosts.

    `names` are those of the verdict: `c.ip` and so on. The result is a complete SVG file.
    """
    drawn = arrows(steps)
    hosts = _hosts(drawn)
    if not drawn or not 1 < len(hosts) <= _MOST_HOSTS:
        return ""
    lanes = {host: _TIMES + _LANE * index + _LANE // 2 for index, host in enumerate(hosts)}
    width, height = _TIMES + _LANE * len(hosts) + _MARGIN, _HEAD + _ROW * len(drawn) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img"><style>{_STYLE}</style>',
        *(_life(x, height, host, _name(host, names)) for host, x in lanes.items()),
        *(_rung(arrow, lanes, _HEAD + _ROW * (n + 1) - 8) for n, arrow in enumerate(drawn)),
        "</svg>",
    ]
    return "".join(parts)


def _hosts(drawn: Sequence[Arrow]) -> list[str]:
    """Return the addresses in the order of their appearance, those of many hosts last."""
    found = dict.fromkeys(end for arrow in drawn for end in (arrow.source, arrow.target))
    return sorted(found, key=lambda host: bool(_EVERYBODY.match(host)))


def _name(host: str, names: Mapping[str, str]) -> str:
    """Return the node that has an address: `c` for what is `c.ip`, `r1` for `r1-eth0.ip6`."""
    for name, value in names.items():
        if value == host:
            return re.split(r"[.-]", name)[0]
    return "everybody" if _EVERYBODY.match(host) else "?" if host != "0.0.0.0" else "no address"


def _life(x: int, height: int, host: str, name: str) -> str:
    return (
        f'<text class="host" x="{x}" y="18" text-anchor="middle">{escape(name)}</text>'
        f'<text class="dim" x="{x}" y="34" text-anchor="middle">{escape(host)}</text>'
        f'<line class="life" x1="{x}" y1="{_HEAD - 4}" x2="{x}" y2="{height - 4}"/>'
    )


def _rung(arrow: Arrow, lanes: Mapping[str, int], y: int) -> str:
    start, end = lanes[arrow.source], lanes[arrow.target]
    way = 1 if end >= start else -1
    if start == end:  # to itself: an announcement, told to whoever listens
        end = start + _LANE // 3
    middle = (start + end) // 2
    return (
        f'<text class="dim" x="{_MARGIN}" y="{y + 4}">{arrow.time:.6f}</text>'
        f'<text x="{middle}" y="{y - 6}" text-anchor="middle">{escape(arrow.text)}</text>'
        f'<line class="wire" x1="{start}" y1="{y}" x2="{end - 5 * way}" y2="{y}"/>'
        f'<path class="tip" d="M{end} {y}l{-8 * way} -4v8z"/>'
    )
