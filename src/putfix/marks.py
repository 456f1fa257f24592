"""The words without which a source is not even parsed."""

from __future__ import annotations

MARKS = ("remote", "ray")
"""A source without one of these words has no remote call of Ray's. Without a comment to putfix it is not parsed."""

MARK = "putfix"
"""What each comment to putfix has in it. A source without it is not tokenized."""


def may_matter(text: str) -> bool:
    """Whether there may be anything to be said of a source with that text."""
    return all(mark in text for mark in MARKS) or MARK in text
