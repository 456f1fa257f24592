"""Programs on their own Ray, recorded: what is in the trace, and that they are what they are without."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from putfix.trace.records import Counts, by_file, read, read_all

pytestmark = pytest.mark.ray

PROGRAMS = Path(__file__).parent.parent / "fixtures" / "traced"
ARRAY = 240_000
"""The bytes of the arrays in the programs; Ray adds a few hundred."""

Records = dict[tuple[str, str, int | str], Counts]


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120, check=False)


def records(path: Path) -> Records:
    """The counts by the comment on the last line of the call, the callee, and the argument."""
    found: Records = {}
    for name, entries in by_file(read(path)).items():
        lines = Path(name).read_text(encoding="utf-8").splitlines()
        for record in entries:
            mark = lines[record.site.end_line - 1].rpartition("  # ")[2]
            found.setdefault((mark, record.site.callee, record.argument), Counts()).add(record.counts)
    return found


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("programs")
    shutil.copytree(PROGRAMS, directory, dirs_exist_ok=True)
    return directory


@pytest.fixture(scope="module")
def recorded(directory: Path) -> subprocess.CompletedProcess[str]:
    """The program with every kind of call, recorded."""
    return run(directory, "-m", "putfix.trace", "-o", "all.jsonl", "everything.py")


@pytest.fixture
def seen(recorded: subprocess.CompletedProcess[str], directory: Path) -> Records:
    assert recorded.returncode == 1, recorded.stderr
    return records(directory / "all.jsonl")


def summary(counts: Counts) -> tuple[int, int, int, int]:
    """How often it was sent, the same as before, another, and the same as in the activation before."""
    assert counts.unknown == 0
    return counts.sends, counts.repeats, counts.changes, counts.again


def test_the_output_is_the_same_and_the_exception_too(
    recorded: subprocess.CompletedProcess[str], directory: Path
) -> None:
    plain = run(directory, "everything.py")
    assert recorded.stdout == plain.stdout
    assert recorded.returncode == plain.returncode
    traceback = recorded.stderr[recorded.stderr.index("Traceback") :]
    assert traceback == plain.stderr[plain.stderr.index("Traceback") :]
    assert traceback.endswith("TypeError: too many positional arguments\n")
    assert len(recorded.stderr.splitlines()) == len(plain.stderr.splitlines())  # Ray's have the time in them


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("arguments", "f", 0), (4, 3, 0, 0)),
        (("arguments", "f", 1), (4, 0, 3, 0)),
        (("arguments", "f", "key"), (4, 0, 3, 0)),
        (("changed", "f", 0), (4, 2, 1, 0)),
        (("options over lines", "f", 0), (1, 0, 0, 0)),
        (("options over lines", "f", "k"), (1, 0, 0, 0)),
        (("partial", "f", 0), (2, 1, 0, 0)),
        (("starred", "f", "*"), (10, 0, 0, 0)),
        (("starred", "f", "**"), (1, 0, 0, 0)),
        (("references", "f", 0), (2, 0, 0, 0)),
        (("references", "f", "k"), (2, 1, 0, 0)),
        (("objects", "f", 0), (2, 1, 0, 0)),
        (("objects", "f", "k"), (2, 0, 1, 0)),
        (("the same object", "f", 0), (3, 2, 0, 0)),
        (("underscore", "f", 0), (1, 0, 0, 0)),
        (("in a wrapper", "f", 0), (1, 0, 0, 0)),
        (("nested", "f", 0), (3, 2, 0, 0)),
        (("in a generator task", "f", 0), (1, 0, 0, 0)),
        (("constructor", "Worker", 0), (2, 1, 0, 0)),
        (("epoch", "Worker.step", 0), (6, 3, 0, 1)),
        (("pool", "Worker.set", 0), (3, 2, 0, 0)),
        (("get if exists", "Worker", 0), (1, 0, 0, 0)),
        (("bytes", "AsyncWorker.step", 0), (1, 0, 0, 0)),
        (("in an async actor", "f", 0), (2, 1, 0, 0)),
        (("coroutines", "f", 0), (4, 2, 0, 1)),
        (("helper", "f", 0), (2, 1, 0, 0)),
    ],
)
def test_what_is_sent_again(seen: Records, key: tuple[str, str, int | str], expected: tuple[int, ...]) -> None:
    assert summary(seen[key]) == expected


def test_threads_are_told_apart(seen: Records) -> None:
    counts = seen["threads", "f", 0]
    assert (counts.sends, counts.repeats, counts.changes) == (10, 8, 0)


def test_calls_in_actors(seen: Records) -> None:
    for argument in (0, "k"):
        counts = seen["in an actor", "f", argument]
        assert (counts.sends, counts.repeats, counts.changes) == (6, 0, 0)
    assert seen["in an actor", "f", "k"].again == 4


def test_sizes_and_kinds(seen: Records) -> None:
    counts = seen["arguments", "f", 0]
    assert counts.kinds == {"numpy.ndarray": 4}
    assert ARRAY < (counts.least or 0) == counts.most < ARRAY + 1000
    assert counts.total == 4 * counts.most
    assert counts.repeated == 3 * counts.most
    assert seen["arguments", "f", 1].kinds == {"int": 4}
    assert seen["objects", "f", 0].kinds == {"__main__.Data": 2}
    assert seen["bytes", "AsyncWorker.step", 0].total == 200_000
    assert seen["epoch", "Worker.step", 0].again_bytes > ARRAY


def test_references(seen: Records) -> None:
    plain, inside = seen["references", "f", 0], seen["references", "f", "k"]
    assert (plain.references, plain.least, plain.total, plain.kinds) == (2, None, 0, {})
    assert (inside.references, inside.holding, inside.kinds) == (0, 2, {"list": 2})


def test_calls_that_were_not_made_are_not_there(seen: Records) -> None:
    assert not [key for key in seen if key[0] == "failing"]


def test_nothing_of_the_data_is_in_the_file(recorded: object, directory: Path) -> None:
    text = (directory / "all.jsonl").read_text("utf-8")
    assert "Jane" not in text
    assert len(text) < 400 * len(text.splitlines())


def test_several_runs_add_up(seen: Records, directory: Path) -> None:
    twice = read_all([directory / "all.jsonl", directory / "all.jsonl"])
    sends = sum(counts.sends for counts in twice.counts.values())
    assert sends == 2 * sum(counts.sends for counts in seen.values())


KILLED = """
import os, sys, time
import ray
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=10**8,
         runtime_env={"worker_process_setup_hook": print})
