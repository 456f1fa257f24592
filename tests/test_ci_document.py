"""What the page about CI shows: its commands print that, and its files are what their readers take."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from installing import ROOT

DOCUMENT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"<!-- run by a test -->\n```console\n(.*?)```\n", DOCUMENT, re.DOTALL)
FILES: list[Any] = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```\n", DOCUMENT, re.DOTALL)]
SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a finding in the main branch, and another since then."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "putfix").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m putfix "$@"\n', encoding="utf-8")
    (tmp_path / "bin" / "putfix").chmod(0o755)
    home = tmp_path / "repository"
    (home / "src").mkdir(parents=True)
    (home / "src" / "old.py").write_text(SOURCE, encoding="utf-8")
    (home / "src" / "other.py").write_text("import ray\n", encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", "one"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ):
        subprocess.run([*git, *command], cwd=home, timeout=60, check=True)
    (home / "src" / "new.py").write_text(SOURCE, encoding="utf-8")
    for command in (["add", "-A"], ["commit", "-qm", "two"]):
        subprocess.run([*git, *command], cwd=home, timeout=60, check=True)
    return home


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("git") is None, reason="needs bash and git")
def test_its_commands_print_what_it_shows(folder: Path) -> None:
    assert len(SESSIONS) == 3
    environment = os.environ | {"PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(SESSIONS), re.MULTILINE):
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.stdout == output, command


def test_its_files_use_what_there_is() -> None:
    pre_commit, workflow, steps, gitlab = FILES
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in pre_commit["repos"][0]["hooks"]} <= {hook["id"] for hook in hooks}
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    used = workflow["jobs"]["putfix"]["steps"][-1]["with"]
    assert used.keys() <= action["inputs"].keys()
    described = re.search(r"\| input \|.*?\n\n", DOCUMENT, re.DOTALL)
    assert described is not None
    assert re.findall(r"^\| `([\w-]+)` \|", described[0], re.MULTILINE) == list(action["inputs"])
    written = re.search(r"--output-file (\S+)", gitlab["putfix"]["script"][-1])
    assert written is not None
    assert gitlab["putfix"]["artifacts"]["reports"]["codequality"] == written[1]
    assert [step["run"] for step in steps] == ["pip install putfix", "putfix --output-format github"]
