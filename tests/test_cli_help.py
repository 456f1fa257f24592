"""Help, the list of codes, and completion in shells."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from starting import start

from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.cli import main
from putfix.codes import CODES
from putfix.comments.reading import comments_of
from putfix.help import COMMENTS, EPILOG, EXAMPLES, GROUPS
from putfix.options import Options
from putfix.report.notices import NOTICES
from putfix.report.sentences import EXIT_CODES, ExitCode

DOCUMENTED = (Path(__file__).parent.parent / "docs" / "output.md").read_text("utf-8")


def putfix(*arguments: str, cwd: Path, **environment: str) -> tuple[int, str, str]:
    run = start(*arguments, cwd=cwd, environment=os.environ | environment)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def test_the_help_is_in_groups_with_examples_and_exit_codes(tmp_path: Path) -> None:
    code, output, said = putfix("--help", cwd=tmp_path)
    assert (code, said) == (0, "")
    headings = re.findall(r"^(\w[^\n]*):$", output, re.MULTILINE)
    assert headings == [*GROUPS, *EPILOG, "Environment variables", "Exit codes"]
    assert "\n  [PATHS]" not in output  # which the first line has
    assert all(f"  {written}\n" in output for rows in EPILOG.values() for written in rows)
    for exit_code in ExitCode:
        assert f"\n  {exit_code.value:<3}  {EXIT_CODES[exit_code][:30]}" in output
    assert "\n  -h, --help" in output


def test_each_option_is_in_one_group_and_among_the_options() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    options = [each.name for each in main.params if isinstance(each, click.Option)]
    assert sorted(listed) == sorted(filter(None, options))
    assert set(listed) - {"version"} == set(Options._fields) - {"paths"}


@pytest.mark.parametrize("command", EXAMPLES)
def test_the_examples_are_commands(command: str) -> None:
    arguments = shlex.split(command.partition(" <")[0])[1:]
    main.make_context("putfix", arguments)


@pytest.mark.parametrize("comment", COMMENTS)
def test_the_comments_are_understood(comment: str) -> None:
    (read,) = comments_of(f"x = 1  {comment}\n")
    assert read.wrong is None
    assert set(read.items) <= set(CODES)


def test_nothing_heavy_is_loaded_for_the_help(tmp_path: Path) -> None:
    for arguments in (["--version"], ["--help"]):
        run = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "putfix", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
        assert "putfix.cli" in loaded
        assert not loaded & {"putfix.analysis", "putfix.knowledge", "putfix.run", "libcst", "pathspec", "ray", "numpy"}


def test_all_codes_are_listed_in_one_line_each(tmp_path: Path) -> None:
    code, output, said = putfix("--list-codes", cwd=tmp_path)
    assert (code, said) == (0, "")
    lines = [re.fullmatch(r"([a-z-]+) {2,}(\S.*[^.])", line) for line in output.splitlines()]
    assert [line[1] for line in lines if line is not None] == [*NOTICES, *REASONS, *ADVICE]
    assert len({line.start(2) for line in lines if line is not None}) == 1
    assert "changed  " in output


@pytest.mark.parametrize("more", ["job.py", "--diff", "--min-size=1MB", "--explain=hoist", "--isolated", "-"])
def test_the_list_stands_alone(tmp_path: Path, more: str) -> None:
    code, output, said = putfix("--list-codes", more, cwd=tmp_path)
    assert (code, output) == (2, "")
    assert "stands alone, without paths and other options." in said


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_a_list_that_cannot_be_printed_is_one_line(tmp_path: Path, redirection: str) -> None:
    command = f'"{sys.executable}" -m putfix --list-codes {redirection}'
    run = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("putfix: error: ")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(tmp_path: Path, shell: str) -> None:
    assert f"_PUTFIX_COMPLETE={shell}_source putfix" in DOCUMENTED
    code, output, _ = putfix(cwd=tmp_path, _PUTFIX_COMPLETE=f"{shell}_source")
    assert code == 0
    assert f"{shell}_complete" in output


@pytest.mark.parametrize(
    ("words", "expected"),
    [("--exp", {"--explain"}), ("--explain may-be-c", {"may-be-changed"}), ("--explain unused", {"unused-comment"})],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_options_and_codes_are_completed(tmp_path: Path, shell: str, words: str, expected: set[str]) -> None:
    number = str(len(words.split())) if shell != "fish" else words.split()[-1]
    line = f"putfix {words}"
    _, output, _ = putfix(cwd=tmp_path, _PUTFIX_COMPLETE=f"{shell}_complete", COMP_WORDS=line, COMP_CWORD=number)
    found = {word for row in output.splitlines() for word in re.split(r"[,\t]", row)}
    assert expected <= found
