"""putfix in other programs: what it gives them, what it writes, and what it loads."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import putfix
from putfix import FileResult, Settings, checking, fix_paths
from putfix.trace.records import TraceError

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")
DOCUMENT = (Path(__file__).parent.parent / "docs" / "library.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\nprints.*?\n\n```\n(.*?)```\n", DOCUMENT, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    for name in ("a/job.py", "b.py"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    (tmp_path / "c.py").write_text("print('nothing to see')\n", encoding="utf-8")
    return tmp_path


def texts(folder: Path) -> list[str]:
    return [(folder / name).read_text("utf-8") for name in ("a/job.py", "b.py")]


def test_results_come_in_order_and_nothing_is_written_or_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    results = list(fix_paths(folder))
    assert [(each.path.name, each.changed, each.written) for each in results] == [
        ("job.py", True, False),
        ("b.py", True, False),
        ("c.py", False, False),
    ]
    assert results[0].new.decode() == FIXED
    assert texts(folder) == [SOURCE, SOURCE]
    assert capfd.readouterr() == ("", "")


def test_what_is_applied_is_written_before_its_result_comes(folder: Path) -> None:
    results = fix_paths([str(folder / "a"), folder], apply=True)
    assert texts(folder) == [SOURCE, SOURCE]
    assert next(results).written
    assert texts(folder) == [FIXED, SOURCE]
    results.close()  # type: ignore[attr-defined]
    assert texts(folder) == [FIXED, SOURCE]
    assert [each.written for each in fix_paths(folder, apply=True)] == [False, True, False]
    assert texts(folder) == [FIXED, FIXED]


def test_what_cannot_be_read_or_written_is_a_problem_of_its_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "b.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    results = fix_paths([folder / "a", folder / "b.py", folder / "none.py"], apply=True)
    check = checking.check_file

    def changing(path: Path, *given: Any) -> FileResult:
        result = check(path, *given)
        path.write_bytes(path.read_bytes() + b"# by another program\n")
        return result

    monkeypatch.setattr("putfix.run.check_file", changing)
    problems = [[problem.message for problem in each.problems] for each in results]
    assert problems[0] == ["changed while putfix was running, not written"]
    assert "syntax error" in problems[1][0]
    assert problems[2] == ["No such file or directory"]
    assert texts(folder)[0].startswith(SOURCE)


def test_settings_count_for_all_files_and_configuration_files_without_them(folder: Path) -> None:
    def hoists(settings: Settings | None = None) -> list[int]:
        return [each.hoists for each in fix_paths(folder, settings)]

    (folder / "a" / "putfix.toml").write_text('min-size = "3MB"', encoding="utf-8")
    assert hoists() == [0, 1, 0]
    assert hoists(Settings()) == [1, 1, 0]
    assert hoists(Settings(min_size=3_000_000)) == [0, 0, 0]
    (folder / "a" / "putfix.toml").write_text("min-size = []", encoding="utf-8")
    wrong, skipped, *others = fix_paths(folder)
    assert (wrong.path.name, skipped.path.name, skipped.skipped) == ("putfix.toml", "job.py", True)
    assert "min-size" in wrong.problems[0].message
    assert [each.hoists for each in others] == [1, 0]


def test_assumptions_are_taken_on_request(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    within = SOURCE.replace("x = np.zeros((500, 500))", "def send(x: np.ndarray):").replace("futures =", "    return")
    path.write_text(within, encoding="utf-8")
    (alone,) = fix_paths(path)
    (taken,) = fix_paths(path, unsafe_fixes=True)
    assert (alone.hoists, taken.hoists) == (0, 1)
    assert taken.findings[0].assumptions
    assert [each.hoists for each in fix_paths(path, Settings(unsafe_fixes=True))] == [1]


def test_a_trace_is_used_or_refused_at_once(tmp_path: Path) -> None:
    examples = Path(__file__).parent.parent / "examples"
    (without,) = fix_paths(examples / "unknown_sizes.py")
    (measured,) = fix_paths(examples / "unknown_sizes.py", traces=[str(examples / "unknown_sizes.jsonl")])
    assert (without.hoists, measured.hoists) == (0, 2)
    (tmp_path / "none.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(TraceError):
        fix_paths(examples, traces=[tmp_path / "none.jsonl"])


def test_several_processes_give_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (folder / f"copy_{number:02}.py").write_text(SOURCE, encoding="utf-8")
    expected = list(fix_paths(folder))
    monkeypatch.setattr("putfix.workers.order.SERIAL_SECONDS", 0)
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # Ray has threads in the process of the tests
    started = count_pools(monkeypatch)
    assert list(fix_paths(folder, processes=2)) == expected
    assert started == [2]


def test_beside_other_threads_no_process_is_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("putfix.workers.order.SERIAL_SECONDS", 0)
    started = count_pools(monkeypatch)
    found: list[FileResult] = []
    thread = threading.Thread(target=lambda: found.extend(fix_paths(folder, processes=2, apply=True)))
    thread.start()
    thread.join()
    assert [each.written for each in found] == [True, True, False]
    assert started == []


def count_pools(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many processes each pool was made for, from now on."""
    from putfix.workers import pool

    started: list[int] = []

    class Counted(pool.Pool):  # type: ignore[type-arg]
        def __init__(self, workshop: object, processes: int) -> None:
            started.append(processes)
            super().__init__(workshop, processes)  # type: ignore[arg-type]

    monkeypatch.setattr(pool, "Pool", Counted)
    return started


def test_all_that_is_public_is_there_and_frozen() -> None:
    for name in putfix.__all__:
        each = getattr(putfix, name)
        assert name in dir(putfix)
        if isinstance(each, type) and dataclasses.is_dataclass(each):
            assert each.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
    assert (Path(putfix.__path__[0]) / "py.typed").is_file()
    with pytest.raises(AttributeError, match="no attribute 'fix_everything'"):
        _ = putfix.fix_everything


def test_importing_it_loads_nothing_more() -> None:
    probe = "import sys; before = set(sys.modules); import putfix; print(*set(sys.modules) - before)"
    loading = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert "putfix" in loading.stdout
    assert set(loading.stdout.split()) <= {"putfix", "putfix.version", "__future__"}


@pytest.mark.parametrize("example", EXAMPLES, ids=["source", "paths"])
def test_the_document_shows_what_a_program_prints(
    example: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, output = example
    source = re.search(r'SOURCE = """\\\n(.*?)"""', EXAMPLES[0][0], re.DOTALL)
    assert source is not None
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "job.py").write_text(source[1], encoding="utf-8")
    (tmp_path / "src" / "draft.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert printed(lambda: exec(compile(program, "library.md", "exec"), {"__name__": "__main__"})) == output


def printed(run: Callable[[], object]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        run()
    return stream.getvalue()
