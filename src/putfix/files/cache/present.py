"""What there is now: the bytes of files, by their digests, and the answers to questions about a project. All is looked
at once, at most, and what is known of a file whose status is as it was is not read again."""

from __future__ import annotations

import bisect
import functools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from putfix.files.cache.disk import NotedDisk
from putfix.files.cache.recording import FIND, IS_PUBLIC, MENTIONING, Answer, Question, digest_of, text_digest
from putfix.files.cache.store import Kept
from putfix.files.project import ProjectFiles
from putfix.files.status import Status, status_of
from putfix.reading import read


class Present:
    """Compares what there is with what is kept."""

    def __init__(
        self,
        kept: Kept,
        root: str,
        project: ProjectFiles,
        statuses: dict[str, Status | None],
        below: Iterable[str],
    ) -> None:
        """``project`` answers questions, most of which are about the directory ``root``. ``statuses`` were taken before
        it had looked at anything, also those of all files ``below`` the root, if they are not too many."""
        self.statuses = statuses
        """Those that were asked for, too."""
        self.digests: dict[str, str | None] = {}
        """Those that were asked for; None of what cannot be read."""
        self.kept = kept
        self._root = root
        self._below = sorted(below)
        self._project = project
        self._same: dict[str, bool] = {}
        self._texts: dict[str, str | None] = {}
        self.files_below = functools.cache(self._files_below)

    def status(self, path: str) -> Status | None:
        """The status of a file, taken before it was read."""
        if path not in self.statuses:
            self.statuses[path] = status_of(path)
        return self.statuses[path]

    def is_known(self, path: str) -> bool:
        """Whether the status of a file is the one that is kept."""
        known = self.kept.files.get(path)
        return known is not None and known.status == self.status(path)

    def digest(self, path: str) -> str | None:
        """The digest of the bytes of a file; None where it cannot be read."""
        if path not in self.digests:
            known = self.kept.files[path].digest if self.is_known(path) else ""
            self.digests[path] = known or self._read(path)
        return self.digests[path]

    def has_text(self, path: str, digest: str) -> bool:
        """Whether a file has the text with that digest."""
        if path not in self._texts:
            self.digests[path] = self._read(path)
        return self._texts[path] == digest

    def _read(self, path: str) -> str | None:
        from putfix.files.text import UndecodableError, decode

        self.status(path)
        self._texts[path] = None
        try:
            data = read(Path(path))
            self._texts[path] = text_digest(decode(data).source.removeprefix("\ufeff"))
        except UndecodableError:
            pass
        except OSError:
            return None
        return digest_of(data)

    @functools.cached_property
    def is_same_disk(self) -> bool:
        """Whether there is a file wherever one was, and nowhere else, as far as that is kept."""
        return self._comparing[1]

    @property
    def disk(self) -> Mapping[str, Mapping[str, str]]:
        """What answers rested on: where it is the same disk, those that are kept, too."""
        return self._comparing[0].told

    @functools.cached_property
    def _comparing(self) -> tuple[NotedDisk, bool]:
        disk = NotedDisk(self._root)
        is_same = disk.agrees(self.kept.disk)
        return (disk if is_same else NotedDisk(self._root)), is_same

    @functools.cached_property
    def _whereabouts(self) -> ProjectFiles:
        return self._project.whereabouts(self._comparing[0])

    def answer(self, question: Question) -> Answer:
        """What is answered to a question, whether or not the modules can be read."""
        kind, name, place, of_objects = question
        if kind == FIND:
            module = self._whereabouts.find(name, place)
            return module.place if module is not None else None
        if kind == IS_PUBLIC:
            return self._whereabouts.is_public(place)
        if kind == MENTIONING:
            found = self._whereabouts.mentioning(name, place, of_objects=of_objects)
        else:
            found = getattr(self._whereabouts, kind)(name, place)
        return [each.place for each in found] if found is not None else None

    def root_of(self, place: str) -> str:
        """The directory that has the files which questions about the one at a place are about."""
        return self._whereabouts.root_of(os.path.realpath(place))

    def has_same_files(self, root: str) -> bool:
        """Whether the files below a directory, and their bytes, are those that are kept."""
        if root not in self._same:
            now = self.files_below(root)
            self._same[root] = bool(now) and self.kept.roots.get(root) == now and all(map(self.is_known, now))
        return self._same[root]

    def _files_below(self, root: str) -> list[str]:
        """The files that a run over a directory would take; none where that is not known, as nobody came through it."""
        inside = os.path.join(root, "")
        behind = inside[:-1] + chr(ord(inside[-1]) + 1)
        return self._below[bisect.bisect_left(self._below, inside) : bisect.bisect_left(self._below, behind)]
