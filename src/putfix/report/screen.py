"""A diff as people see it on a terminal: with the colours of git's, and nothing in it that the terminal would obey.

Control characters are written as ``less`` writes them, which git shows its diffs with: ``^[`` for an escape,
``<U+202E>`` for what reverses the direction of text, ``<E9>`` for a byte that is no text. Into a file or a pipe a diff
goes as it is, byte for byte, so that it can be applied.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Literal

from putfix.report.colours import Palette, is_terminal, palette

_HUNK = re.compile(r"(@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@)(.*)", re.DOTALL)
_Kind = Literal["name", "place", "old", "new", "same"]


def for_output(diff: bytes) -> bytes:
    """The diff as standard output is to get it."""
    colours = palette(sys.stdout)
    if not colours.on and not is_terminal(sys.stdout):
        return diff
    return displayed(diff, sys.stdout.encoding or "ascii", colours)


def displayed(diff: bytes, encoding: str, colours: Palette) -> bytes:
    """The diff as a terminal of that ``encoding`` is to show it."""
    lines = diff.decode(encoding, "surrogateescape").split("\n")
    shown = "\n".join("".join(_shown(line, kind, colours)) for line, kind in _kinds(lines))
    return shown.encode(encoding, "backslashreplace")


def _kinds(lines: list[str]) -> Iterator[tuple[str, _Kind]]:
    """The lines, and what each of them is. What begins with ``---`` may be a line that is taken away."""
    old = new = 0
    for line in lines:
        head = _HUNK.match(line)
        if old <= 0 and new <= 0:
            if head is not None:
                old, new = (int(many) if many is not None else 1 for many in head.group(2, 3))
            yield line, "place" if head is not None else "name" if line.startswith(("---", "+++")) else "same"
            continue
        kind: _Kind = "old" if line.startswith("-") else "new" if line.startswith("+") else "same"
        counts = not line.startswith("\\")  # "\ No newline at end of file"
        old -= counts and kind != "new"
        new -= counts and kind != "old"
        yield line, kind


def _shown(line: str, kind: _Kind, colours: Palette) -> Iterator[str]:
    head = _HUNK.match(line) if kind == "place" else None
    text = line.removesuffix("\r")
    yield colours.line_of_diff(kind, head[1] if head is not None else visible(text))
    yield visible(head[4]) if head is not None else line[len(text) :]


def visible(text: str) -> str:
    """``text`` without what a terminal would obey or not show."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    number = ord(character)
    if character == "\t" or character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    if number < 0x20 or number == 0x7F:
        return f"^{chr(number ^ 0x40)}"
    if 0xDC80 <= number <= 0xDCFF:  # a byte that could not be decoded
        return f"<{number - 0xDC00:02X}>"
    return f"<U+{number:04X}>"
