"""Noting what an analysis asks of other files, in the process that does it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from putfix.files.project import ProjectFiles
    from putfix.model import Source

FIND, MENTIONING, EXTENDING, BINDING, IS_PUBLIC = "find", "mentioning", "extending", "binding", "is_public"

Question = tuple[str, str, str, bool]
"""The name of a method of :class:`putfix.model.Project`, a name, a place, and whether that is a name of objects."""
Answer = str | bool | list[str] | None
"""Sources by their places."""


@dataclass(frozen=True)
class Made:
    """What a result was made from: the file itself, by the digest of its bytes, the answers to all questions about
    others, and the modules in these, by the digests of their texts."""

    digest: str
    answers: dict[Question, Answer] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Recorder:
    """A :class:`putfix.model.Project` that another one answers for, and what that answered."""

    def __init__(self, project: ProjectFiles) -> None:
        self._project = project
        self._answers: dict[Question, Answer] = {}
        self._texts: dict[str, str] = {}

    def made(self, data: bytes) -> Made:
        """What the result for a file with these bytes was made from."""
        return Made(digest_of(data), self._answers, self._texts)

    def real(self, path: str) -> str:
        """The real path of a file."""
        return self._project.real(path)

    def find(self, name: str, place: str) -> Source | None:
        """The module that a name means."""
        found = self._project.find(name, place)
        self._read([found] if found is not None else [])
        self._answers[FIND, name, place, False] = found.place if found is not None else None
        return found

    def mentioning(self, name: str, place: str, *, of_objects: bool) -> list[Source] | None:
        """The modules that may use a name."""
        found = self._project.mentioning(name, place, of_objects=of_objects)
        return self._noted((MENTIONING, name, place, of_objects), found)

    def extending(self, name: str, place: str) -> list[Source] | None:
        """The modules with a class that has a base of a name."""
        return self._noted((EXTENDING, name, place, False), self._project.extending(name, place))

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The modules that bind an attribute of a name."""
        return self._noted((BINDING, name, place, False), self._project.binding(name, place))

    def is_public(self, place: str) -> bool:
        """Whether a module is in a package."""
        found = self._answers[IS_PUBLIC, "", place, False] = self._project.is_public(place)
        return found

    def _noted(self, question: Question, found: list[Source] | None) -> list[Source] | None:
        self._read(found or [])
        self._answers[question] = [each.place for each in found] if found is not None else None
        return found

    def _read(self, sources: Iterable[Source]) -> None:
        for source in sources:
            if source.place not in self._texts:
                self._texts[source.place] = text_digest(source.text)


def digest_of(data: bytes) -> str:
    """What tells bytes from all others."""
    from hashlib import blake2b

    return blake2b(data, digest_size=16).hexdigest()


@functools.lru_cache(maxsize=256)
def text_digest(text: str) -> str:
    """What tells a text from all others."""
    return digest_of(text.encode("utf-8", "surrogatepass"))
