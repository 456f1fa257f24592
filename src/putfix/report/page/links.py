"""Links from a page to lines of files: relative to where the page is, so that both can be moved together."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from putfix.report.refusals import NO_NAME


class Link(NamedTuple):
    """A text, and the address that it leads to; that is empty where there is no file."""

    text: str
    address: str


class Sentence(NamedTuple):
    """A sentence with a link in it, if there is one."""

    before: str
    link: Link | None = None
    after: str = ""


def linking(text: str, link: Link, line: int) -> Sentence:
    """The sentence whose ``line`` is a link: where it names it, or else at its end."""
    *_, last = [None, *re.finditer(rf"\bline {line}\b", text)]
    if last is None:
        return Sentence(f"{text} (", link, ")")
    return Sentence(text[: last.start()], link._replace(text=last[0]), text[last.end() :])


def address(path: Path, line: int, folder: Path) -> str:
    """The address of a line of a file, ``line`` 0 being the file, for a page in ``folder``: ``./job.py#L12``. Empty for
    a source from standard input without a name."""
    if path.name == NO_NAME:
        return ""
    fragment = f"#L{line}" if line else ""
    try:
        relative = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return f"{path.absolute().as_uri()}{fragment}"
    # Without the dot, a colon in a name would make a scheme of what is before it.
    return f"./{quote(os.fsencode(relative))}{fragment}"
