"""Generated programs do the same before and after: a bounded part of the long run of ``run.py``."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from generator import Drawn, Program, Seeded, catalogue, of_objects, program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run import judge, judge_files, several_files

SEEDS = 1_000
OF_SEVERAL_FILES = 150
OF_OBJECTS = 400
ON_RAY = 25


@st.composite
def programs(draw: st.DrawFn) -> Program:
    return program(Drawn(draw))


@given(programs())
@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_hypothesis_makes_changes(made: Program) -> None:
    verdict = judge(made)
    assert not verdict.wrong, f"{verdict.wrong}\n{verdict.result.new_source}"


def test_nothing_that_seeds_make_changes() -> None:
    rewritten = 0
    for seed in range(SEEDS):
        verdict = judge(program(Seeded(seed)))
        rewritten += verdict.result.changed
        assert not verdict.wrong, f"seed {seed}: {verdict.wrong}\n{verdict.result.new_source}"
    assert rewritten > 0.35 * SEEDS


def test_nothing_changes_of_objects_that_send_what_they_hold() -> None:
    constructed = 0
    for seed in range(OF_OBJECTS):
        verdict = judge(of_objects(Seeded(seed)))
        constructed += verdict.result.changed and any(hoist.constructed for hoist in verdict.result.hoists)
        assert not verdict.wrong, f"seed {seed}: {verdict.wrong}\n{verdict.result.new_source}"
    assert constructed > 0.03 * OF_OBJECTS


def test_nothing_of_several_files_changes() -> None:
    rewritten = 0
    for seed in range(OF_SEVERAL_FILES):
        verdict = judge_files(several_files(seed))
        rewritten += verdict.hoists > 0
        assert not verdict.wrong, f"seed {seed}: {verdict.wrong}\n{verdict.after}"
    assert rewritten > 0.15 * OF_SEVERAL_FILES


def test_nothing_of_the_catalogue_changes() -> None:
    for number, made in enumerate(catalogue()):
        verdict = judge(made)
        assert not verdict.wrong, f"program {number}: {verdict.wrong}\n{verdict.result.new_source}"


def test_a_seed_makes_one_program() -> None:
    assert [program(Seeded(seed)) for seed in range(20)] == [program(Seeded(seed)) for seed in range(20)]


@pytest.mark.ray
def test_a_sample_prints_the_same_on_ray(execute: Callable[[str], str]) -> None:
    verdicts = (judge(program(Seeded(seed))) for seed in range(SEEDS))
    rewritten = (verdict for verdict in verdicts if verdict.result.changed and verdict.program.on_cluster)
    for verdict in itertools.islice(rewritten, ON_RAY):
        before = printed(execute, verdict.program.source)
        assert printed(execute, verdict.result.new_source) == before, verdict.result.new_source


def printed(execute: Callable[[str], str], source: str) -> list[str]:
    """What the program itself prints: Ray tells about its workers in between."""
    return [line for line in execute(source).splitlines() if "(raylet)" not in line]
