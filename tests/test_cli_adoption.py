"""Adding comments, and baselines, through the command: exit code, standard output, standard error and file bytes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from starting import start_in_text

SETUP = "import numpy as np\nimport ray\n\nf = ray.remote(lambda a, i: i)\nx = np.zeros((500, 500))\n"
LOOP = "futures = [f.remote(x, i) for i in range(10)]\n"
CHANGED = "for i in range(3):\n    x[0] = i\n    f.remote(x)\n"


def putfix(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return start_in_text(*arguments, cwd=cwd)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SETUP + LOOP + CHANGED, "utf-8")
    return path


def test_comments_are_added(job: Path) -> None:
    run = putfix("--add-ignores", cwd=job.parent)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == (
        "Added 1 comment in 1 file (1 file checked).\n1 repeat left alone (changed; --verbose tells all).\n"
    )
    assert job.read_text("utf-8") == SETUP + LOOP.rstrip() + "  # putfix: ignore[hoist]\n" + CHANGED
    assert putfix("--add-ignores", cwd=job.parent).stderr.startswith("Added 0 comments in 0 files")
    assert putfix("--add-ignores", "-v", cwd=job.parent).returncode == 0
    run = putfix("-v", cwd=job.parent)
    assert (run.returncode, run.stderr) == (0, "Nothing to hoist (1 file checked), 2 ignored by comments.\n")


def test_with_diff_the_comments_are_only_shown(job: Path) -> None:
    before = job.read_bytes()
    run = putfix("--add-ignores", "--diff", cwd=job.parent)
    assert run.returncode == 1
    assert "+futures = [f.remote(x, i) for i in range(10)]  # putfix: ignore[hoist]\n" in run.stdout
    assert run.stderr.startswith("Would add 1 comment in 1 file")
    assert job.read_bytes() == before


def test_a_baseline_leaves_out_what_it_knows_also_when_lines_move(job: Path) -> None:
    run = putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == "The baseline has 2 findings (1 file checked).\n"
    found = json.loads((job.parent / "known.json").read_text("utf-8"))["findings"]
    assert found == [
        {"path": "job.py", "code": "changed", "line": "f.remote(x)"},
        {"path": "job.py", "code": "hoist", "line": LOOP.strip()},
    ]
    again = "if x.any():\n    " + LOOP
    job.write_text(SETUP + "print(1)\n\n" + again + CHANGED, "utf-8")
    run = putfix("--baseline", "known.json", "-v", cwd=job.parent)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == "Nothing to hoist (1 file checked), 2 in the baseline.\n"
    # From elsewhere, paths are still those relative to the baseline.
    assert putfix("--baseline", "known.json", str(job), cwd=job.parent).returncode == 0
    (job.parent / "sub").mkdir()
    assert putfix("--baseline", "../known.json", "../job.py", cwd=job.parent / "sub").returncode == 0


def test_a_file_that_was_renamed_is_known_by_what_the_baseline_has_of_the_old_one(job: Path) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    job.rename(job.parent / "moved.py")
    run = putfix("--baseline", "known.json", cwd=job.parent)
    assert (run.returncode, run.stdout, run.stderr) == (
        0,
        "",
        "Nothing to hoist (1 file checked), 2 in the baseline.\n",
    )
    (job.parent / "another.py").write_text(SETUP + LOOP, "utf-8")  # each finding of it is known once
    assert putfix("--baseline", "known.json", cwd=job.parent).returncode == 1
    putfix("--baseline", "known.json", "--update-baseline", "moved.py", cwd=job.parent)
    found = json.loads((job.parent / "known.json").read_text("utf-8"))["findings"]
    assert {each["path"] for each in found} == {"moved.py"}
    assert putfix("--baseline", "known.json", "another.py", cwd=job.parent).returncode == 1


def test_a_new_finding_is_shown(job: Path) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    new = "y = np.ones((500, 500))\n" + LOOP.replace("x", "y")
    job.write_text(SETUP + LOOP + CHANGED + new, "utf-8")
    run = putfix("--baseline", "known.json", cwd=job.parent)
    assert run.returncode == 1
    assert "+y_ref = ray.put(y)" in run.stdout
    assert "x_ref" not in run.stdout
    assert run.stderr == (
        "job.py:11:21: hoist: y is about 2.0 MB (np.ones((500, 500)), line 10), sent 10 times: 18 MB less to copy\n"
        "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked), 2 in the baseline.\n"
    )


def test_what_is_gone_is_counted_and_taken_out(job: Path) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    job.write_text(SETUP + LOOP, "utf-8")
    run = putfix("--baseline", "known.json", cwd=job.parent)
    assert run.stderr.endswith("1 in the baseline, 1 finding of the baseline no longer there.\n")
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    assert len(json.loads((job.parent / "known.json").read_text("utf-8"))["findings"]) == 1


@pytest.mark.parametrize("text", ["", "print(1)\n"])
def test_a_file_without_ray_has_nothing_of_the_baseline_any_more(job: Path, text: str) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    job.write_text(text, "utf-8")
    run = putfix("--baseline", "known.json", cwd=job.parent)
    assert run.stderr == "Nothing to hoist (1 file checked), 2 findings of the baseline no longer there.\n"
    run = putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    assert run.stderr == "The baseline has 0 findings (1 file checked).\n"


@pytest.mark.parametrize("added", [b"f.remote(\n", b"# \xff\n"])
def test_what_cannot_be_checked_keeps_its_place_in_the_baseline(job: Path, added: bytes) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    before = (job.parent / "known.json").read_bytes()
    job.write_bytes(job.read_bytes() + added)
    run = putfix("--baseline", "known.json", cwd=job.parent)
    assert "no longer there" not in run.stderr
    run = putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    assert run.returncode == 2
    assert run.stderr.endswith("The baseline has 2 findings (1 file checked), 1 error.\n")
    assert (job.parent / "known.json").read_bytes() == before


def test_a_cell_that_cannot_be_checked_keeps_its_place_in_the_baseline(tmp_path: Path) -> None:
    path = tmp_path / "job.ipynb"
    cells = [SETUP, LOOP, CHANGED]

    def recorded(code: int) -> list[dict[str, str]]:
        listed = [{"cell_type": "code", "source": cell} for cell in cells]
        path.write_text(json.dumps({"cells": listed}), "utf-8")
        assert putfix("--baseline", "known.json", "--update-baseline", cwd=tmp_path).returncode == code
        findings: list[dict[str, str]] = json.loads((tmp_path / "known.json").read_text("utf-8"))["findings"]
        return findings

    before = recorded(0)
    cells[2] += "f.remote(\n"
    assert [each for each in recorded(2) if each in before] == before


def test_a_hoist_with_assumptions_is_known_by_what_it_was_without_them(job: Path) -> None:
    job.write_text(f"import ray\n\nf = ray.remote(print)\n\n\ndef go(train_df):\n    {LOOP.replace('x', 'train_df')}")
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    assert putfix("--unsafe-fixes", cwd=job.parent).returncode == 1
    assert putfix("--unsafe-fixes", "--baseline", "known.json", cwd=job.parent).returncode == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory; --update-baseline makes it"),
        ("{", "not valid JSON: "),
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ("[]", "not a baseline of putfix"),
        (
            "<<<<<<< a\n{}\n=======\n{}\n>>>>>>> b\n",
            "conflict of a merge in it; take one side of it, then --update-baseline",
        ),
        ('{"version": true, "findings": []}', "a baseline of version True"),
        ('{"version": 1, "findings": [{"path": "", "code": "", "line": "", "count": 0}]}', "not a baseline of putfix"),
        ('{"version": 1, "findings": [{"path": 1}]}', "not a baseline of putfix"),
        ('{"version": 2, "findings": []}', "a baseline of version 2, which this putfix does not read"),
    ],
)
def test_a_baseline_that_cannot_be_read_stops_it(job: Path, content: str | None, message: str) -> None:
    if content is not None:
        (job.parent / "known.json").write_text(content, "utf-8")
    run = putfix("--baseline", "known.json", "--apply", cwd=job.parent)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("putfix: error: the baseline known.json: ")
    assert message in run.stderr
    assert run.stderr.count("\n") == 1
    assert job.read_text("utf-8") == SETUP + LOOP + CHANGED


@pytest.mark.parametrize(
    "arguments",
    [["--add-ignores", "--apply"], ["--update-baseline"], ["--baseline", "a", "--update-baseline", "--diff"]],
)
def test_wrong_options_are_one_sentence(job: Path, arguments: list[str]) -> None:
    run = putfix(*arguments, cwd=job.parent)
    assert run.returncode == 2
    assert "Error: " in run.stderr
