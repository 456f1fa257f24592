"""What reads a file, by its suffix. Only the reader that is needed is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from putfix.formats.documents import Reader


def is_notebook(path: Path) -> bool:
    """Whether a file of this name is a notebook."""
    return path.suffix.lower() == ".ipynb"


def reader_of(path: Path) -> Reader:
    """What makes a program of the text of a file of this name."""
    if is_notebook(path):
        from putfix.formats import notebooks

        return notebooks.read
    suffix = path.suffix.lower()
    if suffix in (".md", ".markdown", ".rst"):
        from putfix.formats import markup

        return markup.read_restructured if suffix == ".rst" else markup.read_markdown
    from putfix.formats import python

    return python.read
