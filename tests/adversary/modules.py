"""Programs of several files that stand nowhere but in memory: found by putfix, and imported by Python."""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from simulator import Outcome, simulate

from putfix import Result, fix_source
from putfix.model import Source

MAIN = "main.py"
"""The file that is run."""

Files = Mapping[str, str]
"""The texts of the files of a program, by their paths below its root."""


@dataclass
class Known:
    """The :class:`putfix.model.Project` of the files of one program."""

    files: Files
    parsed: dict[str, Source | None] = field(default_factory=dict)

    def find(self, name: str, place: str) -> Source | None:
        """The module that ``name`` means in the file at ``place``."""
        dots = len(name) - len(name.lstrip("."))
        above = place.split("/")[:-dots] if dots else []
        path = file_of(".".join([*above, *filter(None, [name[dots:]])]), self.files)
        return self._parsed(path) if path is not None else None

    def mentioning(self, name: str, place: str, *, of_objects: bool = True) -> list[Source] | None:
        """All other files; None where one of them cannot be parsed."""
        others = [self._parsed(path) for path in self.files if path != place]
        return [each for each in others if each is not None] if None not in others else None

    def extending(self, name: str, place: str) -> list[Source] | None:
        """The same."""
        return self.mentioning(name, place)

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The same."""
        return self.mentioning(name, place)

    def is_public(self, place: str) -> bool:
        """Whether the file at ``place`` lies in a package with an ``__init__``."""
        return f"{place.rpartition('/')[0]}/__init__.py" in self.files

    def _parsed(self, path: str) -> Source | None:
        if path not in self.parsed:
            try:
                self.parsed[path] = Source(self.files[path], ast.parse(self.files[path]), path)
            except SyntaxError:
                self.parsed[path] = None
        return self.parsed[path]


def file_of(name: str, files: Files) -> str | None:
    """The file of the module with a dotted name."""
    path = name.replace(".", "/")
    return next((each for each in (f"{path}/__init__.py", f"{path}.py") if each in files), None)


@dataclass(frozen=True)
class Importing(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Lets Python import the files of one program."""

    files: Files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """What to import, if it is of the program; a directory without ``__init__`` is a namespace package."""
        file = file_of(fullname, self.files)
        if file is not None:
            return importlib.util.spec_from_loader(fullname, self, origin=file, is_package=self.is_package(fullname))
        if any(each.startswith(fullname.replace(".", "/") + "/") for each in self.files):
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [fullname]
            return spec
        return None

    def is_package(self, fullname: str) -> bool:
        """Whether a module is the ``__init__`` of a package."""
        return (file_of(fullname, self.files) or "").endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        """The text of a module."""
        return self.files[file_of(fullname, self.files) or ""]


@contextlib.contextmanager
def importable(files: Files) -> Iterator[None]:
    """Have ``import`` find the files of a program, and forget them afterwards."""
    importing = Importing(files)
    before = set(sys.modules)
    sys.meta_path.insert(0, importing)
    try:
        yield
    finally:
        sys.meta_path.remove(importing)
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in {path.partition("/")[0].removesuffix(".py") for path in files}:
                del sys.modules[name]


def simulate_files(files: Files) -> Outcome:
    """Run a program of several files under a new simulation."""
    np.random.seed(0)  # modules make their values before the program sets it
    with importable(files):
        return simulate(files[MAIN])


def fix_files(files: Files) -> dict[str, Result]:
    """What becomes of each file of a program."""
    known = Known(files)
    return {path: fix_source(text, path, project=known) for path, text in files.items()}
