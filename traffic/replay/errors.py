"""What can be wrong with a replay before anything is sent."""


class ReplayError(Exception):
    """A capture, a map or a pace with which nothing can be sent: bad input, told in one line."""
