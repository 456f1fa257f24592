"""``ignore_source``: comments that ignore what would be hoisted, and nothing else changes."""

from __future__ import annotations

import ast
import json

import pytest

from putfix import fix_source
from putfix.fix import ignore_source
from putfix.formats import notebooks

HEAD = "import numpy as np\nimport ray\n\nf = ray.remote(lambda a, i: i)\nx = np.zeros((500, 500))\ny = x + 1\n"

BODIES = {
    "a loop": ("for i in x:\n    f.remote(x, i)\n", "for i in x:\n    f.remote(x, i)  # putfix: ignore[hoist]\n"),
    "two calls": (
        "for i in x:\n    f.remote(x, i)\n    f.remote(x)\n",
        "for i in x:\n    f.remote(x, i)  # putfix: ignore[hoist]\n    f.remote(x)  # putfix: ignore[hoist]\n",
    ),
    "two findings on a line": (
        "for i in x:\n    f.remote(x, y)\n",
        "for i in x:\n    f.remote(x, y)  # putfix: ignore[hoist]\n",
    ),
    "another comment": (
        "for i in x:\n    f.remote(x, i)  # slow \n",
        "for i in x:\n    f.remote(x, i)  # slow  # putfix: ignore[hoist] \n",
    ),
    "other codes": (
        "for i in x:\n    f.remote(x, i)  # putfix: ignore[nested] because\n",
        "for i in x:\n    f.remote(x, i)  # putfix: ignore[nested, hoist] because\n",
    ),
    "a comprehension": (
        "z = [\n    f.remote(\n        x,\n        i)\n    for i in x\n]\n",
        "z = [\n    f.remote(  # putfix: ignore[hoist]\n        x,\n        i)\n    for i in x\n]\n",
    ),
    "a text of several lines": (
        "for i in x:\n    f.remote('''\n''', x)\n",
        "for i in x:\n    f.remote('''\n''', x)  # putfix: ignore[hoist]\n",
    ),
    "a backslash": (
        "for i in x:\n    z = f.remote(x, i) \\\n        or 1\n",
        "for i in x:\n    # putfix: ignore[hoist]\n    z = f.remote(x, i) \\\n        or 1\n",
    ),
    "the head of a loop": (
        "for i in x:\n    while f.remote(x, i) \\\n        and i:\n        break\n",
        "for i in x:\n    # putfix: ignore[hoist]\n    while f.remote(x, i) \\\n        and i:\n        break\n",
    ),
    "no final newline": ("for i in x: f.remote(x, i)", "for i in x: f.remote(x, i)  # putfix: ignore[hoist]"),
    "tabs and carriage returns": (
        "for i in x:\r\n\tf.remote(x, i)\r\n",
        "for i in x:\r\n\tf.remote(x, i)  # putfix: ignore[hoist]\r\n",
    ),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_comments_are_added(body: str, expected: str) -> None:
    assert fix_source(HEAD + body).changed, "the case itself"
    result = ignore_source(HEAD + body)
    assert result.new_source == HEAD + expected
    assert result.comments > 0
    assert ast.dump(ast.parse(result.new_source)) == ast.dump(ast.parse(HEAD + body))
    again = fix_source(result.new_source)
    assert not again.changed
    assert [remark.text for remark in again.remarks] == (["nested"] if "nested" in body else [])


@pytest.mark.parametrize(
    "source", ["z = [f.remote(x, i) for i in y]", ["y = 1\n", "z = [f.remote(x, i) for i in [1, 2]]"]]
)
def test_comments_are_added_at_the_end_of_a_cell(source: str | list[str]) -> None:
    cells = [{"cell_type": "code", "source": text} for text in (HEAD, source)]
    result = ignore_source(json.dumps({"cells": cells, "nbformat": 4}), read=notebooks.read)
    assert result.problems == ()
    expected = f"{''.join(source)}  # putfix: ignore[hoist]"
    assert "".join(json.loads(result.new_source)["cells"][1]["source"]) == expected
    assert not fix_source(result.new_source, read=notebooks.read).changed


def test_what_is_left_alone_is_ignored_on_request_only() -> None:
    source = HEAD + "for i in y:\n    x[0] = i\n    f.remote(x, i)\n"
    assert not ignore_source(source).changed
    result = ignore_source(source, everything=True)
    assert result.new_source.endswith("    f.remote(x, i)  # putfix: ignore[changed]\n")
    assert fix_source(result.new_source).findings == ()


INNER = """\
def inner(a):
    return [f.remote(a, i) for i in range(2)]
def outer(a):
    return inner(a), inner(a)
outer(x)
"""


def test_what_is_hoisted_instead_is_ignored_too() -> None:
    assert [hoist.call_sites[0].argument.line for hoist in fix_source(HEAD + INNER).hoists] == [11]
    result = ignore_source(HEAD + INNER)
    assert result.comments > 1
    again = fix_source(result.new_source)
    assert (again.hoists, again.remarks) == ((), ())
    assert not ignore_source(result.new_source).changed


def test_a_call_without_a_place_for_a_comment_is_left() -> None:
    cells = [{"cell_type": "code", "source": text} for text in (HEAD, "%%time\n[f.remote(x, i) for i in y] \\\n  or 1")]
    source = json.dumps({"cells": cells, "nbformat": 4})
    assert fix_source(source, read=notebooks.read).changed
    assert not ignore_source(source, read=notebooks.read).changed
