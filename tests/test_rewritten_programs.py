"""The programs that are measured in ``docs/measured.md``: small, on real Ray, in all versions. No time is asserted."""

from __future__ import annotations

import pytest
from rewritten_programs import (
    AT_ONCE,
    COMPARED,
    HAND,
    PROGRAMS,
    REWRITTEN,
    SIZES,
    VALUE,
    break_even,
    run,
    swept,
    versions_of,
)

SMALL = {
    "documentation": {"SIDE": 150},
    "actors": {"SIDE": 150},
    "weights_of_each_epoch": {"SIDE": 150},
    "table_fan_out": {"ROWS": 2000},
    "nested_loops": {"ROWS": 20_000},
}
"""Constants that make values of 160 KB to 1.3 MB, which Ray's store takes."""


def test_each_program_is_there() -> None:
    names = {path.stem for path in PROGRAMS.glob("*.py")}
    assert names == {*COMPARED, *(f"{name}_by_hand" for name in COMPARED), "sweep"}
    assert {*COMPARED} == {*SMALL}


@pytest.mark.parametrize("name", COMPARED)
def test_putfix_puts_as_often_as_an_expert(name: str) -> None:
    versions = versions_of(name)
    puts = {version: text.count("ray.put(") for version, text in versions.items()}
    assert puts[VALUE] == 0
    assert puts[REWRITTEN] == puts[HAND] > 0


@pytest.mark.ray
@pytest.mark.parametrize("name", COMPARED)
def test_all_versions_print_the_same_and_putfix_stores_what_an_expert_does(name: str, cluster: None) -> None:
    runs = {version: run(text) for version, text in versions_of(name, **SMALL[name]).items()}
    assert len({each.printed for each in runs.values()}) == 1
    assert runs[HAND].printed.startswith("[")
    assert runs[REWRITTEN].stored <= runs[HAND].stored * 1.001
    assert runs[VALUE].stored > 3 * runs[REWRITTEN].stored
    assert all(each.seconds > 0 for each in runs.values())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("calls", [2, 100])
def test_the_sweep_puts_once_whatever_the_size(size: int, calls: int) -> None:
    versions = swept(size, calls)
    assert f"ITEMS = {size // 8}\n" in versions[VALUE]
    assert f"CALLS = {min(calls, AT_ONCE)}\n" in versions[VALUE]
    _, put, after = versions[REWRITTEN].partition("values_ref = ray.put(values)\n")
    assert put
    assert ("for _ in" in after) == (calls > AT_ONCE)
    assert "item.remote(values_ref, number)" in after


def test_the_break_even_is_where_the_last_slower_size_ends() -> None:
    assert break_even([(1_000, 0.5), (10_000, 1.1), (100_000, 0.9), (1_000_000, 2)]).endswith("between 100 KB and 1 MB")
    assert break_even([(1_000, 1.5), (10_000, 2)]).endswith("from 1 KB on")
    assert "not the faster one" in break_even([(1_000, 1.5), (10_000, 0.9)])
