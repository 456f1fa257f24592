"""What IPython takes and Python does not: the Python that stands for it, and that IPython agrees."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from putfix import fix_source
from putfix.formats import notebooks
from putfix.formats.documents import LINE
from putfix.formats.magics import stand_in

CALL = "get_ipython()"
ANY = "from IPython import *"
CASES = {
    "x = 1\n": "x = 1\n",
    "": "",
    "%matplotlib inline": CALL,
    "%matplotlib inline\nx = 1": f"{CALL}\nx = 1",
    "  %cd /tmp\n  x = 1\n": f"{CALL}\nx = 1\n",
    "if x:\n    !ls -l\n    %pwd": f"if x:\n    {CALL}\n    {CALL}",
    "!pip install \\\n   'ray[default]' \\\n  numpy\nx = 1": f"{CALL}\n\n\nx = 1",
    "!echo it's\nx = 1": f"{CALL}\nx = 1",
    "files = !ls\nfiles": f"files = {CALL}\nfiles",
    "a, b = %sx ls\n": f"a, b = {CALL}\n",
    "x?\nf??\n?x\nnp.linalg?": "\n".join([CALL] * 4),
    "%who\n": "dir()\n",
    "%run setup.py": ANY,
    "%store -r x": ANY,
    "%reset -f": ANY,
    "%some_magic x": ANY,
    "%time x = f(1)\n": "x = f(1)\n",
    "%timeit -n 10 -r3 f(x)": "f(x)",
    "%time %run x": ANY,
    "pip install ray": CALL,
    "x = (7\n% 3)\ns = '''\n%time\n!ls\n'''\n!ls": f"x = (7\n% 3)\ns = '''\n%time\n!ls\n'''\n{CALL}",
    'y = "\\"" # (\n!ls\nz = "%s" \\\n% y': f'y = "\\"" # (\n{CALL}\nz = "%s" \\\n% y',
    "x = {'a': \"[\"}\n!ls": f"x = {{'a': \"[\"}}\n{CALL}",
    "%%time\nx = 1": f"{CALL}\nx = 1",
    "\n\n%%time\nx = 1\n!ls": f"\n\n{CALL}\nx = 1\n{CALL}",
    "%%capture out\nx = 1": f"out = {CALL}\nx = 1",
    "%%capture --no-stderr\nx = 1": f"{CALL}\nx = 1",
    "%%time\n%%capture out\nx = 1": f"{CALL}\nout = {CALL}\nx = 1",
    "%%timeit\nx = 1\n%pwd": f"{CALL}\nx = 1\n{CALL}",
    "%%bash\nif [ $x ]; then": f"{CALL}\n",
    "%%bash --out text\nls": f"{ANY}\n",
    "%%sql result <<\nselect 1": f"{ANY}\n",
    "%%px\nx = 1": f"{ANY}\n",
    "%%html\n<b>": f"{CALL}\n",
    "%pylab inline\r\nx = 1\r\n": f"{ANY}\r\nx = 1\r\n",
}
BROKEN = ["if x print", "%%time\nif x print", "x = (\n", "!ls\nx = '''"]


@pytest.mark.parametrize(("source", "python"), CASES.items())
def test_python_stands_for_it_line_by_line(source: str, python: str) -> None:
    found = stand_in(source)
    assert "".join(found.lines) == python
    assert found.problem is None
    ast.parse(python)
    lines = LINE.findall(source)
    assert len(found.lines) == len(lines)
    assert all(found.lines[index] == line or index in found.fixed for index, line in enumerate(lines))


@pytest.mark.parametrize("source", BROKEN)
def test_what_is_neither(source: str) -> None:
    found = stand_in(source)
    assert found.problem is not None
    assert any(line.startswith("from IPython import *") for line in found.lines)
    assert found.fixed == set(range(len(found.lines)))


@pytest.mark.parametrize("source", [*CASES, *BROKEN])
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_ipython_takes_the_same(source: str) -> None:
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    try:
        ast.parse(manager.transform_cell(source))
        taken = True
    except SyntaxError:
        taken = False
    body = source.lstrip("\n").startswith("%%")  # which IPython looks into only when it is run
    automatic = source.startswith("pip ")  # which it does after all else
    assert taken == (stand_in(source).problem is None) or body or automatic


SETUP = "import numpy as np\nimport ray\n@ray.remote\ndef f(a, i):\n    return float(a[0, 0]) + i"
LARGE = "x = np.zeros((1000, 1000))"
SENDS = "print(ray.get([f.remote(x, i) for i in range(3)]))"
PUT = "x_ref = ray.put(x)\nprint(ray.get([f.remote(x_ref, i) for i in range(3)]))"


def fixed(*cells: str) -> list[str]:
    text = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})
    result = fix_source(text, read=notebooks.read)
    assert result.problems == ()
    return [cell["source"] for cell in json.loads(result.new_source)["cells"]]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f"%%time\n{SENDS}", f"%%time\n{PUT}"),
        (
            f"%%capture out\n# all\n{SENDS}",
            f"%%capture out\n# all\n{PUT}".replace("# all\nx_ref = ray.put(x)", "x_ref = ray.put(x)\n# all"),
        ),
        (f"%matplotlib inline\n!ls\n{SENDS}", f"%matplotlib inline\n!ls\n{PUT}"),
        (f"%time y = 1\n{SENDS}\nx?", f"%time y = 1\n{PUT}\nx?"),
        (
            f"files = !ls\nif files:\n    !ls\n    {SENDS}",
            "files = !ls\nif files:\n    !ls\n    " + PUT.replace("\n", "\n    "),
        ),
    ],
)
def test_magics_are_kept(cell: str, expected: str) -> None:
    assert fixed(SETUP, LARGE, cell) == [SETUP, LARGE, expected]


@pytest.mark.parametrize(
    "cells",
    [
        (LARGE, f"%%timeit\n{SENDS}"),
        (LARGE, f"%time {SENDS}"),
        (LARGE, "%run elsewhere.py", SENDS),
        (LARGE, SENDS, "%time x = ray.put(x)"),
        (LARGE, SENDS, "%%whatever x\nx"),
        (LARGE, SENDS, "%whos"),
        (LARGE, "for i in range(3):\n    %run elsewhere.py\n    f.remote(x, i)"),
    ],
)
def test_what_a_magic_may_do_is_in_the_way(cells: tuple[str, ...]) -> None:
    assert fixed(SETUP, *cells) == [SETUP, *cells]


def test_a_column_after_a_magic() -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in (SETUP, LARGE, f"%time {SENDS}")]})
    (finding,) = fix_source(text, read=notebooks.read).findings
    assert (finding.obstacles[0].code, finding.cell, finding.line) == ("in-magic", 3, 1)
    assert f"%time {SENDS}"[finding.column] == "x"


SHELL = """
import io, json, sys
from contextlib import redirect_stdout
from IPython.core.interactiveshell import InteractiveShell
from simulator import installed
shell = InteractiveShell.instance()
shell.run_line_magic("colors", "nocolor")
before, after = json.load(sys.stdin)
found = []
for cells in (before, after):
    shell.reset()
    printed = io.StringIO()
    with installed() as simulation, redirect_stdout(printed):
        for cell in [*cells, *cells[1:], *reversed(cells)]:
            done = shell.run_cell(cell)
            assert done.success, cell
    lines = [line for line in printed.getvalue().splitlines() if "CPU times" not in line and "Wall" not in line]
    found.append((lines, [str(received) for received in simulation.trace]))
assert found[0][1], "nothing was sent"
if found[0] != found[1]:
    sys.exit(f"{found[0]}\\n{found[1]}")
"""


def test_ipython_prints_the_same(tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    loop = "for i in range(3):\n    print(ray.get(f.remote(x, i)))\n    !true"
    cells = [SETUP, LARGE, f"%%time\n{SENDS}", f"%matplotlib?\nfiles = !echo a\n{loop}\nfiles", "%time x[0] = 2", SENDS]
    new = fixed(*cells)
    assert sum("ray.put" in cell for cell in new) == 3
    adversary = Path(__file__).parents[1] / "adversary"
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SHELL)],
        input=json.dumps([cells, new]),
        cwd=adversary,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(adversary), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
