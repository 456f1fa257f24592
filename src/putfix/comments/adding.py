"""Writing ``# putfix: ignore[code]`` beside the calls of findings, or its code into the comment that is there."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from putfix.analysis.names.positions import split_lines
from putfix.comments.reading import Comment, Word, comments_of, tokens_of
from putfix.comments.regions import Regions, is_inside
from putfix.model import Edit, Finding, Span
from putfix.rewrite import line_starts

_BESIDE = "  "
"""What is between code and a comment beside it (PEP 8)."""


@dataclass(frozen=True)
class _Place:
    """Where a comment can be written: at the end of a line, or alone above it."""

    line: int
    alone: bool = False


class Ignoring:
    """Makes the comments in one program. ``fixed`` lines stay as they are."""

    def __init__(self, program: str, fixed: frozenset[int] = frozenset()) -> None:
        self._program = program
        self._lines = split_lines(program)
        self._starts = line_starts(program)
        self._regions = Regions(ast.parse(program), self._lines)
        self._comments = comments_of(program)
        # A comment may stand where the tokenizer sees the end of a line: not in a string, nor after a backslash.
        ends = (token.start[0] for token in tokens_of(program) if token.type in (tokenize.NEWLINE, tokenize.NL))
        self._ends = frozenset(ends) - fixed

    def is_possible(self, finding: Finding) -> bool:
        """Whether there is a place for a comment at each call; inside of an f-string of several lines is none."""
        return all(any(self._places(site.argument)) for site in finding.call_sites)

    def edits(self, findings: Iterable[Finding]) -> list[Edit]:
        """What makes comments suppress ``findings``, in the order of the program, where that is possible."""
        codes: dict[_Place, dict[str, None]] = {}
        for finding in filter(self.is_possible, findings):
            for site in finding.call_sites:
                codes.setdefault(next(self._places(site.argument)), {})[finding.code] = None
        return sorted((self._edit(place, list(found)) for place, found in codes.items()), key=lambda edit: edit.start)

    def _places(self, argument: Span) -> Iterator[_Place]:
        """Where a comment would speak of the call that has ``argument``, best first."""
        call = self._regions.calls_around(argument)
        for line in dict.fromkeys((call.line, argument.line, argument.end_line, call.end_line)):
            if line in self._ends and self._speaks_of(argument, line):
                yield _Place(line)
        for first in self._regions.statements_around(argument):
            stands_alone = first - 1 in self._ends or first == 1
            if stands_alone and self._speaks_of(argument, first, alone=True):
                yield _Place(first, alone=True)

    def _speaks_of(self, argument: Span, line: int, *, alone: bool = False) -> bool:
        comment = Comment(Word.IGNORE, (), line - alone, 0, line, "")
        return any(is_inside(argument, span) for span in self._regions.spans(comment))

    def _edit(self, place: _Place, codes: list[str]) -> Edit:
        """The comment with ``codes`` at a place."""
        line = self._lines[place.line - 1]
        start = self._starts[place.line - 1]
        if place.alone:
            indentation = line[: len(line) - len(line.lstrip())]
            return Edit(start, start, f"{indentation}{_comment(codes)}{self._line_end(place.line)}")
        there = self._comment_on(place.line)
        if there is not None:
            inside = start + there.end - 1  # before the bracket
            return Edit(inside, inside, f", {', '.join(codes)}")
        end = start + len(line.rstrip())
        return Edit(end, end, f"{_BESIDE}{_comment(codes)}")

    def _comment_on(self, line: int) -> Comment | None:
        """The comment on a line that ignores other codes."""
        found = [each for each in self._comments if each.line == line and each.word is Word.IGNORE]
        return next((each for each in found if each.wrong is None and each.items), None)

    def _line_end(self, line: int) -> str:
        end = self._starts[line] if line < len(self._starts) else len(self._program)
        return self._program[self._starts[line - 1] + len(self._lines[line - 1]) : end] or "\n"


def _comment(codes: list[str]) -> str:
    return f"# putfix: ignore[{', '.join(codes)}]"
