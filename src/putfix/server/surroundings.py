"""What is around the open files on disk: their configuration files, and the other modules of their projects."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from putfix.files.configuration import NAMES, BrokenConfiguration, Configurations
from putfix.files.disk import RememberingDisk
from putfix.files.project import ProjectFiles
from putfix.files.status import Status, status_of
from putfix.settings import Governed, Settings


class Surroundings:
    """Reads both when they are asked for, and again when they have changed."""

    def __init__(self) -> None:
        self._disk = RememberingDisk()
        self.project = ProjectFiles(disk=self._disk)
        """The modules around all files, as far as they were read."""
        self.readings = 0
        """How often the configuration files were read again."""
        self._configurations = Configurations()
        self._statuses: dict[Path, Status | None] = {}

    def renew(self) -> None:
        """Files on disk may have changed."""
        self.project = ProjectFiles(disk=self._disk)

    def settings(self, path: Path) -> Settings | BrokenConfiguration:
        """The settings for the file at ``path``, which need not exist; or the file that should have given them. Whether
        configuration files have changed is asked each time."""
        real = Path(os.path.realpath(path))
        near = [folder / name for folder in real.parents for name in NAMES]
        statuses = {each: status_of(each) for each in {*near, *self._statuses}}
        if any(statuses[each] != status for each, status in self._statuses.items()):
            self._configurations = Configurations()
            self.readings += 1
        self._statuses = statuses
        governed = self._configurations.governing(path)
        self._watch(governed.files if isinstance(governed, Governed) else [governed.path])
        return governed.settings if isinstance(governed, Governed) else governed

    def _watch(self, files: Iterable[Path]) -> None:
        """See whether ``files`` have changed, too: those that are extended may be anywhere."""
        for file in files:
            real = Path(os.path.realpath(file))
            self._statuses.setdefault(real, status_of(real))
