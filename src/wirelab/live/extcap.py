"""What Wireshark is told when it asks for interfaces: running labs, as extcap(4) has it.

Wireshark runs a plug-in once with `--extcap-interfaces`, then for every interface with
`--extcap-dlts` and `--extcap-config`, and with `--capture --fifo PATH` when a capture begins.
"""

from collections.abc import Iterable, Iterator

from wirelab.live.client import LabInfo
from wirelab.live.errors import LiveError
from wirelab.live.points import own_points

_PREFIX = "wirelab"
_HELP = "https://www.wireshark.org/docs/man-pages/extcap.html"

DLTS = "dlt {number=1}{name=EN10MB}{display=Ethernet}\n"
"""The link type of every interface."""
CONFIG = (
    "arg {number=0}{call=--filter}{display=Only frames that match}{type=string}"
    "{tooltip=A display filter of wirelab; empty for all frames}\n"
)
"""What a user of Wireshark may set before a capture."""


def interfaces(labs: Iterable[LabInfo]) -> Iterator[str]:
    """Yield the lines that name the plug-in and the points of running labs."""
    yield f"extcap {{version=1}}{{help={_HELP}}}"
    for lab in labs:
        if own := own_points(lab):
            yield _interface(lab.name, "", f"all points: {', '.join(own)}")
        for point, interface in lab.points.items():
            place = f"{point} ({interface})" if point != interface else interface
            yield _interface(lab.name, point, place)


def _interface(lab: str, point: str, place: str) -> str:
    value = ":".join(filter(None, (_PREFIX, lab, point)))
    return f"interface {{value={value}}}{{display={_PREFIX}: {lab} {place}}}"


def points_of(interface: str) -> tuple[str, list[str]]:
    """Return the lab and the points that an interface of Wireshark stands for.

    Raises:
        LiveError: it is none of ours.
    """
    prefix, _, rest = interface.partition(":")
    lab, _, point = rest.partition(":")
    if prefix != _PREFIX or not lab:
        raise LiveError(f"{interface!r} is no interface of a running lab: wirelab:LAB:POINT")
    return lab, [point] if point else []
