"""Comments to putfix, through the command: exit code, standard output, standard error and file bytes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from starting import start_in_text

SETUP = "import numpy as np\nimport ray\n\nf = ray.remote(lambda a, i: i)\nx = np.zeros((500, 500))\n"
LOOP = "futures = [f.remote(x, i) for i in range(10)]"


def putfix(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return start_in_text(*arguments, cwd=cwd)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(f"{SETUP}{LOOP}  # putfix: ignore[hoist] because it is the baseline of a benchmark\n", "utf-8")
    return path


def test_what_is_ignored_is_not_applied_and_not_shown_but_counted(job: Path) -> None:
    before = job.read_bytes()
    for options in (["--diff"], ["--apply"], ["--verbose"]):
        run = putfix(*options, cwd=job.parent)
        assert (run.returncode, run.stdout) == (0, "")
        assert run.stderr == "Nothing to hoist (1 file checked), 1 ignored by comments.\n"
    assert job.read_bytes() == before


def test_comments_without_effect_are_named(job: Path) -> None:
    lines = [
        "print(1)  # putfix: ignore[hoist] because it was slow",
        "print(2)  # putfix: ignored",
        "print(3)  # putfix: ignore hoist",
        "print(3)  # putfix: xyz",
        f"{LOOP}  # putfix: ignore[hoist, changed, may_be_changed]",
        "print(4)  # putfix: large[z]",
        f"{LOOP}  # putfix: ignore[changed] because that would be nice",
        "print(5)  # putfix: ignore[xyz]",
    ]
    job.write_text(SETUP + "\n".join(lines) + "\n", "utf-8")
    run = putfix(cwd=job.parent)
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        'job.py:6:11: unused-comment: "# putfix: ignore[hoist]" has nothing to ignore here: take it out',
        'job.py:7:11: invalid-comment: "# putfix: ignored" says nothing; did you mean "ignore"?',
        'job.py:8:11: invalid-comment: "# putfix: ignore hoist" is not understood: '
        'write "# putfix: ignore[code, code] because ..."',
        'job.py:9:11: invalid-comment: "# putfix: xyz" says nothing; the words are ignore, ignore-file, large, small',
        'job.py:10:48: invalid-comment: there is no code "may_be_changed"; did you mean "may-be-changed"?',
        'job.py:10:48: unused-comment: "changed" is the code of nothing here: take it out of the brackets',
        'job.py:11:11: unused-comment: nothing that "# putfix: large[z]" could mean is sent or gets a name here: '
        "take it out",
        'job.py:12:48: unused-comment: "# putfix: ignore[changed]" ignores nothing: what is found here is "hoist"',
        'job.py:13:11: invalid-comment: there is no code "xyz"; --list-codes shows them',
        "job.py:12:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy",
        "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked), 1 ignored by comments, "
        "9 comments without effect.",
    ]


def test_evidence_of_the_user_is_named(job: Path) -> None:
    job.write_text(
        "import ray\n\nf = ray.remote(lambda a, i: i)\n\n\ndef go(x):  # putfix: large because it is 2 GB\n"
        f"    return {LOOP.removeprefix('futures = ')}\n",
        "utf-8",
    )
    run = putfix("-v", cwd=job.parent)
    assert run.returncode == 1
    assert run.stderr.splitlines()[0] == ("job.py:7:22: hoist: x is large (a comment says so, line 6), sent 10 times")


def test_in_a_notebook_they_count_for_cell_and_notebook(tmp_path: Path) -> None:
    cells = [SETUP, f"%matplotlib inline\n{LOOP}  # putfix: ignore", f"{LOOP}\n# putfix: ignore"]
    listed = [{"cell_type": "code", "source": cell} for cell in cells]
    path = tmp_path / "job.ipynb"
    path.write_text(json.dumps({"cells": listed}, indent=1), encoding="utf-8")
    run = putfix("-v", cwd=tmp_path)
    assert run.returncode == 1
    assert "+++ b/job.ipynb:cell 3" in run.stdout
    assert "cell 2" not in run.stdout
    lines = run.stderr.splitlines()
    assert lines[0].startswith('job.ipynb:cell 3:2:1: unused-comment: "# putfix: ignore" has nothing')
    assert lines[1].startswith("job.ipynb:cell 3:1:21: hoist: x is about 2.0 MB")
    assert lines[2].endswith("1 ignored by comments, 1 comment without effect.")
    listed.append({"cell_type": "code", "source": "# putfix: ignore-file"})
    path.write_text(json.dumps({"cells": listed}, indent=1), encoding="utf-8")
    assert putfix(cwd=tmp_path).stdout == ""


def test_in_percent_files_they_count(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(f"# %%\n{SETUP}# %%\n{LOOP}  # putfix: ignore\n", encoding="utf-8")
    run = putfix(cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "")


def test_a_report_of_a_trace_says_so(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent / "examples"
    source = (root / "unknown_sizes.py").read_text("utf-8")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "unknown_sizes.py").write_text(f"{source}# putfix: ignore-file[hoist]\n", "utf-8")
    (tmp_path / "run.jsonl").write_text((root / "unknown_sizes.jsonl").read_text("utf-8"), "utf-8")
    run = putfix("--trace", "run.jsonl", "--report", "examples", cwd=tmp_path)
    assert run.stdout.count("to be ignored, as a comment") == 2
    assert run.returncode == 0
