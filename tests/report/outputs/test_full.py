"""Reports for people: excerpts with marks, and one line a finding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from reports import CHANGED, LEFT, SENTENCE, SOURCE, record, report

from putfix.problems import Problem
from putfix.report.outputs.records import FileRecord

HOIST = f"""\
hoist: {SENTENCE}
     --> job.py:6:21
     |
   5 | x = np.zeros((500, 500))
     |     -------------------- about 2.0 MB
   6 | futures = [f.remote(x, i) for i in range(10)]
     |                     ^ sent 10 times: 18 MB less to copy
     |
   6 - futures = [f.remote(x, i) for i in range(10)]
     + x_ref = ray.put(x)
     + futures = [f.remote(x_ref, i) for i in range(10)]
     = help: putfix --apply makes this change

"""
CHANGED_THERE = """\
changed: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent again and again
     --> job.py:9:14
     |
   5 | x = np.zeros((500, 500))
     |     -------------------- about 2.0 MB
...
   8 |     x[0] = i
     |     ~~~~~~~~ x is changed by x[0] = i on line 8
   9 |     f.remote(x, 1)
     |              ^ sent again and again
     |
     = help: Where each call needs the latest change, leave it as it is: each sends another value; \
putfix --explain changed says more

"""


def test_a_hoist_is_shown_with_evidence_and_fix() -> None:
    assert report("full", record(SOURCE + CHANGED)) == HOIST


def test_what_is_left_alone_is_shown_with_what_is_in_the_way() -> None:
    assert report("full", record(SOURCE + CHANGED), everything=True) == HOIST + CHANGED_THERE


def test_a_line_is_enough_where_people_want_no_more() -> None:
    found = record(SOURCE + CHANGED)
    assert report("concise", found) == f"job.py:6:21: hoist: {SENTENCE}\n"
    assert (
        report("concise", found, everything=True) == f"job.py:6:21: hoist: {SENTENCE}\njob.py:9:14: changed: {LEFT}\n"
    )


@pytest.mark.parametrize("form", ["full", "concise"])
def test_nothing_to_say_is_nothing(form: str) -> None:
    assert report(form, record("print(1)\n")) == ""


@pytest.mark.parametrize("form", ["full", "concise"])
def test_comments_that_do_nothing_are_told(form: str) -> None:
    text = report(form, record("import ray\nray.remote(print).remote(1)\n# putfix: ignore\n"))
    assert "unused-comment" in text
    assert "job.py:3:1" in text


def test_the_rest_of_what_is_in_the_way_is_told_below() -> None:
    source = (
        "import ray\n\nf = ray.remote(print)\n\n\ndef send(table):\n    for i in range(3):\n        f.remote(table)\n"
    )
    lines = report("full", record(source), everything=True).splitlines()
    assert "     = because: the size of table is not known" in lines
    assert "     = because: table may be a reference already" in lines
    assert lines[-2].endswith("putfix --explain size-unknown says more; --unsafe-fixes hoists it")
    assert "= help: putfix --apply --unsafe-fixes makes this change" in report("full", record(source, unsafe=True))


def test_marks_stand_below_what_they_mark() -> None:
    source = SOURCE.replace("[f.remote(x, i)", "[('\u4e2d\u0301\t\x1b[2J', f.remote(x, i))")
    lines = report("full", record(source)).splitlines()
    number = next(index for index, line in enumerate(lines) if line.startswith("   6 |"))
    assert lines[number].startswith("   6 | futures = [('\u4e2d\u0301    ^[[2J', f.remote(x, i))")
    shown = "   6 | futures = [('XX    ^[[2J', f.remote("  # with a wide character, and one of no width
    assert lines[number + 1] == f"     | {' ' * (len(shown) - 7)}^ sent 10 times: 18 MB less to copy"


def test_of_a_long_line_what_is_marked_is_shown() -> None:
    source = SOURCE.replace("[f.remote(x, i)", f"[({'1 + ' * 100}1, f.remote(x, i), {'1 + ' * 100}1)")
    lines = report("full", record(source)).splitlines()
    number = next(index for index, line in enumerate(lines) if line.startswith("   6 |"))
    assert lines[number].startswith("   6 | ...")
    assert lines[number].endswith("...")
    assert len(lines[number]) < 140
    assert lines[number][lines[number + 1].index("^")] == "x"


def test_other_cells_are_named() -> None:
    parts = SOURCE.split("\n\n")
    cells = [{"cell_type": "code", "source": part} for part in (*parts[:1], *parts[1].split("\nfut", 1))]
    cells[2]["source"] = "fut" + cells[2]["source"]
    source = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    text = report("full", record(source, "job.ipynb"))
    assert text.splitlines()[1:] == [
        "     --> job.ipynb:cell 3:1:21",
        "     |",
        "   1 | futures = [f.remote(x, i) for i in range(10)]",
        "     |                     ^ sent 10 times: 18 MB less to copy",
        "     ::: job.ipynb:cell 2",
        "   2 | x = np.zeros((500, 500))",
        "     |     -------------------- about 2.0 MB",
        "     |",
        "   1 - futures = [f.remote(x, i) for i in range(10)]",
        "     + x_ref = ray.put(x)",
        "     + futures = [f.remote(x_ref, i) for i in range(10)]",
        "     = help: putfix --apply makes this change",
        "",
    ]


def test_a_hoist_that_fails_its_check_is_no_fix() -> None:
    found = record(SOURCE)
    assert found.text is not None
    text = replace(found.text, spots=tuple(replace(spot, edits=()) for spot in found.text.spots), edits=())
    failed = FileRecord(Path("job.py"), findings=found.findings, problems=(Problem("it failed"),), text=text)
    for form in ("full", "concise", "gitlab", "junit", "github"):
        assert "hoist" not in report(form, failed)
    assert "help" not in report("full", failed, everything=True)
    (file,) = json.loads(report("json", failed))["files"]
    assert [(each["fix"], each["safety"]) for each in file["findings"]] == [(None, "none")]
