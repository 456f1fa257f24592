"""Programs of several files: what the modules that a file imports tell about it, and that nothing changes.

A case is one text in which a line ``# --- path ---`` begins each file; ``main.py`` is the one that is run. Its first
line names the codes of the obstacles that keep it, ``# left: codes``; otherwise a line ``# --- path becomes ---``
begins what becomes of a file. Cases that are left alone, and become something with unsafe fixes only, have both.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import FIXTURES

from putfix.checking import FileResult
from putfix.files.configuration import Configurations
from putfix.rewrite import Parsed, difference
from putfix.run import check

ADVERSARY = Path(__file__).parent / "adversary"
sys.path.insert(0, str(ADVERSARY))

from modules import MAIN, Files, importable, simulate_files  # noqa: E402

HEADING = re.compile(r"^# --- (\S+?)( becomes)? ---\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """The files of a program, those that they become, and the codes of the obstacles that keep them."""

    name: str
    before: Files
    after: Files
    obstacles: frozenset[str]


def read_case(path: Path) -> Case:
    first, *pieces = HEADING.split(path.read_text(encoding="utf-8"))
    parts = [*zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)]
    before = {name: text for name, becomes, text in parts if not becomes}
    after = before | {name: text for name, becomes, text in parts if becomes}
    return Case(path.stem, before, after, frozenset(first.removeprefix("# left:").split()))


def cases(folder: str) -> list[Case]:
    return [read_case(path) for path in sorted((FIXTURES / "projects" / folder).glob("*.py"))]


def ids(case: Case) -> str:
    return case.name


REWRITTEN = cases("rewritten")
LEFT = cases("left")
UNSAFE = cases("unsafe")
ON_RAY = [case for case in REWRITTEN if not any("ray.init" in text for text in case.before.values())]


def written(files: Files, root: Path) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / "pyproject.toml").touch()
    return root


def results(root: Path, *, unsafe_fixes: bool = False) -> Iterator[tuple[str, FileResult]]:
    for result in check([root], Configurations(unsafe_fixes=unsafe_fixes)):
        assert isinstance(result, FileResult)
        yield result.path.relative_to(root).as_posix(), result


def text_of(result: FileResult, before: str) -> str:
    """What the file then holds; a result has no bytes where they stay as they are."""
    return result.new.decode() if result.changed else before


@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_becomes_what_the_case_says(case: Case, tmp_path: Path) -> None:
    for name, result in results(written(case.before, tmp_path)):
        assert text_of(result, case.before[name]) == case.after[name]
        assert result.problems == ()
        hoists = [finding.hoist for finding in result.findings if finding.hoist is not None]
        assert difference(Parsed(case.before[name]), Parsed(case.after[name]), hoists) is None


@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_a_second_run_changes_nothing(case: Case, tmp_path: Path) -> None:
    for _, result in results(written(case.after, tmp_path)):
        assert not result.changed
        assert result.problems == ()


@pytest.mark.parametrize("case", [*LEFT, *UNSAFE], ids=ids)
def test_is_left_for_the_reasons_that_the_case_names(case: Case, tmp_path: Path) -> None:
    found: set[str] = set()
    for _, result in results(written(case.before, tmp_path)):
        assert not result.changed
        assert result.problems == () or "syntax error" in result.problems[0].message
        found |= {obstacle.code for finding in result.findings for obstacle in finding.obstacles}
    assert found == case.obstacles


@pytest.mark.parametrize("case", UNSAFE, ids=ids)
def test_becomes_what_the_case_says_with_unsafe_fixes(case: Case, tmp_path: Path) -> None:
    for name, result in results(written(case.before, tmp_path), unsafe_fixes=True):
        assert text_of(result, case.before[name]) == case.after[name]
        assert result.problems == ()
    for _, result in results(written(case.after, tmp_path), unsafe_fixes=True):
        assert not result.changed


@pytest.mark.parametrize("in_turn", ["", "1"])
@pytest.mark.parametrize("case", [case for case in UNSAFE if case.before != case.after], ids=ids)
def test_does_the_same_with_unsafe_fixes(case: Case, in_turn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IN_TURN", in_turn)  # which asks for what stands in for Ray
    before = simulate_files(case.before)
    assert before.printed
    assert before.ended == ""
    assert simulate_files(case.after) == before


@pytest.mark.parametrize("case", [*REWRITTEN, *LEFT], ids=ids)
def test_runs(case: Case) -> None:
    assert simulate_files(case.before).ended == ""


@pytest.mark.parametrize("case", REWRITTEN, ids=ids)
def test_does_the_same(case: Case) -> None:
    before = simulate_files(case.before)
    assert before.printed
    assert simulate_files(case.after) == before


@pytest.mark.ray
@pytest.mark.parametrize("case", ON_RAY, ids=ids)
def test_prints_the_same_on_ray(case: Case, execute: Callable[[str], str]) -> None:
    before = executed(case.before, execute)
    assert "Error" not in before, "the case itself does not run"
    assert before
    assert executed(case.after, execute) == before


def executed(files: Files, execute: Callable[[str], str]) -> str:
    """What a program prints; its modules, which workers cannot find, go to them by value."""
    from ray import cloudpickle

    with importable(files):
        names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files if path != MAIN]
        modules = [importlib.import_module(name) for name in names]
        for module in modules:
            cloudpickle.register_pickle_by_value(module)
        try:
            return execute(files[MAIN])
        finally:
            for module in modules:
                cloudpickle.unregister_pickle_by_value(module)


MANY = 300
SENDING = """\
import numpy as np
import ray


