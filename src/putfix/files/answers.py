"""A disk far away: what it was asked on the machine that has it, and the answers, for those that do not.

The one side is :class:`Noted`, which asks the disk and notes what it says; the other is :class:`Told`, which knows what
it was told and nothing else, and keeps the questions that it had no answer to, so that they can be asked.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from putfix.files.disk import DISK, Disk

if TYPE_CHECKING:
    from putfix.files.words import Index

_Answer = TypeVar("_Answer")


class Question(NamedTuple):
    """What one of the methods of a :class:`Disk` was asked about which path."""

    method: str
    path: str


@dataclass
class Answers:
    """What a disk said, by the methods that were asked, and the paths."""

    real: dict[str, str] = field(default_factory=dict)
    entries: dict[str, frozenset[str]] = field(default_factory=dict)
    read: dict[str, bytes | None] = field(default_factory=dict)
    """None for what cannot be read."""
    root: dict[str, str | None] = field(default_factory=dict)
    index: dict[str, Index | None] = field(default_factory=dict)

    def add(self, others: Answers) -> None:
        """Take over what ``others`` say."""
        for each in fields(self):
            getattr(self, each.name).update(getattr(others, each.name))

    def packed(self) -> bytes:
        """All of it, as little as it can be had quickly."""
        return zlib.compress(pickle.dumps(self), level=1)

    @staticmethod
    def unpacked(data: bytes) -> Answers:
        """The contrary."""
        found = pickle.loads(zlib.decompress(data))
        assert isinstance(found, Answers)
        return found


class _Listing(Disk):
    """Knows which files there are from what is in directories."""

    def is_file(self, path: str) -> bool:
        """See :class:`Disk`."""
        directory, name = os.path.split(path)
        return not self._is_absent(directory) and name in self.entries(directory)

    def _is_absent(self, directory: str) -> bool:
        """Whether it is known that there is no such directory, from what is in those above."""
        parent, name = os.path.split(directory)
        found = self._listed(parent)
        if found is not None:
            return name + os.sep not in found
        return parent != directory and self._is_absent(parent)

    def _listed(self, directory: str) -> frozenset[str] | None:
        """What is in a directory, where that is known already."""
        raise NotImplementedError


class Noted(_Listing):
    """A disk of which is noted what it says."""

    def __init__(self, disk: Disk = DISK) -> None:
        self._disk = disk
        self._asked: set[Question] = set()
        self._real: dict[str, str] = {}
        self._entries: dict[str, frozenset[str]] = {}
        self._new = Answers()
        self.size = 0
        """How many bytes all answers take, about."""

    def taken(self) -> Answers | None:
        """The answers that were not taken yet, if there are any."""
        new, self._new = self._new, Answers()
        return new if new != Answers() else None

    def ask(self, questions: Iterable[Question]) -> None:
        """Note the answers to these, too."""
        for question in questions:
            with contextlib.suppress(OSError):
                getattr(self, question.method)(question.path)

    def real(self, path: str) -> str:
        """See :class:`Disk`, as all below. Noted, and known from then on."""
        if path not in self._real:
            self._real[path] = self._note(self._new.real, Question("real", path), self._disk.real)
        return self._real[path]

    def entries(self, directory: str) -> frozenset[str]:
        """Noted, and known from then on."""
        if directory not in self._entries:
            self._entries[directory] = self._note(self._new.entries, Question("entries", directory), self._disk.entries)
        return self._entries[directory]

    def _listed(self, directory: str) -> frozenset[str] | None:
        return self._entries.get(directory)

    def read(self, path: str) -> bytes:
        """Noted, also that it cannot be."""
        found = self._note(self._new.read, Question("read", path), self._read)
        if found is None:
            raise OSError(path)
        return found

    def root(self, directory: str) -> str | None:
        """Noted."""
        return self._note(self._new.root, Question("root", directory), self._disk.root)

    def index(self, root: str) -> Index | None:
        """Noted."""
        return self._note(self._new.index, Question("index", root), self._disk.index)

    def _read(self, path: str) -> bytes | None:
        try:
            return self._disk.read(path)
        except OSError:
            return None

    def _note(self, answers: dict[str, _Answer], question: Question, ask: Callable[[str], _Answer]) -> _Answer:
        found = ask(question.path)
        if question not in self._asked:
            self._asked.add(question)
            answers[question.path] = found
            self.size += len(question.path) + _size(found)
        return found


def _size(answer: object) -> int:
    """How many bytes an answer takes, about."""
    if isinstance(answer, bytes):
        return len(answer)
    if isinstance(answer, frozenset):
        return sum(map(len, answer))
    said = getattr(answer, "said", {})  # of an index
    return sum(map(len, said.values()))


class Told(_Listing):
    """A disk as far as it is known from hearsay. Of anything else it says that it is not there."""

    def __init__(self) -> None:
        self._answers = Answers()
        self._open: set[Question] = set()

    def learn(self, answers: Answers) -> None:
        """Know more."""
        self._answers.add(answers)

    def unanswered(self) -> set[Question]:
        """What was asked since this was last called, and is not known."""
        found, self._open = self._open, set()
        return found

    def real(self, path: str) -> str:
        """See :class:`Disk`, as all below."""
        return self._say(self._answers.real, Question("real", path), path)

    def entries(self, directory: str) -> frozenset[str]:
        """As told."""
        return self._say(self._answers.entries, Question("entries", directory), frozenset())

    def _listed(self, directory: str) -> frozenset[str] | None:
        return self._answers.entries.get(directory)

    def read(self, path: str) -> bytes:
        """As told."""
        found = self._say(self._answers.read, Question("read", path), None)
        if found is None:
            raise OSError(path)
        return found

    def root(self, directory: str) -> str | None:
        """As told."""
        return self._say(self._answers.root, Question("root", directory), None)

    def index(self, root: str) -> Index | None:
        """As told."""
        return self._say(self._answers.index, Question("index", root), None)

    def _say(self, answers: dict[str, _Answer], question: Question, otherwise: _Answer) -> _Answer:
        if question.path in answers:
            return answers[question.path]
        self._open.add(question)
        return otherwise
