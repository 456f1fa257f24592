"""What is said of a text that no Python reads, or not this one."""

from __future__ import annotations

import ast
import sys

import pytest

from putfix import fix_source
from putfix.formats import mistakes

NEWER = {
    "type A = int": (3, 12),
    "def g[T](a: T) -> T: return a": (3, 12),
    "class G[T]: pass": (3, 12),
    "class G[T = int]: pass": (3, 13),
    "s = f'{x['a']}'": (3, 12),
    "try: pass\nexcept A, B: pass": (3, 14),
    "s = t'{x}'": (3, 14),
    "try: pass\nexcept* A: pass": (3, 11),
    "def g(*a: *int): pass": (3, 11),
    "lazy import json": (3, 15),
    "s = [*x for x in y]": (3, 15),
}


@pytest.mark.parametrize("text", NEWER)
def test_the_python_that_a_line_needs_is_named(text: str) -> None:
    version = NEWER[text]
    if sys.version_info[:2] >= version:
        ast.parse(text)
        return
    (problem,) = fix_source(f"import ray  # remote\n{text}\n").problems
    assert f"; if this is for Python {version[0]}.{version[1]} or later, run putfix on that" in problem.message
    assert f"it runs on Python {sys.version_info[0]}.{sys.version_info[1]}" in problem.message


@pytest.mark.parametrize("text", ["print 'x'", "def f(:", "x = = 1", "exec 'a'", "f(a b)", "'"])
def test_of_what_no_python_3_reads_nothing_is_guessed(text: str) -> None:
    (problem,) = fix_source(f"import ray  # remote\n{text}\n").problems
    assert problem.message.startswith("syntax error: ")
    assert "Python" not in problem.message


def test_only_what_would_take_minutes_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "_LONG", 100)
    monkeypatch.setattr(mistakes, "_MOST_TOKENS", 50)
    assert mistakes.too_large("x = 1\n" * 10) is None
    assert mistakes.too_large(f"x = '{'a b ' * 1000}'  # {'a b ' * 1000}\n") is None
    assert mistakes.too_large("x = 1\n" * 30) is not None
    (problem,) = fix_source("import ray  # remote\n" + "x = 1\n" * 30).problems
    assert problem.message.startswith("too large to be analysed: more than 50 words")
