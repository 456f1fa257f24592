"""The explanations: one style, examples that are left alone for what they explain, and advice that helps."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from putfix import Strength, fix_source
from putfix.analysis.decisions import obstacles
from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.files.project import ProjectFiles
from putfix.formats import notebooks
from putfix.model import Measurement, Result
from putfix.report.explanations import Explanation, explanation

HOME = Path(os.sep) / "nowhere"
MARK = "  # the cause"
EXPLANATIONS = {code: explanation(code, reason) for code, reason in REASONS.items()}
ADVISED = {code: explanation(code, advice) for code, advice in ADVICE.items()}
UNKNOWN = {"size-unknown", "may-be-a-reference"}
SEEN = Measurement(0, None, 0, 10, 0, 0, ("numpy.ndarray",), 8_000_000, 8_000_000, 80_000_000, 9, 0, 72_000_000)
MEASURED = {
    "measured-reference": replace(SEEN, references=4, total=48_000_000, repeats=5, repeated=40_000_000),
    "measured-changing": replace(SEEN, repeats=0, changes=9, repeated=0),
}
"""What a run saw of the marked lines of the examples that need a run."""
PUT_BY_HAND = {"may-be-a-reference", "measured-reference"}
FIRST_AND_SECOND = "first = np.zeros((1000, 1000))\nsecond = np.ones((1000, 1000))"
INIT = "ray.init(num_cpus=8)"
TAKEN = [
    ("size-unknown", {"range(10)]": "range(10)]  # putfix: large"}),
    ("contents-unknown", {'job = {"settings": load_settings(), "table": table}': "", "remote(job,": "remote(table,"}),
    ("changed", {"for column in": "sent = table.copy()\nfor column in", "remote(table,": "remote(sent,"}),
    ("changed", {"    table[:, column] = column": "", "for column in": "table[:] = 1.0\nfor column in"}),
    ("may-be-changed", {"    normalise(data)": "", "for column in": "normalise(data)\nfor column in"}),
    ("may-be-unbound", {"    if columns:\n        table": "    table"}),
    (
        "nested",
        {"column_sum(job):\n    table, column = job": "column_sum(table, column):", "((table, i))": "(table, i)"},
    ),
    (
        "starred",
        {"tables = [np.zeros((1000, 1000)) for _ in range(2)]": FIRST_AND_SECOND, "i, *tables": "i, first, second"},
    ),
    (
        "may-fail",
        {"for group": 'small = table[["group", "mass"]]\nfor group', 'remote(table[["group", "mass"]]': "remote(small"},
    ),
    ("no-place", {"(table := np.zeros((1000, 1000)))": "table", "report": "table = np.zeros((1000, 1000))\nreport"}),
    ("crosses-try", {"for column in range(10):\n    try:": "try:\n  for column in range(10):", "    except": "except"}),
    ("crosses-try", {"table = np": "ray.init()\ntable = np"}),
    ("runs-later", {"(column_sum": "[column_sum", "range(10))": "range(10)]"}),
    ("ray-may-not-run", {"for _ in": "ray.init()\nfor _ in"}),
    ("ray-init-later", {"import ray\n": f"import ray\n{INIT}\n", f"def start():\n    {INIT}": ""}),
    ("ray-init-later", {"def start():": "def main():", INIT: f"{INIT}\n    column_sums(range(10))\nmain()"}),
    ("ray-not-importable", {"try:\n    import ray\nexcept ImportError:\n    ray = None": "import ray"}),
    ("ray-not-importable", {"    task =": "    import ray\n    task ="}),
    ("may-not-be-ray", {"import tools": "import ray", "@tools.ray": "@ray", "tools.ray.get": "ray.get"}),
    ("actor-options", {', lifetime="detached"': ""}),
    ("writes-through", {"torch.from_numpy(table)": "torch.tensor(table)"}),
    ("declared-as-value", {"table: np.ndarray,": 'table: "np.ndarray | ray.ObjectRef",'}),
    ("may-be-overridden", {"def submit": "def _submit", "self.submit": "self._submit"}),
    (
        "sent-in-each-call",
        {
            "_submit(self, column)": "_submit(self, table, column)",
            "remote(self.table": "remote(table",
            "_submit(i)": "_submit(self.table, i)",
        },
    ),
    ("objects-out-of-view", {"register(sums)\n": ""}),
    ("names-inspected", {"*locals()": "sums"}),
    ("other-cell", {"# %%\nsecond": "second"}),
    ("later-cell", {"table = ray.put(table)": "table_ref = ray.put(table)"}),
    ("in-magic", {"# %%\ntable": "# %%\n%%time\ntable", "%time jobs": "jobs"}),
    (
        "measured-changing",
        {"    return [": "    table = data.table\n    return [", "remote(data.table": "remote(table"},
    ),
]
"""The advice of each code, but for what the user is to put by hand, as replacements in its example."""


def test_every_reason_has_its_code() -> None:
    functions = {name: function for name, function in vars(obstacles).items() if inspect.isfunction(function)}
    making = {name for name, function in functions.items() if function.__annotations__.get("return") == "Obstacle"}
    assert {name.replace("_", "-") for name in making if not name.startswith("_")} == set(REASONS)


def measured_at(line: int, seen: Measurement | None) -> list[Measurement]:
    return [replace(seen, line=line)] if seen is not None else []


def fixed(code: str, text: str, measured: Sequence[Measurement]) -> Result:
    """The result for an example; what only a notebook has is read as one, and of two files the second is fixed."""
    if code == "may-not-be-ray":
        tools, text = text.split("# main.py\n")
        project = ProjectFiles({str(HOME / "tools.py"): tools.encode()})
        return fix_source(text, str(HOME / "main.py"), measured=measured, project=project)
    if code != "in-magic":
        return fix_source(text, measured=measured)
    cells = [{"cell_type": "code", "source": cell} for cell in text.split("# %%\n")[1:]]
    return fix_source(json.dumps({"cells": cells}), read=notebooks.read)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=\.)\s+(?=[A-Z])", text)


@pytest.mark.parametrize("explained", [*EXPLANATIONS.values(), *ADVISED.values()], ids=[*EXPLANATIONS, *ADVISED])
def test_they_are_in_one_style(explained: Explanation) -> None:
    example, advice = (textwrap.indent(text, "    ") for text in (explained.example, explained.advice))
    sections = [explained.meaning, f"Example:\n{example}", f"What you can do:\n{advice}"]
    assert inspect.getdoc({**REASONS, **ADVICE}[explained.code]) == "\n\n".join(sections)
    for text, most in ((explained.meaning, 2), (explained.advice, 3)):
        assert 1 <= len(sentences(text)) <= most
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n\n" not in text
        assert "`" not in text
    assert max(map(len, explained.text.splitlines())) <= 80


@pytest.mark.parametrize("explained", EXPLANATIONS.values(), ids=EXPLANATIONS)
def test_the_example_is_left_alone_for_the_marked_line(explained: Explanation) -> None:
    lines = explained.example.splitlines()
    (marked,) = (number for number, line in enumerate(lines, 1) if line.endswith(MARK))
    measured = measured_at(marked, MEASURED.get(explained.code))
    result = fixed(explained.code, explained.example, measured)
    if explained.code == "in-magic":
        marked = lines[marked - 1 :: -1].index("# %%")
    assert (result.problems, result.changed) == ((), False)
    (finding,) = result.findings
    found = [(obstacle.code, obstacle.line) for obstacle in finding.obstacles]
    if explained.code == "may-be-a-reference":  # of which nobody can tell the size
        assert found.pop(0) == ("size-unknown", marked)
    assert found == [(explained.code, marked)]
    assert (finding.evidence.strength is Strength.NONE) == (explained.code in UNKNOWN)


@pytest.mark.parametrize("explained", ADVISED.values(), ids=ADVISED)
def test_the_example_is_hoisted_with_advice_for_the_marked_line(explained: Explanation) -> None:
    lines = explained.example.splitlines()
    (marked,) = (number for number, line in enumerate(lines, 1) if line.endswith(MARK))
    (finding,) = fix_source(explained.example).findings
    assert finding.hoist is not None
    assert [(advice.code, advice.line) for advice in finding.advice] == [(explained.code, marked)]


@pytest.mark.parametrize("explained", [*EXPLANATIONS.values(), *ADVISED.values()], ids=[*EXPLANATIONS, *ADVISED])
def test_the_example_has_all_that_it_needs(explained: Explanation) -> None:
    tree = ast.parse(explained.example.replace("%time ", ""))
    nodes = list(ast.walk(tree))
    imported = {name.asname or name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    assert "ray" in imported
    assert ("np" in imported) == ("np." in explained.example)
    assert "ray.remote" in explained.example


def test_all_advice_is_taken() -> None:
    assert {code for code, _ in TAKEN} == set(REASONS) - PUT_BY_HAND


@pytest.mark.parametrize(("code", "edits"), TAKEN)
def test_who_takes_the_advice_gets_the_hoist(code: str, edits: dict[str, str]) -> None:
    example = EXPLANATIONS[code].example.replace(MARK, "")
    for old, new in edits.items():
        assert old in example
        example = example.replace(old, new, 1)
    last = example.rstrip().count("\n") + 1
    result = fixed(code, example, measured_at(last, SEEN if code in MEASURED else None))
    assert result.problems == ()
    assert result.changed


def test_what_is_printed() -> None:
    words = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."

    def reason() -> None:
        """One two three four five six seven eight nine ten eleven twelve thirteen fourteen.

        Example:
            for x in y:
                f(x)

            g()

        What you can do:
            Wait.
        """

    found = explanation("a-code", reason)
    assert found == Explanation("a-code", words, "for x in y:\n    f(x)\n\ng()", "Wait.")
    assert found.text == (
        "a-code\n\nOne two three four five six seven eight nine ten eleven twelve thirteen\nfourteen.\n\n"
        "Example:\n    for x in y:\n        f(x)\n\n    g()\n\nWhat you can do:\n    Wait."
    )
