"""A pytest plugin: tests that replay captures into labs.

It is there wherever wirelab is installed. What is slow to import is imported by the tests that use
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wirelab.run.replay_job import Replayed
    from wirelab.run.replay_plan import Options
    from wirelab.traffic.replay.frame_options import Choice


class LabReplay(Protocol):
    """What the fixture `lab_replay` gives."""

    def __call__(
        self,
        capture: str | Path,
        on: str,
        options: Options | None = None,
        *,
        choice: Choice | None = None,
        settings: Mapping[str, object] | None = None,
        seed: int = 0,
    ) -> Replayed:
        """Replay as `wirelab.run.replay.replay` does, with the results in a folder of the test."""


@pytest.fixture
def lab_replay(tmp_path: Path) -> LabReplay:
    """Replay captures into labs, each of which is gone when the call returns."""

    def replayed(
        capture: str | Path,
        on: str,
        options: Options | None = None,
        *,
        choice: Choice | None = None,
        settings: Mapping[str, object] | None = None,
        seed: int = 0,
    ) -> Replayed:
        from wirelab.run.replay import replay  # noqa: PLC0415 - slow, and not every test replays

        output = tmp_path / "replays"
        return replay(
            capture, on, options, choice=choice, settings=settings, seed=seed, output=output
        )

    return replayed
