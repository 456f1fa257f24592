"""The core is total: any text gives a result."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from putfix import Strength, fix_source

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""


def test_a_result_says_what_was_found() -> None:
    result = fix_source(SOURCE, "job.py")
    (finding,) = result.findings
    assert result.filename == "job.py"
    assert (finding.value, finding.line, finding.column, finding.times) == ("x", 6, 20, 10)
    assert finding.evidence.strength is Strength.COMPUTED
    assert (finding.evidence.at_least, finding.evidence.line) == (2_000_000, 5)
    assert finding.hoist is not None
    assert finding.hoist.statement is not None
    assert (finding.hoist.name, finding.hoist.put, finding.hoist.statement.line) == ("x_ref", "ray.put", 6)
    assert result.hoists == (finding.hoist,)
    assert finding.obstacles == ()


def test_columns_count_characters() -> None:
    source = SOURCE.replace("futures =", "größen =")
    (finding,) = fix_source(source).findings
    assert source.splitlines()[finding.line - 1][finding.column :].startswith("x, i)")


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("import ray\nf.remote(\n", 2, "syntax error"),
        ("import ray\n\0f.remote(x)\n", 0, "null bytes"),
        ("import ray\nf.remote(" + "(" * 5000 + ")" * 5000 + ")\n", 2, "nested"),
        ("import ray\nx = " + "-" * 100_000 + "1\nf.remote(x)\n", 0, "nested"),
        ("import ray\nx = 1" + " + 1" * 50_000 + "\nf.remote(x)\n", 0, "nested"),
        ("import ray\nx = a" + ".a" * 50_000 + "\nf.remote(x)\n", 0, "nested"),
        ("import ray # remote \ud800", 0, "surrogates"),
    ],
    ids=["open", "null", "parentheses", "signs", "sum", "attributes", "surrogate"],
)
def test_a_source_that_cannot_be_analysed_is_a_problem(source: str, line: int, words: str) -> None:
    result = fix_source(source)
    (problem,) = result.problems
    assert not result.changed
    assert words in problem.message or "syntax error" in problem.message
    assert problem.line in (line, 0)


@pytest.mark.parametrize("call", ["np.array(object=[1])", "getattr(**{})", "np.zeros()", "sorted(key=len)"])
def test_a_call_without_positional_arguments_is_analysed(call: str) -> None:
    result = fix_source(f"{SOURCE}y = {call}\n")
    assert result.problems == ()
    assert result.changed


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_result(text: str) -> None:
    source = f"import ray\n{text}\nf.remote(x)\n"
    result = fix_source(source)
    assert result.source == source
    assert result.new_source == source


@given(st.integers(0, len(SOURCE)), st.integers(0, len(SOURCE)), st.text(max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_damage_to_a_source_gives_a_result(start: int, end: int, text: str) -> None:
    source = SOURCE[: min(start, end)] + text + SOURCE[max(start, end) :]
    result = fix_source(source)
    assert not (result.changed and result.problems)


def test_warnings_about_the_program_are_no_errors() -> None:
    result = fix_source(SOURCE + "assert (x is 1) or 1\n")
    assert result.problems == ()
    assert result.changed
