"""What can go wrong in the machine room."""

from collections.abc import Sequence


class EmulatorError(Exception):
    """Root of every error this room raises.

    An error crosses from a sandbox to the process outside, so it must survive pickling
    although its constructor takes other arguments than the message.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(
    kind: type[EmulatorError], args: tuple[object, ...], state: dict[str, object]
) -> EmulatorError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class Missing(EmulatorError):  # noqa: N818 - it is a fact about the machine, and reads so
    """This machine lacks a tool or a kernel feature."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; to mend it: {mend}")
        self.what = what
        self.mend = mend


class TopologyError(EmulatorError):
    """A topology asks for something that cannot be built."""


class NetlinkError(EmulatorError):
    """The kernel refused a netlink request."""

    def __init__(self, request: str, errno: int, reason: str) -> None:
        super().__init__(f"{request}: {reason}")
        self.request = request
        self.errno = errno
        self.reason = reason


class NodeError(EmulatorError):
    """A node was asked for something it does not have."""


class CommandFailed(EmulatorError):  # noqa: N818 - named after what happened
    """A program that a node ran exited with an error or overran its time."""

    def __init__(self, node: str, argv: Sequence[str], outcome: str, output: str) -> None:
        detail = f"\n{output.rstrip()}" if output.strip() else ""
        super().__init__(f"{node}: {' '.join(argv)}: {outcome}{detail}")
        self.node = node
        self.argv = tuple(argv)
        self.outcome = outcome
        self.output = output


class DaemonDied(EmulatorError):  # noqa: N818 - named after what happened
    """A server did not come up, or ended before its lab did."""

    def __init__(self, name: str, node: str, outcome: str, log_tail: str) -> None:
        log = (
            f"; the end of its log:\n{log_tail.rstrip()}"
            if log_tail.strip()
            else "; its log is empty"
        )
        super().__init__(f"{name} on {node} {outcome}{log}")
        self.name = name
        self.node = node
        self.outcome = outcome
        self.log_tail = log_tail


class SandboxError(EmulatorError):
    """The sandboxed process ended without an answer."""


class RecordingError(EmulatorError):
    """What passed could not be written: the disk is full, say."""
