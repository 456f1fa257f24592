"""Annotations of GitHub, code quality of GitLab, and JUnit's XML."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from reports import CHANGED, LEFT, SENTENCE, SOURCE, Json, record, report

from putfix.problems import Problem
from putfix.report.outputs.records import FileRecord

BOTH = SOURCE + CHANGED
HOSTILE = "a,b:c%\n\x1b[2J<&\"'.py"
BROKEN = "import ray\nf.remote(\n"
REMARKS = SOURCE + "# putfix: ignore\n# putfix: whatever\n"


@pytest.fixture(autouse=True)
def _outside_of_workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)


def renamed(found: FileRecord, path: Path | str) -> FileRecord:
    return FileRecord(Path(path), found.old, found.new, found.findings, text=found.text)


def command(line: str) -> tuple[str, dict[str, str], str]:
    """The parts of a workflow command, as the runner of GitHub takes them apart."""
    _, head, data = line.split("::", 2)
    name, _, given = head.partition(" ")
    pairs = (each.partition("=") for each in given.split(","))
    return name, {key: unquote(value) for key, _, value in pairs}, unquote(data)


def test_a_hoist_is_a_warning_at_its_place() -> None:
    text = report("github", record(BOTH))
    assert text == (f"::warning title=putfix%3A hoist,file=job.py,line=6,endLine=6,col=21,endColumn=22::{SENTENCE}\n")


def test_what_is_left_alone_is_a_notice_where_all_is_wanted() -> None:
    _, second = report("github", record(BOTH), everything=True).splitlines()
    assert command(second) == (
        "notice",
        {"title": "putfix: changed", "file": "job.py", "line": "9", "endLine": "9", "col": "14", "endColumn": "15"},
        LEFT,
    )


def test_an_annotation_over_several_lines_has_no_columns() -> None:
    source = SOURCE.replace("f.remote(x, i)", "f.remote(np.zeros(\n    (500, 500)\n), i)")
    (line,) = report("github", record(source), everything=True).splitlines()
    assert {key: value for key, value in command(line)[1].items() if key not in ("title", "file")} == {
        "line": "6",
        "endLine": "8",
    }


def test_problems_are_errors_and_remarks_are_told() -> None:
    (line,) = report("github", record(BROKEN)).splitlines()
    assert command(line)[:2] == (
        "error",
        {"title": "putfix: error", "file": "job.py", "line": "2", "endLine": "2", "col": "9", "endColumn": "9"},
    )
    remarks = [command(line)[:2] for line in report("github", record(REMARKS)).splitlines()]
    assert [(name, given["title"]) for name, given in remarks] == [
        ("notice", "putfix: unused-comment"),
        ("warning", "putfix: invalid-comment"),
        ("warning", "putfix: hoist"),
    ]


def test_a_hostile_name_is_one_property() -> None:
    (line,) = report("github", renamed(record(SOURCE), HOSTILE)).splitlines()
    assert command(line)[1]["file"] == HOSTILE


def test_a_message_cannot_begin_another_command() -> None:
    found = FileRecord(Path("job.py"), problems=(Problem("50%\n::error::stop"),))
    assert report("github", found) == "::error title=putfix%3A error,file=job.py::50%25\\n::error::stop\n"


def test_paths_are_those_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    found = renamed(record(SOURCE), tmp_path / "jobs" / "job.py")
    assert command(report("github", found))[1]["file"] == "jobs/job.py"
    assert entries("gitlab", found)[0]["location"]["path"] == "jobs/job.py"


def entries(form: str, *records: FileRecord, everything: bool = False) -> list[Json]:
    found: list[Json] = json.loads(report(form, *records, everything=everything))
    return found


def test_code_quality_has_what_gitlab_asks_for() -> None:
    (entry,) = entries("gitlab", record(BOTH))
    fingerprint = entry.pop("fingerprint")
    assert len(fingerprint) == 64
    assert entry == {
        "description": SENTENCE,
        "check_name": "putfix:hoist",
        "severity": "major",
        "location": {"path": "job.py", "lines": {"begin": 6, "end": 6}},
    }
    _, left = entries("gitlab", record(BOTH), everything=True)
    assert (left["severity"], left["description"]) == ("info", LEFT)
    (problem,) = entries("gitlab", record(BROKEN))
    assert (problem["severity"], problem["location"]["lines"]) == ("critical", {"begin": 2})


def test_each_entry_has_a_fingerprint_of_its_own_that_stays() -> None:
    def prints(*records: FileRecord) -> list[str]:
        return [entry["fingerprint"] for entry in entries("gitlab", *records, everything=True)]

    same = SOURCE + SOURCE.splitlines()[-1] + "\n# putfix: ignore\n# putfix: ignore\n"
    first = prints(record(BOTH), record(same, "other.py"))
    assert len(set(first)) == len(first) > 4
    assert prints(record("# One more line.\n" + BOTH), record(same, "other.py")) == first


def test_nothing_to_say_is_a_document() -> None:
    empty = record("print(1)\n")
    assert report("github", empty) == ""
    assert entries("gitlab", empty) == entries("gitlab") == []
    suites = ElementTree.fromstring(report("junit", empty))
    (case,) = suites.iter("testcase")
    assert case.attrib == {"classname": "job.py", "name": "putfix", "file": "job.py"}
    assert list(case) == []
    assert ElementTree.fromstring(report("junit")).attrib == {"name": "putfix"}


def test_a_suite_has_a_case_for_each_thing_to_say() -> None:
    text = report("junit", record(BOTH), record(BROKEN, "broken.py"), everything=True)
    first, second = ElementTree.fromstring(text)
    assert first.attrib == {"name": "job.py", "tests": "2", "errors": "0", "failures": "1", "skipped": "1"}
    assert second.attrib == {"name": "broken.py", "tests": "1", "errors": "1", "failures": "0", "skipped": "0"}
    hoist, left = first
    assert hoist.attrib == {"classname": "job.py", "name": "hoist:6:21", "file": "job.py", "line": "6"}
    assert [(each.tag, each.attrib, each.text) for each in hoist] == [
        ("failure", {"message": SENTENCE, "type": "hoist"}, f"job.py:6:21: hoist: {SENTENCE}")
    ]
    assert [(each.tag, each.attrib) for each in left] == [("skipped", {"message": LEFT})]
    assert [each.tag for each in second[0]] == ["error"]


def test_a_file_that_was_skipped_is_a_case_that_was() -> None:
    (suite,) = ElementTree.fromstring(report("junit", FileRecord(Path("job.py"), skipped=True)))
    assert suite.attrib["skipped"] == "1"
    assert [each.tag for each in suite[0]] == ["skipped"]


def test_a_hostile_name_is_text() -> None:
    (suite,) = ElementTree.fromstring(report("junit", renamed(record(SOURCE), HOSTILE + "\udce9")))
    assert suite.attrib["name"] == "a,b:c%\\n\\x1b[2J<&\"'.py\ufffd"


def test_what_is_in_a_cell_says_so() -> None:
    cells = [{"cell_type": "code", "source": SOURCE}]
    source = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    found = record(source, "job.ipynb")
    line = source.splitlines().index(next(each for each in source.splitlines() if "remote" in each)) + 1
    (entry,) = entries("gitlab", found)
    assert entry["description"].startswith("Cell 1, line 6: x is about 2.0 MB")
    assert entry["location"]["lines"] == {"begin": line, "end": line}
    assert command(report("github", found))[1]["line"] == str(line)
