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
import os
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from putfix.reading import read

if TYPE_CHECKING:
    from putfix.files.words import Index
    from putfix.model import Source

ROOT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg", "putfix.toml")
"""What the root of a project has in it."""

_MOST_NAMING = 20
"""How many modules that name something are looked at: what is named by more is a library's, or a common word."""

_IMPORTING = ("import_module", "__import__", "modules")
"""Words by which modules are imported that no statement names."""
_INIT = "__init__.py"
_LARGEST = 2_000_000
"""How many bytes a module may have to be read for knowledge; larger ones are data or generated."""

_PARSED_BYTES = 3_000_000
"""How long the texts of the modules may be in all that are kept when they are read, so that memory stays flat in the
number of files: a tree, with what is known of it, takes some 36 times as much as its text."""
_PLACES = 1_000
"""How many places of files are remembered."""


class _Parsed:
    """The modules that were read last, by their files."""

    def __init__(self, parse: Callable[[str], Source | None]) -> None:
        self._parse = parse
        self._kept: OrderedDict[str, Source | None] = OrderedDict()
        self._bytes = 0

    def __call__(self, file: str) -> Source | None:
        """The module in a file; None where there is none that can be read."""
        if file in self._kept:
            self._kept.move_to_end(file)
            return self._kept[file]
        found = self._kept[file] = self._parse(file)
        self._bytes += _length(found)
        while self._bytes > _PARSED_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _length(oldest)
        return found


def _length(source: Source | None) -> int:
    return len(source.text) if source is not None else 0


