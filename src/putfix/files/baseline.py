"""Baselines: the findings of a code base that are known, so that only new ones are shown.

A baseline is a JSON file. A finding is known by the path of its file, relative to the baseline's directory, by its
code, and by the text of the line with its first call, apart from white space: so it is known again when lines above it
come or go. Several findings with the same of these are counted. A file of which nothing is known may have been renamed:
its findings are known if a file had them that is no longer there.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from putfix.files.writing import clear_leftovers, create, replace
from putfix.model import Finding, Suppression
from putfix.reading import read
from putfix.report import refusals

_VERSION = 1
_FIELDS = ("path", "code", "line")

_CONFLICT = re.compile(rb"^<{7} ", re.MULTILINE)
"""How Git marks what it could not merge."""

Key = tuple[str, str, str]
"""A path, a code and a line's text."""


class BaselineError(Exception):
    """A file that is no baseline, and why."""


class Baseline:
    """The known findings of one file. With ``updating`` all that are found are taken for known, and noted."""

    def __init__(self, path: Path, *, updating: bool = False) -> None:
        """Read the file. Raises :class:`BaselineError`, and :class:`OSError`, also where it is not there, unless it is
        to be made."""
        self.path = path
        self._updating = updating
        self._folder = Path(os.path.realpath(path)).parent
        self._data: bytes | None = None
        with contextlib.suppress(FileNotFoundError) if updating else contextlib.nullcontext():
            self._data = read(path)
        self._known = _read(self._data) if self._data is not None else Counter()
        self._met: dict[str, Counter[Key]] = {}
        """What was found of each file that was looked at, as far as it is known, or noted."""
        self._in_part: set[str] = set()
        """The files that could not be looked at as a whole."""

    @property
    def size(self) -> int:
        """How many findings are known, or noted."""
        return sum(self._counts().values())

    @property
    def gone(self) -> int:
        """How many known findings are no longer there, in the files that were looked at."""
        whole = self._met.keys() - self._in_part
        left = Counter({key: number for key, number in self._known.items() if key[0] in whole})
        for met in self._met.values():
            left.subtract(met)
        return sum(max(number, 0) for number in left.values())

    def looked_at(self, path: Path, *, whole: bool) -> None:
        """Note that all was found that a file has; or where it is not ``whole``, that what is known of it may still be
        there."""
        name = self._name(path)
        self._met.setdefault(name, Counter())
        if not whole:
            self._in_part.add(name)

    def of_file(self, path: Path) -> Callable[[Sequence[str], Sequence[Finding]], Mapping[Finding, Suppression]]:
        """What tells which findings of a file are known, from the lines of its program."""
        name = self._name(path)

        def known(lines: Sequence[str], findings: Sequence[Finding]) -> dict[Finding, Suppression]:
            met = self._met[name] = Counter[Key]()
            found: dict[Finding, Suppression] = {}
            for finding in findings:
                text = " ".join(lines[finding.line - 1].split())
                # A hoist with assumptions goes by other codes where it is not asked for.
                keys = [(name, code, text) for code in (finding.code, *sorted(finding.codes - {finding.code}))]
                free = (key for key in [*keys, *self._renamed(keys)] if self._is_free(key))
                key = keys[0] if self._updating else next(free, None)
                if key is not None:
                    met[key] += 1
                    found[finding] = Suppression.BASELINE
            return found

        return known

    def _name(self, path: Path) -> str:
        return Path(os.path.relpath(os.path.realpath(path), self._folder)).as_posix()

    def _renamed(self, keys: Sequence[Key]) -> list[Key]:
        """What files that are no longer there had of the same, where of this one nothing is known."""
        if any(path == keys[0][0] for path, _, _ in self._known):
            return []
        return [gone for _, *same in keys for gone in self._vanished if [*gone[1:]] == same]

    @functools.cached_property
    def _vanished(self) -> list[Key]:
        there = {path: (self._folder / path).exists() for path in {key[0] for key in self._known}}
        return sorted(key for key in self._known if not there[key[0]])

    def _is_free(self, key: Key) -> bool:
        """Whether less of it was met than is known."""
        return sum(met[key] for met in self._met.values()) < self._known[key]

    def write(self) -> None:
        """Write what was noted, and what is known of files that are there and were not looked at as a whole. Raises
        :class:`OSError`."""
        found = [
            dict(zip(_FIELDS, key, strict=True)) | ({"count": number} if number > 1 else {})
            for key, number in sorted(self._counts().items())
        ]
        lines = ",\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in found)
        body = f"[\n{lines}\n ]" if found else "[]"
        data = f'{{"version": {_VERSION}, "findings": {body}}}\n'.encode(errors="surrogatepass")
        clear_leftovers(self._folder)
        if self._data is None:
            create(self.path, data)
        elif data != self._data:
            replace(self.path, self._data, data)

    def _counts(self) -> Counter[Key]:
        if not self._updating:
            return self._known
        kept = {
            key: number
            for key, number in self._known.items()
            if (key[0] not in self._met or key[0] in self._in_part) and (self._folder / key[0]).exists()
        }
        return sum(self._met.values(), Counter[Key]()) | Counter(kept)


def _read(data: bytes) -> Counter[Key]:
    """The findings in a baseline. Raises :class:`BaselineError`."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        if _CONFLICT.search(data):
            raise BaselineError(refusals.IN_CONFLICT) from error
        reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise BaselineError(refusals.not_json(reason)) from error
    if not isinstance(content, dict) or not isinstance(content.get("findings"), list):
        raise BaselineError(refusals.NO_BASELINE)
    if content.get("version") != _VERSION or isinstance(content["version"], bool):
        raise BaselineError(refusals.other_version(content.get("version")))
    found: Counter[Key] = Counter()
    for entry in content["findings"]:
        key, number = _entry(entry)
        found[key] += number
    return found


def _entry(entry: Any) -> tuple[Key, int]:
    texts = [entry.get(name) for name in _FIELDS] if isinstance(entry, dict) else []
    number = entry.get("count", 1) if texts else None
    if not texts or not all(isinstance(text, str) for text in texts) or type(number) is not int or number < 1:
        raise BaselineError(refusals.NO_BASELINE)
    path, code, line = map(str, texts)
    return (path, code, line), number
