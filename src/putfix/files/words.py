"""Which Python files of a project say which words, by their bytes: what may name a module, a class or an attribute."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from putfix.files.discovery import discover

_MOST_FILES = 20_000
"""How many Python files a project may have for those that name a module, a class or an attribute to be found."""

# What begins with one certain byte is found without a look at the others: so a line begins with the end of another, and
# whole words are told from parts of such where there are any.
_IMPORT = re.compile(rb"\n[ \t]*(?:from|import)[ \t.][^\n#(]*(?:\([^)]*\))?")
_CLASS = re.compile(rb"\n[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)")
_TARGETS = re.compile(rb"\n([^=\n#.]*\.[^=\n#]*)=(?!=)")
_SET = re.compile(rb"setattr\([^,\n]*,[ \t]*['\"]([^'\"]*)")
_ATTRIBUTE = re.compile(rb"(?<!\bself)\.[ \t]*([A-Za-z_]\w*)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_SAID = re.compile(rb"[.'\"][ \t]*([A-Za-z_]\w*)")
_CALLED_IMPORT = re.compile(rb"\b__import__\b")
_STAR = re.compile(rb"import[ \t(]*\*")
_WHOLE_STAR = re.compile(rb"\bimport[ \t(]*\*")


@dataclass(frozen=True)
class Index:
    """The words of the Python files of a project.

    ``naming`` are the files by words in imports, bases and targets, with the kind of these. ``said`` is what each file
    says behind dots, in texts and in imports, each word on a line of its own.
    """

    naming: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    said: dict[str, bytes] = field(default_factory=dict)

    def says(self, file: str, word: str) -> bool:
        """Whether a file says a word of ASCII letters so."""
        return b"\n%s\n" % word.encode() in self.said[file]

    def add(self, file: str, words: Words) -> None:
        """Take a file in."""
        for key in words.named:
            self.naming.setdefault(key, []).append(file)
        self.said[file] = words.said

    def without(self, files: Container[str]) -> Index:
        """The same without some files."""
        naming = {key: [each for each in named if each not in files] for key, named in self.naming.items()}
        return Index(naming, {file: said for file, said in self.said.items() if file not in files})

    def joined(self, other: Index) -> Index:
        """The same with the files of another."""
        naming = {key: [*self.naming.get(key, ()), *named] for key, named in other.naming.items()}
        return Index({**self.naming, **naming}, {**self.said, **other.said})


class Words(NamedTuple):
    """What one file says, as :class:`Index` has it."""

    named: tuple[tuple[str, str], ...]
    said: bytes


def index_of(root: str, words_in: Callable[[Path], Words]) -> Index | None:
    """The words of the Python files below ``root``, a real path, as ``words_in`` gives them for each; None where they
    are too many. A file of which it raises :class:`OSError` is left out."""
    paths = [*itertools.islice(discover([Path(root)]), _MOST_FILES + 1)]
    if len(paths) > _MOST_FILES:
        return None
    found = Index()
    for path in paths:
        if isinstance(path, Path):
            with contextlib.suppress(OSError):
                found.add(os.fspath(path), words_in(path))
    return found


def index_of_contents(contents: Iterable[tuple[str, bytes]]) -> Index:
    """The words of files, each with what is in it."""
    found = Index()
    for file, data in contents:
        found.add(file, words_of(data))
    return found


def words_of(data: bytes) -> Words:
    """The words of what is in a file."""
    data = b"\n%s" % data
    imported = {word for line in _IMPORT.findall(data) for word in _WORD.findall(line)}
    return Words(tuple(_named_in(data, imported)), _said_in(data, imported))


def _said_in(data: bytes, imported: set[bytes]) -> bytes:
    if _STAR.search(data) and _WHOLE_STAR.search(data):
        words = set(_WORD.findall(data))
    else:
        words = set(_SAID.findall(data))
        if b"__import__" in data:
            words.update(_CALLED_IMPORT.findall(data))
    return b"\n".join([b"", *(words | imported), b""])


def _named_in(data: bytes, imported: set[bytes]) -> set[tuple[str, str]]:
    """The words of a file in imports, bases and targets, each with the kind of these."""
    bases = {word for line in _CLASS.findall(data) for word in _WORD.findall(line)}
    bound = {word for target in _TARGETS.findall(data) for word in _ATTRIBUTE.findall(target)}.union(_SET.findall(data))
    by_kind = {"import": imported, "class": bases, "target": bound}
    return {(kind, word.decode(errors="replace")) for kind, words in by_kind.items() for word in words}
