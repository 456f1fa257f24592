"""Where comments suppress findings, and which of them are reported as doing nothing."""

from __future__ import annotations

import pytest

from putfix import Settings, fix_source
from putfix.model import Idle, Result, Suppression

HEAD = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
y = np.zeros((500, 500))
"""


def fixed(body: str, settings: Settings | None = None) -> Result:
    result = fix_source(HEAD + body, "job.py", settings or Settings())
    assert result.problems == ()
    return result


def hoisted(result: Result) -> list[str]:
    return [hoist.value for hoist in result.hoists]


ON = "  # putfix: ignore[hoist] because of a reason"

COVERING = {
    "the call": f"for i in range(9):\n    f.remote(x, i){ON}\n",
    "above the call": f"for i in range(9):\n  {ON}\n    f.remote(x, i)\n",
    "the loop": f"for i in range(9):{ON}\n    f.remote(x, i)\n",
    "above the loop": f"{ON.strip()}\nfor i in range(9):\n    f.remote(x, i)\n",
    "an outer loop": f"for j in y:{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "the end of the loop's head": f"for i in range(\n    9\n):{ON}\n    f.remote(x, i)\n",
    "a loop on one line": f"for i in range(9): f.remote(x, i){ON}\n",
    "a while loop": f"while y.any():{ON}\n    f.remote(x, 1)\n",
    "a function": f"def g():{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "above the decorator": f"{ON.strip()}\n@print\ndef g():\n    for i in range(9):\n        f.remote(x, i)\n",
    "a comprehension on one line": f"z = [f.remote(x, i) for i in range(9)]{ON}\n",
    "the call in a comprehension": f"z = [\n    f.remote(x, i){ON}\n    for i in range(9)\n]\n",
    "above the call in one": f"z = [\n  {ON}\n    f.remote(x, i)\n    for i in range(9)\n]\n",
    "the loop of a comprehension": f"z = [\n    f.remote(x, i)\n    for i in range(9){ON}\n]\n",
    "the condition of one": f"z = [\n    f.remote(x, i)\n    for i in range(9)\n    if i{ON}\n]\n",
    "the end of the statement": f"z = [\n    f.remote(x, i)\n    for i in range(9)\n]{ON}\n",
    "its beginning": f"z = [{ON}\n    f.remote(x, i)\n    for i in range(9)\n]\n",
    "the beginning of the call": f"for i in range(9):\n    f.remote({ON}\n        x,\n        i,\n    )\n",
    "the argument": f"for i in range(9):\n    f.remote(\n        x,{ON}\n        i,\n    )\n",
    "the end of the call": f"for i in range(9):\n    f.remote(\n        x,\n        i,\n    ){ON}\n",
    "another function's call": f"def g(a, i):\n    f.remote(a, i)\nfor i in range(9):\n    g(x, i){ON}\n",
    "in another function": f"def g(a, i):\n    f.remote(a, i){ON}\nfor i in range(9):\n    g(x, i)\n",
    "another function": f"def g(a, i):{ON}\n    f.remote(a, i)\nfor i in range(9):\n    g(x, i)\n",
    "in a function called by another": f"def h(b):\n    f.remote(b){ON}\ndef g(a, i):\n    h(a)\n"
    "for i in range(9):\n    g(x, i)\n",
    "a match statement": f"match y.ndim:{ON}\n    case 2:\n        for i in range(9):\n            f.remote(x, i)\n",
    "above a long statement": f"{ON.strip()}\n\nz = [f.remote(0, 1),\n     *[f.remote(x, i) for i in range(9)]]\n",
    "above several on a line": f"{ON.strip()}\nf.remote(0, 1); z = [\n    f.remote(x, i) for i in range(9)]\n",
    "an else": f"if not y.any():\n    pass\nelse:{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "above an else": f"for i in y:\n    pass\n{ON.strip()}\nelse:\n    for i in range(9):\n        f.remote(x, i)\n",
    "an elif": f"if not y.any():\n    pass\nelif x.any():{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "a finally": f"try:\n    pass\nfinally:{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "an except": f"try:\n    pass\nexcept OSError:{ON}\n    for i in range(9):\n        f.remote(x, i)\n",
    "a case": f"match y.ndim:\n    case 2:{ON}\n        for i in range(9):\n            f.remote(x, i)\n",
    "a long case": f"match y.ndim:\n    case (\n        2\n    ):{ON}\n        for i in y: f.remote(x, i)\n",
    "the options": f"for i in range(9):\n    (\n        f\n        .options(){ON}\n        .remote(x, i)\n    )\n",
    "the remote function": f"for i in range(9):\n    (\n        f{ON}\n        .remote(x, i)\n    )\n",
    "the file": f"for i in range(9):\n    f.remote(x, i)\n{ON.strip().replace('ignore', 'ignore-file')}\n",
}


@pytest.mark.parametrize("body", COVERING.values(), ids=COVERING)
def test_the_hoist_is_not_applied(body: str) -> None:
    assert hoisted(fixed(body.replace("putfix:", "other:"))) == ["x"], "the case itself"
    result = fixed(body)
    assert not result.changed
    assert result.findings == ()
    assert [each.by for each in result.suppressed] == [Suppression.COMMENT]
    assert result.remarks == ()


NOT_COVERING = {
    "another argument": f"for i in range(9):\n    f.remote(\n        x,\n        i,{ON}\n    )\n",
    "another call": f"for i in range(9):\n    f.remote(x, i)\n    f.remote(0, i){ON}\n",
    "a call on the next line": f"z = [f.remote(0, 1),{ON}\n     *[f.remote(x, i) for i in range(9)]]\n",
    "the last line of the loop": f"for i in range(9):\n    f.remote(x, i)\n    print(i){ON}\n",
    "the last line of a match": f"match y.ndim:\n    case 2:\n        for i in range(9):\n            f.remote(x, i)\n"
    f"        print(i){ON}\n",
    "the line after it": f"for i in range(9):\n    f.remote(x, i)\n{ON.strip()}\n",
    "what makes it": f"x = np.ones((500, 500)){ON}\nfor i in range(9):\n    f.remote(x, i)\n",
    "another code": "for i in range(9):\n    f.remote(x, i)  # putfix: ignore[changed]\n",
    "only a string": f"for i in range(9):\n    f.remote(x, '''\n{ON}''')\n",
    "another branch": f"if y.any():\n    for i in range(9):\n        f.remote(x, i)\nelse:{ON}\n    pass\n",
    "another case": f"match y.ndim:\n    case 2:\n        for i in range(9):\n            f.remote(x, i)\n"
    f"    case _:{ON}\n        pass\n",
    "a block's last line": f"if y.any():\n    for i in range(9):\n        f.remote(x, i)\nelse:\n    pass{ON}\n",
}


@pytest.mark.parametrize("body", NOT_COVERING.values(), ids=NOT_COVERING)
def test_the_hoist_is_applied_elsewhere(body: str) -> None:
    result = fixed(body)
    assert hoisted(result) == ["x"]
    assert result.suppressed == ()
    assert [remark.why for remark in result.remarks] == ([] if "'''" in body else [Idle.UNUSED])


def test_without_a_code_all_is_ignored() -> None:
    result = fixed("for i in range(9):\n    x[0] = i\n    f.remote(x, i)  # putfix: ignore\n")
    assert (result.findings, len(result.suppressed)) == ((), 1)


def test_a_finding_goes_by_all_its_codes() -> None:
    body = "for i in range(9):\n    print(z(x))\n    f.remote((x, i), i)  # putfix: ignore[may-be-changed]\n"
    assert {each.code for each in fixed(body.replace("putfix:", "")).findings[0].obstacles} > {"may-be-changed"}
    assert fixed(body).findings == ()


def test_only_the_call_that_is_ignored_keeps_its_value() -> None:
    body = f"for i in range(9):\n    f.remote(x, i){ON}\n    f.remote(x, 2 * i)\n"
    result = fixed(body)
    assert f"    f.remote(x, i){ON}\n    f.remote(x_ref, 2 * i)\n" in result.new_source
    assert result.remarks == ()


def test_a_put_that_relies_on_an_ignored_one_is_decided_anew() -> None:
    # Only the first put starts Ray for certain, so that another one may stand above a loop that may not run.
    first = "def go(n):\n    for i in range(9):\n        f.remote(x, i){}\n"
    second = "    for i in range(n):\n        f.remote(y, i)\ndef ask():\n    return ray.is_initialized()\n"
    both = fixed(first.format("") + second)
    assert hoisted(both) == ["x", "y"]
    one = fixed(first.format("  # putfix: ignore") + second)
    assert [finding.code for finding in one.findings] == ["ray-init-later"]
    assert not one.changed


def test_the_setting_ignores_too() -> None:
    body = "for i in range(9):\n    f.remote(x, i)\n    y[0] = 1\n    f.remote(y, i)\n"
    result = fixed(body, Settings(ignore=("hoist",)))
    assert not result.changed
    assert [finding.code for finding in result.findings] == ["changed"]
    assert [each.by for each in result.suppressed] == [Suppression.SETTING]
    assert fixed(body, Settings(ignore=("hoist", "changed"))).findings == ()


def test_a_hoist_that_assumes_something_is_ignored_by_its_code_in_both_modes() -> None:
    body = "def g(train_df):\n    for i in range(9):\n        f.remote(train_df, i)  # putfix: ignore[{}]\n"
    for code in ("hoist", "size-unknown"):
        for settings in (Settings(), Settings(unsafe_fixes=True)):
            result = fixed(body.format(code), settings)
            assert (result.findings, result.remarks, result.changed) == ((), (), False)
    assert fixed(body.format("nested"), Settings(unsafe_fixes=True)).changed


def test_advice_can_be_ignored_alone() -> None:
    body = "@ray.remote\ndef g(a, i):\n    return i\nfor i in range(9):\n"
    body += "    g.remote(x, i)  # putfix: ignore[never-used]\n"
    result = fixed(body)
    assert hoisted(result) == ["x"]
    assert result.findings[0].advice == ()
    assert result.remarks == ()
    assert fixed(body.replace("putfix:", "")).findings[0].advice


REMARKS = [
    ("f.remote(x, 1)  # putfix: ignore\n", Idle.UNUSED, "# putfix: ignore"),
    ("f.remote(x, 1)  # putfix: ignore[hoist, nested] because\n", Idle.UNUSED, "# putfix: ignore[hoist, nested]"),
    ("for i in y:\n    f.remote(x)  # putfix: ignore[hoist, nested]\n", Idle.UNUSED, "nested"),
    ("for i in y:\n    f.remote(x)  # putfix: ignore[hoist, hoists]\n", Idle.UNKNOWN_CODE, "hoists"),
    ("# putfix: ignore-file\n", Idle.UNUSED, "# putfix: ignore-file"),
    ("print(1)\n# putfix: large\n", Idle.NOTHING_SENT, "# putfix: large"),
    ("for i in y:  # putfix: small\n    f.remote(x, i)\n", Idle.NOTHING_SENT, "# putfix: small"),
    ("while y.any():  # putfix: large\n    print(i)\n", Idle.NOTHING_SENT, "# putfix: large"),
    ("f.remote(x, 1)  # putfix: small[z]\n", Idle.NOTHING_SENT, "# putfix: small[z]"),
    ("f.remote(x, 1)  # putfix: smal\n", Idle.UNKNOWN_WORD, "# putfix: smal"),
]


@pytest.mark.parametrize(("body", "why", "text"), REMARKS)
def test_a_comment_without_effect_is_reported(body: str, why: Idle, text: str) -> None:
    (remark,) = fixed(body).remarks
    assert (remark.why, remark.text) == (why, text)
    line = (HEAD + body).splitlines()[remark.line - 1]
    assert line[remark.column :].startswith("# putfix:")


@pytest.mark.parametrize(
    "text",
    ["ignore hoist", "ignore[hoist] it is tiny", "ignore[Hoist]", "ignore[changed, hoists]", "noqa", "igore[hoist]"],
)
def test_what_is_not_understood_leaves_its_calls_alone(text: str) -> None:
    result = fixed(f"for i in y:\n    f.remote(x, i)  # putfix: {text}\n    f.remote(y, i)\n")
    assert hoisted(result) == ["y"]
    assert result.suppressed[0].finding.value == "x"
    assert result.remarks[0].why in {Idle.UNKNOWN_CODE, Idle.UNKNOWN_WORD, Idle.UNREADABLE}


def test_codes_that_need_a_trace_are_not_reported_without_one() -> None:
    assert fixed("f.remote(x, 1)  # putfix: ignore[measured-changing]\n").remarks == ()


def test_comments_in_a_file_without_ray_are_reported() -> None:
    (remark,) = fix_source("x = 1  # putfix: ignore\n").remarks
    assert (remark.line, remark.column) == (1, 7)
