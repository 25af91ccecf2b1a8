"""Bringing a lab up inside its sandbox, so that it can be worked in."""

import socket
import threading

from wirelab.emulator import Lab
from wirelab.live.keeper import Tell
from wirelab.live.running import Running
from wirelab.live.server import serve
from wirelab.live.subject import Subject
from wirelab.scenarios import Stage


def bring_up(name: str, subject: Subject, listening: socket.socket, tell: Tell) -> Running:
    """Start the lab, answer at the socket, and say that it is ready.

    Raises:
        EmulatorError: it does not start.
    """
    lab = Lab(subject.network, seed=subject.seed)
    lab.start()
    stage = Stage(lab, subject.settings, subject.seed, subject.name)
    running = Running(name, subject, lab, stage)
    serve(running, listening)
    tell(running.info())
    return running


def stay(name: str, subject: Subject, listening: socket.socket, tell: Tell) -> None:
    """Bring a lab up, and keep it until it is killed."""
    bring_up(name, subject, listening, tell)
    threading.Event().wait()
