"""Only what changed since a revision, through the command: exit code, standard output, standard error."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from starting import start

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

SETUP = "import numpy as np\nimport ray\n\nf = ray.remote(lambda a, i: i)\nx = np.zeros((500, 500))\n"
OLD = "old = [f.remote(x, i) for i in range(10)]\n"
BETWEEN = "x = np.ones((500, 500))\n"
NEW = "new = [\n    f.remote(\n        x,\n        i,\n    )\n    for i in range(10)\n]\n"
WOULD = "Would hoist 1 value in 1 file, 18 MB less to copy"
ONE = f"\n{WOULD} (1 file checked), 1 on unchanged lines.\n"
NONE = "Nothing to hoist (1 file checked), 1 on unchanged lines.\n"


def git(*arguments: str, cwd: Path) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, capture_output=True, timeout=60, check=True)


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "one", cwd=folder)


def putfix(*arguments: str, cwd: Path, source: bytes = b"", **environment: str) -> tuple[int, str, str]:
    run = start(*arguments, cwd=cwd, source=source, environment=os.environ | environment)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SETUP + OLD, "utf-8")
    commit(tmp_path)
    return path


def test_what_is_on_unchanged_lines_is_left_out(job: Path) -> None:
    assert putfix("--diff-base", "HEAD", cwd=job.parent) == (0, "", NONE)
    job.write_text(f"# moved\n{SETUP}{OLD}{BETWEEN}{NEW}", "utf-8")
    code, output, said = putfix("--diff-base", "HEAD", cwd=job.parent)
    assert code == 1
    assert said.startswith("job.py:11:9: hoist: x is about 2.0 MB")
    assert said.endswith(ONE)
    assert "-        x,\n" in output
    assert "-old" not in output
    commit(job.parent)
    assert putfix("--diff-base", "HEAD~1", "--apply", cwd=job.parent)[0] == 0
    text = job.read_text("utf-8")
    assert OLD in text
    assert "        x_ref,\n" in text


@pytest.mark.parametrize("changed", ["f.remote(", "x,", "i,", ")\n    for"])
def test_any_line_of_a_call_counts(job: Path, changed: str) -> None:
    job.write_text(SETUP + NEW, "utf-8")
    commit(job.parent)
    assert putfix("--diff-base", "HEAD", cwd=job.parent)[0] == 0
    line, _, rest = changed.partition("\n")
    job.write_text(SETUP + NEW.replace(changed, f"{line}  # changed" + ("\n" + rest if rest else "")), "utf-8")
    assert putfix("--diff-base", "HEAD", cwd=job.parent)[0] == 1


def test_a_change_of_another_line_does_not_count(job: Path) -> None:
    job.write_text(SETUP.replace("500", "600") + OLD, "utf-8")
    assert putfix("--diff-base", "HEAD", cwd=job.parent) == (0, "", NONE)
    job.write_bytes((SETUP + OLD).replace("\n", "\r\n").encode())
    assert putfix("--diff-base", "HEAD", cwd=job.parent) == (0, "", NONE)


def test_files_that_the_revision_does_not_have_are_new(job: Path) -> None:
    (job.parent / "src").mkdir()
    (job.parent / "src" / "größe .py").write_text(SETUP + OLD, "utf-8")
    code, _, said = putfix("--diff-base", "HEAD", cwd=job.parent)
    assert code == 1
    assert said.startswith("src/größe .py:6:17: hoist: ")
    assert said.endswith(f"\n{WOULD} (2 files checked), 1 on unchanged lines.\n")
    commit(job.parent)
    assert putfix("--diff-base", "HEAD", cwd=job.parent)[0] == 0
    assert putfix("--diff-base", "HEAD", "größe .py", cwd=job.parent / "src")[0] == 0
    assert putfix("--diff-base", "HEAD~1", "größe .py", cwd=job.parent / "src")[0] == 1


def test_a_file_that_git_sees_as_renamed_is_compared_with_what_it_was(job: Path) -> None:
    (job.parent / "neu e").mkdir()
    for name in ("neu e/größe\n.py", "again.py"):
        git("mv", "job.py" if job.exists() else "neu e/größe\n.py", name, cwd=job.parent)
        assert putfix("--diff-base", "HEAD", name, cwd=job.parent) == (0, "", NONE)
        assert putfix("--diff-base", "HEAD", cwd=job.parent) == (0, "", NONE)
    given = "--diff-base", "HEAD", "--apply", "-", "--stdin-filename", "again.py"
    assert putfix(*given, cwd=job.parent, source=(SETUP + OLD).encode())[2] == NONE
    (job.parent / "again.py").write_text(SETUP + "#\n" + OLD + BETWEEN + NEW, "utf-8")
    code, _, said = putfix("--diff-base", "HEAD", "again.py", cwd=job.parent / "neu e" / "..")
    assert (code, said.partition("\n")[2]) == (1, ONE.partition("\n")[2])
    commit(job.parent)
    code, _, said = putfix("--diff-base", "HEAD~1", cwd=job.parent)
    assert (code, said.partition("\n")[2]) == (1, ONE.partition("\n")[2])
    (job.parent / "again.py").rename(job.parent / "untracked.py")  # of which Git says that it is new
    code, _, said = putfix("--diff-base", "HEAD", cwd=job.parent)
    assert code == 1
    assert said.endswith("Would hoist 2 values in 1 file, 36 MB less to copy (1 file checked).\n")


def test_no_program_that_a_repository_names_is_run(job: Path) -> None:
    git("config", "diff.external", "touch ran", cwd=job.parent)
    git("config", "diff.relative", "true", cwd=job.parent)
    git("mv", "job.py", "other.py", cwd=job.parent)
    assert putfix("--diff-base", "HEAD", cwd=job.parent) == (0, "", NONE)
    assert not (job.parent / "ran").exists()


@pytest.mark.parametrize("before", [b"\xff\xfe\x00", b"import ray\n# %%\nf(\n", b"# coding: none\n"])
def test_what_cannot_be_read_in_the_revision_is_new(job: Path, before: bytes) -> None:
    job.write_bytes(before)
    commit(job.parent)
    job.write_text(SETUP + OLD, "utf-8")
    assert putfix("--diff-base", "HEAD", cwd=job.parent)[0] == 1


def test_lines_of_notebooks_are_those_of_cells(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": source} for source in (SETUP, OLD)]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), "utf-8")
    commit(tmp_path)
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=1), "utf-8")
    assert putfix("--diff-base", "HEAD", cwd=tmp_path) == (0, "", NONE)
    cells.append({"cell_type": "code", "source": BETWEEN + NEW})
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=1), "utf-8")
    code, output, said = putfix("--diff-base", "HEAD", cwd=tmp_path)
    assert (code, said.endswith(ONE)) == (1, True)
    assert output.startswith("--- a/a.ipynb:cell 3")


def test_standard_input_is_compared_with_the_file_of_its_name(job: Path) -> None:
    given = "--diff-base", "HEAD", "--apply", "-", "--stdin-filename"
    source = (SETUP + OLD).encode()
    assert putfix(*given, "job.py", cwd=job.parent, source=source) == (0, source.decode(), NONE)
    code, output, _ = putfix(*given, "no/such.py", cwd=job.parent, source=source)
    assert (code, "x_ref" in output) == (0, True)


def test_what_a_baseline_knows_is_not_counted_twice(job: Path) -> None:
    known = "--baseline", "known.json"
    assert putfix(*known, "--update-baseline", cwd=job.parent)[0] == 0
    job.write_text(SETUP + OLD + BETWEEN + NEW, "utf-8")
    commit(job.parent)
    said = "Nothing to hoist (1 file checked), 1 in the baseline, 1 on unchanged lines.\n"
    assert putfix(*known, "--diff-base", "HEAD", cwd=job.parent) == (0, "", said)


def test_the_repository_is_that_of_the_file(job: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    expected = (0, "", NONE)
    assert putfix("--diff-base", "HEAD", os.path.relpath(job, elsewhere), cwd=elsewhere) == expected
    assert putfix("--diff-base", "HEAD", cwd=job.parent, GIT_DIR="/nowhere", GIT_PREFIX="a/") == expected
    (job.parent / "link.py").symlink_to(job)
    assert putfix("--diff-base", "HEAD", "link.py", cwd=job.parent) == expected


def test_a_repository_inside_that_does_not_have_it_is_an_error_there(job: Path) -> None:
    inner = job.parent / "inner"
    inner.mkdir()
    (inner / "job.py").write_text(SETUP + OLD, "utf-8")
    git("init", "-q", cwd=inner)
    code, output, said = putfix("--diff-base", "HEAD", "--apply", cwd=job.parent)
    assert (code, output) == (2, "")
    assert said.splitlines()[0] == 'inner/job.py: error: --diff-base: "HEAD" is no commit of this repository'
    assert (inner / "job.py").read_text("utf-8") == SETUP + OLD


@pytest.mark.parametrize(
    "revision", ["nope", "--help", "-h", "", "HEAD:job.py", "HEAD^{tree}", "a\nb", "HEAD..HEAD", "^HEAD"]
)
def test_a_revision_that_there_is_not_is_one_line(job: Path, revision: str) -> None:
    code, output, said = putfix(f"--diff-base={revision}", "--apply", cwd=job.parent)
    assert (code, output) == (2, "")
    shown = revision.replace("\n", "\\n")
    assert said == f'.: error: --diff-base: "{shown}" is no commit of this repository\n'


def test_no_repository_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(SETUP + OLD, "utf-8")
    parent = str(tmp_path.parent)
    given = "--diff-base", "HEAD", "job.py"
    code, output, said = putfix(*given, cwd=tmp_path, GIT_CEILING_DIRECTORIES=parent, LC_ALL="C")
    assert (code, output) == (2, "")
    assert said.startswith("job.py: error: --diff-base needs a Git repository, and Git says: not a git repository")
    assert said.count("\n") == 1


def test_without_git_it_is_one_line(job: Path) -> None:
    code, output, said = putfix("--diff-base", "HEAD", cwd=job.parent, PATH="/nowhere")
    assert (code, output) == (2, "")
    assert said == ".: error: --diff-base needs git, which cannot be run: No such file or directory\n"


def test_a_path_that_is_not_there_is_said_as_always(job: Path) -> None:
    code, _, said = putfix("--diff-base", "HEAD", "gone.py", "job.py", cwd=job.parent)
    assert (code, said.splitlines()[0]) == (2, "gone.py: error: No such file or directory")


@pytest.mark.parametrize("more", [["--trace", "a", "--report"], ["--baseline", "a", "--update-baseline"]])
def test_wrong_options(job: Path, more: list[str]) -> None:
    code, output, said = putfix("--diff-base", "HEAD", *more, cwd=job.parent)
    assert (code, output) == (2, "")
    assert said.splitlines()[-1] == "Error: --diff-base goes without --report and --update-baseline."
