"""A capture with the verdict written beside its frames, as packet comments.

Wireshark shows them in the packet details, marks such packets in the list, and finds them with the
display filter `frame.comment`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.frame import Point
from wirelab.verify.writer import CaptureWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from wirelab.verify.capture import Capture
    from wirelab.verify.verdict import Problem, Verdict


def remarks(verdict: Verdict) -> dict[int, list[str]]:
    """What a verdict says about single frames, by their numbers.

    "step reply" for a frame that a step took, "step echo #2" for its second one; what is wrong
    with a frame; the missing step to which a frame comes nearest, and in what it differs; the
    allowance that covers it.
    """
    said: dict[int, list[str]] = {}
    for step in verdict.steps:
        if step.frame is not None:
            again = "" if step.occurrence == 1 else f" #{step.occurrence}"
            said.setdefault(step.frame, []).append(f"step {step.name}{again}")
    for used in verdict.allowances:
        for number in used.frames:
            said.setdefault(number, []).append(f"allowed: {used.name}")
    for problem in verdict.problems:
        for number, remark in _about(problem):
            said.setdefault(number, []).append(remark)
    return said


def _about(problem: Problem) -> list[tuple[int, str]]:
    found = []
    if problem.frame is not None:
        text = problem.message.removeprefix(f"frame {problem.frame} ")
        found.append((problem.frame, f"{problem.kind.value}: {text}"))
    if problem.nearest is not None:
        differing = [
            f"{each.subject} differs, want {each.want}, got {each.got}"
            for each in problem.nearest.differences
        ]
        missing = f"nearest to step {problem.step}"
        found.append((problem.nearest.frame, f"{missing}: {'; '.join(differing)}"))
    return found


def write_annotated(capture: Capture, verdict: Verdict, file: str | Path | BinaryIO) -> None:
    """Writes a capture as pcapng with a verdict in its packet comments.

    Frames, times, interfaces, directions, drop counts, comments and TLS secrets stay as they are,
    but secrets come before all frames; remarks follow a frame's own comment on lines of their own.

    Args:
        capture: the capture that was judged.
        verdict: what judging it came to.
        file: a path, or a file that is open for writing bytes.

    Raises:
        OSError: the file cannot be written.
    """
    said = remarks(verdict)
    with CaptureWriter(file, _points(capture), capture.comment) as writer:
        for secrets in capture.secrets:
            writer.write_secrets(secrets)
        for frame in capture.frames:
            own = [frame.comment] if frame.comment else []
            comment = "\n".join([*own, *said.get(frame.number, ())])
            writer.write(frame.point, frame.time, frame.data, frame.length, frame.outgoing, comment)
        writer.close(_counts(capture))


def _points(capture: Capture) -> list[Point]:
    """The points of the capture, and those that only its frames name."""
    known = {point.name: point for point in capture.points}
    for frame in capture.frames:
        if frame.point not in known:
            known[frame.point] = Point(frame.point, linktype=frame.linktype)
    return list(known.values())


def _counts(capture: Capture) -> Mapping[str, tuple[int, int]]:
    return {
        point: (received, dropped)
        for point, (received, dropped) in capture.counts.items()
        if received is not None and dropped is not None
    }
