"""What a run remembers of earlier ones, and what it adds to that.

A file whose status is as it was has the bytes that it had, unless it was changed twice within the smallest step of the
clock of its file system: so a status is kept only if it was old when it was taken. A result holds where the file, all
others that were read for it, and the answers to all questions about the project are what they were. These need not be
asked for again where all that they rest on is as it was: what is where on the disk, and for some, each file of the
project. A result of which that is known is sure.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from putfix.files.cache.packing import NOTHING, Outcome, Packed, changes, packed, unpacked
from putfix.files.cache.present import Present
from putfix.files.cache.recording import FIND, IS_PUBLIC, Answer, Made, Question, digest_of
from putfix.files.cache.store import Entry, Kept, Known, Store
from putfix.files.discovery import Found
from putfix.files.status import is_settled
from putfix.reading import read
from putfix.settings import Settings

_MOST_RESULTS = 4
"""How many results of one file are kept, with other bytes or other settings."""


class _News(NamedTuple):
    """A result that was not remembered; ``made`` is None where the file has no word that matters."""

    settings: str
    outcome: Packed
    made: Made | None


class Memory:
    """What is remembered of the files of one run."""

    def __init__(self, store: Store, present: Present, begun: int) -> None:
        """``begun`` is when the run did, before it looked at anything, in nanoseconds."""
        self._store = store
        self._present = present
        self._kept = present.kept
        self._begun = begun
        self._awaited: dict[str, str] = {}
        """The real paths of the files that nothing could be recalled of, by those that they have in this run."""
        self._news: dict[str, _News] = {}
        self._confirmed: set[int] = set()
        """The entries, by their identity, whose questions were asked again."""

    def recall(self, found: Found, settings: Settings) -> Outcome | None:
        """What came of a file with these settings; None where that is not remembered, or no longer true."""
        outcome = self._recalled(found.real, settings)
        if outcome is None:
            self._awaited[str(found.path)] = found.real
        return outcome

    def _recalled(self, file: str, settings: Settings) -> Outcome | None:
        known = self._kept.files.get(file)
        if known is not None and not known.matters and self._present.is_known(file):
            return NOTHING
        for entry in self._kept.results.get(file, ()):
            is_same = entry.settings == repr(settings) and entry.digest == self._present.digest(file)
            if is_same and self._holds(entry):
                return _outcome(file, entry)
        return None

    def note(self, path: Path, settings: Settings, outcome: Outcome, made: Made | None) -> None:
        """Remember what came of a file, if that could not be recalled, and what it was made from, which is None where
        it has no word that matters."""
        file = self._awaited.get(str(path))
        if file is not None:
            self._news[file] = _News(repr(settings), packed(outcome), made)

    def save(self) -> None:
        """Keep what is remembered."""
        kept = self._updated() if self._has_changed else self._kept
        if kept == self._kept:
            self._store.touch()
        else:
            self._store.save(kept)

    def _holds(self, entry: Entry) -> bool:
        """Whether all that a result was made from besides the file is as it was."""
        present = self._present
        if any(present.digest(path) != digest for path, digest in entry.contents.items()):
            return False
        if entry.sure and present.is_same_disk and all(map(present.has_same_files, entry.roots)):
            return True
        if any(present.answer(question) != answer for question, answer in json.loads(entry.questions)):
            return False
        if all(map(present.files_below, entry.roots)):
            self._confirmed.add(id(entry))
        return True

    @property
    def _has_changed(self) -> bool:
        """Whether there is anything that may be kept and is not."""
        present = self._present
        settled = (path for path, status in present.statuses.items() if is_settled(status, self._begun))
        return bool(self._news or self._confirmed) or not all(map(present.is_known, settled))

    def _updated(self) -> Kept:
        """What is to be kept."""
        new = {file: self._entry(news) for file, news in self._news.items()}
        files = dict(self._files())
        old = {file: entries for file, entries in self._kept.results.items() if not self._is_gone(file)}
        results: dict[str, list[Entry]] = {}
        for file in {**old, **new}:
            first = new.get(file)
            entries = [*([first] if first is not None else []), *self._others(old.get(file, ()), self._news.get(file))]
            if entries:
                results[file] = entries[:_MOST_RESULTS]
        roots = {root for entries in results.values() for entry in entries for root in entry.roots}
        return Kept(files, self._present.disk, dict(self._listed(sorted(roots), files)), results)

    def _files(self) -> Iterator[tuple[str, Known]]:
        """What is known of files by their statuses, from now on."""
        present = self._present
        for path, known in self._kept.files.items():
            if path not in present.statuses and not self._is_gone(path):
                yield path, known
        for path, status in present.statuses.items():
            if status is not None and is_settled(status, self._begun):
                before = self._kept.files[path] if present.is_known(path) else Known(status)
                news = self._news.get(path)
                made = news.made.digest if news is not None and news.made is not None else ""
                digest = made or present.digests.get(path) or before.digest
                yield path, Known(status, digest, before.matters if news is None else news.made is not None)

    def _is_gone(self, path: str) -> bool:
        return path not in self._present.statuses and not os.path.exists(path)

    def _others(self, entries: Iterable[Entry], news: _News | None) -> Iterator[Entry]:
        """The entries that stay beside a new one, with what is sure about them."""
        present = self._present
        for entry in entries:
            if news is None or news.made is None or (entry.settings, entry.digest) != (news.settings, news.made.digest):
                same = entry.sure and present.is_same_disk and all(map(present.has_same_files, entry.roots))
                yield entry._replace(sure=same or id(entry) in self._confirmed)

    def _listed(self, roots: Iterable[str], files: Mapping[str, Known]) -> Iterator[tuple[str, list[str]]]:
        """The files below directories, apart from directories where one may change without its status."""
        for root in roots:
            found = self._present.files_below(root)
            if all(path in files and files[path].status == self._present.status(path) for path in found):
                yield root, found

    def _entry(self, news: _News) -> Entry | None:
        """What is kept of a result; None where something that it was made from has changed meanwhile."""
        if news.made is None:
            return None
        present = self._present
        texts = news.made.texts
        contents = {path: present.digest(path) for path, text in texts.items() if present.has_text(path, text)}
        asked: list[tuple[Question, Answer]] = []
        roots: set[str] = set()
        for question, answer in news.made.answers.items():
            asked.append((question, answer))
            if question[0] not in (FIND, IS_PUBLIC):
                roots.add(present.root_of(question[2]))
                continue
            now = present.answer(question)
            if now == answer:
                continue
            if answer is not None or not isinstance(now, str) or not is_settled(present.status(now), self._begun):
                return None
            contents[now] = present.digest(now)  # which is no module that can be read
            asked[-1] = question, now
        if not contents.keys() >= texts.keys() or None in contents.values():
            return None
        known = {path: digest for path, digest in contents.items() if digest is not None}
        sure = all(map(present.files_below, roots))
        questions = json.dumps(asked, separators=(",", ":"))
        made = news.made.digest, news.settings, known, sorted(roots), questions, sure, news.outcome
        return Entry(*made)


def _outcome(file: str, entry: Entry) -> Outcome | None:
    """What came of a file; None where that cannot be read any more."""
    if not changes(entry.outcome):
        return unpacked(entry.outcome)
    try:
        old = read(Path(file))
    except OSError:
        return None
    return unpacked(entry.outcome, old) if digest_of(old) == entry.digest else None
