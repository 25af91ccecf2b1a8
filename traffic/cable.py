"""A cable that is pulled out of one switch and put into another."""

from wirelab.emulator import Bridge


def move_cable(port: str, old: Bridge, new: Bridge) -> None:
    """Pull the cable at `port` out of a switch and put it into another.

    The host at its other end sees the link go down and come up.
    """
    for order in (["down"], ["master", new.name], ["up"]):
        old.run(["ip", "link", "set", "dev", port, *order])
