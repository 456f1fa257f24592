"""What the comments of a source say to putfix.

The forms are ``# putfix: ignore``, ``# putfix: ignore[code, code]``, ``# putfix: ignore-file``, ``# putfix: large`` and
``# putfix: small``, the last two with names in brackets, too. A reason may follow, after ``because`` or a punctuation
mark, up to the next ``#``. Other comments may stand in front.
"""

from __future__ import annotations

import enum
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from putfix.analysis.names.positions import split_lines
from putfix.marks import MARK
from putfix.model import Idle

_COMMENT = re.compile(
    r"#\s*putfix\s*:\s*(?P<word>[\w-]*)(?:\s*\[(?P<items>(?:[^\[\]#]|\[[^\[\]#]*\])*)(?P<close>\]?))?(?P<rest>[^#]*)",
    re.DOTALL,
)
_REASON = re.compile(r"\s*\Z|\s+because\b|\s*[^\w\s]")
_NO_TOKENS = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


class Word(enum.Enum):
    """What a comment says."""

    IGNORE = "ignore"
    IGNORE_FILE = "ignore-file"
    LARGE = "large"
    SMALL = "small"


@dataclass(frozen=True)
class Comment:
    """A comment to putfix: a word, the codes or names in brackets, and where it begins.

    ``target`` is the line that it speaks of: its own, or where it stands alone, the next one with code (0 where there
    is none). ``wrong`` says why it cannot be understood. ``text`` is the comment without its reason, where it can
    be told from the rest.
    """

    word: Word | None
    items: tuple[str, ...]
    line: int
    column: int
    target: int
    text: str
    end: int = 0
    """The column after the bracket, or after the word."""
    wrong: Idle | None = None

    @property
    def is_alone(self) -> bool:
        """Whether no code is on its own line."""
        return self.target != self.line


def comments_of(source: str) -> list[Comment]:
    """The comments to putfix in ``source``, which parses. What looks like one in a string is none."""
    if MARK not in source:
        return []
    found: list[Comment] = []
    alone: list[Comment] = []
    last = 0
    for token in tokens_of(source):
        if token.type == tokenize.COMMENT:
            read = list(_read(token))
            if token.line[: token.start[1]].strip(" \t\f"):
                found += read
            else:
                alone += read
        elif token.type not in _NO_TOKENS:
            last = token.start[0]
            found += [_aimed(comment, last) for comment in alone]
            alone = []
    return sorted([*found, *alone], key=lambda comment: (comment.line, comment.column))


def tokens_of(source: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a source, by the lines that the parser counts."""
    lines = iter([f"{line}\n" for line in split_lines(source)])
    return tokenize.generate_tokens(lambda: next(lines, ""))


def _aimed(comment: Comment, target: int) -> Comment:
    return Comment(**{**vars(comment), "target": target})


def _read(token: tokenize.TokenInfo) -> Iterator[Comment]:
    """What a comment says; it may be several things, each after its own ``#``."""
    line, column = token.start
    alone = not token.line[:column].strip(" \t\f")
    for match in _COMMENT.finditer(token.string):
        end = match.start("rest")
        items = tuple(item.strip() for item in (match["items"] or "").split(",") if item.strip())
        word = next((word for word in Word if word.value == match["word"]), None)
        begin = column + match.start()
        wrong = _what_is_wrong(match, word, items)
        text = (match.group() if wrong is Idle.UNREADABLE else match.group()[: end - match.start()]).rstrip()
        yield Comment(word, items, line, begin, 0 if alone else line, text, column + end, wrong)


def _what_is_wrong(match: re.Match[str], word: Word | None, items: tuple[str, ...]) -> Idle | None:
    if word is None:
        return Idle.UNKNOWN_WORD
    brackets = match["items"] is None or (match["close"] and items)
    return None if brackets and _REASON.match(match["rest"]) else Idle.UNREADABLE
