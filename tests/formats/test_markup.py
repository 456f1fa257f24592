"""Blocks of Python in Markdown and reStructuredText."""

from __future__ import annotations

import textwrap

import pytest

from putfix import Result, fix_source
from putfix.formats import markup

SETUP = "import numpy as np\nimport ray\nf = ray.remote(lambda a, i: i)\nx = np.zeros((300, 300))"
SENDS = "\njobs = [\n    f.remote(x, i)\n\n    for i in range(3)]  # ü"
FIXED = "\nx_ref = ray.put(x)\njobs = [\n    f.remote(x_ref, i)\n\n    for i in range(3)]  # ü"
OPENINGS = [
    "```python",
    "```py",
    "``` python",
    "````python",
    "~~~python",
    '```python title="job.py" hl_lines="1"',
    "```{python}",
    "```{.python .numberLines}",
    "```{code-block} python",
    "```{code-cell} ipython3",
    "```Python",
    "```python,ignore",
]


def markdown(text: str) -> Result:
    return fix_source(text, read=markup.read_markdown)


def restructured(text: str) -> Result:
    return fix_source(text, read=markup.read_restructured)


def fenced(opening: str, code: str, indent: str = "") -> str:
    fence = opening[: len(opening) - len(opening.lstrip("`~"))]
    return textwrap.indent(f"{opening}\n{code}\n{fence}\n", indent, lambda line: bool(line.strip()))


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_fences_that_name_python(opening: str, line_end: str) -> None:
    around = ["# Großes\n\nSet it up: `x`\n\n", "\nThen\n\n", "\n```\nf.remote(x)\n```\nThe end"]
    before, after = (
        "".join([around[0], fenced(opening, SETUP), around[1], fenced(opening, code), around[2]])
        for code in (SENDS, FIXED)
    )
    result = markdown(before.replace("\n", line_end))
    assert result.problems == ()
    assert result.new_source == after.replace("\n", line_end)
    assert not markdown(result.new_source).changed


@pytest.mark.parametrize("opening", ["```", "```text", "```pycon", "```bash python", "```{mermaid}", "```python`"])
def test_other_fences(opening: str) -> None:
    text = f"```python\n{SETUP}\n```\n{opening}\n{SENDS}\n```\n"
    assert markdown(text).new_source == text


@pytest.mark.parametrize(
    ("first", "indent"), [("- ", "  "), ("1. ", "   "), ("    ", "    "), ("> ", "> "), ("\t", "\t")]
)
def test_fences_inside_of_something(first: str, indent: str) -> None:
    before, after = (first + fenced("```python", f"{SETUP}{code}", indent)[len(indent) :] for code in (SENDS, FIXED))
    result = markdown(f"1. First\n\n{before}\nThe end")
    assert result.new_source == f"1. First\n\n{after}\nThe end"
    (finding,) = result.findings
    line = result.source.splitlines()[finding.line - 1]
    assert line[finding.column :].startswith("x, i)")


@pytest.mark.parametrize(
    "block",
    [
        "for i in ...:\n    if so and so",
        ">>> jobs = [f.remote(x, i) for i in range(3)]",
        "[f.remote(x, i) for i in range(3)]\n```\n```python\nx = (",
    ],
)
def test_fragments_are_passed_over(block: str) -> None:
    result = markdown(f"```python\n{block}\n```\n```python\n{SETUP}{SENDS}\n```\n")
    assert result.problems == ()
    assert result.changed


def test_a_block_that_is_not_closed_or_not_indented_as_it_should_be() -> None:
    for text in (f"```python\n{SETUP}{SENDS}\n", f"  ```python\n{SETUP}{SENDS}\n  ```\n"):
        assert markdown(text).new_source == text


def test_blocks_are_cells() -> None:
    small = "x = ray.put(x)"
    result = markdown(f"```python\n{SETUP}\n```\n```python\n{SENDS}\n```\n```python\n{small}\n```\n")
    assert not result.changed
    assert result.findings[0].obstacles[0].code == "later-cell"


def directive(head: str, code: str, indent: str = "    ") -> str:
    return f"{head}\n\n" + textwrap.indent(f"{code.strip()}\n", indent)


@pytest.mark.parametrize(
    "head",
    [
        ".. code-block:: python",
        ".. code-block:: Python\n    :linenos:\n    :caption: all of it",
        ".. code:: python3",
        ".. sourcecode:: py",
        ".. testcode::",
        ".. testcode:: group",
    ],
)
@pytest.mark.parametrize("outer", ["", "   "])
def test_directives_for_python(head: str, outer: str) -> None:
    before, after = (
        textwrap.indent(f"{directive(head, SETUP)}\nThen\n\n{directive(head, code)}\nThe end", outer)
        for code in (SENDS, FIXED)
    )
    result = restructured(f"Title\n=====\n\n{before}")
    assert result.problems == ()
    assert result.new_source == f"Title\n=====\n\n{after}"


@pytest.mark.parametrize(
    "text",
    [
        directive(".. code-block:: bash", SETUP + SENDS),
        directive(".. code-block::", SETUP + SENDS),
        directive(".. note::", SETUP + SENDS),
        directive(".. code-block:: python", SETUP + SENDS, ""),
        ".. code-block:: python\n    :caption: ray.remote",
        directive(".. code-block:: python", ">>> import ray\n>>> f.remote(x)"),
    ],
)
def test_other_directives(text: str) -> None:
    result = restructured(text)
    assert (result.new_source, result.problems) == (text, ())
