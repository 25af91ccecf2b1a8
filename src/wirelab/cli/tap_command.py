"""`lab tap`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from wirelab.cli.errors import BAD_INPUT, EXPECTATION_FAILED, READER_GONE, end, explained
from wirelab.cli.number import Number
from wirelab.cli.signals import stoppable

if TYPE_CHECKING:
    from wirelab.live import LabInfo
    from wirelab.live.stream import Ended

_STDOUT = "-"
_WIRESHARK = "lab tap … -w - | wireshark -k -i -"

_HELP = """Capture in a running lab, live: pcapng, written as the frames pass.

A POINT is a capture point of the lab's scenario, or any interface; several are merged in the
order of time. Without one it is all points of the scenario. LAB may be left out when only one
runs. It ends with the lab, with Ctrl-C, or when nobody reads it any more.

\b
lab tap -w - | wireshark -k -i -            the scenario's points, in Wireshark
lab tap names c-eth0 r1-eth1 -w two.pcapng  two interfaces of the lab `names`
lab tap c-eth0 -w dns.pcapng --filter dns -c 2
ssh HOST lab tap -w - | wireshark -k -i -   of a lab on another machine

Exit status: 0; 1 frames were lost, since they were not written as fast as they passed (the
message says how many, and so does the file); 2 bad usage, no such lab or point.
"""


@click.command("tap", help=_HELP)
@click.argument("words", nargs=-1, metavar="[LAB] [POINT|INTERFACE]...")
@click.option("-w", "--write", "file", metavar="FILE", help="A pcapng file; - is standard output.")
@click.option("-c", "--count", "most", type=Number(1), help="End with so many frames.")
@click.option("--filter", "text", default="", metavar="FILTER", help="A display filter.")
def command(words: tuple[str, ...], file: str | None, most: int | None, text: str) -> None:
    """Capture in a running lab, live."""
    if not file:
        end(f"where to? -w FILE, or {_WIRESHARK}", BAD_INPUT)
    if file == _STDOUT and sys.stdout.isatty():
        end(f"a terminal cannot show a capture: {_WIRESHARK}, or -w FILE", BAD_INPUT)
    with explained():
        from wirelab.live import connect, folder  # noqa: PLC0415 - slow
        from wirelab.live.capture import begin  # noqa: PLC0415

        named, *points = words if words and words[0] in folder.names() else ("", *words)
        with connect(named) as control:
            if points and not named:
                _see_that_it_is_a_point(points[0], control.info())
            into = begin(control, points, text=text, most=most)
            with _opened(file) as fd, stoppable() as stop:
                ended = into(fd).run(stop.fileno(), control.fileno())
    _conclude(ended)


def _see_that_it_is_a_point(word: str, lab: "LabInfo") -> None:
    """See that a first word, which is no running lab, is a point of the only one.

    Raises:
        LiveError: it is none.
    """
    from wirelab.live import LiveError, folder  # noqa: PLC0415 - slow
    from wirelab.scenarios.errors import near  # noqa: PLC0415

    if word not in lab.points:
        told = f"there is no point or interface {word!r} in {lab.name}, and no lab has that name"
        raise LiveError(f"{told}{near(word, {*lab.points, *folder.names()})}")


@contextmanager
def _opened(file: str) -> Iterator[int]:
    """Give the descriptor of a new file, or of standard output, for the length of a `with`."""
    if file == _STDOUT:
        yield sys.stdout.fileno()
        return
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        yield fd
    except OSError as error:  # as on a full disk
        raise OSError(error.errno, error.strerror, file) from error
    finally:
        os.close(fd)


def _conclude(ended: "Ended") -> None:
    """Say how much was captured, and exit."""
    from wirelab.live.stream import Why  # noqa: PLC0415 - slow

    gone = ended.why is Why.READER_GONE
    lost = ", ".join(f"{count} at {point}" for point, count in ended.lost.items())
    told = [f"{ended.written} frame{'s' if ended.written != 1 else ''}"]
    told += ["the lab has ended"] if ended.why is Why.LAB_GONE else []
    told += [f"the reader did not take the last {ended.unread} bytes"] if ended.unread else []
    told += [f"LOST, as they were not read fast enough: {lost}" if lost else "none lost"]
    if lost or not gone:
        click.echo(f"lab: {'; '.join(told)}", err=True)
    sys.exit(EXPECTATION_FAILED if lost else READER_GONE if gone else 0)
