"""The settings for each file: those of the nearest configuration file, under those of the command line.

The nearest is the first ``putfix.toml``, or ``pyproject.toml`` with a table ``[tool.putfix]``, on the way from the
file's directory, symbolic links resolved, up to the root. Of two in one directory ``putfix.toml`` counts. Nothing is
inherited from those further up, unless it is what the file extends.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from putfix.problems import Problem
from putfix.reading import NOT_REGULAR
from putfix.reading import read as read_file
from putfix.report import refusals
from putfix.settings import DEFAULT, Governed, Settings

if TYPE_CHECKING:
    from putfix.files import tables

_OWN = "putfix.toml"
_SHARED = "pyproject.toml"
NAMES = (_OWN, _SHARED)
"""What configuration files are called, the one that counts first."""
_TABLE = "tool.putfix"
_MARK = b"putfix"
"""A ``pyproject.toml`` without this word has no table of putfix's, and is not parsed."""


_MOST_DIRECTORIES = 1_000
"""Of how many directories it is remembered what counts in them: few enough for memory to stay flat."""


class BrokenConfiguration(NamedTuple):
    """A configuration file that cannot be used, and why."""

    path: Path
    problems: tuple[Problem, ...]


class ConfigurationError(Exception):
    """The configuration file that the command line names cannot be used."""

    def __init__(self, broken: BrokenConfiguration) -> None:
        super().__init__(broken.path)
        self.broken = broken


class _PerPath(NamedTuple):
    """What is set for the files below ``base`` that a pattern matches as in ``.gitignore``; with ``!`` in front, for
    all others."""

    pattern: str
    base: Path
    values: tables.Values

    def matches(self, file: Path) -> bool:
        """Whether it counts for ``file``, whose links are resolved."""
        from putfix.files.discovery import pattern_of

        spec = pattern_of(self.pattern.removeprefix("!"))
        if spec is None or not file.is_relative_to(self.base):
            return False
        return spec.match_file(file.relative_to(self.base).as_posix()) != self.pattern.startswith("!")


class _Configuration(NamedTuple):
    """What a configuration file says, together with those that it extends; ``files`` are all of them, as they are best
    shown."""

    files: tuple[Path, ...] = ()
    values: tables.Values = MappingProxyType({})
    per_path: tuple[_PerPath, ...] = ()
    without_files: Settings = DEFAULT

    def governing(self, file: Path) -> Governed:
        """What counts for ``file``: what is set per path, the last at the end, outranks what is set for all."""
        if not self.files:
            return Governed(self.without_files)
        from putfix.files import tables

        values = self.values
        matching = [each for each in self.per_path if each.matches(file)]
        for each in matching:
            values = tables.joined(values, each.values)
        return Governed(tables.settings_of(values), self.files, tuple(each.pattern for each in matching))


_NONE = _Configuration()


class Configurations:
    """The settings of one run. Each configuration file is read when a file below it is first asked for, and seldom
    again."""

    def __init__(
        self,
        min_size: int | None = None,
        *,
        unsafe_fixes: bool = False,
        file: Path | None = None,
        isolated: bool = False,
        settings: Settings | None = None,
    ) -> None:
        """``min_size`` is that of the command line, in bytes, if it was given: it counts for every file; and so do
        ``unsafe_fixes``, if they are wanted there. With a ``file`` that one counts for all, in place of the nearest,
        and what it sets per path is for those below the current directory; ``isolated``, none does, and with
        ``settings`` these count for all. Raises :class:`ConfigurationError`."""
        self._min_size = min_size
        self._unsafe_fixes = unsafe_fixes
        self._of: dict[str, _Configuration | BrokenConfiguration] = {}
        self._settings: dict[int, Settings] = {}
        """Those that configurations give to all files alike, by their identities."""
        self._for_all = _named(file) if file is not None else None
        if isolated or settings is not None:
            self._for_all = _Configuration(without_files=settings or DEFAULT)

    def settings(self, path: Path) -> Settings | BrokenConfiguration:
        """The settings for the file at ``path``, which need not exist; or the file that should have given them."""
        governed = self.governing(path)
        return governed.settings if isinstance(governed, Governed) else governed

    def settings_at(self, file: str) -> Settings | BrokenConfiguration:
        """The same for a file by its real path, quickly where many are asked for."""
        found = self._for_all or self._in(os.path.dirname(file))
        if isinstance(found, BrokenConfiguration):
            return found
        if found.per_path:
            return self.settings(Path(file))
        if id(found) not in self._settings:
            self._settings[id(found)] = self._over(found.governing(Path(file)).settings)
        return self._settings[id(found)]

    def governing(self, path: Path) -> Governed | BrokenConfiguration:
        """The same, with the files that they come from."""
        file = Path(os.path.realpath(path))
        found = self._for_all or self._in(str(file.parent))
        if isinstance(found, BrokenConfiguration):
            return found
        governed = found.governing(file)
        return governed._replace(settings=self._over(governed.settings))

    def without_file(self) -> Settings:
        """The settings for a source that is in no file."""
        for_all = self._for_all or _Configuration()
        return self._over(for_all.governing(Path()).settings)  # which no pattern is for

    def _in(self, directory: str) -> _Configuration | BrokenConfiguration:
        """What counts for the files in ``directory``."""
        if len(self._of) > _MOST_DIRECTORIES:
            self._of.clear()
            self._settings.clear()  # their identities may be those of others from now on
        unknown: list[str] = []
        while directory not in self._of and directory not in unknown[-1:]:
            unknown.append(directory)
            directory = os.path.dirname(directory)
        found = self._of.get(directory, _NONE)
        for each in reversed(unknown):
            found = self._of[each] = _read(each) or found
        return found

    def _over(self, settings: Settings) -> Settings:
        """``settings``, with what the command line says in place of what a file says."""
        min_size = settings.min_size if self._min_size is None else self._min_size
        return replace(settings, min_size=min_size, unsafe_fixes=settings.unsafe_fixes or self._unsafe_fixes)