@ray.remote
def total(a):
    return a.sum()


def run():
    x = np.ones((200, 200))
    for _ in range(3):
        total.remote(x)
        show(x)
"""
SHOW = "def show(a):\n    return a.shape\n"


def chain(line: str) -> dict[str, str]:
    files = {f"m{n}.py": line.format(n + 1) + "\n" for n in range(MANY)}
    return {**files, f"m{MANY}.py": SHOW, MAIN: f"{line.format(0)}\n{SENDING}"}


def ladder() -> dict[str, str]:
    both = "from a{0} import *\nfrom b{0} import *\n"
    files = {f"{side}{n}.py": both.format(n + 1) for n in range(MANY) for side in "ab"}
    return {**files, f"a{MANY}.py": SHOW, f"b{MANY}.py": SHOW, MAIN: f"{both.format(0)}{SENDING}"}


def cycle(line: str) -> dict[str, str]:
    return {f"m{n}.py": f"{line.format((n + 1) % 3)}\n{SENDING if n == 0 else ''}" for n in range(3)}


LARGE = {
    "chain of imports": chain("from m{} import show"),
    "chain of stars": chain("from m{} import *"),
    "ladder of stars": ladder(),
    "cycle of imports": cycle("from m{} import show"),
    "cycle of stars": cycle("from m{} import *"),
    "imports of itself": {MAIN: f"from main import show\nimport main.main as main\n{SENDING}"},
    "many names": {
        "tools.py": SHOW,
        MAIN: "\n".join(f"from tools import show as show{n}" for n in range(1_000))
        + f"\n{SENDING}"
        + "\n".join(f"        show{n}(x)" for n in range(1_000)),
    },
    "deep packages": {
        "/".join(["deep"] * 40) + "/tools.py": SHOW,
        MAIN: f"from {'.'.join(['deep'] * 40)}.tools import show\n{SENDING}",
    },
}


@pytest.mark.parametrize("name", LARGE)
def test_is_done_soon_and_without_problems(name: str, tmp_path: Path) -> None:
    started = time.monotonic()
    assert all(result.problems == () for _, result in results(written(LARGE[name], tmp_path)))
    assert time.monotonic() - started < 30


def test_files_that_cannot_be_followed_are_left_out(tmp_path: Path) -> None:
    root = written({MAIN: f"from loop import show\nfrom data import other\n{SENDING}", "data.py": "\0"}, tmp_path)
    (root / "loop.py").symlink_to(root / "loop.py")
    (root / "data").mkdir()
    (root / "data" / "__init__.py").mkdir()
    found = dict(results(root))
    assert found[MAIN].problems == ()
    assert not found[MAIN].changed


def test_a_line_of_another_file_is_no_line_of_a_notebook(tmp_path: Path) -> None:
    files = dict(next(case for case in LEFT if case.name == "changed_below_the_last_line").before)
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": files.pop("main.py"),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    files["main.ipynb"] = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (finding,) = dict(results(written(files, tmp_path)))["main.ipynb"].findings
    (obstacle,) = finding.obstacles
    assert (obstacle.line, obstacle.cell, Path(obstacle.place).name) == (9, 0, "tables.py")
    assert obstacle.sentence.endswith("on line 9 of tables.py")
