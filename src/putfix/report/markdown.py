"""Sentences in a Markdown text, as editors and code scanning take it."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&$])")


def in_markdown(text: str) -> str:
    """``text`` so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)
