"""The command on notebooks and documentation: exit code, standard output, standard error and file bytes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from starting import start_in_text

SETUP = "import numpy as np\nimport ray\nf = ray.remote(lambda a, i: i)"
LARGE = "x = np.zeros((500, 500))"
SENDS = "%matplotlib inline\nfutures = [f.remote(x, i) for i in range(10)]"
FIXED = "%matplotlib inline\nx_ref = ray.put(x)\nfutures = [f.remote(x_ref, i) for i in range(10)]"
BLOCK = f"# Title\n\n```python\n{SETUP}\n{LARGE}\n{SENDS.partition(chr(10))[2]}\n```\n"


def putfix(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return start_in_text(*arguments, cwd=cwd)


LARGE_SAID = "x is about 2.0 MB (np.zeros((500, 500)), line 1 of cell 3)"
FOUND = f"cell 4:2:21: hoist: {LARGE_SAID}, sent 10 times: 18 MB less to copy\n"


def notebook(path: Path, *cells: str) -> Path:
    listed = [{"cell_type": "markdown", "source": "# Title"}]
    listed += [{"cell_type": "code", "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": listed}, indent=1), encoding="utf-8")
    return path


def test_the_diff_is_of_cells(tmp_path: Path) -> None:
    before = notebook(tmp_path / "job.ipynb", SETUP, LARGE, SENDS).read_bytes()
    run = putfix("--diff", "-v", cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == (
        "--- a/job.ipynb:cell 4\t\n+++ b/job.ipynb:cell 4\t\n@@ -1,2 +1,3 @@\n %matplotlib inline\n"
        "-futures = [f.remote(x, i) for i in range(10)]\n"
        "+x_ref = ray.put(x)\n+futures = [f.remote(x_ref, i) for i in range(10)]\n"
    )
    assert run.stderr == (f"job.ipynb:{FOUND}Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked).\n")
    assert (tmp_path / "job.ipynb").read_bytes() == before


def test_apply_changes_only_the_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path / "job.ipynb", SETUP, LARGE, SENDS)
    before = path.read_bytes()
    run = putfix("--apply", cwd=tmp_path)
    said = f"job.ipynb:{FOUND}Hoisted 1 value in 1 file, 18 MB less to copy (1 file checked).\n"
    assert (run.returncode, run.stderr) == (0, said)
    old, new = (json.dumps(source).encode() for source in (SENDS, FIXED))
    assert path.read_bytes() == before.replace(old, new)
    assert putfix("--diff", cwd=tmp_path).returncode == 0


def test_what_is_broken_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    notebook(tmp_path / "a.ipynb", SETUP, "if x print", f"{LARGE}\n{SENDS}")
    (tmp_path / "b.ipynb").write_text('{"cells": [\n "ray.remote"', encoding="utf-8")
    (tmp_path / "c.ipynb").write_bytes(b'{"cells": ["ray.remote \xff"]}')
    notebook(tmp_path / "d.ipynb", SETUP, LARGE, SENDS)
    run = putfix("--apply", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr == (
        "a.ipynb:cell 3:1:6: error: syntax error: invalid syntax\n"
        f"a.ipynb:{FOUND.replace(':2:', ':3:').replace('cell 3', 'cell 4')}"
        "b.ipynb:2:14: error: not valid JSON: Expecting ',' delimiter\n"
        "c.ipynb: error: cannot be decoded: byte 23 is not utf-8 text\n"
        f"d.ipynb:{FOUND}"
        "Hoisted 2 values in 2 files, 36 MB less to copy (4 files checked), 3 errors.\n"
    )


def test_documentation_is_taken_on_request(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(BLOCK, encoding="utf-8")
    run = putfix("--diff", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "Nothing to hoist (0 files checked).\n")
    run = putfix("--diff", "--include-docs", cwd=tmp_path)
    assert run.returncode == 1
    assert "--- a/README.md\n" in run.stdout
    assert "+x_ref = ray.put(x)\n" in run.stdout
    applied = subprocess.run(["git", "apply", "-"], input=run.stdout, text=True, cwd=tmp_path, check=False)
    assert applied.returncode == 0
    assert "f.remote(x_ref, i)" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "a.markdown", "a.rst", "A.RST"])
def test_documentation_that_is_named_needs_the_option(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BLOCK, encoding="utf-8")
    run = putfix(name, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith(f"{name}: error: documentation is taken only with --include-docs\n")


def test_documentation_is_text_in_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf# coding: latin-1 \xe2\x80\x93\n" + BLOCK.encode())
    (tmp_path / "b.md").write_bytes(b"# \xff\n" + BLOCK.encode())
    run = putfix("--apply", "--include-docs", cwd=tmp_path)
    assert run.stderr.startswith("a.md:9:21: hoist: ")
    assert "\nb.md: error: cannot be decoded: byte 2 is not utf-8 text\n" in run.stderr
    assert (tmp_path / "a.md").read_bytes().startswith(b"\xef\xbb\xbf# coding: latin-1 \xe2\x80\x93\n")
    assert b"x_ref = ray.put(x)" in (tmp_path / "a.md").read_bytes()


def test_copies_in_checkpoints_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".ipynb_checkpoints").mkdir()
    notebook(tmp_path / ".ipynb_checkpoints" / "job-checkpoint.ipynb", SETUP, LARGE, SENDS)
    assert putfix(cwd=tmp_path).stderr == "Nothing to hoist (0 files checked).\n"
