"""The fixes that other programs are told are those of the diff: applied, they give the same file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from reports import Change, Json, Sample, applied, offset_in_utf_16, record, report, samples, text_of
from test_json_report import SCHEMA
from test_sarif import VALIDATOR as SARIF

from putfix.choosing import choice
from putfix.examining import Choice
from putfix.fix import fix_source
from putfix.formats import python
from putfix.report.outputs.records import FileRecord, Shown

JSON = Draft202012Validator(SCHEMA)


@pytest.fixture(scope="module")
def records() -> list[tuple[Sample, FileRecord]]:
    return [(each, record(each.data, each.name, unsafe=each.unsafe)) for each in samples()]


def test_the_samples_have_fixes(records: Sequence[tuple[Sample, FileRecord]]) -> None:
    assert sum(bool(found.new) for _, found in records) > 150
    assert all(found.new for sample, found in records if not sample.unsafe), "each of these has a fix"


def test_those_of_json(records: Sequence[tuple[Sample, FileRecord]]) -> None:
    document: Json = json.loads(report("json", *(found for _, found in records)))
    JSON.validate(document)
    files = {file["path"]: file for file in document["files"]}
    for sample, found in records:
        findings = files[sample.name]["findings"] if sample.name in files else []
        fixes = [each["fix"]["edits"] for each in findings if each["fix"] is not None]
        changes = [[Change(edit["start"], edit["end"], edit["text"]) for edit in fix] for fix in fixes]
        assert applied(text_of(sample.data), changes) == expected(sample, found), sample.name


def test_those_of_sarif(records: Sequence[tuple[Sample, FileRecord]]) -> None:
    document: Json = json.loads(report("sarif", *(found for _, found in records)))
    SARIF.validate(document)
    fixes: dict[str, list[Json]] = {}
    for result in document["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        fixes.setdefault(place, []).extend(result.get("fixes", []))
    for sample, found in records:
        text = text_of(sample.data)
        changes = [list(of_sarif(fix, text)) for fix in fixes.get(sample.name, [])]
        assert applied(text, changes) == expected(sample, found), sample.name


def expected(sample: Sample, found: FileRecord) -> str:
    return text_of(found.new or sample.data)


def of_sarif(fix: Json, text: str) -> Iterator[Change]:
    (change,) = fix["artifactChanges"]
    for each in change["replacements"]:
        region = each["deletedRegion"]
        start = offset_in_utf_16(text, region["startLine"], region["startColumn"])
        end = offset_in_utf_16(text, region["endLine"], region["endColumn"])
        yield Change(start, end, each["insertedContent"]["text"])


def test_a_fix_is_what_is_made_without_the_others(records: Sequence[tuple[Sample, FileRecord]]) -> None:
    alone = together = 0
    for sample, found in records:
        shown = [each for each in found.shown if each.is_hoisted]
        if len(shown) < 2 or sample.unsafe or not sample.name.endswith(".py"):
            continue
        source = text_of(sample.data)
        for each in shown:
            changes = [Change(edit.start, edit.end, edit.text) for edit in each.edits]
            only = fix_source(source, sample.name, choose=wanting(each))
            if applied(source, [changes]) == expected(sample, found):
                together += 1
                assert only.new_source == source, "it needs the others, so it is not made without them"
            else:
                alone += 1
                assert without_numbers(applied(source, [changes])) == without_numbers(only.new_source), sample.name
    assert alone > 30
    assert together


def wanting(shown: Shown) -> Choice | None:
    spans = frozenset(site.argument for site in shown.finding.call_sites)
    return choice(Path(), python.read, None, None, spans)


def without_numbers(source: str) -> str:
    """A source in which the names of references do not tell how many there are before them."""
    return re.sub(r"_ref_\d+", "_ref", source)
