"""Which file a module is that another one imports, and its text: for knowledge only, nothing here is rewritten.

A name without dots in front is looked for where Python may look when the program is started in one of the usual ways:
beside the importing file (as a script's directory), above the outermost package that it is in, in the root of the
project and in its ``src``, and in the directories between. Where two of these have different modules of that name,
which one is meant is not known, and none is taken. Neither the standard library nor packages that
:mod:`putfix.knowledge` lists are looked for, unless the importing file is in one.
"""

from __future__ import annotations

import ast
import functools
import itertools
import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path

from putfix import knowledge
from putfix.files.discovery import discover
from putfix.files.text import UndecodableError, decode
from putfix.model import Source

ROOT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg", "putfix.toml")
"""What the root of a project has in it."""

_MOST_FILES = 20_000
"""How many Python files a project may have for those that name a module, a class or an attribute to be found."""

_MOST_IMPORTERS = 20
"""How many modules that name something are looked at: who is imported by more is a library."""

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t.][^\n#(]*(?:\([^)]*\))?", re.MULTILINE)
_CLASS = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)", re.MULTILINE)
_TARGETS = re.compile(rb"^[ \t]*([^=\n#]*\.[^=\n#]*)=(?!=)|setattr\([^,\n]*,[ \t]*['\"]([^'\"]*)", re.MULTILINE)
_ATTRIBUTE = re.compile(rb"(?<!\bself)\.[ \t]*([A-Za-z_]\w*)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_INIT = "__init__.py"
_LARGEST = 2_000_000
"""How many bytes a module may have to be read for knowledge; larger ones are data or generated."""

_PARSED = 256
"""How many modules are kept when they are read, so that memory stays flat in the number of files."""


class ProjectFiles:
    """Finds and reads modules; what it learned of directories is good for one run."""

    def __init__(self) -> None:
        self._parsed = functools.lru_cache(maxsize=_PARSED)(_parse)
        self._is_file = functools.cache(os.path.isfile)
        self._words = functools.cache(_words)
        self._bases = functools.cache(self._find_bases)

    def find(self, name: str, place: str) -> Source | None:
        """The module that ``name`` means in the file at ``place``; None where it is not one of the project.

        Never raises: what cannot be read or parsed is not there.
        """
        parts = name.lstrip(".").split(".") if name.strip(".") else []
        level = len(name) - len(name.lstrip("."))
        home = os.path.dirname(os.path.realpath(place))
        if level:
            found = self._module(_above(home, level - 1), parts)
        else:
            package = parts[0]
            if knowledge.is_known_package(package) and package not in home.split(os.sep):
                return None
            files = {file for base in self._bases(home) if (file := self._module(base, parts)) is not None}
            found = files.pop() if len(files) == 1 else None
        return self._parsed(found) if found is not None else None

    def importers(self, place: str) -> list[Source] | None:
        """The Python files of the project with an import that names the module at ``place``; None where there are too
        many to be read, or one of them cannot be."""
        file = os.path.realpath(place)
        stem = os.path.splitext(os.path.basename(file))[0]
        name = stem if stem != "__init__" else os.path.basename(os.path.dirname(file))
        return self._naming("import", name, file)

    def extending(self, name: str, place: str) -> list[Source] | None:
        """The Python files of the project with a class that has a base of that name; None as above."""
        return self._naming("class", name, os.path.realpath(place))

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The Python files of the project that bind an attribute of that name on something else than ``self``; None
        as above."""
        return self._naming("target", name, os.path.realpath(place))

    def _naming(self, kind: str, name: str, file: str) -> list[Source] | None:
        """The other Python files of the project around ``file`` that have a name in statements of a kind."""
        home = os.path.dirname(file)
        words = self._words(_root(home) or _outermost(home, self._is_file))
        naming = [each for each in words.get((kind, name), []) if each != file] if words is not None else []
        if words is None or len(naming) > _MOST_IMPORTERS:
            return None
        sources = [self._parsed(each) for each in naming]
        return [each for each in sources if each is not None] if None not in sources else None

    def is_public(self, place: str) -> bool:
        """Whether the file at ``place`` lies in a package (a directory with an ``__init__.py``)."""
        return self._is_file(os.path.join(os.path.dirname(os.path.realpath(place)), _INIT))

    def _module(self, base: str, parts: list[str]) -> str | None:
        """The file of the module with these names under a directory; a package comes before a module, as in Python."""
        path = os.path.join(base, *parts)
        candidates = [os.path.join(path, _INIT), *([f"{path}.py"] if parts else [])]
        return next((os.path.realpath(each) for each in candidates if self._is_file(each)), None)

    def _find_bases(self, home: str) -> tuple[str, ...]:
        """The directories in which a module imported from one in ``home`` may be."""
        root = _root(home)
        if root is None:
            outermost = _outermost(home, self._is_file)
            root = os.path.dirname(outermost) if self._is_file(os.path.join(outermost, _INIT)) else outermost
        bases = [home]
        while bases[-1] != root and os.path.dirname(bases[-1]) != bases[-1]:
            bases.append(os.path.dirname(bases[-1]))
        return (*bases, os.path.join(root, "src"))


def _above(directory: str, levels: int) -> str:
    for _ in range(levels):
        directory = os.path.dirname(directory)
    return directory


def _outermost(directory: str, is_file: Callable[[str], bool]) -> str:
    """The outermost package around ``directory``; itself where that is in none."""
    while is_file(os.path.join(os.path.dirname(directory), _INIT)) and is_file(os.path.join(directory, _INIT)):
        directory = os.path.dirname(directory)
    return directory


def _words(root: str) -> dict[tuple[str, str], list[str]] | None:
    """The Python files below ``root`` by words in imports, bases and targets; None where they are too many."""
    found: dict[tuple[str, str], list[str]] = {}
    paths = [*itertools.islice(discover([Path(root)]), _MOST_FILES + 1)]
    for path in paths if len(paths) <= _MOST_FILES else ():
        if isinstance(path, Path):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            file = os.path.realpath(path)
            for key in _words_in(data):
                found.setdefault(key, []).append(file)
    return found if len(paths) <= _MOST_FILES else None


def _words_in(data: bytes) -> set[tuple[str, str]]:
    """The words of a file that :func:`_words` notes, each with the kind of statement it stands in."""
    imported = {word for line in _IMPORT.findall(data) for word in _WORD.findall(line)}
    bases = {word for line in _CLASS.findall(data) for word in _WORD.findall(line)}
    targets = _TARGETS.findall(data)
    bound = {word for target, _ in targets for word in _ATTRIBUTE.findall(target)} | {name for _, name in targets}
    by_kind = {"import": imported, "class": bases, "target": bound}
    return {(kind, word.decode(errors="replace")) for kind, words in by_kind.items() for word in words}


def _root(directory: str) -> str | None:
    """The nearest directory upwards that is the root of a project; None where there is none."""
    for each in (directory, *map(str, Path(directory).parents)):
        if any(os.path.lexists(os.path.join(each, mark)) for mark in ROOT_MARKS):
            return each
    return None


def _parse(file: str) -> Source | None:
    try:
        if os.path.getsize(file) > _LARGEST:
            return None
        text = decode(Path(file).read_bytes()).source.removeprefix("\ufeff")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(text, ast.parse(text), file)
    except (OSError, UndecodableError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
