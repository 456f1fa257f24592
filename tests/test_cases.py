"""Every case under ``fixtures/``: analysed, rewritten, undone, analysed again, and run both ways on real Ray."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Case, cases

from putfix import fix_source
from putfix.rewrite import Parsed, difference

REWRITTEN = cases("rewritten")
LEFT = cases("left")


def ids(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_becomes_what_the_case_says(case: Case) -> None:
    result = fix_source(case.source, case.name)
    assert result.new_source == case.expected
    assert result.problems == ()
    assert difference(Parsed(case.source), Parsed(case.expected), result.hoists) is None


@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_a_second_run_changes_nothing(case: Case) -> None:
    again = fix_source(case.expected, case.name)
    assert not again.changed
    assert again.problems == ()


@pytest.mark.parametrize("case", LEFT, ids=ids)
def test_is_left_for_the_reasons_that_the_case_names(case: Case) -> None:
    result = fix_source(case.source, case.name)
    assert result.new_source == case.source
    assert result.problems == ()
    found = {obstacle.code for finding in result.findings for obstacle in finding.obstacles}
    assert found == set(case.obstacles)


@pytest.mark.ray
@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_prints_the_same_on_ray(case: Case, execute: Callable[[str], str]) -> None:
    if "import torch" in case.source:
        pytest.importorskip("torch")
    before = execute(case.source)
    assert "Error" not in before, "the case itself does not run"
    assert before
    assert execute(case.expected) == before
