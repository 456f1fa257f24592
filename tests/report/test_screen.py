"""Which streams get colours, and what of a diff a terminal is sent."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from putfix.report.colours import PLAIN, Palette, are_wanted
from putfix.report.screen import displayed, visible


class Stream(io.StringIO):
    """A stream that says of itself whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": "0"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "0"}, True),
        (False, {"FORCE_COLOR": ""}, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_who_gets_colours(terminal: bool, environment: Mapping[str, str], wanted: bool) -> None:
    assert are_wanted(Stream(terminal), environment) is wanted


def test_what_is_closed_gets_none() -> None:
    assert not are_wanted(None, {})
    closed = Stream(True)
    closed.close()
    assert not are_wanted(closed, {})


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("größe = '日本'\t# 😀", "größe = '日本'\t# 😀"),
        ("a\x00\x0c\x1b\x7f", "a^@^L^[^?"),
        ("a\x85\u2028\u202e\ufeff", "a<U+0085><U+2028><U+202E><U+FEFF>"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("a\udce9", "a<E9>"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_what_a_terminal_cannot_show_is_escaped() -> None:
    assert displayed("+ größe\r\n".encode(), "ascii", PLAIN) == b"+ gr<C3><B6><C3><9F>e\r\n"
    assert displayed(b"+ \xe9\n", "utf-8", PLAIN) == b"+ <E9>\n"


def test_each_line_has_the_colour_of_what_it_is() -> None:
    diff = (
        b"--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@ def f():\n--- old\n a\n-b\n+++ new\n@@ -9 +8 @@\n-c\n"
        b"\\ No newline at end of file\n+d\n--- a/y\n"
    )
    lines = displayed(diff, "utf-8", Palette(on=True)).decode().split("\n")
    assert lines[:2] == ["\x1b[1m--- a/x\x1b[0m", "\x1b[1m+++ b/x\x1b[0m"]
    assert lines[2] == "\x1b[36m@@ -1,3 +1,2 @@\x1b[0m def f():"
    assert lines[3:7] == ["\x1b[31m--- old\x1b[0m", " a", "\x1b[31m-b\x1b[0m", "\x1b[32m+++ new\x1b[0m"]
    assert lines[7:9] == ["\x1b[36m@@ -9 +8 @@\x1b[0m", "\x1b[31m-c\x1b[0m"]
    assert lines[9:11] == ["\\ No newline at end of file", "\x1b[32m+d\x1b[0m"]
    assert lines[11:] == ["\x1b[1m--- a/y\x1b[0m", ""]
