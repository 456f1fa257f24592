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
    hoist can be applied by itself. ``libraries`` are those that it needs besides, and ``extra`` is what they are called
    together for pip.
    """

    module: str
    name: str
    whole: bool = True
    fixes: bool = False
    libraries: tuple[str, ...] = ()
    extra: str = ""

    @property
    def missing(self) -> str:
        """The first of its libraries that is not installed; empty where all are."""
        if not self.libraries:
            return ""
        from importlib.util import find_spec

        return next((name for name in self.libraries if find_spec(name) is None), "")


FORMATS = {
    DIFF: Format("diffs", "Diff", whole=False),
    "full": Format("full", "Full", whole=False),
    "concise": Format("concise", "Concise", whole=False),
    "json": Format("json_report", "JsonReport", fixes=True),
    "sarif": Format("sarif", "Sarif", fixes=True),
    "github": Format("github", "GitHub", whole=False),
    "gitlab": Format("gitlab", "GitLab"),
    "junit": Format("junit", "JUnit"),
    "html": Format("html", "Html", libraries=("jinja2", "pygments"), extra="html"),
}
"""The formats by the names that the command line has for them."""


def output(name: str, run: Run) -> Output:
    """What writes the format of that name, which is one of :data:`FORMATS`."""
    found = FORMATS[name]
    made: Output = getattr(importlib.import_module(f"{__name__}.{found.module}"), found.name)(run)
    return made
