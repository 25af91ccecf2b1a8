"""The command line: `lab` in a checkout, `wirelab` when installed."""

from wirelab.cli.main import main

__all__ = ["main"]
