"""The hooks, with pre-commit itself: it installs putfix from a repository, and a commit goes through them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from installing import copy_sources, install

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")
CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: putfix
        args: [--min-size=1MB]
      - id: putfix-fix
"""
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]


def notebook(source: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)


class Repository:
    """A repository of Git's in a directory of its own, and what pre-commit makes of it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        identity = dict.fromkeys(
            ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "a"
        )
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "PYTHONPATH"
        }
        self.environment = (
            inherited | identity | {"PRE_COMMIT_HOME": str(home), "NO_COLOR": "1", "PRE_COMMIT_COLOR": "never"}
        )
        self.run("git", "init", "-q")

    def run(self, *command: str, fails: bool = False, **environment: str) -> str:
        run = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert (run.returncode != 0) == fails, run.stdout
        return run.stdout

    def commit(self) -> None:
        self.run("git", "add", "-A")
        self.run("git", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "one")


@pytest.mark.installs
def test_a_commit_goes_through_the_hooks(tmp_path: Path) -> None:
    copy_sources(tmp_path / "putfix")
    released = Repository(tmp_path / "putfix", tmp_path)
    released.commit()
    revision = released.run("git", "rev-parse", "HEAD").strip()
    user = Repository(tmp_path / "user", tmp_path / "home")
    (user.folder / ".pre-commit-config.yaml").write_text(
        CONFIGURATION.format(repository=released.folder, revision=revision), encoding="utf-8"
    )
    (user.folder / "job.py").write_text(SOURCE, encoding="utf-8")
    (user.folder / "lesson.ipynb").write_text(notebook(SOURCE), encoding="utf-8")
    (user.folder / "notes.md").write_text(f"```python\n{SOURCE}```\n", encoding="utf-8")
    user.run("git", "add", "-A")
    install([*PRE_COMMIT, "install", "--install-hooks"], cwd=user.folder, env=user.environment)

    reported = user.run("git", "commit", "-m", "one", fails=True, SKIP="putfix-fix")
    head, _, output = reported.partition("- exit code: 1\n")
    assert re.search(r"^putfix\.+Failed\n", head, re.MULTILINE)
    assert "+x_ref = ray.put(x)\n" in output
    assert "job.py:6:21: hoist: x is about 2.0 MB" in output
    assert "lesson.ipynb:cell 1:6:21: hoist: x is about 2.0 MB" in output
    assert "Would hoist 2 values in 2 files, 36 MB less to copy (2 files checked).\n" in output
    assert (user.folder / "job.py").read_text(encoding="utf-8") == SOURCE

    fixed = user.run("git", "commit", "-m", "one", fails=True, SKIP="putfix")
    assert re.search(
        r"^putfix-fix\.+Failed\n- hook id: putfix-fix\n- exit code: 1\n- files were modified", fixed, re.MULTILINE
    )
    assert "Hoisted 2 values in 2 files, 36 MB less to copy (2 files checked).\n" in fixed
    assert (user.folder / "job.py").read_text(encoding="utf-8") == FIXED
    assert (user.folder / "lesson.ipynb").read_text(encoding="utf-8") == notebook(FIXED)

    user.run("git", "add", "-A")
    passed = user.run("git", "commit", "-m", "one")
    assert re.findall(r"^(putfix\S*?)\.+(\w+)\n", passed, re.MULTILINE) == [
        ("putfix", "Passed"),
        ("putfix-fix", "Passed"),
    ]

    (user.folder / "job.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    broken = user.run(*PRE_COMMIT, "run", "putfix", "--files", "job.py", fails=True)
    assert "- exit code: 2\n" in broken
    assert "job.py:2:9: error: syntax error" in broken
