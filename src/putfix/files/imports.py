"""Which modules a Python file will probably ask for, by its bytes: a guess that saves questions, not knowledge."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator

from putfix.files.disk import Disk
from putfix.files.project import ProjectFiles

_STATEMENT = re.compile(rb"^[ \t]*(?:from[ \t]*([.\w]+)[ \t]+)?import\b[ \t]*(\([^)]*\)|[^\n;]*)", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_NAME = re.compile(rb"([.\w]+)(?:[ \t]+as[ \t]+\w+)?")
NEAR, FAR = 1, 3
"""How many imports are followed, one after the other: for each file, and where something was not known. Of the 61 files
of RLlib that call Ray, 6 asked for more with 1, which sends 4.3 MB, and 4 with 2, which sends 10.2 MB."""


class Foresight:
    """What a ``disk`` was asked already for the sake of files that will be analysed."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._project = ProjectFiles(disk=disk)
        self._deep: dict[str, int] = {}
        """The files whose imports were followed, and how many, one after the other."""
        self._read: set[str] = set()

    def foresee(self, path: str, data: bytes, deep: int = NEAR) -> None:
        """Ask what an analysis of the file at ``path``, which holds ``data``, probably will: about the modules that it
        imports, and where ``deep`` is more than 1, those that these import."""
        place = self._project.real(path)
        pending = [(place, data, deep)]
        while pending:
            importer, text, left = pending.pop()
            if self._deep.get(importer, -1) < left:
                self._deep[importer] = left
                self._disk.root(os.path.dirname(importer))
                self._project.is_public(importer)
                if left:
                    pending += self._followed(importer, text, left - 1)

    def _followed(self, importer: str, text: bytes, left: int) -> Iterator[tuple[str, bytes, int]]:
        """The modules that one imports, as far as there is anything to be asked about them still."""
        for file in _imported(importer, text, self._project):
            if file not in self._read or self._deep.get(file, -1) < left:
                self._read.add(file)
                with contextlib.suppress(OSError):
                    yield file, self._disk.read(file), left


def _imported(place: str, data: bytes, project: ProjectFiles) -> Iterator[str]:
    """The files of the modules that the import statements in ``data`` name."""
    for module, names in _statements(data):
        files = [project.locate(each, place) for each in _way(module)] if module else []
        yield from (each for each in files if each is not None)
        if module and files[-1] is not None and not files[-1].endswith("__init__.py"):
            continue  # what there is beside it tells that there are no modules in it
        for name in names:
            whole = f"{module}{name}" if not module or module.endswith(".") else f"{module}.{name}"
            ways = _way(whole) if not module else [whole]
            yield from (file for each in ways if (file := project.locate(each, place)) is not None)


def _statements(data: bytes) -> Iterator[tuple[str, list[str]]]:
    """The modules that names are imported from, with these; an empty one for what is imported whole."""
    for module, names in _STATEMENT.findall(data):
        plain = _COMMENT.sub(b"", names)
        yield module.decode(errors="replace"), [each.decode(errors="replace") for each in _NAME.findall(plain)]


def _way(name: str) -> list[str]:
    """The names of the packages on the way to a module, and its own."""
    dots = name[: len(name) - len(name.lstrip("."))]
    parts = name[len(dots) :].split(".") if name != dots else []
    return [*([dots] if dots else []), *(dots + ".".join(parts[: number + 1]) for number in range(len(parts)))]
