"""Bringing a lab up inside its sandbox, so that it can be worked in."""

import socket
import threading
from dataclasses import dataclass

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
    servers = _servers(running) if plan.servers else []
    serve(running, listening)
    tell({"addresses": running.addresses(), "servers": servers})
    return running


def _servers(running: Running) -> list[str]:
    """Start what the network usually has; where a program for that is lacking, say so instead."""
    if running.subject.scenario is not None:
        return ["servers start with `play`"]
    told = []
    try:
        for line in stock(running):
            told.append(line)
    except Missing as error:
        told.append(str(error))
    return told


def stay(plan: Plan, listening: socket.socket, tell: Tell) -> None:
    """Bring a lab up, and keep it until it is killed."""
    bring_up(plan, listening, tell)
    threading.Event().wait()
