"""The words of a run, and its exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from putfix.model import Advice, CallSite, Evidence, Finding, Hoist, Obstacle, Span, Strength
from putfix.problems import Problem
from putfix.report.colours import Palette
from putfix.report.sentences import ExitCode, Report
from putfix.report.words import one_line, size

SPAN = Span(3, 4, 3, 5)
SITE = CallSite("f.remote", SPAN)
HOIST = Hoist("x_ref", "x", "ray.put", "", SPAN, (SITE,), "x")
COMPUTED = Evidence(Strength.COMPUTED, 200_000_000, "np.zeros((5000, 5000))", 2)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((0, "0 bytes"), (999, "999 bytes"), (102_400, "102 KB"), (2_000_000, "2.0 MB"), (2 * 10**9, "2.0 GB")),
        *((9_949, "9.9 KB"), (9_950, "10 KB"), (9_999_000_000, "10 GB"), (999_499, "999 KB"), (999_500, "1.0 MB")),
    ],
)
def test_sizes(number: int, text: str) -> None:
    assert size(number) == text


def test_a_finding_with_its_hoist() -> None:
    finding = Finding("x", 3, 4, COMPUTED, 10, (SITE,), HOIST, ())
    assert Report(False).finding(Path("a.py"), finding) == (
        "a.py:3:5: hoist: x is about 200 MB (np.zeros((5000, 5000)), line 2), sent 10 times: 1.8 GB less to copy"
    )


def test_a_size_that_another_file_shows() -> None:
    finding = Finding("x", 3, 4, replace(COMPUTED, place="lib/tables.py"), 10, (SITE,), HOIST, ())
    assert "(np.zeros((5000, 5000)), line 2 of tables.py)" in Report(False).finding(Path("a.py"), finding)


def test_a_finding_about_a_reference() -> None:
    nothing = Evidence(Strength.NONE)
    there = Finding("x", 3, 4, nothing, 3, (SITE,), Hoist("ref", "x", "", "", None, (SITE,), "x"), ())
    assert Report(False).finding(Path("a.py"), there) == (
        "a.py:3:5: hoist: x came out of ref, which is sent in its place 3 times"
    )
    again = Finding("x", 3, 4, nothing, None, (SITE,), replace(HOIST, argument="ray.put(x)"), ())
    assert Report(False).finding(Path("a.py"), again) == "a.py:3:5: hoist: x is put again and again"


def test_a_finding_with_its_obstacles() -> None:
    obstacles = (Obstacle("size-unknown", 3, "the size of x is not known"), Obstacle("no-place", 3, "and so on"))
    finding = Finding("x", 3, 4, Evidence(Strength.NONE), None, (SITE, SITE), None, obstacles)
    assert Report(False).finding(Path("a.py"), finding) == (
        "a.py:3:5: size-unknown: x is sent by 2 calls; left alone because the size of x is not known; and so on"
    )


def test_what_a_report_is_told_has_no_colours() -> None:
    assert Report(False, palette=Palette(True)).totals.said == "Nothing to hoist (0 files checked)."


def test_a_hoist_that_assumes_only_what_it_asks_for_itself() -> None:
    starred = Obstacle("starred", 3, "x is spread over the arguments with a star on line 3")
    finding = Finding("x", 3, 4, COMPUTED, 10, (SITE,), HOIST, (), assumptions=(starred,))
    assert Report(False).finding(Path("a.py"), finding).endswith(", unsafe, assuming that its parts are large")
    unknown = Obstacle("size-unknown", 3, "the size of x is not known")
    assert (
        Report(False)
        .finding(Path("a.py"), replace(finding, assumptions=(starred, unknown)))
        .endswith(", unsafe, assuming that it is large")
    )


def test_advice_has_a_line_of_its_own() -> None:
    advice = (Advice("never-used", 2, "f takes x on line 2 and never uses it"), Advice("only-measured", 5, "and so on"))
    finding = Finding("x", 3, 4, COMPUTED, 10, (SITE,), HOIST, (), advice=advice)
    assert Report(False).advice(Path("a.py"), finding) == [
        "a.py:3:5: never-used: f takes x on line 2 and never uses it",
        "a.py:3:5: only-measured: and so on",
    ]
    assert Report(False).advice(Path("a.py"), replace(finding, advice=())) == []


def test_a_problem_has_its_place_and_one_line() -> None:
    report = Report(False)
    assert report.problem(Path("a\nb.py"), Problem("syntax\nerror", 3, 4)) == "a\\nb.py:3:5: error: syntax\\nerror"
    assert report.problem(Path("./b.py"), Problem("gone")) == "b.py: error: gone"
    assert report.exit_code is ExitCode.FAILED


def test_a_name_that_is_no_text_is_shown_by_its_bytes() -> None:
    assert one_line("a\udcff\x1b[2Jé") == "a\\xff\\x1b[2Jé"


@pytest.mark.parametrize(
    ("applying", "hoists", "declined", "failed", "interrupted", "code"),
    [
        (False, 0, 0, 0, False, 0),
        (False, 1, 0, 0, False, 1),
        (True, 1, 0, 0, False, 0),
        (True, 1, 1, 0, False, 1),
        (False, 1, 0, 1, False, 2),
        (True, 0, 0, 1, True, 130),
    ],
)
def test_the_exit_code(applying: bool, hoists: int, declined: int, failed: int, interrupted: bool, code: int) -> None:
    report = Report(applying, hoists=hoists, declined=declined, failed=failed, interrupted=interrupted)
    assert report.exit_code == code


def test_the_summary_counts() -> None:
    left = Counter(changed=4)
    report = Report(True, checked=3, hoists=2, files=1, declined=1, left=left, failed=1, interrupted=True)
    assert report.summary() == (
        "Hoisted 2 values in 1 file (3 files checked), 1 declined, 1 error, interrupted.\n"
        "4 repeats left alone (changed; --verbose tells all)."
    )


def test_the_summary_says_what_is_saved_where_that_is_known() -> None:
    finding = Finding("x", 3, 4, COMPUTED, 10, (SITE,), HOIST, ())
    report = Report(False, checked=1)
    report.hoisted([finding, finding])
    assert report.summary() == "Would hoist 2 values in 1 file, 3.6 GB less to copy (1 file checked)."
    report.hoisted([replace(finding, times=None)])
    assert report.summary() == "Would hoist 3 values in 2 files, at least 3.6 GB less to copy (1 file checked)."


@pytest.mark.parametrize(
    ("left", "unsafe", "verbose", "text"),
    [
        ({"a": 1}, 0, False, "1 repeat left alone (a; --verbose tells all)."),
        ({"a": 1}, 1, True, "1 repeat left alone (a); --unsafe-fixes hoists it."),
        (
            {"a": 2, "b": 3},
            2,
            False,
            "5 repeats left alone (3 b, 2 a; --verbose tells all); --unsafe-fixes hoists 2 of them.",
        ),
        ({"a": 2}, 2, True, "2 repeats left alone (a); --unsafe-fixes hoists all."),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, 0, True, "10 repeats left alone (4 d, 3 c, 2 b, 1 other)."),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 1}, 0, True, "11 repeats left alone (4 d, 3 c, 2 b, 2 others)."),
    ],
)
def test_the_summary_says_why_most_are_left_alone(left: dict[str, int], unsafe: int, verbose: bool, text: str) -> None:
    report = Report(False, left=Counter(left), unsafe=unsafe)
    assert report.summary(verbose=verbose).splitlines()[1:] == [text]


def test_a_finding_with_a_put_in_a_constructor() -> None:
    hoist = replace(HOIST, name="self.x_ref", value="self.x", argument="self.x", constructed=True)
    finding = Finding("self.x", 3, 4, COMPUTED, None, (SITE,), hoist, ())
    assert Report(False).finding(Path("a.py"), finding).endswith("sent again and again, now put once for each object")


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (["starred"], "its parts are large"),
        (["may-be-a-reference", "starred"], "it is large where it is no reference and that its parts are large"),
        (["starred", "size-unknown"], "it is large"),
    ],
)
def test_what_is_assumed_is_said_whatever_it_is(codes: list[str], text: str) -> None:
    assumptions = tuple(Obstacle(code, 1, "") for code in codes)
    finding = Finding("x", 3, 4, COMPUTED, None, (SITE,), HOIST, (), assumptions=assumptions)
    assert Report(False).finding(Path("a.py"), finding).endswith(f", unsafe, assuming that {text}")


def test_what_is_never_sent_saves_nothing() -> None:
    finding = Finding("x", 3, 4, COMPUTED, 0, (SITE,), HOIST, ())
    report = Report(applying=False)
    report.hoisted([finding])
    assert report.saved == 0
