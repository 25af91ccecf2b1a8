"""`lab replay`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from wirelab.cli.errors import EXPECTATION_FAILED, explained
from wirelab.cli.number import Finite, Number
from wirelab.cli.replay_options import (
    CONVERSATIONS,
    FRAMES,
    HOSTS,
    check_kind,
    choice_of,
    options_of,
)
from wirelab.cli.replay_values import Moment
from wirelab.cli.signals import Stopped, stoppable

if TYPE_CHECKING:
    from wirelab.run.replay_job import ReplayJob

_HELP = """Play a capture into a lab, capture what arrives, and verify that it is what was sent.

--as frames (the default): frames leave an interface of the lab as they were captured.
--as hosts: the capture's endpoints become hosts of the lab; each packet is sent by its host, with
that host's addresses, once what it answers to has arrived, and real routers forward it.
--as conversations: what applications said is said again by real sockets of two or more hosts.

TOPOLOGY is one of topologies/, or a scenario of `lab list`, whose network it then is, or a file of
your own with either. Nothing leaves the lab: it has no way out.

\b
lab replay x.pcap --on lan --at c-eth0
                                 as recorded, out of the first interface of c
lab replay x.pcap --on span --at s1-eth4 --topspeed --loop 100
                                 to the analyzer m at a SPAN port, as fast as it goes
lab replay out/frag-router/capture.pcapng --on frag-router
                                 each point of a capture of ours to its own interface
lab replay x.pcapng --on routed --at lan=c-eth0 --at wan=s-eth0 --set mtu=1400
                                 two points of a file to two interfaces
lab replay x.pcap --on lan --at c-eth0 --filter dns --speed 10 --dry-run
                                 only say what would be sent
lab replay x.pcap --on routed --as hosts --map 192.168.1.5=c --map 192.168.1.1=s
                                 by hosts of the lab, through its routers
lab replay x.pcap --on routed --set loss=1 --as conversations
                                 by sockets, over a network that loses packets

