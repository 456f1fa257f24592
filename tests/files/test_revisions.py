"""Which lines changed."""

from __future__ import annotations

from putfix.files.revisions import changed_lines


def test_lines_that_are_there_often_are_unchanged_too() -> None:
    old = [line for number in range(100) for line in (f"x = {number}", "call()", "")]
    new = [line.replace("x", "y") for line in old]
    assert changed_lines(old, new) == frozenset(range(1, 301, 3))


def test_long_files_with_lines_that_are_there_often() -> None:
    old = ["", "    pass", "    )", "x = 1"] * 10_000
    new = [line if number % 50 else "new" for number, line in enumerate(old)]
    assert len(changed_lines(old, new)) >= 800
