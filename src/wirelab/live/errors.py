"""What can go wrong with labs that are kept running."""

from wirelab.emulator import EmulatorError


class LiveError(EmulatorError):
    """What was asked of a running lab is not possible: no such lab, node, point; a name taken."""


class Silent(LiveError):  # noqa: N818 - named after what happened
    """A lab runs, and does not answer: it was stopped, or is far too busy."""


class Refused(LiveError):  # noqa: N818 - named after what happened
    """A running lab answered a request with an error."""

    def __init__(self, told: str, kind: str = "") -> None:
        super().__init__(told)
        self.kind = kind
        """What it was there: the name of the exception."""
