"""The generated programs notice when putfix forgets a rule: some of the bugs of ``planted.py``."""

from __future__ import annotations

import itertools

import pytest
from generator import catalogue
from planted import Planted, Sample, all_planted, samples, try_out
from rules import FORGOTTEN, UNSEEN

CAUGHT_WITHIN = {
    "ValueTracker.begins: no Change": 10,
    "ValueTracker.begins: no Opaque": 60,
    "ValueTracker.begins: no SetAttribute": 10,
    "ValueTracker.exposes: no Escape": 90,
    "ValueTracker.exposes: no Share": 10,
    "ValueTracker.exposes: no Store": 200,
    "RayTracker.begins: no RayEffect": 150,
    "RayTracker.begins: no Opaque": 60,
    "lower_Call: no Escape": 10,
    "lower_Call: no Change": 10,
    "_keep: no Alias": 40,
    "analysis.versions.values.ValueTracker.begins sees the first binding only": 900,
    "analysis.flow.bodies.Flow.also_at is empty": 40,
    "analysis.versions.walk.Walk._loop runs once": 10,
    "analysis.versions.walk.Walk._join takes the last end": 900,
    "analysis.versions.walk.Walk._interrupted finds no events": 200,
    "analysis.versions.walk.Walk._later does nothing": 300,
    "analysis.versions.values.at_the_start is bound": 900,
    "analysis.decisions.callees.Callees.obstacle_of is nothing": 900,
    "analysis.decisions.placement.Placement._running_later is nothing": 900,
    "builtins.list.append only reads": 10,
}
"""How many programs, of those that could, it takes to notice."""


@pytest.fixture(scope="module")
def corpus() -> list[Sample]:
    return list(samples(itertools.islice(catalogue(), 0, None, 6)))


def planted_in(corpus: list[Sample]) -> dict[str, Planted]:
    made = sorted({pair for sample in corpus for pair in sample.made})
    return {planted.name: planted for planted in all_planted(made)}


@pytest.mark.parametrize("name", CAUGHT_WITHIN)
def test_a_forgotten_rule_is_noticed(name: str, corpus: list[Sample]) -> None:
    verdict = try_out(planted_in(corpus)[name], corpus)
    assert verdict.caught
    assert verdict.programs <= CAUGHT_WITHIN[name]


def test_rules_are_there_to_be_forgotten() -> None:
    for rule in FORGOTTEN:
        assert hasattr(rule.owner, rule.target.rpartition(".")[2]), rule.target


def test_what_is_explained_is_planted(corpus: list[Sample]) -> None:
    assert {name for name in UNSEEN if ": no " not in name} <= set(planted_in(corpus))
