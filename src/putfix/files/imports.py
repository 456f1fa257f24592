"""Which modules a Python file will probably ask for, by its bytes: a guess that saves questions, not knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from putfix.files.disk import Disk
from putfix.files.project import ProjectFiles

_STATEMENT = re.compile(rb"^[ \t]*(?:from[ \t]*([.\w]+)[ \t]+)?import\b[ \t]*(\([^)]*\)|[^\n;]*)", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_NAME = re.compile(rb"([.\w]+)(?:[ \t]+as[ \t]+\w+)?")
_DEEP = 3
"""How many imports are followed, one after the other: most of what a program means is found by then."""


def foresee(place: str, data: bytes, project: ProjectFiles, disk: Disk, known: set[str], deep: int = _DEEP) -> None:
    """Ask ``disk``, which ``project`` asks too, what an analysis of the file at ``place`` with these bytes probably
    will, about the modules that it imports, and those that these import. ``known`` are the files of which that was
    asked before."""
    pending = [(place, data, deep)]
    while pending:
        importer, text, left = pending.pop()
        if importer in known:
            continue
        known.add(importer)
        project.is_public(importer)
        for file in _imported(importer, text, project):
            try:
                content = disk.read(file) if file not in known else b""
            except OSError:
                continue
            if left > 1:
                pending.append((file, content, left - 1))


def _imported(place: str, data: bytes, project: ProjectFiles) -> Iterator[str]:
    """The files of the modules that the import statements in ``data`` name."""
    for module, names in _statements(data):
        files = [project.locate(each, place) for each in _way(module)] if module else []
        yield from (each for each in files if each is not None)
        if module and files[-1] is not None and not files[-1].endswith("__init__.py"):
            continue  # there are no modules in it
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
