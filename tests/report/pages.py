"""Pages for tests: of sources that are analysed here, and of a run over files with hostile names and texts."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from putfix import Settings, __version__, fix_source
from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.formats import notebooks, python
from putfix.model import Result
from putfix.problems import Problem
from putfix.report.explanations import Explanation, explanation
from putfix.report.notices import NOTICES
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.page.rendering import page

HEAD = """\
import numpy as np
import ray


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())

"""
SAFE = """
table = np.zeros((1000, 1000))
for column in range(10):
    column_sum.remote(table, column)
"""
UNSAFE = """
def send(given: np.ndarray):
    for column in range(3):
        column_sum.remote(given, column)
"""
LEFT = """
weights = np.ones((500, 500))
for column in range(4):
    weights[0] = column
    column_sum.remote(weights, column)
"""
TWO = """
def do_{}(given: np.ndarray):
    table = np.zeros(10**6)
    for i in range(9): column_sum.remote(table, i), column_sum.remote(given, i)
"""
HOSTILE = """\
# </script><script>alert(1)</script> <img src=x onerror=alert(2)> "quotes' `${alert(3)}` {{ 7 * 7 }} &amp; <!--
tables = np.zeros((500, 500))  # </style></pre></td><svg onload=alert(4)>
name = "</textarea><img src='http://127.0.0.1:9/x.png' onerror='alert(5)'>"
futures = [column_sum.remote(tables, "</script><img src=x onerror=alert(6)>") for column in range(10)]
given = load("<b onmouseover=alert(7)>")
for column in range(3):
    column_sum.remote(given["<i>"], column)
"""
NAMES = (
    "<img src=x onerror=alert(8)>.py",
    '"onfocus="alert(9)" autofocus=".py',
    "javascript:alert(10).py",
    "a'b&lt;c.py",
    "{{ config }}.py",
    "x\ny\u202egpj.py",
    "?q=1#fragment%20.py",
    "--output-file=x.py",
    "javascript:alert(11)/job.py",
    "data:text/html,<script>alert(12)</script>/job.py",
    f"{'a_directory_with_a_very_long_name/' * 5}and_a_file_whose_name_has_no_place_to_break_it_at.py",
)


@functools.cache
def explanations() -> Mapping[str, Explanation]:
    """What the codes mean."""
    return {code: explanation(code, reason) for code, reason in {**NOTICES, **REASONS, **ADVICE}.items()}


def record(source: str, path: str = "job.py", *, unsafe: bool = False) -> FileRecord:
    """What is found in a source."""
    read = notebooks.read if path.endswith(".ipynb") else python.read
    return _record(path, fix_source(source, path, replace(Settings(), unsafe_fixes=unsafe), read=read))


def _record(path: str, found: Result) -> FileRecord:
    old, new = (found.source.encode(), found.new_source.encode()) if found.changed else (b"", b"")
    return FileRecord(
        Path(path),
        old,
        new,
        found.findings,
        found.problems,
        found.remarks,
        found.suppressed,
        found.changed_cells,
        found.text,
    )


def written(files: Iterable[FileRecord], folder: Path = Path()) -> str:
    """The page about these files."""
    files = list(files)
    problems = sum(len(file.problems) for file in files)
    run = Run(__version__, Path(), Path(), explanations, folder=folder)
    return page(run, files, Totals(len(files), 0, problems, "Said of the run."))


def everything() -> list[FileRecord]:
    """Files with findings of all kinds, remarks, problems, and cells."""
    notebook = Path(__file__).parents[1] / "fixtures" / "notebooks" / "lesson.ipynb"
    return [
        record(HEAD + SAFE + UNSAFE + LEFT, "src/train/job.py"),
        record(HEAD + UNSAFE, "src/tools/send.py", unsafe=True),
        record(HEAD + "x = 1  # putfix: ignore\n" + LEFT, "other/left.py"),
        record(notebook.read_text("utf-8"), "lesson.ipynb"),
        FileRecord(Path("broken.py"), problems=(Problem("syntax error: '<' was never closed", 3, 4),)),
    ]


def many(findings: int) -> list[FileRecord]:
    """Files with ten findings each, as many as give so many; half of them are hoisted."""
    one = record(HEAD + "".join(TWO.format(number) for number in range(5)))
    assert len(one.findings) == 10
    return [replace(one, path=Path(f"part_{number % 20:02}/job_{number}.py")) for number in range(findings // 10)]


def hostile(folder: Path) -> Path:
    """The page of a run over files whose names and texts try to get out of it."""
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + HOSTILE, "utf-8")
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(folder) + b"/no text \xff.py")).write_text(HEAD + HOSTILE, "utf-8")
    made = folder / "reports" / "page.html"
    made.parent.mkdir()
    command = [sys.executable, "-m", "putfix", "--output-format", "html", "--output-file", str(made), "."]
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    assert run.returncode == 1, run.stderr
    return made


class Parsed(HTMLParser):
    """What is in a page: its elements with their attributes, its text, and whether all is closed in order."""

    VOID = frozenset({"meta", "col", "wbr", "input", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.raw: dict[str, str] = {"style": "", "script": ""}
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]] += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements of one kind."""
        return [attributes for each, attributes in self.elements if each == tag]

    @property
    def words(self) -> str:
        """The text, with single spaces."""
        return " ".join(self.text.split())
