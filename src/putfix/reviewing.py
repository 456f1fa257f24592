"""Going through the fixes of a file with the user, as ``git add -p`` goes through hunks: an answer is acted upon at
once, so that whenever the conversation ends, the file has whole fixes."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from putfix.applying import Fixes, State
from putfix.model import Finding
from putfix.problems import Problem
from putfix.report import asking


class Answer(enum.Enum):
    """What is to be done with a fix, by the letter that says so."""

    YES = "y"
    NO = "n"
    FILE = "f"
    """Yes, and to all that follow in the file."""
    ALL = "a"
    """Yes, and to all that follow."""
    QUIT = "q"
    """No, and to all that follow."""


class Screen(Protocol):
    """Where the user sees what is asked about."""

    def finding(self, path: Path, finding: Finding) -> None:
        """Show what a fix is for."""

    def difference(self, diff: bytes) -> None:
        """Show what changes."""

    def say(self, sentence: str) -> None:
        """Show a sentence."""

    def ask(self, question: str) -> None:
        """Show a question, with the cursor behind it."""


class Review:
    """The conversation about the fixes of one file after the other."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.last: Answer | None = None
        """The last answer, where there was one."""

    @property
    def is_over(self) -> bool:
        """Whether the user has answered for all that follow."""
        return self.last in (Answer.ALL, Answer.QUIT)

    @property
    def has_quit(self) -> bool:
        """Whether the user has seen enough."""
        return self.last is Answer.QUIT

    def go_through(self, fixes: Fixes) -> Problem | None:
        """Ask about each fix of a file, and apply those that are wanted; the problem where the file cannot be written,
        which ends it."""
        for number, finding in enumerate(fixes.all, 1):
            state = self._with(fixes, finding)
            if state is None:
                continue
            answer = self.last = self._ask(state, number, len(fixes.all))
            if answer is Answer.QUIT:
                return None
            if answer is Answer.NO:
                continue
            problem = fixes.take(state)
            if problem is None and answer is not Answer.YES:
                return self._take_all(fixes, fixes.all[number:])
            if problem is not None:
                return problem
        return None

    def _with(self, fixes: Fixes, finding: Finding) -> State | None:
        """The file with one fix more, which the user has seen; None where that needs one that was declined."""
        state = fixes.having([*fixes.applied, finding])
        if not state.is_whole:
            self._screen.say(asking.needs_another(state.result.path, finding))
            return None
        self._screen.finding(state.result.path, finding)
        self._screen.difference(fixes.difference(state))
        return state

    def _take_all(self, fixes: Fixes, rest: Sequence[Finding]) -> Problem | None:
        """Apply the rest, all at once where they do not need one that was declined."""
        together = fixes.having([*fixes.applied, *rest])
        if together.is_whole:
            for finding in rest:
                self._screen.finding(together.result.path, finding)
            self._screen.difference(fixes.difference(together))
            return fixes.take(together)
        states = (self._with(fixes, finding) for finding in rest)
        problems = (fixes.take(state) for state in states if state is not None)
        return next((problem for problem in problems if problem is not None), None)

    def _ask(self, state: State, number: int, total: int) -> Answer:
        """The user's answer, which the end of the input stands for, too."""
        while True:
            self._screen.ask(asking.question(state.result.path, number, total))
            line = sys.stdin.buffer.readline().decode(errors="replace")  # whatever a terminal's encoding makes of it
            if not line:
                self._screen.say("")  # below the question
                return Answer.QUIT
            answer = _meant(line)
            if answer is not None:
                return answer
            self._screen.say(asking.HELP)


def _meant(line: str) -> Answer | None:
    """The answer whose letter or word was typed; None where it is none, as ``apply`` is not to be taken for all."""
    typed = line.strip().lower()
    return next((answer for answer in Answer if typed in (answer.value, answer.name.lower())), None)
