"""The formats that findings are reported in: one module each, loaded when it is asked for.

To add one, write a class that is an :class:`putfix.report.outputs.records.Output`, and its line here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from putfix.options import DIFF

if TYPE_CHECKING:
    from putfix.report.outputs.records import Output, Run


class Format(NamedTuple):
    """Where a format is: a ``module`` of this package, and a class in it.

    ``whole`` is a document that nobody can read by halves: it is printed when all of it is there. With ``fixes``, each
    hoist can be applied by itself.
    """

    module: str
    name: str
    whole: bool = True
    fixes: bool = False


FORMATS = {
    DIFF: Format("diffs", "Diff", whole=False),
    "full": Format("full", "Full", whole=False),
    "concise": Format("concise", "Concise", whole=False),
    "json": Format("json_report", "JsonReport", fixes=True),
    "sarif": Format("sarif", "Sarif", fixes=True),
    "github": Format("github", "GitHub", whole=False),
    "gitlab": Format("gitlab", "GitLab"),
    "junit": Format("junit", "JUnit"),
}
"""The formats by the names that the command line has for them."""


def output(name: str, run: Run) -> Output:
    """What writes the format of that name, which is one of :data:`FORMATS`."""
    found = FORMATS[name]
    made: Output = getattr(importlib.import_module(f"{__name__}.{found.module}"), found.name)(run)
    return made
