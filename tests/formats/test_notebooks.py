"""Notebooks: what is one program, what is left, and that only the bytes of changed lines differ."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from putfix import Result, fix_source
from putfix.formats import notebooks
from putfix.problems import Problem

SETUP = "import numpy as np\nimport ray\n@ray.remote\ndef f(a, i):\n    return i"
LARGE = '# the größe of it: \t"x" \\ 🎈\nx = np.zeros((1000, 1000))'
SENDS = "# before\njobs = [f.remote(x, i) for i in range(10)]  # ü\nray.get(jobs)"
PUT = "x_ref = ray.put(x)"
FIXED = "x_ref = ray.put(x)\n# before\njobs = [f.remote(x_ref, i) for i in range(10)]  # ü\nray.get(jobs)"


def fix(text: str) -> Result:
    return fix_source(text, read=notebooks.read)


def notebook(sources: Sequence[str], *, whole: bool = False, **more: Any) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "source": source if whole else source.splitlines(keepends=True), "outputs": []}
        for source in sources
    ]
    return {"metadata": {}, "cells": cells, "nbformat": 4, "nbformat_minor": 5, **more}


def sources(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def test_the_lines_that_differ_are_those_of_the_cell() -> None:
    text = json.dumps(notebook([SETUP, LARGE, SENDS]), indent=1, ensure_ascii=False) + "\n"
    result = fix(text)
    diff = list(difflib.unified_diff(text.splitlines(), result.new_source.splitlines(), n=0, lineterm=""))
    assert [line for line in diff[2:] if not line.startswith("@@")] == [
        '+    "x_ref = ray.put(x)\\n",',
        '-    "jobs = [f.remote(x, i) for i in range(10)]  # ü\\n",',
        '+    "jobs = [f.remote(x_ref, i) for i in range(10)]  # ü\\n",',
    ]
    (finding,) = result.findings
    assert (finding.cell, finding.line, finding.column) == (3, 2, 17)
    assert (finding.evidence.cell, finding.evidence.line) == (2, 2)
    assert [(cell.number, cell.source, cell.new_source) for cell in result.changed_cells] == [(3, SENDS, FIXED)]


styles = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, 2, 4, "\t"]),
        "ensure_ascii": st.booleans(),
        "sort_keys": st.booleans(),
        "separators": st.sampled_from([None, (",", ":"), (" , ", " : ")]),
    }
)
others = st.dictionaries(st.text(max_size=5), st.text(max_size=30) | st.floats(allow_nan=True) | st.none(), max_size=3)


@given(
    style=styles,
    whole=st.lists(st.booleans(), min_size=5, max_size=5),
    end=st.sampled_from(["", "\n", "\r\n", "\n\n"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    metadata=others,
    output=st.text(max_size=40),
    code=st.sampled_from([SETUP, "", "\n\n", "print('é \\u00e9 🎈 \\\\')", '!ls "it\'s"', "%%bash\necho 1"]),
    slashes=st.booleans(),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_only_the_changed_lines_differ(
    style: dict[str, Any],
    whole: list[bool],
    end: str,
    line_end: str,
    metadata: dict[str, Any],
    output: str,
    code: str,
    slashes: bool,
) -> None:
    content = notebook([SETUP, LARGE, code, SENDS, code], metadata=metadata)
    for cell, as_one in zip(content["cells"], whole, strict=True):
        cell["outputs"] = [{"output_type": "stream", "text": [output, '"source": ["x"]']}]
        cell["source"] = "".join(cell["source"]) if as_one else cell["source"]
    text = json.dumps(content, **style).replace("\n", line_end) + end
    text = text.replace("/", "\\/") if slashes else text
    result = fix(text)
    assert result.problems == ()
    new = json.loads(result.new_source)
    content["cells"][3]["source"] = FIXED if whole[3] else FIXED.splitlines(keepends=True)
    assert repr(new) == repr(json.loads(json.dumps(content, **style)))
    rest = iter(result.new_source)
    assert all(character in rest for character in text)  # nothing is gone, something may have come in between
    assert fix(result.new_source).changed is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["%s"]', '["{PUT}\\\\n", "%s"]'),
        ('[ "%s" ]', '[ "{PUT}\\\\n", "%s" ]'),
        ('[\n  "%s"\n]', '[\n  "{PUT}\\\\n",\n  "%s"\n]'),
        ('["a = 1\\\\n", "%s"]', '["a = 1\\\\n", "{PUT}\\\\n", "%s"]'),
        ('["a = 1", "\\\\n%s"]', '["a = 1", "\\\\n{PUT}\\\\n%s"]'),
        ('["", "", "%s"]', '["{PUT}\\\\n", "", "", "%s"]'),
        ('"%s"', '"{PUT}\\\\n%s"'),
        ('["if 1: %s"]', '["if 1: {PUT}; %s"]'),
    ],
)
def test_new_lines_are_as_their_neighbours(old: str, new: str) -> None:
    old, new = old.replace("\\\\n", "\\n"), new.replace("\\\\n", "\\n").replace("{PUT}", PUT)
    cells = [json.dumps(cell) for cell in notebook([SETUP, LARGE])["cells"]]
    text = f'{{"cells": [{", ".join(cells)}, {{"cell_type": "code", "source": §}}]}}'
    before = text.replace("§", old.replace("%s", "[f.remote(x, i) for i in range(10)]"))
    after = text.replace("§", new.replace("%s", "[f.remote(x_ref, i) for i in range(10)]"))
    assert fix(before).new_source == after


@pytest.mark.parametrize(("ascii_only", "written"), [(True, "d\\u00e9"), (False, "dé")])
def test_names_are_escaped_as_in_the_rest_of_the_file(ascii_only: bool, written: str) -> None:
    cells = [SETUP, "dé = np.zeros((1000, 1000))", "[f.remote(dé, i) for i in range(10)]"]
    new = fix(json.dumps(notebook(cells), ensure_ascii=ascii_only)).new_source
    assert f'"{written}_ref = ray.put({written})\\n", "[f.remote({written}_ref, i) for' in new


def test_what_goes_over_several_lines() -> None:
    source = "jobs = [\n    f.remote(np.zeros(\n        (1000, 1000)\n    ), i)\n    for i in range(10)\n]"
    result = fix(json.dumps(notebook([SETUP, source]), indent=1))
    assert result.problems == ()
    assert sources(result.new_source)[1] == (
        "zeros_ref = ray.put(np.zeros(\n        (1000, 1000)\n    ))\n"
        "jobs = [\n    f.remote(zeros_ref, i)\n    for i in range(10)\n]"
    )


def test_line_ends_of_a_cell_are_kept() -> None:
    text = json.dumps(notebook([SETUP, LARGE, SENDS.replace("\n", "\r\n")]))
    assert sources(fix(text).new_source)[2] == FIXED.replace("\n", "\r\n")


def test_a_cell_that_ends_with_a_carriage_return() -> None:
    result = fix(json.dumps(notebook([SETUP, f"{LARGE}\r", SENDS], whole=True)))
    assert sources(result.new_source)[2] == FIXED
    assert (result.findings[0].cell, result.findings[0].line) == (3, 2)


def test_the_third_format() -> None:
    cells = [{"cell_type": "code", "language": "python", "input": [source]} for source in (SETUP, LARGE, SENDS)]
    cells.insert(1, {"cell_type": "heading", "source": ["A title"]})
    result = fix(json.dumps({"worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}], "nbformat": 3}))
    assert "".join(json.loads(result.new_source)["worksheets"][1]["cells"][1]["input"]) == FIXED
    assert result.findings[0].cell == 4


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ({"kernelspec": {"language": "python"}}, True),
        ({"language_info": {"name": "python"}, "kernelspec": {"language": "R"}}, True),
        ({"kernelspec": {"language": "R"}}, False),
        ({"language_info": {"name": "julia"}}, False),
        ({"kernelspec": "python"}, True),
    ],
)
def test_other_languages_are_left_alone(more: dict[str, Any], changed: bool) -> None:
    result = fix(json.dumps(notebook([SETUP, LARGE, SENDS], metadata=more)))
    assert (result.changed, result.problems) == (changed, ())


def test_cells_of_other_languages_and_kinds_are_no_part_of_the_program() -> None:
    content = notebook([SETUP, LARGE, "x = None", "x = None", "x = None", SENDS])
    content["cells"][2]["cell_type"] = "markdown"
    content["cells"][3]["cell_type"] = "raw"
    content["cells"][4]["metadata"] = {"vscode": {"languageId": "sql"}}
    assert sources(fix(json.dumps(content)).new_source)[5] == FIXED


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"remote": "ray",\n "cells": [}', Problem("not valid JSON: Expecting value", 2, 11)),
        ('["remote", "ray"]', Problem("not a notebook: it has no list of cells")),
        ('{"remote": "ray", "cells": 3}', Problem("not a notebook: it has no list of cells")),
        ('{"remote": "ray", "worksheets": [3, {"cells": 1}], "cells": {}}', None),
        ('{"remote": "ray", "cells": [3, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]}', None),
        ('{"cells": [{"cell_type": "code", "source": ["ray", ".remote"], "source": ["a"]}]}', "two texts"),
        ("[" * 100_000 + "ray.remote", "nested too deeply to be analysed"),
    ],
)
def test_what_is_no_notebook(text: str, problem: Problem | str | None) -> None:
    result = fix(text)
    assert result.new_source == text
    if isinstance(problem, str):
        assert problem in result.problems[0].message
    else:
        assert result.problems == ((problem,) if problem is not None else ())


def test_a_broken_cell_does_not_hide_the_others() -> None:
    result = fix(json.dumps(notebook([SETUP, "\nif x print(1)", LARGE + "\n" + SENDS])))
    assert result.problems == (Problem("syntax error: invalid syntax", 2, 5, cell=2),)
    assert result.changed


def test_a_broken_cell_may_have_changed_everything() -> None:
    result = fix(json.dumps(notebook([SETUP, LARGE, "if x print(1)", SENDS])))
    assert not result.changed
    assert {obstacle.code for obstacle in result.findings[0].obstacles} == {"size-unknown", "may-be-a-reference"}


def test_lines_are_named_with_their_cells() -> None:
    loop = "for i in range(10):\n    f.remote(x, i)\n    x[0] = i"
    (finding,) = fix(json.dumps(notebook([SETUP, "", LARGE, loop]))).findings
    assert (finding.cell, finding.line) == (4, 2)
    (obstacle,) = finding.obstacles
    assert (obstacle.cell, obstacle.line) == (4, 3)
    assert obstacle.sentence == "x is changed by x[0] = i on line 3 of cell 4"


def test_names_in_magics_are_not_taken() -> None:
    result = fix(json.dumps(notebook([SETUP, LARGE, "%store x_ref\n%matplotlib inline", "%%bash\necho $x_ref_2"])))
    assert not result.findings
    cells = [SETUP, "%%bash\necho $x_ref", "%load_ext x_ref_2", f"{LARGE}\n{SENDS}"]
    assert "x_ref_3 = ray.put(x)" in sources(fix(json.dumps(notebook(cells))).new_source)[3]


def test_await_in_a_cell() -> None:
    cells = [SETUP, LARGE, "for i in range(10):\n    print(await f.remote(x, i))"]
    result = fix(json.dumps(notebook(cells)))
    assert (
        sources(result.new_source)[2] == "x_ref = ray.put(x)\nfor i in range(10):\n    print(await f.remote(x_ref, i))"
    )


def test_each_cell_may_import_from_the_future() -> None:
    result = fix(json.dumps(notebook([SETUP, "from __future__ import annotations", LARGE, SENDS])))
    assert (result.changed, result.problems) == (True, ())


def test_a_large_notebook_is_fast() -> None:
    content = notebook([SETUP, LARGE, SENDS])
    image = {"output_type": "display_data", "data": {"image/png": "iVBOR\\/w0KG" * 500_000}}
    content["cells"][0]["outputs"] = [image, *({"text": ["a\n", "b"]} for _ in range(20_000))]
    assert fix(json.dumps(content)).changed
