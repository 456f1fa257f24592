"""Checking hoists with a command, and ``--check``: what stays, what is said, and the exit codes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import Terminal
from test_review import NEEDED, source

APPLY = ("--apply", "--yes")


def putfix(folder: Path, *arguments: str) -> tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "putfix", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(source(), encoding="utf-8")
    return tmp_path


def now(folder: Path) -> list[str]:
    return [(folder / name).read_text(encoding="utf-8") for name in ("a.py", "b.py")]


def test_hoists_that_the_command_passes_with_stay(folder: Path) -> None:
    code, shown, said = putfix(folder, *APPLY, "--check-with", "echo here; grep -q z_ref b.py")
    assert code == 0
    assert "here" not in shown
    assert said.endswith(
        "\nhere\n`echo here; grep -q z_ref b.py` passed with 6 hoists applied\n"
        "Hoisted 6 values in 2 files, 108 MB less to copy (2 files checked).\n"
    )
    assert now(folder) == [source("x", "y", "z")] * 2


def test_all_is_taken_back_where_the_command_fails(folder: Path) -> None:
    code, shown, said = putfix(folder, *APPLY, "--check-with", "exit 3")
    assert code == 1
    assert "+y_ref = ray.put(y)\n" in shown
    assert "`exit 3` failed (exit code 3) with 6 hoists applied\n" in said
    assert "6 taken back" in said
    assert now(folder) == [source()] * 2


def test_bisecting_keeps_what_the_command_passes_with(folder: Path) -> None:
    command = "! grep -q y_ref b.py && ! grep -q z_ref a.py"
    code, _, said = putfix(folder, *APPLY, "--check-with", command, "--bisect")
    assert code == 1
    assert f"a.py:10:17: the hoist of z is taken back, `{command}` fails with it\n" in said
    assert f"b.py:8:17: the hoist of y is taken back, `{command}` fails with it\n" in said
    assert f"`{command}` passed with 4 hoists applied\nHoisted 4 values in 2 files" in said
    assert "2 taken back" in said
    assert now(folder) == [source("x", "y"), source("x", "z")]


def test_no_hoist_is_blamed_for_a_command_that_always_fails(folder: Path) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", "false", "--bisect")
    assert code == 1
    assert "`false` fails without any hoist, too\n" in said
    assert said.count("`false` failed") == 2
    assert now(folder) == [source()] * 2


def test_a_command_that_cannot_be_run_is_an_error(folder: Path) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", "no-such-command", "--bisect")
    assert code == 2
    assert said.count("failed (exit code 127)") == 1
    assert now(folder) == [source()] * 2


def test_the_command_is_not_run_where_nothing_was_applied(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("import ray\n", encoding="utf-8")
    code, _, said = putfix(tmp_path, *APPLY, "--check-with", "touch ran")
    assert (code, said) == (0, "Nothing to hoist (1 file checked).\n")
    assert not (tmp_path / "ran").exists()


def test_a_file_that_the_command_changes_is_not_taken_back(folder: Path) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", "echo '#' >>a.py; false")
    assert code == 2
    assert "a.py: error: changed while putfix was running, not written: its hoists stay\n" in said
    assert now(folder) == [source("x", "y", "z") + "#\n", source()]


def test_a_hoist_goes_with_the_one_that_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(NEEDED, encoding="utf-8")
    code, _, said = putfix(tmp_path, *APPLY, "--check-with", "! grep -q x_ref job.py", "--bisect")
    assert code == 1
    assert "`! grep -q x_ref job.py` passed without any hoist\n" in said
    assert "with 1 hoist applied" not in said.split("the hoist of x is taken back")[1]
    assert "job.py:13:18: the hoist of y is taken back, as one that it needs\n" in said
    assert "2 taken back" in said
    assert path.read_text(encoding="utf-8") == NEEDED


@pytest.mark.parametrize("changing", ["echo '#' >>a.py", "chmod a-w a.py", "mv a.py c"])
def test_a_file_that_cannot_be_changed_back_ends_the_bisecting(folder: Path, changing: str) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", f"{changing}; ! grep -q y_ref b.py", "--bisect")
    assert code == 2
    assert said.count("exit code 1) with 6 hoists applied\n") == 1
    assert "without any hoist" not in said
    assert "which hoists it fails with cannot be told\n" in said
    assert said.count("a.py: error: ") == 1
    assert (folder / "b.py").read_text(encoding="utf-8") == source()


@pytest.mark.parametrize("removing", ["rm a.py", "cp before a.py"])
def test_hoists_that_the_command_removes_are_not_counted(folder: Path, removing: str) -> None:
    (folder / "before").write_text(source(), encoding="utf-8")
    code, _, said = putfix(folder, *APPLY, "--check-with", removing)
    assert code == 1
    assert f"a.py: changed by `{removing}`, and left as it is\n" in said
    assert "Hoisted 3 values in 1 file, 54 MB less to copy (2 files checked), 3 taken back.\n" in said


def test_of_a_file_that_is_gone_no_hoists_stay(folder: Path) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", "rm a.py; false")
    assert code == 2
    assert "a.py: error: cannot be written: No such file or directory\n" in said
    assert "Nothing hoisted (2 files checked), 6 taken back, 1 error.\n" in said


def test_a_file_that_a_passing_command_formats_is_named(folder: Path) -> None:
    code, _, said = putfix(folder, *APPLY, "--check-with", "echo '#' >>a.py")
    assert code == 0
    assert "a.py: changed by `echo '#' >>a.py`, and left as it is\nHoisted 6 values in 2 files" in said


def test_quietly_only_failures_are_said(folder: Path) -> None:
    assert putfix(folder, *APPLY, "-q", "--check-with", "true")[2] == ""
    for name in ("a.py", "b.py"):
        (folder / name).write_text(source(), encoding="utf-8")
    code, _, said = putfix(folder, *APPLY, "-q", "--check-with", "! grep -q y_ref b.py", "--bisect")
    assert code == 1
    assert said == (
        "`! grep -q y_ref b.py` failed (exit code 1) with 6 hoists applied\n"
        "b.py:8:17: the hoist of y is taken back, `! grep -q y_ref b.py` fails with it\n"
    )


def test_that_the_command_runs_is_said_before(folder: Path) -> None:
    said = putfix(folder, *APPLY, "--check-with", "echo here")[2]
    assert "Running `echo here` with 6 hoists applied\nhere\n`echo here` passed" in said


def test_that_it_runs_again_is_said_before_too(folder: Path) -> None:
    said = putfix(folder, *APPLY, "--check-with", "echo here; false", "--bisect")[2]
    assert "Running `echo here; false` without any hoist\nhere\n`echo here; false` failed" in said


def test_an_empty_command_checks_nothing(folder: Path) -> None:
    code, shown, said = putfix(folder, *APPLY, "--check-with", " ")
    assert (code, shown) == (2, "")
    assert "--check-with needs a command." in said
    assert now(folder) == [source()] * 2


def test_all_that_the_command_has_started_may_end_by_itself(folder: Path) -> None:
    command = "(trap 'sleep 0.5; touch cleaned; exit' TERM; touch begun; while :; do sleep 0.1; done)& wait"
    with Terminal(folder, *APPLY, "--check-with", command, piped=("stderr",)) as terminal:
        while not (folder / "begun").exists():
            time.sleep(0.01)
        terminal.signal(signal.SIGINT)
        assert terminal.finish().code == 130
    assert (folder / "cleaned").exists()
    assert now(folder) == [source()] * 2


def test_a_second_interrupt_ends_the_command_at_once_and_takes_all_back(folder: Path) -> None:
    command = "trap 'touch told' TERM; touch begun; while :; do sleep 0.1; done"
    with Terminal(folder, *APPLY, "--check-with", command, piped=("stderr",)) as terminal:
        while not (folder / "begun").exists():
            time.sleep(0.01)
        terminal.signal(signal.SIGINT)
        while not (folder / "told").exists():
            time.sleep(0.01)
        begun = time.monotonic()
        terminal.signal(signal.SIGINT)
        run = terminal.finish()
    assert time.monotonic() - begun < 2
    assert run.code == 130
    assert b"6 taken back, interrupted" in run.stderr
    assert now(folder) == [source()] * 2


def test_a_terminal_that_is_closed_takes_all_back(folder: Path) -> None:
    with Terminal(folder, *APPLY, "--check-with", "touch begun; sleep 30", piped=("stderr",)) as terminal:
        while not (folder / "begun").exists():
            time.sleep(0.01)
        terminal.signal(signal.SIGHUP)
        run = terminal.finish()
    assert run.code == 129
    assert now(folder) == [source()] * 2


def test_an_interrupt_takes_all_back_and_ends_the_command(folder: Path) -> None:
    command = "touch begun; sleep 3; touch ended"
    with Terminal(folder, *APPLY, "--check-with", command, piped=("stderr",)) as terminal:
        while not (folder / "begun").exists():
            time.sleep(0.01)
        terminal.signal(signal.SIGINT)
        run = terminal.finish()
    assert run.code == 130
    assert b"6 taken back" in run.stderr
    assert b"interrupted" in run.stderr
    assert now(folder) == [source()] * 2
    time.sleep(3)
    assert not (folder / "ended").exists()


def test_only_what_was_agreed_to_is_checked(folder: Path) -> None:
    with Terminal(folder, "--apply", "--check-with", "! grep -q y_ref a.py", "--bisect", "a.py") as terminal:
        for letter in "yyn":
            terminal.wait_for("?]? ")
            terminal.send(f"{letter}\n")
        run = terminal.finish()
    assert "1 declined, 1 taken back" in run.printed
    assert (folder / "a.py").read_text(encoding="utf-8") == source("x")


def test_check_says_it_by_the_exit_code_alone(folder: Path) -> None:
    assert putfix(folder, "--check") == (1, "", "")
    assert putfix(folder, "--check", "--min-size", "1GB") == (0, "", "")
    (folder / "c.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    code, shown, said = putfix(folder, "--check")
    assert (code, shown) == (2, "")
    assert said.startswith("c.py:2:")
    assert said.count("\n") == 1
    assert now(folder) == [source()] * 2


def test_fixing_is_told_by_the_exit_code_where_that_is_asked_for(folder: Path) -> None:
    assert putfix(folder, *APPLY, "--exit-non-zero-on-fix")[0] == 1
    assert putfix(folder, *APPLY, "--exit-non-zero-on-fix")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--check", "--diff"), "--check goes without"),
        (("--check-with", "true"), "--check-with is for --apply, with files"),
        (("--apply", "--check-with", "true", "-"), "--check-with is for --apply, with files"),
        (("--apply", "--bisect"), "--bisect is for --check-with"),
        (("--exit-non-zero-on-fix",), "--exit-non-zero-on-fix is for --apply and --add-ignores"),
    ],
)
def test_options_that_do_not_go_together_are_refused(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    code, shown, said = putfix(folder, *arguments)
    assert (code, shown) == (2, "")
    assert words in said
    assert now(folder) == [source()] * 2
