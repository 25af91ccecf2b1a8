"""A cable that is pulled out of one switch and put into another.

The host at its other end sees its link go down and come up; programs there need a moment to
notice either.
"""

from wirelab.emulator import Bridge


def pull_cable(port: str, switch: Bridge) -> None:
    """Pull the cable at `port` out of a switch."""
    switch.run(["ip", "link", "set", "dev", port, "down"])


def plug_cable(port: str, switch: Bridge) -> None:
    """Put the cable whose end is called `port` into a switch, wherever it was before."""
    switch.run(["ip", "link", "set", "dev", port, "master", switch.name, "up"])
