"""Traces by file: where a file is on this machine, and whether a call is still there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from putfix.trace.lookup import Lookup, is_current
from putfix.trace.records import Counts, Key, Origin, Record, Site, Trace, TraceError, dump, text_hash

CALL = "f.remote(x)"


def site(file: str, text: str = "") -> Site:
    return Site(file, 1, 0, 1, len(CALL), "f", text)


def trace_of(path: Path, root: str, *files: str) -> Path:
    trace = Trace([Origin(root)])
    for file in files:
        trace.add(Key(Origin(root), site(file), 0), Counts(sends=1))
    path.write_bytes(dump(trace))
    return path


def lookup(*traces: Path) -> Lookup:
    found = Lookup()
    for trace in traces:
        found.add(trace)
    return found


def sends(found: Lookup, path: Path) -> list[int]:
    return [record.counts.sends for record in found.of(path)]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "here" / "jobs" / "job.py"
    path.parent.mkdir(parents=True)
    path.write_text(CALL)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return path


def test_a_file_is_where_the_trace_says(job: Path, tmp_path: Path) -> None:
    found = lookup(trace_of(tmp_path / "a", str(job.parent.parent), "jobs/job.py"))
    assert sends(found, job) == [1]
    assert sends(found, Path(os.path.relpath(job))) == [1]
    assert sends(found, job.parent / "other.py") == []


def test_a_link_is_what_it_leads_to(job: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(job.parent)
    found = lookup(trace_of(tmp_path / "a", str(tmp_path / "link"), "job.py"))
    assert sends(found, job) == [1]
    assert sends(found, tmp_path / "link" / "job.py") == [1]


def test_a_trace_from_another_machine_goes_by_the_current_directory(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_of(tmp_path / "a", "/no/such/directory", "jobs/job.py")
    assert sends(lookup(trace), job) == []
    monkeypatch.chdir(job.parent.parent)
    assert sends(lookup(trace), job) == [1]


def test_then_by_the_directory_of_the_trace(job: Path) -> None:
    trace = trace_of(job.parent.parent / "a", "/no/such/directory", "jobs/job.py")
    assert sends(lookup(trace), job) == [1]


def test_traces_add_up_whatever_their_directories(job: Path, tmp_path: Path) -> None:
    one = trace_of(tmp_path / "a", str(job.parent.parent), "jobs/job.py")
    other = trace_of(tmp_path / "b", str(job.parent), "job.py", str(job))
    assert sends(lookup(one, other), job) == [3]


def test_what_is_elsewhere(job: Path, tmp_path: Path) -> None:
    trace = trace_of(tmp_path / "a", str(job.parent), "job.py", "gone.py", "cell:0123", "<string>", "a\0b")
    others = [path.name for path, _ in lookup(trace).others([job])]
    assert others == ["<string>", "a\0b", "cell:0123", "gone.py"]


@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff\xfe\0", b"x = 1\n", b'{"putfix_trace": 99, "root": "/"}\n'])
def test_what_is_no_trace_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(TraceError):
        Lookup().add(tmp_path / "a")


def test_a_call_is_still_there_while_its_lines_are() -> None:
    record = Record(site("job.py", text_hash([CALL])), 0, Counts())
    assert is_current(record, [f"  {CALL} "])
    assert not is_current(record, ["f.remote(y)"])
    assert not is_current(record, [])
    assert is_current(Record(site("job.py"), 0, Counts()), ["f.remote(y)"])  # its source was out of reach
