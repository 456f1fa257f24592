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
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from putfix.files.disk import DISK, LARGEST, Disk

if TYPE_CHECKING:
    from putfix.files.words import Index
    from putfix.model import Source

_MOST_NAMING = 20
"""How many modules that name something are looked at: what is named by more is a library's, or a common word."""

_IMPORTING = ("import_module", "__import__", "modules")
"""Words by which modules are imported that no statement names."""
_INIT = "__init__.py"

_PARSED_BYTES = 1_000_000
"""How long the texts of the modules may be in all that are kept from one file to the next, besides those that the last
one needed, so that memory stays flat in the number of files: a tree, with what is known of it, takes some 36 times as
much as its text."""
_PARSED_FILES = 1_000
"""How many files may be done since a module was last asked for, while it is kept: what nothing asks for any more, as
the run is elsewhere by then, shall not add up to the above. That of a short one takes 150 times as much as its text."""
_PLACES = 1_000
"""How many places of files and directories are remembered."""
_ANSWERS = 10_000
"""Of how many paths it is remembered whether they are files, and of how many names what they mean."""
_INDEXES = 2
"""Of how many projects the words are remembered: one that has another in it, and that one."""


class _Parsed:
    """The modules that were read last, by their files."""

    def __init__(self, parse: Callable[[str], Source | None]) -> None:
        self._parse = parse
        self._kept: OrderedDict[str, Source | None] = OrderedDict()
        self._last: dict[str, int] = {}
        """How many files were done when each was last asked for."""
        self._files_done = 0
        self._bytes = 0

    def __call__(self, file: str) -> Source | None:
        """The module in a file; None where there is none that can be read."""
        self._last[file] = self._files_done
        if file in self._kept:
            self._kept.move_to_end(file)
            return self._kept[file]
        found = self._kept[file] = self._parse(file)
        self._bytes += _length(found)
        return found

    def drop(self) -> Iterator[Source]:
        """Keep no more than the last ones, and give the others: for when a file is done. Those that it needed stay, as
        it may be the next one again."""
        self._files_done += 1
        while self._kept and self._is_old(next(iter(self._kept))):
            file, oldest = self._kept.popitem(last=False)
            del self._last[file]
            self._bytes -= _length(oldest)
            if oldest is not None:
                yield oldest

    def _is_old(self, file: str) -> bool:
        age = self._files_done - self._last[file]
        return age > _PARSED_FILES or (age > 1 and self._bytes > _PARSED_BYTES)


def _length(source: Source | None) -> int:
    return len(source.text) if source is not None else 0


_NOTHING = ast.Module([], [])


