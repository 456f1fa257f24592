"""The generated programs notice when putfix forgets a rule: some of the bugs of ``planted.py``."""

from __future__ import annotations

import itertools

import pytest
from generator import catalogue
from planted import Planted, Sample, all_planted, samples, try_out
from rules import FORGOTTEN, UNSEEN

CAUGHT_WITHIN = {
    "ValueTracker.begins: no Bind": 300,
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
    assert set(UNSEEN) <= set(planted_in(corpus))