@ray.remote
def f(x): return None
@ray.remote
def outer():
    while True:
        f.remote(b"x" * 1000)
        time.sleep(0.05)
outer.remote()
for i in range(10**6):
    f.remote(b"x" * 1000)
    if i == 5: print("ready", flush=True)
    time.sleep(0.05)
"""


def test_a_killed_run_leaves_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(KILLED)
    command = [sys.executable, "-m", "putfix.trace", "job.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(3)
        process.send_signal(signal.SIGKILL)
    found = {
        record.site.line: record.counts
        for record in by_file(read(tmp_path / "putfix-trace.jsonl"))[str(tmp_path / "job.py")]
    }
    assert found[11].sends > 5  # in the worker, which has a set-up hook of the program too
    assert found[15].sends > 5


def test_the_documentation_shows_what_a_run_records(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    document = (root / "docs" / "tracing.md").read_text("utf-8")
    (path, text) = re.findall(r"<!-- trace of: (.*?) -->\n```json\n(.*?)```\n", document, re.DOTALL)[0]
    (tmp_path / path).parent.mkdir()
    shutil.copy(root / path, tmp_path / path)
    done = run(tmp_path, "-m", "putfix.trace", path)
    assert done.returncode == 0, done.stderr
    recorded = (tmp_path / "putfix-trace.jsonl").read_text("utf-8").splitlines()[1]
    sizes = ("least", "most", "total", "repeated")
    shown, found = json.loads(text), json.loads(recorded)
    for size in sizes:  # a few bytes are of versions
        assert shown.pop(size) == pytest.approx(found.pop(size), rel=1e-5)
    assert shown == found


def test_an_unknown_ray_is_run_without_being_recorded(tmp_path: Path) -> None:
    package = tmp_path / "ray"
    (package / "_private").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import actor, remote_function\nfrom ._private import serialization\n")
    (package / "_private" / "__init__.py").write_text("")
    for name in ("actor", "remote_function", "_private/serialization"):
        (package / f"{name}.py").write_text("class ActorClass: pass\nclass ActorMethod: pass\n")
    (tmp_path / "job.py").write_text("import ray\nprint(ray.actor.ActorClass)\n")
    done = run(tmp_path, "-m", "putfix.trace", "job.py")
    assert done.stdout == "<class 'ray.actor.ActorClass'>\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("putfix.trace: remote calls are not recorded: this version of Ray is not known to it (ray.")
    assert not read(tmp_path / "putfix-trace.jsonl").counts
    assert os.listdir(package)
