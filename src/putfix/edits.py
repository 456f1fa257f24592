"""Edits of a text, applied: in a file of its own, since programs, cells of notebooks and reports all do that."""

from __future__ import annotations

from collections.abc import Iterable

from putfix.model import Edit


def applied(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with edits that are in its order."""
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])
