"""What ``putfix --explain`` prints of the codes that stand for no reason against a hoist: one function a code."""

from __future__ import annotations

from collections.abc import Callable

from putfix.codes import HOIST
from putfix.report.findings import INVALID, UNUSED


def hoist() -> None:
    """The value is large, and each of the calls sends the same: putfix puts it once, and passes the reference. Where
    the line says "unsafe", something is assumed that the source does not prove, and the line names it.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        sums = ray.get([column_sum.remote(table, i) for i in range(10)])  # the cause

    What you can do:
        Run putfix --apply. Where the calls are to stay as they are, write # putfix: ignore[hoist] because ... at the
        end of the line; where the value is small, # putfix: small.
    """


def unused_comment() -> None:
    """A comment to putfix does nothing: there is nothing to ignore where it stands, or nothing with that code, or no
    value whose size it could mean. It may have been needed once, or stand on the wrong line.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        table_ref = ray.put(table)
        sums = ray.get([column_sum.remote(table_ref, i) for i in range(10)])  # putfix: ignore[hoist]

    What you can do:
        Take it out, or the code out of its brackets. It belongs on the call, on the line where its loop or another
        statement around it begins, or alone above one of them.
    """


def invalid_comment() -> None:
    """A comment to putfix cannot be understood, or names a code that there is not. It may have been meant to ignore
    something: until it is mended, all is left alone where it stands.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        sums = ray.get([column_sum.remote(table, i) for i in range(10)])  # putfix: ignore hoist

    What you can do:
        Write # putfix: ignore[hoist] because of a reason. Codes and names stand in brackets, a reason behind them.
    """


NOTICES: dict[str, Callable[..., object]] = {HOIST: hoist, UNUSED: unused_comment, INVALID: invalid_comment}
"""The functions by their codes."""