class ProjectFiles:
    """Finds and reads modules; what it learned of directories is good for one run."""

    def __init__(self, instead: Mapping[str, bytes] | None = None, disk: Disk = DISK) -> None:
        """``instead`` is what files hold in place of what is on ``disk``, by their real paths."""
        self._disk = disk
        self._given: Mapping[str, bytes] = instead or {}
        self._parsed_given: dict[str, tuple[bytes, Source | None]] = {}
        self._parsed_on_disk = _Parsed(lambda file: _parse(file, None, disk))
        self._is_file_on_disk = functools.lru_cache(maxsize=_ANSWERS)(disk.is_file)
        self._index_on_disk = functools.lru_cache(maxsize=_INDEXES)(disk.index)
        self._index_of_others = functools.lru_cache(maxsize=1)(self._without)
        self._index = functools.lru_cache(maxsize=_INDEXES)(self._joined_index)
        self._root = functools.lru_cache(maxsize=_PLACES)(disk.root)
        self._real = functools.lru_cache(maxsize=_PLACES)(disk.real)
        self._bases = functools.lru_cache(maxsize=_PLACES)(self._find_bases)
        self._file_named = functools.lru_cache(maxsize=_ANSWERS)(self._find_file)

    def whereabouts(self, disk: Disk) -> ProjectFiles:
        """The same on another ``disk``, but the modules are not read: only their places are true."""
        from putfix.model import Source

        other = ProjectFiles(disk=disk)
        other._parsed_on_disk = _Parsed(lambda file: Source("", _NOTHING, file))
        other._index = self._index
        return other

    def hold(self, instead: Mapping[str, bytes]) -> None:
        """From now on files hold this in place of what is on disk. What is known of that stays known."""
        if instead.keys() != self._given.keys():
            self._bases.cache_clear()
            self._file_named.cache_clear()
        self._given = instead
        self._index.cache_clear()
        self._parsed_given = {file: known for file, known in self._parsed_given.items() if file in instead}

    def drop(self) -> Iterator[Source]:
        """Keep fewer of the modules that were read, and give the others: for when a file is done."""
        return self._parsed_on_disk.drop()

    def _parsed(self, file: str) -> Source | None:
        given = self._given.get(file)
        if given is None:
            return self._parsed_on_disk(file)
        known = self._parsed_given.get(file)
        if known is None or known[0] != given:
            known = self._parsed_given[file] = given, _parse(file, given, self._disk)
        return known[1]

    def _is_file(self, path: str) -> bool:
        return path in self._given or self._is_file_on_disk(path)

    def real(self, path: str) -> str:
        """The real path of a file, by which :class:`Source` and messages know it."""
        return self._real(path)

    def find(self, name: str, place: str) -> Source | None:
        """The module that ``name`` means in the file at ``place``; None where it is not one of the project.

        Never raises: what cannot be read or parsed is not there.
        """
        found = self.locate(name, place)
        return self._parsed(found) if found is not None else None

    def locate(self, name: str, place: str) -> str | None:
        """The real path of the file of that module."""
        return self._file_named(name, os.path.dirname(self.real(place)))

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
        file = self.real(place)
        index = self._index(self.root_of(file))
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
        return self._naming("class", name, self.real(place))

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The Python files of the project that bind an attribute of that name on something else than ``self``; None
        as above."""
        return self._naming("target", name, self.real(place))

    def _naming(self, kind: str, name: str, file: str) -> list[Source] | None:
        """The other Python files of the project around ``file`` that have a name in statements of a kind."""
        index = self._index(self.root_of(file))
        if index is None:
            return None
        return self._read([each for each in index.naming.get((kind, name), []) if each != file])

    def _joined_index(self, root: str) -> Index | None:
        """The words of the project below ``root``, with those of what files hold in place of what is on disk."""
        index = self._index_on_disk(root)
        if index is None or not self._given:
            return index
        from putfix.files.words import index_of_contents

        # Of what is there, the index has what counts for the project.
        below = os.path.join(root, "")
        held = {
            file: data
            for file, data in self._given.items()
            if file in index.said or (file.startswith(below) and not self._is_file_on_disk(file))
        }
        return self._index_of_others(root, frozenset(held)).joined(index_of_contents(held.items()))

    def _without(self, root: str, files: frozenset[str]) -> Index:
        index = self._index_on_disk(root)
        assert index is not None
        return index.without(files)

    def root_of(self, file: str) -> str:
        """The directory whose files all questions about a file of this real path are about, other than
        :meth:`find` and :meth:`is_public`: what :func:`putfix.files.discovery.discover` finds there."""
        home = os.path.dirname(file)
        return self._root(home) or _outermost(home, self._is_file)

    def _read(self, files: list[str]) -> list[Source] | None:
        """The modules in ``files``; None where they are too many, or one of them cannot be parsed."""
        sources = [self._parsed(each) for each in files] if len(files) <= _MOST_NAMING else [None]
        return [each for each in sources if each is not None] if None not in sources else None

    def is_public(self, place: str) -> bool:
        """Whether the file at ``place`` lies in a package (a directory with an ``__init__.py``)."""
        return self._is_file(os.path.join(os.path.dirname(self.real(place)), _INIT))

    def _module(self, base: str, parts: list[str]) -> str | None:
        """The file of the module with these names under a directory; a package comes before a module, as in Python."""
        path = os.path.join(base, *parts)
        candidates = [os.path.join(path, _INIT), *([f"{path}.py"] if parts else [])]
        return next((self.real(each) for each in candidates if self._is_file(each)), None)

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


def _above(directory: str, levels: int) -> str:
    for _ in range(levels):
        directory = os.path.dirname(directory)
    return directory


def _outermost(directory: str, is_file: Callable[[str], bool]) -> str:
    """The outermost package around ``directory``; itself where that is in none."""
    while is_file(os.path.join(os.path.dirname(directory), _INIT)) and is_file(os.path.join(directory, _INIT)):
        directory = os.path.dirname(directory)
    return directory


def _parse(file: str, given: bytes | None, disk: Disk) -> Source | None:
    """The module in a file on ``disk``, or in what it is ``given`` to hold; None where none can be read."""
    from putfix.files.text import UndecodableError, decode
    from putfix.model import Source

    try:
        data = disk.read(file) if given is None else given
        if len(data) > LARGEST:
            return None
        text = decode(data).source.removeprefix("\ufeff")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(text, ast.parse(text), file)
    except (OSError, UndecodableError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
