"""Where the strings of a JSON text are, and changes of them that leave every other byte as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from putfix.formats.documents import LINE

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)

Path = tuple[str | int, ...]
"""The keys and indices that lead to a value."""


@dataclass(frozen=True)
class Token:
    """A string in a text, from its first quotation mark to the character after its last."""

    start: int
    end: int


def strings(text: str, wanted: Callable[[Path], bool]) -> dict[Path, Token]:
    """The strings of a JSON text, which is valid, at the paths that are ``wanted``; of equal keys the last counts."""
    found: dict[Path, Token] = {}
    path: list[str | int] = []
    in_object: list[bool] = []
    key_next = False
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if mark in "{[":
            in_object.append(mark == "{")
            key_next = mark == "{"
            path.append("" if key_next else 0)
        elif mark in "}]":
            in_object.pop()
            path.pop()
        elif mark == ",":
            last = path[-1]
            key_next = in_object[-1]
            path[-1] = last + 1 if isinstance(last, int) else ""
        elif key_next:
            path[-1] = json.loads(mark)
            key_next = False
        elif mark[0] == '"' and wanted(here := tuple(path)):
            found[here] = Token(match.start(), match.end())
    return found


class StringList:
    """Strings of a text that are read as one, such as the lines of a cell.

    An edit that begins where one of several strings does, and ends with a line, becomes strings of its own.
    """

    def __init__(self, text: str, tokens: Sequence[Token], *, is_list: bool, between: str = ", ") -> None:
        """``between`` is what is between the strings of other such lists."""
        self._text = text
        self._tokens = tokens
        self._is_list = is_list
        self._others = between
        self._ascii = text.isascii()
        self._begins: list[int] = []
        self._places: list[int] = []
        parts: list[str] = []
        for token in tokens:
            self._begins.append(len(self._places))
            for place, character in _characters(text, token):
                parts.append(character)
                self._places += [place] * len(character)
        self.value = "".join(parts)
        """What the strings say together."""

    def edit(self, start: int, end: int, new: str) -> tuple[int, int, str]:
        """What in the text is to be replaced, and by what, for ``new`` to be in place of ``value[start:end]``."""
        if start == end and start in self._begins and self._is_list and new.endswith("\n"):
            place = self._tokens[self._begins.index(start)].start
            between = self._between()
            return place, place, "".join(f"{self._quoted(line)}{between}" for line in LINE.findall(new))
        return self.place(start), self._end_of(start, end), self._quoted(new)[1:-1]

    def place(self, index: int) -> int:
        """The place in the text of a character of the value, or of the end of them all."""
        return self._places[index] if index < len(self._places) else self._tokens[-1].end - 1

    def _end_of(self, start: int, end: int) -> int:
        """The place in the text after the character before ``end``."""
        if end == start:
            return self.place(start)
        last = self._places[end - 1]
        found = _CHARACTER.match(self._text, last)
        assert found is not None
        return found.end()

    def _between(self) -> str:
        """What is between two of the strings: as between the first two, before the first, or in other lists."""
        if len(self._tokens) > 1:
            return between(self._text, self._tokens)
        before = self._text[: self._tokens[0].start]
        space = before[len(before.rstrip(" \t\r\n")) :]
        return f",{space}" if "\n" in space else self._others

    def _quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self._ascii)


def between(text: str, tokens: Sequence[Token]) -> str:
    """What is between the first two of the strings of a list."""
    return text[tokens[0].end : tokens[1].start]


def _characters(text: str, token: Token) -> Iterator[tuple[int, str]]:
    """The characters that a string stands for, each with its place."""
    for match in _CHARACTER.finditer(text, token.start + 1, token.end - 1):
        raw = match.group()
        yield match.start(), json.loads(f'"{raw}"', strict=False) if raw[0] == "\\" else raw