Exit status: 0 all was sent as recorded, and arrived, or drew the ICMP error that its TTL or size
must draw in this network; 1 something was not; 2 bad usage or input, and nothing was sent; 3 this
machine lacks something.
"""


@click.command("replay", help=_HELP)
@click.argument("capture", type=click.Path(path_type=Path))
@click.option("--on", "on", required=True, metavar="TOPOLOGY", help="The network to play it into.")
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter of the network."
)
@click.option(
    "--as",
    "kind",
    type=click.Choice([FRAMES, HOSTS, CONVERSATIONS]),
    default=FRAMES,
    show_default=True,
    help="What is played again.",
)
@click.option(
    "--at",
    "at",
    multiple=True,
    metavar="[POINT=]INTERFACE",
    help="From where to send: all, or the frames of one point of the file.",
)
@click.option("--speed", type=Finite(), help="So many times as fast as recorded.")
@click.option("--pps", type=Finite(), help="Frames a second, evenly.")
@click.option("--mbps", type=Finite(), help="Megabits a second, evenly.")
@click.option("--topspeed", is_flag=True, help="As fast as it goes.")
@click.option("--loop", "loops", type=Number(1), default=1, help="Send all N times.")
@click.option("--limit", type=Number(1), help="Send no more frames, in each loop.")
@click.option("--filter", "display_filter", default="", help="Send what a display filter selects.")
@click.option("--from", "since", type=Moment(), help="Seconds into the capture, or a time.")
@click.option("--to", "until", type=Moment(), help="Likewise: send nothing captured later.")
@click.option(
    "--too-large",
    type=click.Choice(["refuse", "segment", "skip"]),
    default="refuse",
    show_default=True,
    help="What becomes of frames that their link cannot carry: nothing is sent; TCP is cut"
    " (--as hosts: other IPv4 without DF too); they are left out.",
)
@click.option(
    "--late-by",
    type=Finite(0, 1e12),
    default=1000.0,
    show_default=True,
    metavar="MS",
    help="Frames are late, and counted, when they are sent later than that.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="ADDRESS=HOST",
    help="Which host of the lab an address of the capture becomes.",
)
@click.option(
    "--routers",
    type=click.Choice(["real", "recorded"]),
    default="real",
    show_default=True,
    help="Whether the lab's routers forward, or what routers sent is sent as recorded.",
)
@click.option("--port", multiple=True, metavar="OLD=NEW", help="Rewrite a port of TCP and UDP.")
@click.option("--vlan", metavar="add:N|remove|N|OLD=NEW", help="What becomes of VLAN tags.")
@click.option("--ttl", metavar="N|+N|-N", help="What becomes of TTLs where they are sent.")
@click.option("--dscp", type=Number(0, 63), help="The DSCP of all packets.")
@click.option(
    "--inside",
    type=click.Choice(["ftp", "dns"]),
    multiple=True,
    help="Rewrite addresses inside these payloads as well.",
)
@click.option(
    "--patience",
    type=Finite(0, 86400, min_open=True),
    metavar="S",
    help="Seconds until what does not come is lost.  [default: 1, of conversations 30]",
)
@click.option(
    "--incomplete",
    type=click.Choice(["refuse", "skip"]),
    default="refuse",
    show_default=True,
    help="What becomes of conversations of which the capture lacks something.",
)
@click.option(
    "--client-ports",
    type=click.Choice(["fresh", "recorded"]),
    default="fresh",
    show_default=True,
    help="Which ports clients have.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for captures and verdict.",
)
@click.option(
    "--seed",
    type=Number(0),
    default=0,
    show_default=True,
    help="Decides MACs and addresses.",
)
@click.option(
    "--capture",
    "capturing",
    type=click.Choice(["keep", "discard", "none"]),
    default="keep",
    show_default=True,
    help="What becomes of the captures; with none frames are only counted where they arrive, and"
    " the other kinds are judged by what their players saw.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(
    capture: Path,
    on: str,
    assignments: tuple[str, ...],
    kind: str,
    output: Path,
    seed: int,
    capturing: str,
    dry_run: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Play a capture into a lab, capture what arrives, and verify that it is what was sent."""
    ctx = click.get_current_context()
    given = ctx.get_parameter_source
    check_kind(
        kind,
        [p for p in ctx.command.params if given(p.name or "") is not ParameterSource.DEFAULT],
    )
    with explained():
        from wirelab.run.replay_plan import plan_replay  # noqa: PLC0415 - NumPy is slow to import

        options, choice = options_of(kind, asked), choice_of(asked)
        job = plan_replay(capture, on, options, choice=choice, assignments=assignments, seed=seed)
        if dry_run:
            _tell_plan(job, as_json=as_json)
            return
        _run(job, output, capturing, as_json=as_json)


def _tell_plan(job: "ReplayJob", *, as_json: bool) -> None:
    if as_json:
        told = {"replay": str(job.capture), "on": job.network.name, **job.prepared.as_json()}
        click.echo(json.dumps(told, indent=2, default=str))
        return
    click.echo(f"{job.capture} on {job.network.name}; nothing was sent:")
    for line in job.prepared.told():
        click.echo(f"  {line}")


def _run(job: "ReplayJob", output: Path, capturing: str, *, as_json: bool) -> NoReturn:
    from wirelab.cli.replay_progress import shown  # noqa: PLC0415
    from wirelab.cli.replay_report import report, unit  # noqa: PLC0415
    from wirelab.run.replay import run_replay  # noqa: PLC0415
    from wirelab.run.replay_job import Capturing  # noqa: PLC0415

    what, duration = unit(job.kind), job.prepared.as_json().get("duration")
    try:
        with stoppable() as stop:
            with shown(job.prepared.total, what, quiet=as_json, duration=duration) as far:
                ended = run_replay(
                    job,
                    output,
                    stop=stop.fileno(),
                    progress=far,
                    capturing=Capturing(capturing),
                )
            stop.check()
    except Stopped as signal:
        told = f"after {far.done} of {far.total} {what}; its lab is gone"
        click.echo(f"lab: stopped by {signal} {told}", err=True)
        sys.exit(signal.status)
    assert ended is not None
    if as_json:
        click.echo(json.dumps(ended.as_json(), indent=2, default=str))
    else:
        for line in report(ended):
            click.echo(line)
    sys.exit(0 if ended.passed else EXPECTATION_FAILED)
