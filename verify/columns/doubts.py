"""The batches of a table, with doubts about what earlier frames may have a share in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.verify.columns.batch import batches
from wirelab.verify.columns.fragments import Fragments
from wirelab.verify.columns.transfers import Transfers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirelab.verify.columns.batch import Batch
    from wirelab.verify.columns.table import Table


def doubted(table: Table) -> Iterator[Batch]:
    """All frames of a table, whose layers are known for certain or else are unknown."""
    fragments, transfers = Fragments(), Transfers()
    for batch in batches(table):
        fragments.doubt(batch.stack)
        transfers.doubt(batch)
        yield batch
