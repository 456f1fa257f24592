"""Going through hoists one by one, on a pseudo-terminal: what is asked, what each answer does, and what stays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from terminal import INTERRUPT, Terminal, Transcript, screen, without_colours

HEAD = "import numpy as np\nimport ray\n\nf = ray.remote(lambda a, i: i)\n"


def part(name: str, *, hoisted: bool = False) -> str:
    sent = f"{name}_ref" if hoisted else name
    put = f"{name}_ref = ray.put({name})\n" if hoisted else ""
    return f"{name} = np.zeros((500, 500))\n{put}print([f.remote({sent}, i) for i in range(10)])\n"


def source(*hoisted: str) -> str:
    """A file that could have three hoists, with some of them."""
    return HEAD + "".join(part(name, hoisted=name in hoisted) for name in ("x", "y", "z"))


NEEDED = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
y = np.zeros((500, 500))


def go(n):
    for i in range(9):
        f.remote(x, i)
    for i in range(n):
        f.remote(y, i)


def ask():
    return ray.is_initialized()
"""
"""Only the put of ``x`` starts Ray for certain, so that of ``y`` may stand above a loop that may not run."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(source(), encoding="utf-8")
    return tmp_path


def answered(folder: Path, answers: Iterable[str], *arguments: str) -> Transcript:
    """``putfix --apply`` where the ``answers`` are typed, each after a question."""
    with Terminal(folder, "--apply", *arguments) as terminal:
        for answer in answers:
            terminal.wait_for("?]? ")
            terminal.send(f"{answer}\n")
        return terminal.finish()


@pytest.mark.parametrize(
    ("answers", "first", "second", "summary", "code"),
    [
        ("yyyyyy", "xyz", "xyz", "Hoisted 6 values in 2 files, 108 MB less to copy (2 files checked).", 0),
        ("yynnny", "xy", "z", "Hoisted 3 values in 2 files, 54 MB less to copy (2 files checked), 3 declined.", 1),
        ("nfnnn", "yz", "", "Hoisted 2 values in 1 file, 36 MB less to copy (2 files checked), 4 declined.", 1),
        ("nya", "yz", "xyz", "Hoisted 5 values in 2 files, 90 MB less to copy (2 files checked), 1 declined.", 1),
        ("nq", "", "", "Nothing hoisted (1 file checked), 3 declined.", 1),
        ("yq", "x", "", "Hoisted 1 value in 1 file, 18 MB less to copy (1 file checked), 2 declined.", 1),
    ],
)
def test_each_answer_does_what_it_says(
    folder: Path, answers: str, first: str, second: str, summary: str, code: int
) -> None:
    run = answered(folder, answers)
    assert (folder / "a.py").read_text(encoding="utf-8") == source(*first)
    assert (folder / "b.py").read_text(encoding="utf-8") == source(*second)
    assert summary in without_colours(run.printed)
    assert run.code == code


def test_what_is_asked_about_is_seen_first_and_is_what_changes_in_the_file_as_it_is_now(folder: Path) -> None:
    with Terminal(folder, "--apply", "a.py", columns=200) as terminal:
        terminal.wait_for("(1/3) Apply this hoist to a.py [y,n,f,a,q,?]? ")
        terminal.send("y\n")
        terminal.wait_for("(2/3) ")
        assert (folder / "a.py").read_text(encoding="utf-8") == source("x")
        terminal.send("q\n")
        shown = screen(terminal.finish().printed, 200)
    assert "a.py:8:17: hoist: y is about 2.0 MB (np.zeros((500, 500)), line 7), sent 10 times: 18 MB" in shown
    second = shown[shown.index("(1/3)") : shown.index("(2/3)")]
    assert "\n x_ref = ray.put(x)\n" in second
    assert "\n+y_ref = ray.put(y)\n" in second
    assert "z_ref" not in shown


def test_the_question_stands_out_where_colours_are_wanted(folder: Path) -> None:
    question = "(1/3) Apply this hoist to a.py [y,n,f,a,q,?]? "
    assert f"\x1b[34m\x1b[1m{question}\x1b[0m" in answered(folder, "q", "a.py").printed
    with Terminal(folder, "--apply", "a.py", environment={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for(f"\n{question}")
        terminal.send("q\n")
        terminal.finish()


def test_help_says_what_the_letters_mean_and_the_question_comes_again(folder: Path) -> None:
    run = answered(folder, "?xq", "a.py")
    assert run.shown.count("(1/3)") == 3
    assert run.shown.count("f - yes, and to all that follow in this file\n") == 2


@pytest.mark.parametrize(("typed", "hoisted"), [("YES", "x"), (" y ", "x"), ("apply", ""), ("yy", ""), ("never", "")])
def test_only_a_letter_or_its_word_is_an_answer(folder: Path, typed: str, hoisted: str) -> None:
    run = answered(folder, [typed, "quit"], "a.py")
    assert (folder / "a.py").read_text(encoding="utf-8") == source(*hoisted)
    assert ("q - no, and stop here" in run.shown) == (not hoisted)


def test_the_end_of_the_input_is_no_to_all_that_follow(folder: Path) -> None:
    with Terminal(folder, "--apply") as terminal:
        terminal.wait_for("?]? ")
        terminal.send("\x04")
        run = terminal.finish()
    assert run.code == 1
    assert "?]?\nNothing hoisted" in run.shown
    assert (folder / "a.py").read_text(encoding="utf-8") == source()


def test_an_interrupt_leaves_the_hoists_that_were_agreed_to(folder: Path) -> None:
    with Terminal(folder, "--apply") as terminal:
        terminal.wait_for("?]? ")
        terminal.send("y\n")
        terminal.wait_for("?]? ")
        terminal.send(INTERRUPT)
        run = terminal.finish()
    assert run.code == 130
    summary = "Hoisted 1 value in 1 file, 18 MB less to copy (1 file checked), interrupted.\n"
    assert without_colours(run.printed).endswith(f"^C\n{summary}")
    assert (folder / "a.py").read_text(encoding="utf-8") == source("x")


def test_a_hoist_that_needs_one_that_was_declined_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(NEEDED, encoding="utf-8")
    run = answered(tmp_path, "n")
    assert "job.py:13:18: this hoist needs one that was declined, left alone\n" in run.shown
    assert run.code == 1
    assert path.read_text(encoding="utf-8") == NEEDED
    answered(tmp_path, "yy")
    assert "    y_ref = ray.put(y)\n" in path.read_text(encoding="utf-8")


def test_in_a_file_that_was_changed_meanwhile_nothing_more_is_written(folder: Path) -> None:
    with Terminal(folder, "--apply", "a.py") as terminal:
        terminal.wait_for("?]? ")
        (folder / "a.py").write_text("print()\n", encoding="utf-8")
        terminal.send("y\n")
        run = terminal.finish()
    assert "a.py: error: changed while putfix was running, not written\n" in run.shown
    assert run.code == 2
    assert (folder / "a.py").read_text(encoding="utf-8") == "print()\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_what_no_encoding_has_is_no_answer(folder: Path, encoding: str) -> None:
    with Terminal(folder, "--apply", "a.py", environment={"PYTHONIOENCODING": f"{encoding}:strict"}) as terminal:
        terminal.wait_for("?]? ")
        terminal.send("\udcff\n")
        terminal.wait_for("?]? ")
        terminal.send("q\n")
        run = terminal.finish()
    assert run.code == 1
    assert "q - no, and stop here" in run.shown


def test_nobody_is_asked_where_the_questions_would_not_be_seen(folder: Path) -> None:
    with Terminal(folder, "--apply", piped=["stderr"]) as terminal:
        run = terminal.finish()
    assert (run.code, run.printed) == (2, "")
    assert run.stderr == (
        b"putfix: error: --apply asks on standard error, which is no terminal; --yes applies without asking\n"
    )
    assert (folder / "a.py").read_text(encoding="utf-8") == source()


def test_the_cells_of_a_notebook_are_shown_as_they_are_now(tmp_path: Path) -> None:
    cells = [HEAD, part("x") + part("y"), part("z")]
    content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    path = tmp_path / "job.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    run = answered(tmp_path, "yyn")
    assert [cell["source"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]] == [
        HEAD,
        part("x", hoisted=True) + part("y", hoisted=True),
        part("z"),
    ]
    assert run.shown.count("--- a/job.ipynb:cell 2") == 2
    assert run.shown.count("--- a/job.ipynb:cell 3") == 1
    assert run.shown.count("\n+x_ref = ray.put(x)\n") == 1
