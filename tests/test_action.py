"""The action of GitHub: its steps are run as a runner does, apart from other actions and from the installation, which
``test_release.py`` runs."""

from __future__ import annotations

import json
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

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SHELL = [step for step in STEPS if "run" in step]
BASH = shutil.which("bash")
SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""

pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed")


class Runner:
    """What runs the steps of the action: it gives them their variables, and reads their outputs."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.workspace = folder / "work space"
        self.temporary = folder / "temporary"
        self.inputs = {name: str(each["default"]) for name, each in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, dict[str, str]] = {}
        self.used: list[dict[str, Any]] = []
        for each in (self.workspace, self.temporary / "putfix" / "bin"):
            each.mkdir(parents=True)
        command = self.temporary / "putfix" / "bin" / "putfix"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m putfix "$@"\n', encoding="utf-8")
        command.chmod(0o755)

    def run(self) -> tuple[int, str]:
        """The exit code of the first step that fails, or 0, and what all of them printed."""
        printed = ""
        for step in STEPS[1:]:
            if not self._holds(step.get("if", "'' == ''")):
                continue
            if "run" not in step:
                self.used.append({name: self._value(text) for name, text in step["with"].items()})
                continue
            code, said = self._run(step)
            printed += said
            if code:
                return code, printed
        return 0, printed

    def _run(self, step: dict[str, Any]) -> tuple[int, str]:
        output = self.temporary / "output"
        output.write_text("", encoding="utf-8")
        given = {name: self._value(text) for name, text in step["env"].items()}
        variables = {"RUNNER_TEMP": str(self.temporary), "GITHUB_OUTPUT": str(output)}
        of_github = {"GITHUB_WORKSPACE": str(self.workspace), "GITHUB_ACTIONS": "true"}
        assert BASH is not None
        run = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=os.environ | variables | of_github | given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        lines = output.read_text(encoding="utf-8").splitlines()
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        return run.returncode, run.stdout

    def _value(self, text: str) -> str:
        """What an expression means, or a text without one."""
        match = re.fullmatch(r"\$\{\{ (\S+) \}\}", text)
        return self._named(match[1]) if match is not None else text

    def _named(self, name: str) -> str:
        kind, *parts = name.split(".")
        if kind == "inputs":
            return self.inputs[parts[0]]
        step, _, output = parts
        return self.outputs.get(step, {}).get(output, "")

    def _holds(self, condition: str) -> bool:
        left, operator, right = condition.split(" ")
        value = left.strip("'") if left.startswith("'") else self._named(left)
        return (value == right.strip("'")) == (operator == "==")


def test_no_expression_stands_in_a_command() -> None:
    assert len(SHELL) == 4
    for step in SHELL:
        assert "${{" not in step["run"], step["name"]
        assert step["shell"] == "bash"


def test_all_that_is_asked_for_is_there() -> None:
    text = json.dumps(ACTION)
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+)", text)) | {"sarif"} == set(ACTION["inputs"])
    identifiers = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.([\w-]+)\.", text)) == identifiers


def test_findings_are_annotations_and_fail_the_job(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    (runner.workspace / "job.py").write_text(SOURCE, encoding="utf-8")
    code, printed = runner.run()
    assert code == 1
    (annotation,) = [line for line in printed.splitlines() if line.startswith("::")]
    assert annotation.startswith("::warning title=putfix%3A hoist,file=job.py,line=6,")
    assert runner.outputs["annotate"] == {"exit-code": "1"}
    assert runner.used == []


def test_without_findings_it_passes(tmp_path: Path) -> None:
    code, printed = Runner(tmp_path).run()
    assert (code, "::" in printed) == (0, False)


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 2)])
def test_findings_may_pass_but_errors_never_do(tmp_path: Path, broken: bool, code: int) -> None:
    runner = Runner(tmp_path, **{"fail-on-findings": "false"})
    (runner.workspace / "job.py").write_text(SOURCE, encoding="utf-8")
    if broken:
        (runner.workspace / "broken.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    assert runner.run()[0] == code


def test_findings_are_uploaded_on_request(tmp_path: Path) -> None:
    runner = Runner(tmp_path, sarif="true", args="--min-size 1MB\n --verbose ")
    (runner.workspace / "job.py").write_text(SOURCE, encoding="utf-8")
    runner.run()
    (upload,) = runner.used
    results = json.loads(Path(upload["sarif_file"]).read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["hoist"]


def test_what_inputs_hold_is_not_run(tmp_path: Path) -> None:
    hostile = ["$(touch caught)", "`touch caught`", "; touch caught", '" || touch caught; "', "*", "-n.py", "a b.py"]
    runner = Runner(tmp_path, paths="\n".join(hostile), args="--min-size $(touch${IFS}caught) ;touch caught")
    assert runner.run()[0] == 2
    assert [each.name for each in runner.workspace.iterdir()] == []
    runner = Runner(tmp_path / "names", paths="\n".join(hostile[:-2]) + "\n-n.py\na b.py\n")
    for name in ("-n.py", "a b.py"):
        (runner.workspace / name).write_text(SOURCE, encoding="utf-8")
    code, printed = runner.run()
    assert code == 2
    assert printed.count("::warning") == 2
    assert printed.count("No such file or directory") >= len(hostile) - 2
    assert sorted(each.name for each in runner.workspace.iterdir()) == ["-n.py", "a b.py"]
