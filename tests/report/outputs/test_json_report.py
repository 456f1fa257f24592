"""JSON: its schema, what it says, and that its fixes are those of the diff."""

from __future__ import annotations

import importlib.resources
import json

import reports
from jsonschema import Draft202012Validator
from reports import CHANGED, SENTENCE, SOURCE, Json, record, report

from putfix import __version__
from putfix.codes import CODES
from putfix.report.outputs.json_report import VERSION
from putfix.report.outputs.records import Totals

SCHEMA = json.loads((importlib.resources.files("putfix") / "putfix-report.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def strict(schema: object) -> object:
    """The schema, with no other properties than those that it names."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema else {}
    return {key: strict(value) for key, value in schema.items()} | more


STRICT = Draft202012Validator(strict(SCHEMA))


def parsed(text: str) -> Json:
    found: Json = json.loads(text)
    VALIDATOR.validate(found)
    return found


def test_it_is_a_schema_of_this_version() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"]["const"] == VERSION


def test_nothing_is_said_that_the_schema_does_not_have() -> None:
    assert not STRICT.is_valid(parsed(report("json")) | {"more": 1})
    sources = [SOURCE + CHANGED, SOURCE + "# putfix: ignore[hoist]\n# putfix: whatever\n", "import ray\nf.remote(\n"]
    for source in sources:
        STRICT.validate(parsed(report("json", record(source))))


def test_a_finding_has_all_that_is_known() -> None:
    found = parsed(report("json", record(SOURCE)))
    assert (found["version"], found["putfix"]) == (1, __version__)
    (file,) = found["files"]
    assert (file["path"], file["uri"], file["skipped"], file["problems"]) == ("job.py", "job.py", False, [])
    (finding,) = file["findings"]
    start = SOURCE.index("x, i")
    assert finding["span"] == {"start": start, "end": start + 1} | {
        "line": 6,
        "column": 21,
        "end_line": 6,
        "end_column": 22,
    }
    assert (finding["code"], finding["message"], finding["value"]) == ("hoist", SENTENCE, "x")
    assert (finding["line"], finding["column"], finding["cell"]) == (6, 21, None)
    assert (finding["safety"], finding["times"], finding["saved"]) == ("safe", 10, 18_000_000)
    assert finding["evidence"]["strength"] == "computed"
    assert (finding["evidence"]["at_least"], finding["evidence"]["line"]) == (2_000_000, 5)
    assert [edit["text"] for edit in finding["fix"]["edits"]] == ["x_ref = ray.put(x)\n", "x_ref"]
    assert found["summary"]["hoists"] == 1
    assert found["summary"]["saved_at_least"] == 18_000_000


def test_what_is_left_alone_has_its_obstacles_and_no_fix() -> None:
    found = parsed(report("json", record(SOURCE + CHANGED)))
    finding = found["files"][0]["findings"][1]
    assert (finding["code"], finding["safety"], finding["fix"]) == ("changed", "none", None)
    assert [(each["code"], each["line"]) for each in finding["obstacles"]] == [("changed", 8)]
    assert found["summary"]["left_alone"] == 1


def test_what_an_unsafe_fix_takes_for_granted_is_told() -> None:
    source = (
        "import ray\n\nf = ray.remote(print)\n\n\ndef send(table):\n    for i in range(3):\n        f.remote(table)\n"
    )
    (finding,) = parsed(report("json", record(source)))["files"][0]["findings"]
    assert (finding["safety"], finding["fix"]) == ("unsafe", None)
    found = parsed(report("json", record(source, unsafe=True)))
    (finding,) = found["files"][0]["findings"]
    assert (finding["safety"], finding["obstacles"]) == ("unsafe", [])
    assert "size-unknown" in [each["code"] for each in finding["assumptions"]]
    assert finding["fix"]["edits"]


def test_a_fix_that_needs_another_has_its_edits() -> None:
    source = next(each.data for each in reports.samples() if each.name == "two_puts_before_one_statement.py")
    findings = parsed(report("json", record(source)))["files"][0]["findings"]
    alone, together = sorted((each["fix"]["edits"] for each in findings), key=len)
    assert len(findings) == 2
    assert [edit for edit in together if edit in alone] == alone


def test_comments_suppressed_findings_and_problems_are_told() -> None:
    source = SOURCE.replace("10)]", "10)]  # putfix: ignore[hoist] because") + "# putfix: ignore\n"
    (file,) = parsed(report("json", record(source)))["files"]
    assert [(each["code"], each["by"], each["line"]) for each in file["suppressed"]] == [("hoist", "comment", 6)]
    assert [(each["code"], each["line"], each["column"]) for each in file["remarks"]] == [("unused-comment", 7, 1)]
    (file,) = parsed(report("json", record("import ray\nf.remote(\n")))["files"]
    assert [(each["line"], each["column"]) for each in file["problems"]] == [(2, 9)]


def test_nothing_to_say_is_a_document() -> None:
    totals = Totals(checked=7, skipped=2, problems=1, said="")
    found = parsed(report("json", record("print(1)\n"), totals=totals))
    assert found["files"] == []
    assert found["summary"] == {"checked": 7, "skipped": 2, "problems": 1} | dict.fromkeys(
        ["hoists", "left_alone", "left_alone_but_unsafe", "saved_at_least"], 0
    )
    assert parsed(report("json"))["files"] == []


def test_all_codes_are_allowed() -> None:
    validator = Draft202012Validator(SCHEMA["$defs"]["code"])
    assert all(validator.is_valid(code) for code in CODES)
    assert not validator.is_valid("Hoist")
