"""Hoist large values that Ray tasks and actors are given again and again into one ``ray.put``."""

from __future__ import annotations

from putfix.version import __version__ as __version__

TYPE_CHECKING = False  # as in typing, whose import an interrupt could hit before anything here can catch it

if TYPE_CHECKING:
    from putfix.checking import FileResult
    from putfix.fix import fix_source
    from putfix.library import fix_paths
    from putfix.model import (
        Advice,
        CallSite,
        ChangedCell,
        Evidence,
        Finding,
        Hoist,
        Obstacle,
        Remark,
        Result,
        Span,
        Strength,
        Suppressed,
        Suppression,
    )
    from putfix.problems import Problem
    from putfix.settings import Settings

__all__ = [
    "Advice",
    "CallSite",
    "ChangedCell",
    "Evidence",
    "FileResult",
    "Finding",
    "Hoist",
    "Obstacle",
    "Problem",
    "Remark",
    "Result",
    "Settings",
    "Span",
    "Strength",
    "Suppressed",
    "Suppression",
    "fix_paths",
    "fix_source",
]

_MODULES = {
    "FileResult": "putfix.checking",
    "Problem": "putfix.problems",
    "Settings": "putfix.settings",
    "fix_paths": "putfix.library",
    "fix_source": "putfix.fix",
}
"""Where what is not in the model is."""


def __getattr__(name: str) -> object:
    """Load the analysis when it is first used: a program that is traced needs none of it."""
    import importlib

    if name in ("load_ipython_extension", "unload_ipython_extension"):  # %load_ext putfix
        notebook = importlib.import_module("putfix.trace.notebook")
        return lambda _shell: notebook.start() if name.startswith("load") else notebook.stop()
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES.get(name, "putfix.model")), name)


def __dir__() -> list[str]:
    """What there is, loaded or not."""
    return sorted({*globals(), *__all__})
