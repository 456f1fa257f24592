"""The command with a trace: what it changes, what it says, and what it refuses."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from starting import start_in_text

from putfix.trace.records import VERSION, Counts, Key, Origin, Site, Trace, cell_name, dump, text_hash

MB = 1_000_000
SOURCE = """\
import ray

f = ray.remote(lambda *values: 0)


def send(table):
    return [f.remote(table, i) for i in range(10)]


def spread(values):
    for _ in range(10):
        f.remote(*values)
"""
LINE, SPREAD = 7, 12
INDENT = " " * 20
FIXED = SOURCE.replace("    return", "    table_ref = ray.put(table)\n    return").replace("(table,", "(table_ref,")


def counts(sends: int = 10, size: int = 8 * MB, **others: int) -> Counts:
    """Always the same array."""
    found = Counts(sends, kinds={"numpy.ndarray": sends}, least=size, most=size, total=sends * size)
    found.repeats, found.repeated = sends - 1, (sends - 1) * size
    for name, value in others.items():
        setattr(found, name, value)
    return found


def key(path: Path, line: int, argument: int | str = 0) -> Key:
    """An argument of the remote call on a line."""
    source = path.read_text("utf-8")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.lineno == line]
    (call,) = (node for node in nodes if isinstance(node.func, ast.Attribute) and node.func.attr == "remote")
    text = text_hash(source.splitlines()[line - 1 : call.end_lineno])
    site = Site(path.name, line, call.col_offset, call.end_lineno or 0, call.end_col_offset, "f", text)
    return Key(Origin(str(path.parent)), site, argument)


def written(path: Path, *records: tuple[Key, Counts]) -> Path:
    trace = Trace([Origin("/")])
    for each, seen in records:
        trace.add(each, seen)
    path.write_bytes(dump(trace))
    return path


def putfix(cwd: Path, *arguments: str) -> tuple[int, str, list[str]]:
    run = start_in_text(*arguments, cwd=cwd)
    assert "Traceback" not in run.stderr
    return run.returncode, run.stdout, run.stderr.splitlines()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def trace(job: Path) -> Path:
    star = counts()
    return written(job.parent / "run.jsonl", (key(job, LINE), counts()), (key(job, SPREAD), star))


def test_what_was_measured_is_hoisted(job: Path, trace: Path) -> None:
    code, _, lines = putfix(job.parent, "--apply", "--verbose", "job.py")
    assert (code, job.read_text()) == (0, SOURCE)
    assert "the size of table is not known; table may be a reference already" in lines[0]
    code, diff, lines = putfix(job.parent, "--trace", trace.name, "--apply", "--verbose", "job.py")
    assert (code, job.read_text()) == (0, FIXED)
    assert "+    table_ref = ray.put(table)\n" in diff
    assert lines[0] == (
        "job.py:7:22: hoist: table is 8.0 MB (measured in a run, ndarray), sent 10 times there: 72 MB less to copy"
    )
    assert lines[-1] == "Hoisted 1 value in 1 file, 72 MB less to copy (1 file checked)."


def test_a_call_that_is_gone_is_named(job: Path, trace: Path) -> None:
    job.write_text(FIXED)
    code, diff, lines = putfix(job.parent, "--trace", trace.name)
    assert (code, diff) == (0, "")
    assert lines == [
        "job.py:7: the trace saw a call of f here that is no longer there; trace again",
        "job.py:12: the trace saw a call of f here that is no longer there; trace again",
        "Nothing to hoist (1 file checked), 2 traced calls no longer there.",
    ]


def test_a_call_is_gone_with_all_else_in_the_file(job: Path, trace: Path) -> None:
    job.write_text("print()\n")
    code, _, lines = putfix(job.parent, "--trace", trace.name)
    assert (code, len(lines)) == (0, 3)
    assert lines[-1] == "Nothing to hoist (1 file checked), 2 traced calls no longer there."


def test_other_files_of_the_trace_are_not_mentioned(job: Path, trace: Path) -> None:
    other = job.with_name("other.py")
    other.write_text("print()\n")
    assert putfix(job.parent, "--trace", trace.name, "other.py") == (0, "", ["Nothing to hoist (1 file checked)."])


def test_traces_add_up(job: Path, trace: Path) -> None:
    second = written(job.with_name("second.jsonl"), (key(job, LINE), counts(5, references=1)))
    _, diff, lines = putfix(job.parent, "--trace", trace.name, "--trace", second.name, "-v")
    assert diff == ""
    assert lines[0].startswith("job.py:7:22: measured-reference: table is 8.0 MB (measured in a run, ndarray)")
    assert lines[0].endswith("table was an object reference in 1 of 15 calls on line 7, a run says")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "the trace run.jsonl cannot be read: No such file or directory"),
        (b"", "run.jsonl is not a trace of putfix"),
        (b"\x89PNG\r\n\x1a\n\0\0", "run.jsonl is not a trace of putfix"),
        (json.dumps({"putfix_trace": VERSION + 1, "root": "/"}).encode(), f"is a trace of version {VERSION + 1}"),
    ],
)
@pytest.mark.parametrize("more", ["--apply", "--report"])
def test_a_trace_that_cannot_be_read_is_one_line(job: Path, data: bytes | None, words: str, more: str) -> None:
    if data is not None:
        job.with_name("run.jsonl").write_bytes(data)
    job.write_text(SOURCE.replace("send(table):", "send():\n    table = 'x' * 1_000_000"))
    before = job.read_bytes()
    code, output, (line,) = putfix(job.parent, more, "--trace", "run.jsonl")
    assert (code, output) == (2, "")
    assert line.startswith("putfix: error: ")
    assert words in line
    assert job.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--report"],
        ["--report", "--trace", "run.jsonl", "--diff"],
        ["--report", "--trace", "run.jsonl", "--apply"],
        ["--trace", "run.jsonl", "--chart", "chart.svg"],
        ["--trace", "run.jsonl", "--report", "--chart", "chart.html"],
        ["--trace", "run.jsonl", "--explain", "changed"],
    ],
)
def test_options_that_do_not_fit_are_one_sentence(job: Path, trace: Path, arguments: list[str]) -> None:
    code, output, lines = putfix(job.parent, *arguments)
    assert (code, output) == (2, "")
    assert lines[-1].startswith("Error: ")


def test_the_report_has_what_can_be_done_about_each_call(job: Path, trace: Path) -> None:
    gone = job.with_name("gone.py")
    gone.write_text(SOURCE)
    stale = job.with_name("stale.py")
    stale.write_text(SOURCE)
    more = [(key(path, LINE), counts(size=size)) for path, size in ((gone, 7 * MB), (stale, 6 * MB))]
    second = written(job.with_name("second.jsonl"), *more, (key(job, LINE, 1), counts(size=10)))
    gone.unlink()
    stale.write_text("import ray\n" + SOURCE)
    code, output, lines = putfix(job.parent, "--trace", trace.name, "--trace", second.name, "--report")
    assert code == 0
    assert lines == [
        "stale.py:7: the trace saw a call of f here that is no longer there; trace again",
        "Reported 5 arguments (2 files checked), 1 traced call no longer there.",
    ]
    assert output == (
        "by value  repeated                        sends    size  argument       type     place\n"
        "   80 MB     72 MB  ██████████████████░░     10  8.0 MB  f(table)       ndarray  job.py:7\n"
        f"{INDENT}putfix --apply hoists it: 72 MB less to copy\n"
        "   80 MB     72 MB  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░     10  8.0 MB  f(argument 1)  ndarray  job.py:12\n"
        f"{INDENT}sent again, through a star or a function that makes the call, which putfix does not follow\n"
        "   70 MB     63 MB  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░       10  7.0 MB  f(argument 1)  ndarray  gone.py:7\n"
        f"{INDENT}not in the files that were checked\n"
        "   60 MB     54 MB  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒░          10  6.0 MB  f(argument 1)  ndarray  stale.py:7\n"
        f"{INDENT}no longer there: trace the program again\n"
        "\n"
        "█ saved by putfix --apply   ▒ sent again, and left   ░ sent for the first time\n"
        "\n"
        "Not listed without --verbose: 1 more argument of 100 bytes together.\n"
        "\n"
        "The run passed 290 MB by value, 90 % of it (261 MB) again; putfix --apply saves 72 MB.\n"
    )
    assert job.read_text() == SOURCE
    _, output, _ = putfix(job.parent, "--trace", second.name, "--report", "-v", "job.py")
    assert "small: a put would make the call slower" in output


def test_a_file_that_cannot_be_analysed_is_in_the_report(job: Path, trace: Path) -> None:
    lines = SOURCE.splitlines(keepends=True)
    job.write_text("".join([*lines, "def broken(\n"]))
    code, output, errors = putfix(job.parent, "--trace", trace.name, "--report")
    assert code == 2
    assert output.count("in a file that could not be read or analysed") == 2
    assert len(errors) == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_the_report_is_readable_in_any_encoding(job: Path, trace: Path, encoding: str) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "putfix", "--trace", trace.name, "--report"],
        cwd=job.parent,
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PYTHONPATH": ":".join(sys.path)},
        timeout=60,
        check=False,
    )
    assert run.returncode == 0
    assert b"##################--" in run.stdout


@pytest.mark.parametrize("name", ["chart.svg", "chart.PNG"])
def test_a_chart_is_drawn(job: Path, trace: Path, name: str) -> None:
    pytest.importorskip("matplotlib")
    code, output, lines = putfix(job.parent, "--trace", trace.name, "--report", "--chart", name)
    assert (code, len(lines)) == (0, 1)
    assert "The run passed 160 MB" in output
    assert job.with_name(name).stat().st_size > 5000


def test_a_chart_that_cannot_be_written_is_one_line(job: Path, trace: Path) -> None:
    pytest.importorskip("matplotlib")
    code, output, lines = putfix(job.parent, "--trace", trace.name, "--report", "--chart", "no/chart.svg")
    assert code == 2
    assert "The run passed 160 MB" in output
    assert lines[0] == "no/chart.svg: error: cannot be written: No such file or directory"


def test_without_matplotlib_a_chart_is_refused_at_once(job: Path, trace: Path) -> None:
    program = (
        "import sys, importlib.util; find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'matplotlib' else find(name, *rest)\n"
        "from putfix.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "--trace", trace.name, "--report", "--chart", "chart.svg"]
    run = subprocess.run(command, cwd=job.parent, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "putfix: error: --chart needs Matplotlib: pip install 'putfix[chart]'\n"


FIRST_CELL = "import ray\nfrom tables import load\nf = ray.remote(lambda table, i: i)"
CELL = "\n%matplotlib inline\ntable = load()\nray.get([f.remote(table, i) for i in range(10)])\n"


def notebook(path: Path) -> Path:
    sources = {"markdown": "# Title", "raw": "", "code": FIRST_CELL}
    cells: list[dict[str, object]] = [{"cell_type": kind, "source": source} for kind, source in sources.items()]
    cells.append({"cell_type": "code", "source": CELL.splitlines(True)})
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return path


@pytest.mark.parametrize("given", ["lessons", "lessons/first.ipynb", "."])
def test_a_report_names_the_cell_of_a_notebook(tmp_path: Path, given: str) -> None:
    notebook(tmp_path / "lessons" / "first.ipynb")
    (tmp_path / "lessons" / "broken.ipynb").write_text("{", encoding="utf-8")
    notebook(tmp_path / "lessons" / "second.ipynb")  # a copy
    site = Site(cell_name(CELL), 3, 9, 3, 27, "f", "")
    written(tmp_path / "run.jsonl", (Key(Origin("/elsewhere"), site, 0), counts()))
    code, output, _ = putfix(tmp_path, "--trace", "run.jsonl", "--report", given)
    assert code == 0
    assert "f(table)" in output
    assert "lessons/first.ipynb:cell 4:3" in output
    assert "putfix --apply hoists it" in output
    assert "second" not in output
    code, output, _ = putfix(tmp_path, "--trace", "run.jsonl", "--diff", "lessons/first.ipynb")
    assert code == 1
    assert "+table_ref = ray.put(table)\n" in output


def test_a_cell_whose_notebook_is_not_there_is_just_a_cell(tmp_path: Path) -> None:
    site = Site(cell_name(CELL), 2, 9, 2, 31, "f", "")
    written(tmp_path / "run.jsonl", (Key(Origin("/elsewhere"), site, 0), counts()))
    assert "a notebook's cell:2" in putfix(tmp_path, "--trace", "run.jsonl", "--report")[1]
