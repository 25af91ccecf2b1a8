"""Bringing a lab up inside its sandbox, so that it can be worked in."""

import socket
import threading
from dataclasses import dataclass
from typing import Any

from wirelab.emulator import Lab, Missing
from wirelab.live.keeper import Tell
from wirelab.live.running import Running
from wirelab.live.server import serve
from wirelab.live.services import DOMAIN, stock
from wirelab.live.subject import Subject
from wirelab.scenarios import Stage


@dataclass(frozen=True)
class Plan:
    """A lab that is to be kept running."""

    name: str
    """What it is to be called."""
    subject: Subject
    """Of what it is made."""
    servers: bool = True
    """Whether the servers that its topology usually has are started, too."""


def bring_up(plan: Plan, listening: socket.socket, tell: Tell) -> Running:
    """Start the lab and its servers, answer at the socket, and say that it is ready.

    Raises:
        EmulatorError: it does not start.
    """
    name, subject = plan.name, plan.subject
    lab = Lab(subject.network, seed=subject.seed)
    lab.start()
    stage = Stage(lab, {"domain": DOMAIN, **subject.settings}, subject.seed, subject.name)
    running = Running(name, subject, lab, stage)
    if plan.servers and subject.scenario is None:
        _start_servers(running)
    serve(running, listening)
    tell(told(running))
    return running


def told(running: Running) -> dict[str, Any]:
    """Return what there is to say of a lab: `addresses`, in words by node, and `servers`."""
    servers = [*running.serving.values(), *running.lacking]
    return {"addresses": running.addresses(), "servers": servers}


def _start_servers(running: Running) -> None:
    """Start what the network usually has; where a program for that is lacking, note it."""
    try:
        stock(running)
    except Missing as error:
        running.lacking.append(str(error))


def stay(plan: Plan, listening: socket.socket, tell: Tell) -> None:
    """Bring a lab up, and keep it until it is killed."""
    bring_up(plan, listening, tell)
    threading.Event().wait()
