"""What a walk passes over makes no difference."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path as File

import pytest

from putfix.analysis.flow import parts, touching
from putfix.analysis.flow.parts import Bind, Change, Opaque, Path
from putfix.analysis.flow.touching import Index, Touched, following, keys_near, keys_of
from putfix.analysis.names.variables import Scope, Variable
from putfix.analysis.versions import walk
from putfix.fix import fix_source
from putfix.settings import Settings

_PROGRAMS = sorted((File(__file__).parent.parent / "fixtures").glob("*/*.py"))[::2]
_UNSAFE = Settings(unsafe_fixes=True)

_MIXED = """
import numpy as np
import ray

@ray.remote
def work(table, number):
    return number

def main(unknown, flag):
    first = np.zeros((1000, 1000))
    unknown(1)
    second = np.zeros((1000, 1000))
    unknown(2)
    unknown(first)
    for each in range(5):
        work.remote(first, each)
        work.remote(second, each)
    unknown(3)
    for each in range(5):
        work.remote(first, each)
        work.remote(second, each)
    second[0] = 1
    if flag:
        unknown(4)
    unknown(5)
    for each in range(5):
        work.remote(first, each)
        work.remote(second, each)
"""


@pytest.mark.parametrize(("one", "other"), [*itertools.product(["", "a", "b", "a.b", "a.c"], repeat=2)])
def test_paths_that_meet_are_found_under_a_key_that_is_near(one: str, other: str) -> None:
    variable = Variable("x", Scope(ast.Module([], []), None))
    near, at = (Path(variable, tuple(each.split(".")) if each else ()) for each in (one, other))
    if near.meets(at):
        assert not keys_near([near]).isdisjoint(keys_of(at))


def test_other_attributes_of_an_object_are_not_near() -> None:
    this = Variable("self", Scope(ast.Module([], []), None))
    assert keys_near([Path(this, ("data",))]).isdisjoint(keys_of(Path(this, ("other", "data"))))


def test_an_index_finds_keys_and_kinds_from_a_position_on() -> None:
    touched = [Touched(frozenset({key}), frozenset({sent}), frozenset({kind})) for key, sent, kind in _TOUCHED]
    index = Index(touched, [1, 3])
    assert index.of_keys(["a", "d"]) == [0, 1, 3]
    assert index.next_of([Opaque, Change], 0, 9) == 1
    assert index.next_of([Opaque, Change], 3, 9) == 3
    assert index.next_of([Change], 3, 9) == 9
    assert index.next_of([Change], 0, 1) == 1
    assert [index.last_certain(0, end) for end in (1, 2, 3, 4)] == [0, 1, 1, 3]


def test_what_follows_a_position_is_the_end_where_nothing_does() -> None:
    assert [following([2, 5], start, 9) for start in (0, 2, 3, 6)] == [2, 2, 5, 9]


@pytest.mark.parametrize("text", [_MIXED, *(each.read_text() for each in _PROGRAMS)])
def test_findings_are_the_same_with_and_without_an_index(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for long in (0, 1_000_000):
        for module in (parts, touching, walk):
            monkeypatch.setattr(module, "LONG", long)
        found.append(fix_source(text, settings=_UNSAFE).findings)
    assert found[0] == found[1]


_TOUCHED = [("a", "x", Bind), ("b", "a", Opaque), ("c", "x", Change), ("d", "x", Opaque)]
