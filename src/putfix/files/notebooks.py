"""Which cell of which notebook a trace speaks of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_SUFFIX = ".ipynb"


def code_cells(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """The code cells of the notebooks that ``paths`` are, or have below them: the source of each, and its name.

    A cell is named by its place among all cells, from 1. Files that are no notebooks are passed over, and directories
    whose names begin with a dot.
    """
    for path in paths:
        for notebook in _notebooks(path):
            yield from _cells(notebook)


def _notebooks(path: Path) -> Iterator[Path]:
    if path.suffix == _SUFFIX and path.is_file():
        yield path
    for directory, inner, files in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield from (Path(directory, name) for name in sorted(files) if name.endswith(_SUFFIX))


def _cells(path: Path) -> Iterator[tuple[str, str]]:
    try:
        cells = json.loads(path.read_bytes())["cells"]
        sources = ["".join(cell["source"]) if cell["cell_type"] == "code" else None for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    for number, source in enumerate(sources, start=1):
        if source is not None:
            yield source, f"{os.path.normpath(path)}, cell {number}"
