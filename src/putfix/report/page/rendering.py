"""Writing a page: the template with what it shows, the style and the script in it, and a policy that allows no more."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.page.contents import contents


def page(run: Run, files: Sequence[FileRecord], totals: Totals) -> str:
    """The page about a run: one document, complete in itself. The same run gives the same page."""
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_own),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = Markup(_own("page.css")), Markup(_own("page.js"))
    policy = (
        f"default-src 'none'; style-src {_allowed(style)}; script-src {_allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    shown = contents(files, totals, run.explanations(), run.folder)
    template = environment.get_template("page.html")
    return template.render(page=shown, policy=policy, style=style, script=script, version=run.version)


def _own(name: str) -> str:
    """A file of this package."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """What a policy calls a text that stands in the page between its tags."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
