"""What the keys of a configuration file may hold, and what is said of anything else."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from putfix.codes import CODES
from putfix.files.discovery import pattern_of
from putfix.problems import Problem
from putfix.report import refusals
from putfix.settings import Settings, parse_size

EXTEND = "extend"
PER_PATH = "per-path"

Values = Mapping[str, Any]
"""What is set, by the keys."""


@dataclass(frozen=True)
class Table:
    """What a configuration file sets: ``values`` for all files, and others for those that a pattern matches."""

    values: Values
    per_path: Mapping[str, Values]
    extend: str | None


def read(table: Mapping[str, Any], name: str) -> Table | list[Problem]:
    """What a table called ``name`` sets, or all that is wrong with it."""
    known = (*_READERS, EXTEND, PER_PATH)
    values = _values({key: value for key, value in table.items() if key not in (EXTEND, PER_PATH)}, name, known)
    extend = _text(EXTEND, table.get(EXTEND, ""))
    per_path = _per_path(table.get(PER_PATH, {}), name)
    problems = [*_problems(values.values()), *_problems([extend]), *_problems(per_path.values())]
    for each in per_path.values():
        problems += _problems(each.values()) if isinstance(each, Mapping) else []
    return problems or Table(values, per_path, table.get(EXTEND))


def _problems(values: Iterable[object]) -> list[Problem]:
    return [value for value in values if isinstance(value, Problem)]


def joined(below: Values, above: Values) -> Values:
    """What is set by two: lists add up, of other values that of ``above`` counts."""
    lists = {key: tuple(dict.fromkeys((*below[key], *above[key]))) for key in below.keys() & above.keys() & _LISTS}
    return {**below, **above, **lists}


def settings_of(values: Values) -> Settings:
    """The settings that ``values`` stand for; a setting is called as its key, with ``_`` for ``-``."""
    return Settings(**{key.replace("-", "_"): value for key, value in values.items()})


def _values(table: Mapping[str, Any], name: str, known: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """What the keys of a table are set to, or the problems with it; ``prefix`` is that of a key in messages."""
    return {
        key: _READERS[key](f"{prefix}{key}", value)
        if key in _READERS
        else Problem(refusals.unknown_key(key, known, table=name))
        for key, value in table.items()
    }


def _per_path(value: object, name: str) -> dict[str, Any]:
    """What is set for the files that patterns match, or the problems with that."""
    if not isinstance(value, dict):
        return {"": Problem(refusals.wrong_type(PER_PATH, "a table", value))}
    return {pattern: _of_pattern(pattern, table, name) for pattern, table in value.items()}


_FOREIGN = re.compile(r"\A!?\.\.?/|/\.\.?(/|\Z)|\{[^{}/]*,[^{}/]*\}")
"""What other tools take in a pattern, and ``.gitignore`` as the name of a file: ``./``, ``../`` and ``{a,b}``."""


def _of_pattern(pattern: str, table: object, name: str) -> Values | Problem:
    key = f'{PER_PATH}."{pattern}"'
    if pattern_of(pattern.removeprefix("!")) is None or _FOREIGN.search(pattern):
        return Problem(refusals.not_a_path(PER_PATH, pattern))
    if not isinstance(table, dict):
        return Problem(refusals.wrong_type(key, "a table", table))
    return _values(table, f"{name}.{key}" if name else key, _READERS, f"{key}.")


def _text(key: str, value: object) -> str | Problem:
    """A string."""
    return value if isinstance(value, str) else Problem(refusals.wrong_type(key, "a string", value))


def _size(key: str, value: object) -> int | Problem:
    """A number of bytes: an integer, or a string that :func:`putfix.settings.parse_size` reads."""
    if isinstance(value, str):
        try:
            return parse_size(value)
        except ValueError:
            return Problem(refusals.not_a_size_in(key, f'"{value}"'))
    if isinstance(value, bool) or not isinstance(value, int):
        return Problem(refusals.wrong_type(key, refusals.SIZE_FORMS, value))
    return value if value >= 0 else Problem(refusals.not_a_size_in(key, str(value)))


_PATTERN = re.compile(r"[\w.*?\[\]!-]+")
"""What names of Python are made of, and what is special in :mod:`fnmatch`."""


def _patterns(key: str, value: object) -> tuple[str, ...] | Problem:
    """A list of patterns of qualified names."""
    return _strings(key, value, lambda text: None if _is_pattern(text) else refusals.not_a_name(key, text))


def _codes(key: str, value: object) -> tuple[str, ...] | Problem:
    """A list of codes."""
    return _strings(key, value, lambda text: None if text in CODES else refusals.not_a_code(key, text))


def _strings(key: str, value: object, wrong: Callable[[str], str | None]) -> tuple[str, ...] | Problem:
    """A list of strings, of each of which ``wrong`` says what is wrong with it."""
    if not isinstance(value, list):
        return Problem(refusals.wrong_type(key, "an array of strings", value))
    for each in value:
        if not isinstance(each, str):
            return Problem(refusals.wrong_type(f"each of {key}", "a string", each))
        reason = wrong(each)
        if reason is not None:
            return Problem(reason)
    return tuple(value)


def _is_pattern(text: str) -> bool:
    """Whether some name can be of this form."""
    try:
        return _PATTERN.fullmatch(text) is not None and re.compile(fnmatch.translate(text)) is not None
    except re.error:  # Python 3.10 does not take a range that runs backwards
        return False


def _flag(key: str, value: object) -> bool | Problem:
    """``true`` or ``false``."""
    return value if isinstance(value, bool) else Problem(refusals.wrong_type(key, "true or false", value))


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "min-size": _size,
    "large": _patterns,
    "small": _patterns,
    "unsafe-fixes": _flag,
    "ignore": _codes,
}
"""What each key may hold."""

_LISTS = frozenset({"large", "small", "ignore"})
