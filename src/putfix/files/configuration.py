"""The settings for each file: those of the nearest configuration file, under those of the command line.

The nearest is the first ``putfix.toml``, or ``pyproject.toml`` with a table ``[tool.putfix]``, on the way from the
file's directory, symbolic links resolved, up to the root. Of two in one directory ``putfix.toml`` counts. Nothing is
inherited from those further up.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from putfix.model import Problem
from putfix.report import sentences
from putfix.settings import DEFAULT, Settings, parse_size

_OWN = "putfix.toml"
_SHARED = "pyproject.toml"
_TABLE = "tool.putfix"
_MARK = b"putfix"
"""A ``pyproject.toml`` without this word has no table of putfix's, and is not parsed."""


@dataclass(frozen=True)
class BrokenConfiguration:
    """A configuration file that cannot be used, and why."""

    path: Path
    problems: tuple[Problem, ...]


class Configurations:
    """The settings of one run. Each configuration file is read once, when a file below it is first asked for."""

    def __init__(self, min_size: int | None = None, *, unsafe_fixes: bool = False) -> None:
        """``min_size`` is that of the command line, in bytes, if it was given: it counts for every file; and so do
        ``unsafe_fixes``, if they are wanted there."""
        self._min_size = min_size
        self._unsafe_fixes = unsafe_fixes
        self._of: dict[Path, Settings | BrokenConfiguration] = {}

    def settings(self, path: Path) -> Settings | BrokenConfiguration:
        """The settings for the file at ``path``, which need not exist; or the file that should have given them."""
        return self._in(Path(os.path.realpath(path)).parent)

    def without_file(self) -> Settings:
        """The settings for a source that is in no file."""
        return self._over(DEFAULT)

    def _in(self, directory: Path) -> Settings | BrokenConfiguration:
        """The settings for the files in ``directory``."""
        above = [directory, *directory.parents]
        known = next((index for index, each in enumerate(above) if each in self._of), len(above))
        found = self._of[above[known]] if known < len(above) else self.without_file()
        for each in reversed(above[:known]):
            own = _read(each)
            if own is not None:
                found = self._over(own) if isinstance(own, Settings) else own
            self._of[each] = found
        return found

    def _over(self, settings: Settings) -> Settings:
        """``settings``, with what the command line says in place of what a file says."""
        min_size = settings.min_size if self._min_size is None else self._min_size
        return replace(settings, min_size=min_size, unsafe_fixes=settings.unsafe_fixes or self._unsafe_fixes)


def _read(directory: Path) -> Settings | BrokenConfiguration | None:
    """The settings of the configuration file in ``directory``; None where there is none."""
    for name in (_OWN, _SHARED):
        path = directory / name
        try:
            table = _table(path)
            if table is not None:
                return _settings(table, "" if name == _OWN else _TABLE)
        except _WrongError as error:
            return BrokenConfiguration(_from_here(path), error.problems)
    return None


class _WrongError(Exception):
    """What is wrong with a configuration file."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


def _table(path: Path) -> Mapping[str, Any] | None:
    """What a configuration file sets; None where it is not there, or has nothing to say about putfix."""
    data = _data(path)
    if data is None or (path.name == _SHARED and _MARK not in data):
        return None
    try:
        document = _parsed(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _WrongError(Problem(sentences.not_toml(f"byte {error.start} is not UTF-8 text"))) from error
    if path.name == _OWN:
        return document
    tools = document.get("tool")
    table = tools.get("putfix") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise _WrongError(Problem(sentences.wrong_type(_TABLE, "a table", table)))
    return table


def _data(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none, or something else than a file by this name."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        return path.read_bytes()
    except OSError as error:
        if not os.path.lexists(path):
            return None  # also where a directory above cannot be looked into
        raise _WrongError(Problem(error.strerror or str(error))) from error


def _parsed(text: str) -> Mapping[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _WrongError(Problem(sentences.not_toml("nested too deeply"))) from error
    except ValueError as error:  # also of a number of more digits than Python reads
        raise _WrongError(_located(str(error))) from error


_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)\Z")
"""How ``tomllib`` says where an error is."""


def _located(message: str) -> Problem:
    place = _PLACE.search(message)
    if place is None:
        return Problem(sentences.not_toml(message))
    return Problem(sentences.not_toml(message[: place.start()]), int(place[1]), int(place[2]) - 1)


def _settings(table: Mapping[str, Any], name: str) -> Settings:
    """The settings that a table called ``name`` holds."""
    values = {key: _value(key, value, name) for key, value in table.items()}
    problems = [value for value in values.values() if isinstance(value, Problem)]
    if problems:
        raise _WrongError(*problems)
    return Settings(**{key.replace("-", "_"): value for key, value in values.items()})


def _value(key: str, value: object, name: str) -> Any:
    """The value of a setting, or the problem with it."""
    if key not in _READERS:
        return Problem(sentences.unknown_key(key, _READERS, table=name))
    return _READERS[key](key, value)


def _size(key: str, value: object) -> int | Problem:
    """A number of bytes: an integer, or a string that :func:`putfix.settings.parse_size` reads."""
    if isinstance(value, str):
        try:
            return parse_size(value)
        except ValueError:
            return Problem(sentences.not_a_size_in(key, f'"{value}"'))
    if isinstance(value, bool) or not isinstance(value, int):
        return Problem(sentences.wrong_type(key, sentences.SIZE_FORMS, value))
    return value if value >= 0 else Problem(sentences.not_a_size_in(key, str(value)))


_PATTERN = re.compile(r"[\w.*?\[\]!-]+")
"""What names of Python are made of, and what is special in :mod:`fnmatch`."""


def _patterns(key: str, value: object) -> tuple[str, ...] | Problem:
    """A list of patterns of qualified names."""
    if not isinstance(value, list):
        return Problem(sentences.wrong_type(key, "an array of strings", value))
    for each in value:
        if not isinstance(each, str):
            return Problem(sentences.wrong_type(f"each of {key}", "a string", each))
        if not _is_pattern(each):
            return Problem(sentences.not_a_name(key, each))
    return tuple(value)


def _is_pattern(text: str) -> bool:
    """Whether some name can be of this form."""
    try:
        return _PATTERN.fullmatch(text) is not None and re.compile(fnmatch.translate(text)) is not None
    except re.error:  # Python 3.10 does not take a range that runs backwards
        return False


def _flag(key: str, value: object) -> bool | Problem:
    """``true`` or ``false``."""
    return value if isinstance(value, bool) else Problem(sentences.wrong_type(key, "true or false", value))


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "min-size": _size,
    "large": _patterns,
    "small": _patterns,
    "unsafe-fixes": _flag,
}
"""What each key may hold; a setting is called as its key, with ``_`` for ``-``."""


def _from_here(path: Path) -> Path:
    """``path`` as it is best shown: relative to the current directory where it lies in that."""
    try:
        return path.relative_to(os.path.realpath(Path()))
    except (OSError, ValueError):
        return path
