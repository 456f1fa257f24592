"""Where the cache is: where the user says, or where the platform keeps such things, and never beside the sources."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "PUTFIX_CACHE_DIR"
"""The environment variable that says where, if no option does."""


def cache_folder(given: Path | None = None) -> str | None:
    """The directory, which need not be there: the one that an option has ``given``, or else the environment; None where
    the user has no directory of their own."""
    named = os.fspath(given) if given is not None else os.environ.get(VARIABLE)
    if named:
        return os.path.abspath(named)
    from platformdirs import user_cache_dir

    found = user_cache_dir("putfix", appauthor=False)
    return found if os.path.isabs(found) else None


_MANY = 20
"""Of how many named files there is more to remember than that costs."""


def is_worth_it(paths: Sequence[Path]) -> bool:
    """Whether a run over these paths is to be remembered: not one over a file or two, which just have been changed."""
    return len(paths) > _MANY or any(map(os.path.isdir, paths))
