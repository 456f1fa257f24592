"""The schema for editors says of configuration files what putfix says of them."""

from __future__ import annotations

import dataclasses
import importlib.resources
import json

import pytest
from jsonschema import Draft7Validator

from putfix.codes import CODES
from putfix.files import tables
from putfix.settings import DEFAULT, UNITS

SCHEMA = json.loads((importlib.resources.files("putfix") / "putfix.schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
SIZES: list[object] = [
    0,
    1,
    -1,
    True,
    1.5,
    None,
    [],
    "",
    "1",
    "1 MB",
    " 1mb ",
    "1.5GiB",
    "1_000",
    "1__0",
    "1e6",
    "-1MB",
    "MB",
    "1XB",
]
SIZES += [f"3{unit}" for unit in UNITS] + [f"3 {unit.upper()}" for unit in UNITS] + ["1" * 30, "1" * 31, "1  MB", "."]
NAMES: list[object] = [
    ["a.b_*", "Größe", "[!a-b]?"],
    [],
    "a",
    [1],
    [""],
    ["a, b"],
    ["a()"],
    ["a/b"],
    ["a b"],
    ["a:b"],
    {},
    None,
]
PER_PATH = [
    *({}, 1, [], {"tests/**": {}}, {"!tests": {"unsafe-fixes": True}}, {"": {}}, {"#a": {}}, {"!!a": {}}),
    *({"a": 1}, {"a": {"extend": "b"}}, {"a": {"per-path": {}}}, {"a": {"min-size": -1}}, {"/": {}}, {"/a": {}}),
    *({"./a": {}}, {"!../a": {}}, {"a/..": {}}, {"{a,b}.py": {}}, {"{a}": {}}, {"a./b": {}}),
    *({"*.py": {"ignore": ["changed"]}}, {"a": {"large": ["b c"]}}),
]


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_it_has_the_settings_with_their_defaults() -> None:
    fields = {field.name.replace("_", "-"): getattr(DEFAULT, field.name) for field in dataclasses.fields(DEFAULT)}
    assert set(SCHEMA["properties"]) == {*fields, tables.EXTEND, tables.PER_PATH}
    assert set(SCHEMA["properties"][tables.PER_PATH]["additionalProperties"]["properties"]) == set(fields)
    said = {key: SCHEMA["definitions"][key]["default"] for key in fields}
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()} == fields
    assert all(SCHEMA["definitions"][key]["description"] for key in fields)
    assert SCHEMA["definitions"]["ignore"]["items"]["enum"] == list(CODES)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"min_size": 1},
        {"extend": "a"},
        {"extend": 1},
        *({"min-size": size} for size in SIZES),
        *({"large": names, "small": []} for names in NAMES),
        *({"small": names} for names in NAMES),
        *({"unsafe-fixes": value} for value in (True, False, 0, "true")),
        *({"ignore": value} for value in (["hoist"], [*CODES], ["hoists"], "hoist", [1])),
        *({"per-path": value} for value in PER_PATH),
    ],
    ids=str,
)
def test_it_refuses_what_is_refused(table: dict[str, object]) -> None:
    assert VALIDATOR.is_valid(table) == isinstance(tables.read(table, ""), tables.Table)
