"""The words by which things are told before anything is parsed, or loaded that could."""

from __future__ import annotations

MARKS = ("remote", "ray")
"""A source without one of these words has no remote call of Ray's. Without a comment to putfix it is not parsed."""

MARK = "putfix"
"""What each comment to putfix has in it. A source without it is not tokenized."""

CELL = "cell:"
"""How the name of a notebook's cell begins, where another source has the name of its file."""


def may_matter(text: str) -> bool:
    """Whether there may be anything to be said of a source with that text."""
    return all(mark in text for mark in MARKS) or MARK in text
