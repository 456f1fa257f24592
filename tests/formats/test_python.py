"""Python files in the percent format, which are scripts and notebooks at once."""

from __future__ import annotations

import pytest

from putfix import fix_source
from putfix.formats import python

SETUP = "import numpy as np\nimport ray\nf = ray.remote(lambda a, i: i)\nx = np.zeros((300, 300))\n"
SENDS = "# of all\nr = [f.remote(x, i) for i in range(3)]\n"
FIXED = "x_ref = ray.put(x)\n# of all\nr = [f.remote(x_ref, i) for i in range(3)]\n"


@pytest.mark.parametrize("mark", ["# %%", "#%%", "# %% [markdown]", "# %% A title", "# %%%"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_put_goes_below_the_mark(mark: str, line_end: str) -> None:
    source = f"{SETUP}{mark}\n{SENDS}"
    result = fix_source(source.replace("\n", line_end))
    assert result.new_source == f"{SETUP}{mark}\n{FIXED}".replace("\n", line_end)
    (finding,) = result.findings
    assert (finding.line, finding.cell) == (7, 0)


@pytest.mark.parametrize(
    "mark", ["# % %", " # %%", "## %%", "s = '''\n# %%\n'''", "if x is None:\n    pass\n# %%\n    r = 1"]
)
def test_what_is_no_mark(mark: str) -> None:
    assert python.read(f"{mark}\n{SENDS}").cells is None
    assert fix_source(f"{SETUP}{mark}\nf.remote(x, 1)\nf.remote(x, 2)\n").changed


def test_magics_are_comments() -> None:
    source = f"{SETUP}# %%\n# %timeit y = 1\n# !ls\n{SENDS}"
    assert (
        fix_source(source).new_source
        == f"{SETUP}# %%\nx_ref = ray.put(x)\n# %timeit y = 1\n# !ls\n" + FIXED.partition("\n")[2]
    )


def test_a_put_stays_in_its_cell_though_a_script_would_need_only_one() -> None:
    result = fix_source(f"{SETUP}# %%\n{SENDS}\n# %%\n{SENDS}")
    assert result.new_source == f"{SETUP}# %%\n{FIXED}\n# %%\n{FIXED}"


def test_a_broken_file_is_one_problem() -> None:
    (problem,) = fix_source(f"{SETUP}# %%\nif x print\n").problems
    assert (problem.line, problem.cell) == (6, 0)


def test_the_whole_must_compile() -> None:
    result = fix_source(f"{SETUP}# %%\n{SENDS}\nreturn 1\n")
    assert "left alone, the rewrite failed its check" in result.problems[0].message
