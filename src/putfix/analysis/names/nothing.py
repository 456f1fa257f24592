"""A module looked at as if there were no others, as most are, for a start."""

from __future__ import annotations

from collections.abc import Callable

from putfix.model import Project, SingleFile, Source

_Question = Callable[[Project], object]


class Nothing(SingleFile):
    """Says that there is nothing around a file, and remembers of what it said so."""

    def __init__(self, project: Project) -> None:
        """``project`` is what there really is."""
        self._project = project
        self._asked: dict[tuple[str, str, str, bool], _Question] = {}

    def find(self, name: str, place: str) -> Source | None:
        """Nothing."""
        self._asked["find", name, place, False] = lambda project: project.find(name, place)
        return super().find(name, place)

    def mentioning(self, name: str, place: str, *, of_objects: bool) -> list[Source] | None:
        """No module."""
        key = "mentioning", name, place, of_objects
        self._asked[key] = lambda project: project.mentioning(name, place, of_objects=of_objects) != []
        return super().mentioning(name, place, of_objects=of_objects)

    def extending(self, name: str, place: str) -> list[Source] | None:
        """No module."""
        self._asked["extending", name, place, False] = lambda project: project.extending(name, place) != []
        return super().extending(name, place)

    def binding(self, name: str, place: str) -> list[Source] | None:
        """No module."""
        self._asked["binding", name, place, False] = lambda project: project.binding(name, place) != []
        return super().binding(name, place)

    def is_public(self, place: str) -> bool:
        """What is so: no module need be read for that."""
        return self._project.is_public(place)

    def is_so(self) -> bool:
        """Whether the project would have said the same to all that was asked, so that all findings are as they are."""
        return not any(finds(self._project) for finds in self._asked.values())
