"""Which streams get colours, and which colours the parts of a sentence have.

A terminal gets them, unless ``TERM`` is ``dumb``. ``NO_COLOR`` (https://no-color.org) and ``FORCE_COLOR``
(https://force-color.org) outrank that where they are not empty, and the former outranks the latter.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple, TextIO

import click

from putfix.codes import HOIST


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads the stream; one that is closed is read by nobody."""
    return stream is not None and not stream.closed and stream.isatty()


def is_dumb(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal knows no escapes."""
    return environment.get("TERM") == "dumb"


def are_wanted(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what goes to the stream is to have colours."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (is_terminal(stream) and not is_dumb(environment))


class Palette(NamedTuple):
    """How the parts of a sentence look, if colours are ``on``; otherwise they stay as they are."""

    on: bool = False

    def place(self, text: str) -> str:
        """A path."""
        return self._styled(text, bold=True)

    def code(self, text: str) -> str:
        """The code of a finding: those of hoists apart from all others."""
        return self._styled(text, "green" if text == HOIST else "yellow", bold=True)

    def error(self, text: str) -> str:
        """The word that something failed."""
        return self._styled(text, "red", bold=True)

    def result(self, text: str) -> str:
        """What a run comes to."""
        return self._styled(text, bold=True)

    def question(self, text: str) -> str:
        """What the user is to answer, below a diff that may be long: as git has it."""
        return self._styled(text, "blue", bold=True)

    def line_of_diff(self, kind: Literal["name", "place", "old", "new", "same"], text: str) -> str:
        """A line of a diff, as git has it: the names of the files, the head of a hunk, and the lines of one."""
        colours = {"place": "cyan", "old": "red", "new": "green"}
        return text if kind == "same" else self._styled(text, colours.get(kind), bold=kind == "name")

    def _styled(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        return click.style(text, fg=colour, bold=bold or None) if self.on and text else text


PLAIN = Palette()
"""Without colours."""


def palette(stream: TextIO | None) -> Palette:
    """The one for what goes to the stream."""
    return Palette(are_wanted(stream))
