"""What a run loads: nothing heavy where there is nothing to do."""

from __future__ import annotations

import functools
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import pytest

SENDING = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
PROBE = """\
import sys
from putfix.__main__ import main
try:
    main()
finally:
    sys.stdout.flush()
    sys.stderr.write("\\n" + " ".join(sys.modules))
"""
PARSING = frozenset(
    "putfix.analysis putfix.comments putfix.rewrite putfix.formats putfix.knowledge putfix.fix putfix.examining "
    "putfix.choosing putfix.recorded putfix.model libcst".split()
)
"""What makes something of a source."""
ON_REQUEST = frozenset(
    "pathspec platformdirs tomllib tomli json difflib hashlib subprocess tempfile importlib.metadata putfix.applying "
    "putfix.reviewing putfix.verifying putfix.files.baseline putfix.files.revisions putfix.files.tables "
    "putfix.files.words putfix.files.writing putfix.trace.records putfix.report.explanations putfix.report.findings "
    "putfix.report.measured putfix.report.screen putfix.report.page jinja2 pygments".split()
)
"""What only some options, or some files beside the source, have a use for."""
KEEPING = frozenset(["json", "tempfile"])
"""What a run over a directory reads and writes the cache with."""
RUNNING = frozenset("putfix.run putfix.command putfix.session putfix.files".split())


def python(*arguments: str, cwd: Path, source: str = "") -> set[str]:
    """The modules that a program loads."""
    run = subprocess.run(
        [sys.executable, "-c", *arguments],
        cwd=cwd,
        input=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return set(run.stderr.rpartition("\n")[2].split())


@functools.cache
def libraries() -> set[str]:
    """What Python, Click and what each module of putfix imports load anyway."""
    loading = "import sys, click, dataclasses, pathlib, typing; sys.stderr.write(' '.join(sys.modules))"
    return python(loading, cwd=Path())


def loaded(*arguments: str, cwd: Path, source: str = "") -> set[str]:
    found = python(PROBE, *arguments, cwd=cwd, source=source)
    assert "putfix.cli" in found
    return found - libraries()


@pytest.mark.parametrize("name", sorted(PARSING | ON_REQUEST | RUNNING))
def test_what_is_not_to_be_loaded_is_called_so(name: str) -> None:
    assert name in ("tomllib", "tomli") or importlib.util.find_spec(name) is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    for path in (tmp_path / "plain.py", tmp_path / "package" / "other.py"):
        path.write_text("print('nothing to see')\n")
    return tmp_path


@pytest.mark.parametrize("arguments", [["plain.py"], ["--unsafe-fixes", "plain.py"], ["--no-cache", "."]])
def test_without_calls_of_ray_nothing_is_loaded_that_parses(folder: Path, arguments: list[str]) -> None:
    assert not loaded(*arguments, cwd=folder) & (PARSING | ON_REQUEST)


@pytest.mark.parametrize("arguments", [["."], ["--verbose", "."], ["--check", "."], ["--statistics", "."]])
def test_nor_in_a_directory_but_for_the_cache(folder: Path, arguments: list[str]) -> None:
    assert not loaded(*arguments, cwd=folder) & ((PARSING | ON_REQUEST) - KEEPING)


def test_a_run_with_nothing_new_writes_nothing(folder: Path) -> None:
    time.sleep(2.1)  # so that files are told by their time
    loaded(".", cwd=folder)
    assert loaded(".", cwd=folder) & (PARSING | ON_REQUEST) == {"json"}


def test_nor_for_standard_input(folder: Path) -> None:
    found = loaded("--apply", "-", "--stdin-filename", "plain.py", cwd=folder, source="print('nothing to see')\n")
    assert not found & (PARSING | ON_REQUEST)


def test_nor_to_write(folder: Path) -> None:
    assert not loaded("--apply", "--yes", "plain.py", cwd=folder) & (PARSING | {"pathspec", "json", "difflib"})


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_is_only_printed_needs_no_run(folder: Path, option: str) -> None:
    assert not loaded(option, cwd=folder) & (PARSING | ON_REQUEST | RUNNING)


def test_toml_is_parsed_where_it_sets_something(folder: Path) -> None:
    toml = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    (folder / "pyproject.toml").write_text("[project]\n")
    assert toml not in loaded("plain.py", cwd=folder)
    (folder / "pyproject.toml").write_text("[tool.putfix]\nmin-size = '1MB'\n")
    found = loaded("plain.py", cwd=folder)
    assert toml in found
    assert not found & PARSING


def test_patterns_are_read_where_there_are_some(folder: Path) -> None:
    (folder / ".gitignore").write_text("*.pyc\n")
    assert "pathspec" not in loaded("plain.py", cwd=folder)
    found = loaded(".", cwd=folder)
    assert "pathspec" in found
    assert not found & PARSING


@pytest.mark.parametrize("arguments", [["--diff"], ["--apply", "--yes"], ["--verbose"], ["--statistics"]])
def test_a_hoist_needs_no_libcst_and_no_other_format(folder: Path, arguments: list[str]) -> None:
    (folder / "job.py").write_text(SENDING)
    found = loaded(*arguments, "job.py", cwd=folder)
    assert "putfix.rewrite" in found
    assert not found & NOT_FOR_A_HOIST
    assert "tempfile" not in found or "--apply" in arguments


NOT_FOR_A_HOIST = frozenset(
    "libcst pathspec putfix.formats.notebooks putfix.formats.markup json hashlib subprocess multiprocessing "
    "putfix.workers.pool putfix.choosing putfix.files.baseline putfix.trace.records".split()
)


def test_a_notebook_is_read_by_what_reads_notebooks(folder: Path) -> None:
    (folder / "job.ipynb").write_text('{"cells": [], "ray": "remote"}')
    assert "putfix.formats.notebooks" in loaded("job.ipynb", cwd=folder)
