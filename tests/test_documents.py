"""What the README and the pages under ``docs/`` show is what a run prints."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import documents
import pytest
from starting import start_in_text

from putfix.cli import main
from putfix.files.configuration import Configurations
from putfix.options import Options
from putfix.settings import Settings

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
TEXTS = {path.relative_to(documents.ROOT).as_posix(): path.read_text("utf-8") for path in documents.documents()}
SHOWN = [found for text in TEXTS.values() for found in documents.OUTPUT.findall(text)]
COMMANDS = sorted({command for text in TEXTS.values() for command in documents.commands(text)})
OF_PUTFIX = [command for command in COMMANDS if command.startswith("putfix ")]
SCRIPTS = [command for command in COMMANDS if command.startswith(("python benchmarks/", "python tests/"))]
OF_PYTHON = {
    "python -m libcst.tool codemod --no-format -x putfix.codemod.HoistRayPut src/": "x_ref = ray.put(x)",
    "python -m libcst.tool codemod hoist.HoistRayPut src/": "x_ref = ray.put(x)",
    "python -m libcst.tool list": "hoist.HoistRayPut",
    "python examples/migrate.py --diff src/": "+x_ref = ray.put(x)",
    "python -m putfix.trace -o run.jsonl job.py": "ran",
    "python -c \"import putfix; print(putfix.__path__[0] + '/putfix.schema.json')\"": "putfix.schema.json",
    "python -c \"help('putfix.trace.records')\"": "repeats",
}
"""What other command lines show, or leave in ``src/job.py``."""
ELSEWHERE = {
    "python -m venv .venv && .venv/bin/pip install -q . && .venv/bin/putfix --diff examples/": "test_release.py",
    "python -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest": "what runs this",
    "python -m putfix.trace": "test_recorded_programs.py",
    "python -m putfix.trace examples/large_argument.py": "test_recorded_programs.py",
    "python -m putfix.server": "test_sessions.py",
}
"""What other tests run."""
LINKS = [
    (name, target)
    for name, text in TEXTS.items()
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text)
    if not target.startswith("http")
]


def test_there_are_outputs_commands_and_links() -> None:
    assert len(SHOWN) > 9
    assert len(COMMANDS) > 20
    assert len(LINKS) > 10


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_they_show_what_a_run_prints(arguments: str, output: str) -> None:
    assert documents.printed(arguments) == output


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that has all that the documents name: files, revisions, a trace and a baseline."""
    folder = tmp_path_factory.mktemp("example") / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "tests").mkdir()
    shutil.copytree(documents.ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(folder / "examples" / ".libcst.codemod.yaml", folder)
    shutil.copy(folder / "examples" / "unknown_sizes.jsonl", folder / "run.jsonl")
    (folder / "tests" / "test_job.py").write_text("def test_job(): pass\n", encoding="utf-8")
    (folder / "job.py").write_text("print('ran')\n", encoding="utf-8")
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for command in ("init -q -b main", "add -A", "commit -qm one", "update-ref refs/remotes/origin/main HEAD"):
        subprocess.run([*git, *command.split()], timeout=60, check=True)
    for name in ("src/job.py", "file.py"):
        (folder / name).write_text(SOURCE, encoding="utf-8")
    start_in_text("--baseline", "putfix-baseline.json", "--update-baseline", cwd=folder)
    return folder


@pytest.fixture
def project(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the tools of this environment."""
    shutil.copytree(example, tmp_path / "project")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "project"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("command", [each for each in OF_PUTFIX if "--on-ray" not in each])
def test_the_commands_do_what_they_say(command: str, project: Path) -> None:
    line, _, given = command.replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", "main").partition(" || ")[0].partition(" <")
    arguments = ["--explain", "hoist"] if line == "putfix --explain" else shlex.split(line)[1:]
    source = (project / given).read_text("utf-8") if given else ""
    run = start_in_text(*arguments, cwd=project, source=source)
    assert run.returncode in (0, 1)
    assert not re.search(r"(?i)error|warning: |traceback", run.stderr), run.stderr
    for name in re.findall(r"--output-file (\S+)", command):
        text = (project / name).read_text("utf-8")
        assert text.startswith("<") or json.loads(text)


@pytest.mark.parametrize("command", [each for each in OF_PUTFIX if "--on-ray" in each])
def test_the_commands_for_a_cluster_are_understood(command: str) -> None:
    context = main.make_context("putfix", shlex.split(command)[1:])
    assert Options(**context.params).conflict is None


@pytest.mark.parametrize("command", OF_PYTHON)
def test_the_other_commands_do_what_they_say(command: str, project: Path) -> None:
    _, *arguments = shlex.split(command)
    run = subprocess.run(
        [sys.executable, *arguments], cwd=project, capture_output=True, text=True, timeout=60, check=True
    )
    shown = run.stdout + (project / "src" / "job.py").read_text("utf-8")
    assert OF_PYTHON[command] in shown


@pytest.mark.parametrize("command", SCRIPTS)
def test_the_long_runs_are_there_with_their_options(command: str) -> None:
    _, script, *arguments = shlex.split(command)
    text = (documents.ROOT / script).read_text("utf-8")
    for option in arguments:
        assert not option.startswith("-") or f'"{option}"' in text, option


def test_no_command_is_left_out() -> None:
    assert ELSEWHERE.keys() | OF_PYTHON.keys() | {*OF_PUTFIX, *SCRIPTS} == {*COMMANDS}


def test_the_extras_that_are_installed_exist() -> None:
    metadata = (documents.ROOT / "pyproject.toml").read_text("utf-8")
    shown = {extra for text in TEXTS.values() for extra in re.findall(r"putfix\[(\w+)\]'", text)}
    assert len(shown) > 3
    for extra in shown:
        assert re.search(rf"^{extra} = \[", metadata, re.MULTILINE), extra


@pytest.mark.parametrize("name", TEXTS)
def test_files_of_the_project_that_are_named_exist(name: str) -> None:
    for path in re.findall(r"`(?:python )?((?:src|tests|docs|benchmarks|examples)/[\w./-]+)", TEXTS[name]):
        assert (documents.ROOT / path).exists(), path


@pytest.mark.parametrize(("name", "target"), LINKS)
def test_links_lead_somewhere(name: str, target: str) -> None:
    assert (documents.ROOT / name).parent.joinpath(target).exists()


def test_the_pages_on_codes_are_what_explain_says() -> None:
    made = documents.pages()
    assert {path: path.read_text("utf-8") for path in documents.CODES.iterdir()} == made


def test_what_explain_says_is_no_markup_on_a_page() -> None:
    for path, text in documents.pages().items():
        prose = re.sub(r"```.*?```|^#+ [\w -]+$", "", text, flags=re.DOTALL | re.MULTILINE)
        assert not re.search(r"(?<![\w\\`])(?:\\.)*[*_]+\w|^#", prose, re.MULTILINE), path.name


def test_the_configuration_that_is_shown_is_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"<!-- read by a test -->\n```toml\n(.*?)```\n", TEXTS["docs/configuration.md"], re.DOTALL)
    expected = Settings(1_000_000, ("mylib.load_*", "mylib.Model"), ("mylib.load_settings",), ignore=("size-unknown",))
    in_tests = replace(expected, ignore=("size-unknown", "hoist"))
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert Configurations().settings(tmp_path / "job.py") == expected
    assert Configurations().settings(tmp_path / "tests" / "test_job.py") == in_tests
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "putfix.toml").write_text(
        text.replace("[tool.putfix]", "").replace("tool.putfix.", ""), encoding="utf-8"
    )
    assert Configurations().settings(tmp_path / "job.py") == expected
