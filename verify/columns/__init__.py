"""Large captures: the header fields of many frames at once, as NumPy columns.

The reference is the dissection packet by packet (`dissect`, `predicate`). Everything here gives the
same results sooner: what the columns cannot tell for certain is dissected.
"""
