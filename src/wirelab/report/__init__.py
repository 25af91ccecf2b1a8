"""The page that a run leaves beside its captures."""

from wirelab.report.index import write_index

__all__ = ["write_index"]