class ProjectFiles:
    """Finds and reads modules; what it learned of directories is good for one run."""

    def __init__(self, instead: Mapping[str, bytes] | None = None) -> None:
        """``instead`` is what files hold in place of what is on disk, by their real paths."""
        given = instead or {}
        self._parsed = _Parsed(lambda file: _parse(file, given.get(file)))
        self._is_file = functools.cache(lambda path: path in given or os.path.isfile(path))
        self._index = functools.cache(_index)
        self._root = functools.cache(_root)
        self._bases = functools.cache(self._find_bases)
        self._file_named = functools.cache(self._find_file)

    def find(self, name: str, place: str) -> Source | None:
        """The module that ``name`` means in the file at ``place``; None where it is not one of the project.

        Never raises: what cannot be read or parsed is not there.
        """
        found = self._file_named(name, _home(place))
        return self._parsed(found) if found is not None else None

    def _find_file(self, name: str, home: str) -> str | None:
        """The file of the module that ``name`` means in those in the directory ``home``."""
        parts = name.lstrip(".").split(".") if name.strip(".") else []
        level = len(name) - len(name.lstrip("."))
        if level:
            return self._module(_above(home, level - 1), parts)
        from putfix import knowledge

        package = parts[0]
        if knowledge.is_known_package(package) and package not in home.split(os.sep):
            return None
        files = {file for base in self._bases(home) if (file := self._module(base, parts)) is not None}
        return files.pop() if len(files) == 1 else None

    def mentioning(self, name: str, place: str, *, of_objects: bool) -> list[Source] | None:
        """The Python files of the project that say ``name`` in an import, behind a dot or in a text; if it is not one
        ``of_objects``, only those to which imports of the module at ``place`` lead. None where there are too many to be
        read, or one of them cannot be."""
        file = os.path.realpath(place)
        index = self._index(self._root_of(file))
        if index is None or not name.isascii():
            return None
        saying = {each for each in index.said if index.says(each, name)}
        if not of_objects:
            by_name = {each for each in saying if any(index.says(each, word) for word in _IMPORTING)}
            saying &= self._importers(file, index) | by_name
        return self._read(sorted(saying - {file}))

    def _importers(self, file: str, index: Index) -> set[str]:
        """The files with an import that names the module in ``file``, those that name one of these, and so on."""
        found: set[str] = set()
        pending = [file]
        while pending:
            each = pending.pop()
            stem = os.path.splitext(os.path.basename(each))[0]
            name = stem if stem != "__init__" else os.path.basename(os.path.dirname(each))
            importing = index.naming.get(("import", name), [])
            pending += [other for other in importing if other not in found]
            found.update(importing)
        return found

    def extending(self, name: str, place: str) -> list[Source] | None:
        """The Python files of the project with a class that has a base of that name; None as above."""
        return self._naming("class", name, os.path.realpath(place))

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The Python files of the project that bind an attribute of that name on something else than ``self``; None
        as above."""
        return self._naming("target", name, os.path.realpath(place))

    def _naming(self, kind: str, name: str, file: str) -> list[Source] | None:
        """The other Python files of the project around ``file`` that have a name in statements of a kind."""
        index = self._index(self._root_of(file))
        if index is None:
            return None
        return self._read([each for each in index.naming.get((kind, name), []) if each != file])

    def _root_of(self, file: str) -> str:
        home = os.path.dirname(file)
        return self._root(home) or _outermost(home, self._is_file)

    def _read(self, files: list[str]) -> list[Source] | None:
        """The modules in ``files``; None where they are too many, or one of them cannot be parsed."""
        sources = [self._parsed(each) for each in files] if len(files) <= _MOST_NAMING else [None]
        return [each for each in sources if each is not None] if None not in sources else None

    def is_public(self, place: str) -> bool:
        """Whether the file at ``place`` lies in a package (a directory with an ``__init__.py``)."""
        return self._is_file(os.path.join(_home(place), _INIT))

    def _module(self, base: str, parts: list[str]) -> str | None:
        """The file of the module with these names under a directory; a package comes before a module, as in Python."""
        path = os.path.join(base, *parts)
        candidates = [os.path.join(path, _INIT), *([f"{path}.py"] if parts else [])]
        return next((os.path.realpath(each) for each in candidates if self._is_file(each)), None)

    def _find_bases(self, home: str) -> tuple[str, ...]:
        """The directories in which a module imported from one in ``home`` may be."""
        root = self._root(home)
        if root is None:
            outermost = _outermost(home, self._is_file)
            root = os.path.dirname(outermost) if self._is_file(os.path.join(outermost, _INIT)) else outermost
        bases = [home]
        while bases[-1] != root and os.path.dirname(bases[-1]) != bases[-1]:
            bases.append(os.path.dirname(bases[-1]))
        return (*bases, os.path.join(root, "src"))


@functools.lru_cache(maxsize=_PLACES)
def _home(place: str) -> str:
    """The real path of the directory that a file is in."""
    return os.path.dirname(os.path.realpath(place))


def _above(directory: str, levels: int) -> str:
    for _ in range(levels):
        directory = os.path.dirname(directory)
    return directory


def _outermost(directory: str, is_file: Callable[[str], bool]) -> str:
    """The outermost package around ``directory``; itself where that is in none."""
    while is_file(os.path.join(os.path.dirname(directory), _INIT)) and is_file(os.path.join(directory, _INIT)):
        directory = os.path.dirname(directory)
    return directory


def _index(root: str) -> Index | None:
    from putfix.files.words import index_of

    return index_of(root)


def _root(directory: str) -> str | None:
    """The nearest directory upwards that is the root of a project; None where there is none."""
    for each in (directory, *map(str, Path(directory).parents)):
        if any(os.path.lexists(os.path.join(each, mark)) for mark in ROOT_MARKS):
            return each
    return None


def _parse(file: str, given: bytes | None) -> Source | None:
    """The module in a file, or in what it is ``given`` to hold; None where there is none that can be read."""
    from putfix.files.text import UndecodableError, decode
    from putfix.model import Source

    try:
        if (os.path.getsize(file) if given is None else len(given)) > _LARGEST:
            return None
        text = decode(read(Path(file)) if given is None else given).source.removeprefix("\ufeff")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(text, ast.parse(text), file)
    except (OSError, UndecodableError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
