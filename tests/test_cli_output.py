"""What is said to people: lines, sums, statistics, colours, and how far a run is; as they see it on a terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import terminal
from starting import start
from terminal import INTERRUPT, Terminal, screen, showing_progress, without_colours

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")
CHANGED = "for i in range(3):\n    x[0] = i\n    f.remote(x)\n"
UNKNOWN = "\n\ndef send(table):\n    for i in range(3):\n        f.remote(table)\n"
LINE = "job.py:6:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy\n"
SUMMARY = "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked).\n"
DIFF = "\n".join(
    [
        "--- a/job.py",
        "+++ b/job.py",
        "@@ -3,4 +3,5 @@",
        " ",
        " f = ray.remote(lambda a, i: i)",
        " x = np.zeros((500, 500))",
        "-futures = [f.remote(x, i) for i in range(10)]",
        "+x_ref = ray.put(x)",
        "+futures = [f.remote(x_ref, i) for i in range(10)]",
        "",
    ]
)
HOSTILE = "\x1b[2J\x9b2J\x07\u202e"
"""What clears a screen, twice, rings its bell, and turns the direction of text around."""
BOLD, GREEN, RED, CYAN, END = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[36m", "\x1b[0m"
MANY = 800
EAGER = showing_progress(after=0.02, every=0.01)
"""putfix, which shows progress so soon that so many files are enough."""


def putfix(*arguments: str, cwd: Path, source: str = "", **environment: str) -> tuple[int, str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    run = start(*arguments, cwd=cwd, source=source.encode(), environment=kept | environment)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SOURCE, "utf-8")
    return path


@pytest.fixture
def many(job: Path) -> Path:
    """A folder whose check takes a while, with something to say in the middle of it."""
    folder = job.parent
    for number in range(MANY):
        name = f"{'a' if number < MANY // 2 else 'z'}{number}.py"
        (folder / name).write_text(f"import ray\n{number}\nray.remote(print).remote(1)\n" * 3, "utf-8")
    return folder


def test_people_read_the_finding_then_the_diff_then_the_sums(job: Path) -> None:
    run = terminal.run(job.parent)
    assert run.code == 1
    assert without_colours(run.printed) == LINE + DIFF + SUMMARY


def test_the_diff_alone_goes_to_standard_output(job: Path) -> None:
    assert putfix(cwd=job.parent) == (1, DIFF, LINE + SUMMARY)
    subprocess.run(["git", "apply"], cwd=job.parent, input=putfix(cwd=job.parent)[1], text=True, check=True)
    assert job.read_text("utf-8") == FIXED


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_the_diff_needs_no_standard_error(job: Path, redirection: str) -> None:
    command = f'"{sys.executable}" -m putfix --apply {redirection}'
    run = subprocess.run(["sh", "-c", command], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.stdout.decode() == DIFF
    assert job.read_text("utf-8") == FIXED


def test_the_sums_say_why_most_is_left_alone(job: Path) -> None:
    job.write_text(SOURCE + CHANGED + CHANGED + UNKNOWN, "utf-8")
    _, _, said = putfix(cwd=job.parent)
    last = "3 repeats left alone (2 changed, 1 size-unknown; --verbose tells all); --unsafe-fixes hoists 1 of them.\n"
    assert said == LINE + SUMMARY + last
    _, _, said = putfix("--verbose", cwd=job.parent)
    assert said.count("; left alone because ") == 3
    assert said.endswith(last.replace("; --verbose tells all", ""))


def test_quiet_leaves_the_diff_and_the_errors(job: Path) -> None:
    (job.parent / "broken.py").write_text("import ray\nf.remote(\n", "utf-8")
    (job.parent / "idle.py").write_text("import ray\nray.remote(print)  # putfix: ignore\n", "utf-8")
    code, output, said = putfix("-q", cwd=job.parent)
    assert (code, output) == (2, DIFF)
    assert re.fullmatch(r"broken\.py:2:\d+: error: syntax error: .*\n", said)
    assert putfix("-q", "--apply", "job.py", cwd=job.parent) == (0, DIFF, "")
    assert putfix("-q", "job.py", cwd=job.parent) == (0, "", "")


def test_statistics_count_codes_in_place_of_a_diff(job: Path) -> None:
    ignore = "ray.remote(print)  # putfix: ignore\n"
    job.write_text(SOURCE + CHANGED + CHANGED + UNKNOWN + ignore, "utf-8")
    code, output, said = putfix("--statistics", cwd=job.parent)
    assert code == 1
    rows = [line.split(maxsplit=2) for line in output.splitlines()]
    assert [row[:2] for row in rows] == [
        ["1", "hoist"],
        ["2", "changed"],
        ["1", "size-unknown"],
        ["1", "unused-comment"],
    ]
    assert rows[1][2].startswith("The program changes the value between the calls")
    assert said.startswith("Would hoist 1 value in 1 file")
    assert putfix("--statistics", "-q", cwd=job.parent) == (code, output, "")
    assert LINE in putfix("--statistics", "-v", cwd=job.parent)[2]
    assert putfix("--statistics", "-", cwd=job.parent, source="print()\n")[:2] == (0, "")
    assert "x_ref" not in job.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--quiet", "--verbose"],
        *(["--statistics", *more] for more in (["--diff"], ["--apply"], ["--add-ignores"], ["--show-settings"])),
        ["--statistics", "--baseline=a", "--update-baseline"],
        ["--statistics", "--trace=a", "--report"],
    ],
)
def test_options_that_do_not_go_together(job: Path, arguments: list[str]) -> None:
    code, output, said = putfix(*arguments, cwd=job.parent)
    assert (code, output) == (2, "")
    assert f"Error: {arguments[0]} " in said


def test_terminals_get_colours(job: Path) -> None:
    (job.parent / "z.py").write_text("import ray\nf.remote(\n", "utf-8")
    printed = terminal.run(job.parent).printed
    assert printed.startswith(f"{BOLD}job.py{END}:6:21: {GREEN}{BOLD}hoist{END}: x is about ")
    assert f"{BOLD}--- a/job.py{END}\n{BOLD}+++ b/job.py{END}\n{CYAN}@@ -3,4 +3,5 @@{END}\n \n f = " in printed
    assert f"{RED}-futures = [f.remote(x, i) for i in range(10)]{END}\n{GREEN}+x_ref = ray.put(x){END}\n" in printed
    assert re.search(r"\x1b\[1mz\.py\x1b\[0m:2:\d+: \x1b\[31m\x1b\[1merror:\x1b\[0m syntax error", printed)
    assert (
        f"{BOLD}Would hoist 1 value in 1 file, 18 MB less to copy{END} (2 files checked), {RED}{BOLD}1 error" in printed
    )


def test_each_stream_gets_colours_by_what_it_is(job: Path) -> None:
    run = terminal.run(job.parent, piped=["stdout"])
    assert run.stdout.decode() == DIFF
    assert run.printed.startswith(BOLD)
    run = terminal.run(job.parent, piped=["stderr"])
    assert run.stderr.decode() == LINE + SUMMARY
    assert run.printed.startswith(f"{BOLD}--- a/job.py")


def test_a_refusal_has_colours(tmp_path: Path) -> None:
    run = terminal.run(tmp_path, "--explain", "nothing")
    assert run.printed.startswith(f"putfix: {RED}{BOLD}error:{END} there is no code")


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}], ids=str
)
def test_terminals_may_want_none(job: Path, environment: dict[str, str]) -> None:
    assert terminal.run(job.parent, environment=environment).printed == LINE + DIFF + SUMMARY


def test_an_empty_variable_says_nothing(job: Path) -> None:
    assert terminal.run(job.parent, environment={"NO_COLOR": ""}).printed.startswith(BOLD)
    assert putfix(cwd=job.parent, FORCE_COLOR="") == (1, DIFF, LINE + SUMMARY)


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_colours_can_be_had_in_pipes(job: Path, term: str) -> None:
    code, output, said = putfix(cwd=job.parent, FORCE_COLOR="0", TERM=term)
    assert (code, without_colours(output), without_colours(said)) == (1, DIFF, LINE + SUMMARY)
    assert output.startswith(BOLD)
    assert said.startswith(BOLD)


def test_nothing_hostile_reaches_the_terminal(job: Path) -> None:
    path = job.parent / f"{HOSTILE}.py"
    text = SOURCE.replace("x = ", f"# {HOSTILE}é\nx = ").replace("(x, i)", f"(x, '{HOSTILE}')")
    path.write_text(text + f"for i in range(3):\n    unknown(x, '{HOSTILE}')\n    f.remote(x)\n", "utf-8")
    job.unlink()
    for environment in ({}, {"NO_COLOR": "1"}):
        run = terminal.run(job.parent, "--verbose", environment=environment)
        assert run.code == 1
        plain = without_colours(run.printed)
        assert not set(plain) & {"\x1b", "\x9b", "\x07", "\u202e"}
        assert " # ^[[2J<U+009B>2J^G<U+202E>é\n" in plain
        assert plain.startswith("\\x1b[2J\\x9b2J\\x07\\u202e.py:7:")
        assert "x may be changed by unknown(x, '\\x1b[2J\\x9b2J\\x07\\u202e') on line" in run.shown.replace("\n", "")
        colours = {escape[0] for escape in re.finditer(r"\x1b\[[0-9;?]*[A-Za-z]", run.printed)}
        assert all(escape.endswith("m") for escape in colours)
    assert HOSTILE in putfix(cwd=job.parent)[1]


def test_bytes_that_are_no_text_are_shown_and_line_ends_are_not(job: Path) -> None:
    job.write_bytes(b"# coding: latin-1\r\n" + SOURCE.replace("x = ", "# \xe9\rx\nx = ").encode("latin-1"))
    assert " # <E9>^Mx\n" in without_colours(terminal.run(job.parent).printed)
    job.write_bytes(SOURCE.replace("\n", "\r\n").encode())
    assert "^M" not in terminal.run(job.parent).printed


def test_a_line_that_looks_like_the_head_of_a_file_is_none(job: Path) -> None:
    job.write_text(SOURCE.replace("futures = [", "i = 0\ny = (i\n-- i, [").replace("(10)]", "(10)])"), "utf-8")
    assert f"{RED}--- i, [f.remote(x, i) for" in terminal.run(job.parent).printed


def test_a_long_run_shows_how_far_it_is(many: Path) -> None:
    with Terminal(many, command=EAGER) as running:
        run = running.finish()
    assert run.code == 1
    drawn = re.findall(r"\r(\d+) files checked, \d+ per second, (\d+) findings?\x1b\[K", run.printed)
    numbers = [int(number) for number, _ in drawn]
    assert len(numbers) > 1
    assert numbers == sorted(set(numbers))
    assert {findings for _, findings in drawn} <= {"0", "1"}
    assert run.shown == screen(LINE + DIFF + SUMMARY.replace("1 file checked", f"{MANY + 1} files checked"))


def test_the_number_of_files_is_known_where_they_are_named(many: Path) -> None:
    names = sorted(path.name for path in many.iterdir())
    with Terminal(many, *names, command=EAGER) as running:
        run = running.finish()
    assert f" of {MANY + 1} files checked, " in run.printed


def test_it_is_as_wide_as_the_terminal(many: Path) -> None:
    with Terminal(many, command=EAGER, columns=20) as narrow:
        run = narrow.finish()
    drawn = re.findall(r"\r([^\r\n\x1b]+)\x1b\[K", run.printed)
    assert drawn
    assert all(len(line) < 20 for line in drawn)


@pytest.mark.parametrize(
    ("arguments", "environment", "piped"),
    [(["-q"], {}, []), ([], {"TERM": "dumb"}, []), ([], {}, ["stderr"])],
    ids=["quiet", "dumb", "pipe"],
)
def test_nobody_else_sees_progress(
    many: Path, arguments: list[str], environment: dict[str, str], piped: list[str]
) -> None:
    with Terminal(many, *arguments, command=EAGER, environment=environment, piped=piped) as running:
        run = running.finish()
    assert run.code == 1
    assert "per second" not in run.printed + run.stderr.decode()


def test_a_short_run_shows_none(job: Path) -> None:
    assert "\r" not in terminal.run(job.parent).printed


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "signal"])
@pytest.mark.parametrize("piped", [[], ["stdout"], ["stdout", "stderr"]], ids=["terminal", "diff-in-pipe", "pipes"])
def test_an_interrupt_ends_a_run_with_what_was_done(many: Path, piped: list[str], typed: bool) -> None:
    with Terminal(many, "--apply", "--yes", command=EAGER, piped=piped, environment={"NO_COLOR": "1"}) as running:
        running.wait_for("hoist")
        running.wait_for("futures")  # in the diff, behind which the file is written
        if typed:
            running.send(INTERRUPT)
        else:
            running.signal(signal.SIGINT)
        run = running.finish()
    said = run.stderr.decode() if "stderr" in piped else run.printed
    assert run.code == 130
    assert "Traceback" not in said
    last = said.rstrip("\n").rpartition("\n")[2].rpartition("\x1b[K")[2]
    outcome = re.fullmatch(r"(Hoisted 1 value in 1 file, 18 MB less to copy|Nothing hoisted)(.*)", last)
    assert outcome is not None
    assert re.fullmatch(r" \(\d+ files checked\), interrupted\.", outcome[2])
    counted = outcome[1].startswith("Hoisted")  # it may come between the write and the count
    assert (many / "job.py").read_text("utf-8") in ((FIXED,) if counted else (SOURCE, FIXED))


def test_quietly_interrupted_it_says_nothing(many: Path) -> None:
    with Terminal(many, "-q", command=EAGER, piped=["stdout", "stderr"]) as running:
        running.wait_for("futures")
        running.send(INTERRUPT)
        run = running.finish()
    assert (run.code, run.stderr) == (130, b"")


@pytest.mark.parametrize("module", ["click", "putfix.cli", "putfix.session", "putfix.run"])
def test_an_interrupt_while_it_is_loaded_says_nothing(job: Path, tmp_path: Path, module: str) -> None:
    hook = (
        "import sys, signal, os\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            sys.meta_path.remove(self)\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.argv = ['putfix']\n"
        "import runpy\n"
        "runpy.run_module('putfix', run_name='__main__', alter_sys=True)\n"
    )
    run = subprocess.run([sys.executable, "-c", hook], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.returncode == 130
    assert b"Traceback" not in run.stderr


def test_an_interrupt_while_the_command_line_is_read_says_nothing(job: Path) -> None:
    program = (
        "import sys\nfrom putfix import __main__, cli\n"
        "def interrupted(text):\n    raise KeyboardInterrupt\n"
        "cli.parse_size = interrupted\nsys.argv = ['putfix', '--min-size=1']\n__main__.main()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, b"", b"")


def test_the_installed_command_is_the_module() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8")
    assert '[project.scripts]\nputfix = "putfix.__main__:main"\n' in text


def test_the_screen_of_the_tests_is_one() -> None:
    assert screen("abc\rx\n") == "xbc\n"
    assert screen("abc\r\x1b[Kx\n\x1b[1my\x1b[0m") == "x\ny"
    assert screen("abcdef", columns=4) == "abcd\nef"
