"""Several processes write one trace, and any may be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from putfix.trace import appending
from putfix.trace.appending import TraceFile
from putfix.trace.records import Counts, Key, Origin, Site, Trace, dump, read

KEY = Key(Origin("/r"), Site("job.py", 1, 0, 1, 9, "f"), 0)


def one_send() -> Trace:
    trace = Trace()
    trace.add(KEY, Counts(sends=1, least=5, most=5, total=5))
    return trace


def sends(path: Path) -> int:
    return read(path).counts[KEY].sends


def write_many(path: str, times: int) -> None:
    file = TraceFile(path)
    for _ in range(times):
        file.append(one_send(), patience=20)


def test_processes_and_threads_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "_FIRST_COMPACTION", 2000)  # compaction happens all the time
    path = tmp_path / "trace"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=write_many, args=(str(path), 100)) for _ in range(3)]
    for process in processes:
        process.start()
    threads = [threading.Thread(target=write_many, args=(str(path), 100)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for process in processes:
        process.join()
    for thread in threads:
        thread.join()
    assert sends(path) == 500
    TraceFile(str(path)).compact()
    assert len(path.read_bytes().splitlines()) == 2
    assert sends(path) == 500
    assert os.listdir(tmp_path) == ["trace"]


def test_a_torn_line_is_ended_by_the_next_block(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_bytes(dump(one_send())[:-20])
    TraceFile(str(path)).append(one_send())
    assert path.read_bytes().count(b"\n") == 4
    assert sends(path) == 1


def test_a_deleted_file_comes_back(tmp_path: Path) -> None:
    file = TraceFile(str(tmp_path / "trace"))
    file.append(one_send())
    (tmp_path / "trace").unlink()
    file.append(one_send())
    assert sends(tmp_path / "trace") == 1


def test_nobody_waits_for_long(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = tmp_path / "trace"
    with path.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            TraceFile(str(path)).append(one_send())


def test_only_a_regular_file_is_written() -> None:
    with pytest.raises(OSError, match="not a regular file"):
        TraceFile(os.devnull).append(one_send())


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "trace")
    file = TraceFile(str(tmp_path / "link"))
    file.append(one_send())
    file.compact()
    assert (tmp_path / "link").is_symlink()
    assert sends(tmp_path / "trace") == 1


def test_a_block_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace"
    file = TraceFile(str(path))
    file.append(one_send())
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:30]))
    with pytest.raises(OSError, match="space"):
        file.append(one_send())
    assert path.read_bytes() == before


def test_a_newer_trace_is_not_compacted_away(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_bytes(b'{"putfix_trace": 99}\n')
    TraceFile(str(path)).compact()
    assert path.read_bytes() == b'{"putfix_trace": 99}\n'
