"""What knowing the other modules of a project costs: a whole run with it and without, against ``ast.parse`` alone.

    python benchmarks/project_index.py DIRECTORY...

For each directory it parses the files that have remote calls, which is what the ratios are to; analyses each by
itself; and analyses each with the modules of its project, which parses those that are asked for. It prints the
processor time of each in seconds, the ratios, and how many of the files asked for other modules, and how many modules
those were. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import ast
import functools
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from putfix.files.discovery import discover
from putfix.files.project import ProjectFiles
from putfix.files.text import UndecodableError, decode
from putfix.fix import fix_source
from putfix.garbage import rare_collection
from putfix.marks import MARKS
from putfix.model import Source


class Counting(ProjectFiles):
    """The files of a project, which counts the modules that are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.at_hand = ""
        self.found: set[str] = set()
        self.asking: set[str] = set()

    def find(self, name: str, place: str) -> Source | None:
        """See :class:`putfix.files.project.ProjectFiles`."""
        self.asking.add(self.at_hand)
        source = super().find(name, place)
        if source is not None:
            self.found.add(source.place)
        return source


def main() -> int:
    """Measure the directories that the command line names."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directories", nargs="+", type=Path)
    warnings.simplefilter("ignore")
    columns = "files", "parsed (s)", "alone (s)", "ratio", "project (s)", "ratio", "asked", "modules"
    print(f"{'directory':<30}", *(f"{name:>11}" for name in columns))
    for directory in options.parse_args().directories:
        sources = [*_with_remote_calls(directory)]
        parsed = _seconds(functools.partial(_parse_all, sources))
        alone = _seconds(functools.partial(_analyse_all, sources))
        project = Counting()
        whole = _seconds(functools.partial(_analyse_all, sources, project))
        counts = len(project.asking), len(project.found)
        row = len(sources), parsed, alone, alone / parsed, whole, whole / parsed, *counts
        shown = (f"{each:>11.2f}" if isinstance(each, float) else f"{each:>11}" for each in row)
        print(f"{directory.name:<30}", *shown, flush=True)
    return 0


def _with_remote_calls(directory: Path) -> list[tuple[Path, str]]:
    """The files that are parsed at all, each with its text."""
    found: list[tuple[Path, str]] = []
    for path in discover([directory]):
        if isinstance(path, Path) and path.suffix == ".py":
            try:
                text = decode(path.read_bytes()).source
                ast.parse(text)
            except (OSError, UndecodableError, SyntaxError, ValueError):
                continue
            if all(mark in text for mark in MARKS):
                found.append((path, text))
    return found


def _parse_all(sources: list[tuple[Path, str]]) -> None:
    for _, text in sources:
        ast.parse(text)


def _analyse_all(sources: list[tuple[Path, str]], project: Counting | None = None) -> None:
    for path, text in sources:
        place = os.path.realpath(path)
        if project is not None:
            project.at_hand = place
        with rare_collection():
            fix_source(text, place, project=project)


def _seconds(run: Callable[[], object]) -> float:
    """The processor time that something takes."""
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
