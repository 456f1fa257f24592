"""Running a command of the user's over the fixes that were applied, and taking back those that it fails with."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from putfix import signals
from putfix.applying import Fixes
from putfix.model import Finding
from putfix.problems import Problem
from putfix.report import asking

_CANNOT_RUN = (126, 127)
"""The exit codes of a POSIX shell that must not run the command, or does not find it."""
_GRACE, _PAUSE = 3, 0.02
"""How many seconds a command has to end by itself, and how often it is looked whether it has."""


@dataclass(frozen=True, eq=False)
class Fix:
    """A fix, and the file that it is of."""

    file: Fixes
    finding: Finding


class _StuckError(Exception):
    """A file could not be changed back, so what the command says is not about the fixes that were meant."""


class Verification:
    """The fixes of some files, and a command that fails where one of them is wrong."""

    def __init__(self, command: str, say: Callable[[str], None], *, quiet: bool = False) -> None:
        """``say`` is given a sentence about each run of the command, which a shell runs in the current directory; where
        it is to be ``quiet``, only that it fails, and with what."""
        self._command = command
        self._say = say
        self._quiet = quiet
        self.files: list[Fixes] = []
        self._most = 0
        """How many fixes were applied at most."""
        self._codes: dict[tuple[Fix, ...], int] = {}
        """How the command ended with some fixes applied."""
        self.problems: dict[Path, Problem] = {}
        """Why files could not be changed back, which are left alone from then on."""
        self.cannot_run = False
        """Whether there is no such command."""

    @property
    def taken_back(self) -> int:
        """How many fixes were applied, and are no longer."""
        return max(self._most - self._applied, 0)

    @property
    def _applied(self) -> int:
        return sum(len(file.applied) for file in self.files)

    def add(self, fixes: Fixes) -> None:
        """Take back what is applied of a file's fixes, too, where the command fails."""
        self.files.append(fixes)

    def take_all_back(self) -> None:
        """Leave the files without any fix, however often Ctrl-C is pressed meanwhile."""
        with signals.deferred():
            self._apply([])

    def settle(self, *, bisect: bool) -> None:
        """Run the command over what is applied, and where it fails, take all of that back; with ``bisect`` only those
        fixes that it fails with."""
        fixes = [Fix(file, finding) for file in self.files for finding in file.applied]
        if not fixes:
            return
        self._most = len(fixes)
        code = self._run(fixes)
        if code or not self._quiet:
            self._say(asking.verdict(self._command, self._applied, code))
        self.cannot_run = code in _CANNOT_RUN
        if bisect and code and not self.cannot_run:
            self._bisect_as_far_as_possible(fixes)
        elif code:
            self.take_all_back()
        self._look_at_files()

    def _look_at_files(self) -> None:
        """Say which files the command has changed."""
        for file in self.files:
            if not file.is_what_it_was_made() and file.path not in self.problems:
                self._say(asking.changed(file.path, self._command))

    def _bisect_as_far_as_possible(self, fixes: Sequence[Fix]) -> None:
        """Take back the fixes that the command fails with; all, where a file cannot be changed back."""
        try:
            self._bisect(fixes)
        except _StuckError:
            self._say(asking.cannot_bisect(self._command))
            self.take_all_back()

    def _bisect(self, fixes: Sequence[Fix]) -> None:
        """Take back the fixes one by one that make the command fail when they are added to those before them."""
        if self._fails([]):
            self._say(asking.fails_without(self._command))
            return
        good: list[Fix] = []
        rest = [*fixes]
        while self._fails([*good, *rest]) and rest:
            last = self._last_of_failing(good, rest)
            culprit = rest[last]
            self._say(asking.taken_back(culprit.file.path, culprit.finding, self._command))
            good += rest[:last]
            del rest[: last + 1]
        for fix in [*good, *rest]:
            if fix.finding not in fix.file.applied:
                self._say(asking.taken_back_with_another(fix.file.path, fix.finding))

    def _last_of_failing(self, good: Sequence[Fix], rest: Sequence[Fix]) -> int:
        """The index of the first fix in ``rest`` that the command fails with, after those before it and the good ones,
        with all of which it passes."""
        passing, failing = 0, len(rest)
        while failing - passing > 1:
            middle = (passing + failing) // 2
            if self._fails([*good, *rest[:middle]]):
                failing = middle
            else:
                passing = middle
        return passing

    def _fails(self, fixes: Sequence[Fix]) -> bool:
        """Whether the command fails with these fixes, which are all that is applied then. Raises :class:`_StuckError`
        where that is not so."""
        self._apply(fixes)
        if self.problems:
            raise _StuckError
        key = tuple(fixes)
        if key not in self._codes:
            code = self._run(fixes)
            if not self._quiet:
                self._say(asking.verdict(self._command, self._applied, code))
        return self._codes[key] != 0

    def _run(self, fixes: Sequence[Fix]) -> int:
        """The exit code of the command with these fixes applied. Its output goes to standard error."""
        if not self._quiet:
            self._say(asking.running(self._command, self._applied))
        # A cached byte code is known by the second and the size of its source, which two runs may have in common.
        code = _ended(self._command, {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        self._codes[tuple(fixes)] = code
        return code

    def _apply(self, fixes: Iterable[Fix]) -> None:
        """Leave the files with these fixes and no others."""
        self._most = max(self._most, self._applied)
        wanted: dict[Fixes, list[Finding]] = {file: [] for file in self.files}
        for fix in fixes:
            wanted[fix.file].append(fix.finding)
        for file, findings in wanted.items():
            problem = file.take(file.having(findings)) if file.path not in self.problems else None
            if problem is not None:
                file.is_what_it_was_made()
                stays = asking.stays(problem.message) if file.applied else problem.message
                self.problems[file.path] = replace(problem, message=stays)


def _ended(command: str, environment: Mapping[str, str]) -> int:
    """The exit code of a command that a shell runs, with all that it starts where the system has process groups: when
    putfix is interrupted, nothing of it goes on beside files that are changed back."""
    with subprocess.Popen(
        command, shell=True, env=environment, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True
    ) as process:
        try:
            return process.wait()
        except BaseException:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command with all that it has started, at once if it does not do so by itself."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            _wait_for_all(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for_all(process: subprocess.Popen[bytes]) -> None:
    """Wait a while for a command and all that it has started. Raises :class:`ProcessLookupError` when they are gone."""
    until = time.monotonic() + _GRACE
    while time.monotonic() < until:
        process.poll()  # an ended process counts until it is asked for
        os.killpg(process.pid, 0)
        time.sleep(_PAUSE)
