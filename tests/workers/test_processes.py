"""Work that is shared among processes: in order, whatever dies, and nothing left behind."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from putfix import checking, run
from putfix.files.configuration import Configurations
from putfix.workers import Job, Ready, Workshop, order, processors
from putfix.workers import pool as pool_module
from putfix.workers.pool import Pool

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""


def doubled(number: int) -> str:
    """Twice a number; some numbers are the end of the process."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 17:
        os._exit(3)
    time.sleep(number % 3 / 1000)
    return f"{2 * number}"


def lost(number: int, code: int) -> str:
    return f"{number} lost ({code})"


WORKSHOP = Workshop(doubled, lost)


def jobs(numbers: range, size: int = 20_000) -> Iterator[Job[int] | Ready[str]]:
    for number in numbers:
        yield Ready(f"ready {number}") if number % 5 == 0 else Job(number, size)


def expected(number: int) -> str:
    if number % 5 == 0:
        return f"ready {number}"
    return {13: "13 lost (-9)", 17: "17 lost (3)"}.get(number, f"{2 * number}")


@pytest.mark.parametrize("size", [0, 20_000, 10**9])
@pytest.mark.parametrize("processes", [2, 5])
def test_results_come_in_order_and_a_process_that_dies_costs_one(
    monkeypatch: pytest.MonkeyPatch, size: int, processes: int
) -> None:
    monkeypatch.setattr(order, "SERIAL_SECONDS", 0)
    numbers = range(1, 300)
    assert [*order.in_order(jobs(numbers, size), WORKSHOP, processes)] == [expected(number) for number in numbers]


def slow_at_first(number: int) -> int:
    """The number; the first takes so long that many others wait for it, and 13 is the end of its process."""
    time.sleep(0.3 if number == 0 else 0)
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("size", [0, 10**9])
def test_what_waits_for_a_slow_one_is_not_the_end(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(pool_module, "_AHEAD", 3)
    pool: Pool[int, int] = Pool(Workshop(slow_at_first, lambda number, _: -number), 2)
    with contextlib.closing(pool):
        found = [*pool.results(Job(number, size) for number in range(100))]
    assert found == [number if number != 13 else -13 for number in range(100)]


def test_no_more_wait_for_a_slow_one_than_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_AHEAD", 10)
    taken: list[int] = []

    def many() -> Iterator[Job[int] | Ready[str]]:
        yield Job(5, 1)
        for number in range(1_000):
            taken.append(number)
            yield Ready(f"{number}")

    with contextlib.closing(Pool(Workshop(doubled, lost), 2)) as pool:
        results = pool.results(many())
        assert next(results) == "10"
        assert len(taken) < 20
        assert [*results] == [f"{number}" for number in range(1_000)]


def test_processes_that_begin_anew_give_the_same() -> None:
    pool: Pool[int, str] = Pool(WORKSHOP, 2, "spawn")
    numbers = range(10, 20)
    assert [*pool.results(jobs(numbers))] == [expected(number) for number in numbers]
    pool.close()


def test_a_short_run_has_no_other_process() -> None:
    jobs = (Job(number, 1) for number in range(9))
    assert [*order.in_order(jobs, Workshop(lambda _: os.getpid(), lambda *_: 0), 4)] == [os.getpid()] * 9


def test_what_takes_long_and_is_the_last_has_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "SERIAL_SECONDS", 0)
    monkeypatch.setattr(pool_module, "Pool", None)  # so that none can be made
    only: list[Job[int] | Ready[int]] = [Ready(1), Job(2, 1), Ready(3)]
    assert [*order.in_order(iter(only), Workshop(lambda item: item, lambda *_: 0), 4)] == [1, 2, 3]


def test_all_processes_end_with_what_asks_for_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "SERIAL_SECONDS", 0)
    endless = (Job(number, 1) for number in itertools.repeat(1))
    results = order.in_order(endless, WORKSHOP, 2)
    assert [*itertools.islice(results, 100)] == ["2"] * 100
    assert len(multiprocessing.active_children()) == 2
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_pre_commit_runs_several_commands_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRE_COMMIT", raising=False)
    assert 1 <= processors() <= (os.cpu_count() or 1)
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert processors() == 1


def test_a_file_whose_process_is_killed_is_named_and_the_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "SERIAL_SECONDS", 0)
    for number in range(9):
        (tmp_path / f"{number}.py").write_text(SOURCE, encoding="utf-8")
    check_file = checking.check_file

    def killing(path: Path, *rest: object) -> checking.FileResult:
        if path.name == "4.py":
            os.kill(os.getpid(), signal.SIGKILL)
        return check_file(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "check_file", killing)
    results = [*run.check([tmp_path], Configurations(), processes=2)]
    said = [[problem.message for problem in result.problems] for result in results]
    assert said == [["not checked: the process that did so ended (signal 9)"] if n == 4 else [] for n in range(9)]
    files = [result for result in results if isinstance(result, checking.FileResult)]
    assert [len(result.fixes) for result in files] == [1] * 4 + [0] + [1] * 4


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that takes longer than one process is left alone with."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(300):
        (folder / f"{number:03}.py").write_text(SOURCE.replace("x", f"x{number}"), encoding="utf-8")
    (folder / "150.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "putfix", *arguments]


@pytest.mark.parametrize("arguments", [(), ("--verbose", "--unsafe-fixes", "--min-size", "1MB")])
def test_the_output_is_that_of_one_process(many: Path, arguments: tuple[str, ...]) -> None:
    one, more = (
        subprocess.run(command("-j", jobs, *arguments), cwd=many, capture_output=True, timeout=60, check=False)
        for jobs in ("1", "3")
    )
    assert one.returncode == more.returncode == 2
    assert one.stdout == more.stdout
    assert one.stderr == more.stderr


def test_an_interrupt_ends_all_processes(many: Path) -> None:
    with subprocess.Popen(
        command("-j", "2"), cwd=many, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.read(60_000)  # some hundred diffs: more than the first process gives alone
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
