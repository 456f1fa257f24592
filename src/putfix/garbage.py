"""Freeing what is no longer needed: seldom, and in small portions.

Trees and what is known of them hold each other in circles, which only Python's collector of cycles finds. As often as
usual, it would go again and again through trees that are all in use: half of the time of a run over Ray's package.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from putfix.files.project import ProjectFiles

_COLLECTED = 300_000, 1_000, 100
"""How many objects there may be more before those are looked for that nothing needs, and how often of these times among
older ones, too. What is old is freed by :func:`free`, without looking for it."""
_LEFT_OVER = 30_000
"""How many objects there may be more after a file before those are looked for."""


@contextlib.contextmanager
def rare_collection() -> Iterator[None]:
    """With a collector of cycles that seldom runs."""
    usual = gc.get_threshold()
    gc.set_threshold(*_COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def free(project: ProjectFiles) -> None:
    """Free what was known for one file only, before it counts as old, and the modules that ``project`` keeps no longer:
    for when a file is done."""
    for module in project.drop():
        from putfix.analysis.names.scopes import forget

        forget(module.tree)
    young, older, _ = gc.get_count()
    if young > _LEFT_OVER or older:
        gc.collect(1)