def _read(directory: str) -> _Configuration | BrokenConfiguration | None:
    """What the configuration file in ``directory`` says; None where there is none."""
    for file in (os.path.join(directory, name) for name in NAMES):
        if not os.path.lexists(file):
            continue
        path = Path(file)
        try:
            table = _table(path)
            if table is not None:
                return _configuration(path, table, path.parent)
        except _WrongError as error:
            return error.broken
    return None


def _named(path: Path) -> _Configuration:
    """What the configuration file says that the command line names. Raises :class:`ConfigurationError`."""
    real = Path(os.path.realpath(path))
    try:
        return _configuration(real, _existing(real), Path(os.path.realpath(os.curdir)))
    except _WrongError as error:
        raise ConfigurationError(error.broken) from error


class _WrongError(Exception):
    """What is wrong with a configuration file."""

    def __init__(self, path: Path, *problems: Problem) -> None:
        super().__init__(*problems)
        self.broken = BrokenConfiguration(_from_here(path), problems)


def _configuration(
    path: Path, table: Mapping[str, Any], base: Path, extending: tuple[Path, ...] = ()
) -> _Configuration:
    """What the file at ``path`` says, whose patterns are relative to ``base``, over what it extends."""
    from putfix.files import tables

    own = tables.read(table, _TABLE if path.name == _SHARED else "")
    if isinstance(own, list):
        raise _WrongError(path, *own)
    per_path = tuple(_PerPath(pattern, base, values) for pattern, values in own.per_path.items())
    if own.extend is None:
        return _Configuration((_from_here(path),), own.values, per_path)
    target = _target(path, own.extend)
    if target in (path, *extending):
        raise _WrongError(path, Problem(refusals.extends_itself(own.extend)))
    try:
        found = _existing(target)
    except _WrongError as error:
        if error.broken.problems != _ABSENT:
            raise
        raise _WrongError(path, Problem(refusals.extends_nothing(own.extend))) from error
    below = _configuration(target, found, target.parent, (*extending, path))
    values = tables.joined(below.values, own.values)
    return _Configuration((_from_here(path), *below.files), values, (*below.per_path, *per_path))


def _target(path: Path, extended: str) -> Path:
    """The file that the one at ``path`` extends."""
    try:
        return Path(os.path.realpath(path.parent / os.path.expanduser(extended)))
    except ValueError as error:  # no path has a null byte
        raise _WrongError(path, Problem(refusals.extends_nothing(extended))) from error


_ABSENT = (Problem(refusals.NO_CONFIGURATION),)


def _existing(path: Path) -> Mapping[str, Any]:
    """What a configuration file sets that is to be there."""
    table = _table(path)
    if table is None:
        is_odd = path.exists() and not path.is_file() and not path.is_dir()
        raise _WrongError(path, *((Problem(NOT_REGULAR),) if is_odd else _ABSENT))
    return table


def _table(path: Path) -> Mapping[str, Any] | None:
    """What a configuration file sets; None where it is not there, or has nothing to say about putfix."""
    data = _data(path)
    if data is None or (path.name == _SHARED and _MARK not in data):
        return None
    try:
        document = _parsed(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = refusals.not_toml(f"byte {error.start} is not UTF-8 text")
        raise _WrongError(path, Problem(message)) from error
    if path.name != _SHARED:
        return document
    tools = document.get("tool")
    table = tools.get("putfix") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise _WrongError(path, Problem(refusals.wrong_type(_TABLE, "a table", table)))
    return table


def _data(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none, or something else than a file by this name."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        return read_file(path)
    except OSError as error:
        if not os.path.lexists(path):
            return None  # also where a directory above cannot be looked into
        raise _WrongError(path, Problem(error.strerror or str(error))) from error


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _WrongError(path, Problem(refusals.not_toml("nested too deeply"))) from error
    except ValueError as error:  # also of a number of more digits than Python reads
        raise _WrongError(path, _located(str(error))) from error


_PLACE = r" \(at line (\d+), column (\d+)\)\Z"
"""How ``tomllib`` says where an error is."""


def _located(message: str) -> Problem:
    place = re.search(_PLACE, message)
    if place is None:
        return Problem(refusals.not_toml(message))
    return Problem(refusals.not_toml(message[: place.start()]), int(place[1]), int(place[2]) - 1)


def _from_here(path: Path) -> Path:
    """``path`` as it is best shown: relative to the current directory where it lies in that."""
    try:
        return path.relative_to(os.path.realpath(Path()))
    except (OSError, ValueError):
        return path
