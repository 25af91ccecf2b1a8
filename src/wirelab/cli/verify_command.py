"""`lab verify`."""

from pathlib import Path

import click


@click.command("verify")
@click.argument("captures", nargs=-1, type=click.Path(path_type=Path), metavar="[CAPTURE]...")
@click.option(
    "--expect",
    metavar="SCENARIO|FILE.py[:ID]",
    help="Whose expectation to use; for a capture of the lab by default that of its scenario.",
)
@click.option(
    "--filter", "display_filter", metavar="FILTER", help="List the frames that it selects."
)
@click.option(
    "--point",
    "points",
    multiple=True,
    metavar="NAME=FILE",
    help="The capture of one point; several are judged together.",
)
@click.option("--at", metavar="POINT", help="Judge only what can be seen at this point.")
@click.option("--open", "is_open", is_flag=True, help="Let frames pass that no step took.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind a name of the expectation by hand, as in --name c.ip=10.0.0.1.",
)
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option(
    "--annotate",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the capture with packet comments that name the steps.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The verdict as JSON; a line each of several."
)
def command(
    captures: tuple[Path, ...],
    expect: str | None,
    display_filter: str | None,
    points: tuple[str, ...],
    at: str | None,
    is_open: bool,
    names: tuple[str, ...],
    assignments: tuple[str, ...],
    target: Path | None,
    as_json: bool,
) -> None:
    """Judge captures against a scenario's expectation, or list frames of one.

    In a capture of our own the names of the expectation (`${c.ip}`) are known from its
    comment; in a foreign one each stands for what it is first seen to be.

    \b
    lab verify out/dhcp-dora/capture.pcapng
                                 one of our own, which says what it should be
    lab verify x.pcapng --expect dhcp-dora
                                 any capture
    lab verify *.pcapng --expect dhcp-dora
                                 several, each by itself
    lab verify --point lan=a.pcap --point wan=b.pcap --expect frag-router
                                 the two sides of a router, together
    lab verify x.pcap --expect ftp-passive --open --name s.ip=192.0.2.1
                                 other traffic may be in it; the server is known
    lab verify x.pcap --expect pmtud-df --set mtu=1300 --annotate told.pcapng
                                 another MTU; the verdict as packet comments

    lab verify out/my-scenario/capture.pcapng --expect ./my_scenario.py
                                 against a scenario of your own

    lab verify x.pcap --filter 'tcp.flags.syn == 1 && tcp.flags.ack == 0'
                                 no verdict: the frames that a display filter selects

    Exit status: 0 all as expected; 1 a capture is not; 2 bad usage or input.
    """  # noqa: D301 - click's mark for text that keeps its lines
    if display_filter is not None:
        if expect is not None:
            raise click.UsageError("give either --expect SCENARIO or --filter FILTER")
        _list(captures, display_filter, points, as_json=as_json)
        return
    from wirelab.cli.verify_judging import Asked, judging  # noqa: PLC0415 - a filter needs no judge

    judging(
        captures,
        points,
        Asked(expect, assignments, names, at, is_open=is_open),
        target,
        as_json=as_json,
    )


def _list(
    captures: tuple[Path, ...], display_filter: str, points: tuple[str, ...], *, as_json: bool
) -> None:
    from wirelab.cli.filter_listing import listing  # noqa: PLC0415 - numpy is slow to import

    if len(captures) != 1 or points:
        raise click.UsageError("--filter lists the frames of one CAPTURE")
    listing(captures[0], display_filter, as_json=as_json)
