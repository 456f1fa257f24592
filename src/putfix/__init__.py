"""Hoist large values that Ray tasks and actors are given again and again into one ``ray.put``."""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # as in typing, whose import an interrupt could hit before anything here can catch it

if TYPE_CHECKING:
    from putfix.fix import fix_source
    from putfix.model import Advice, Evidence, Finding, Hoist, Obstacle, Result, Strength
    from putfix.problems import Problem
    from putfix.settings import Settings

__all__ = [
    "Advice",
    "Evidence",
    "Finding",
    "Hoist",
    "Obstacle",
    "Problem",
    "Result",
    "Settings",
    "Strength",
    "fix_source",
]

_MODULES = {"fix_source": "putfix.fix", "Problem": "putfix.problems", "Settings": "putfix.settings"}


def __getattr__(name: str) -> object:
    """Load the analysis when it is first used: a program that is traced needs none of it."""
    import importlib

    if name in ("load_ipython_extension", "unload_ipython_extension"):  # %load_ext putfix
        notebook = importlib.import_module("putfix.trace.notebook")
        return lambda _shell: notebook.start() if name.startswith("load") else notebook.stop()
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES.get(name, "putfix.model")), name)
