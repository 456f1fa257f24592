"""The recorder on the Ray of the tests: every type that Ray can send has a fingerprint, and runs no code for it."""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from putfix.trace.fingerprints import Budget
from putfix.trace.hooks import Hooks
from putfix.trace.recorder import Recorder
from putfix.trace.records import Counts, Origin, read

pytestmark = pytest.mark.ray


@dataclasses.dataclass
class Box:
    content: Any


def change_array(array: Any) -> None:
    array[-1] = 7


def change_frame(frame: Any) -> None:
    frame.loc[3, "a"] = 7.5


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], None], str]] = {
    "array": (lambda: np.zeros(50_000), change_array, "numpy.ndarray"),
    "small array": (lambda: np.zeros(5), change_array, "numpy.ndarray"),
    "strided array": (lambda: np.zeros((100, 100))[::2, ::3], change_array, "numpy.ndarray"),
    "object array": (lambda: np.array(["a", {}, None], dtype=object), change_array, "numpy.ndarray"),
    "frame": (lambda: pd.DataFrame({"a": np.arange(9.0), "b": list("abcdefghi")}), change_frame, "pandas.DataFrame"),
    "list": (lambda: list(range(9)), lambda value: value.append(1), "list"),
    "nested list": (lambda: [[1], {"a": [2]}], lambda value: value[1]["a"].append(1), "list"),
    "dict": (lambda: {"a": 1.5}, lambda value: value.update(a=2.5), "dict"),
    "tuple": (lambda: (1, [2]), lambda value: value[1].append(3), "tuple"),
    "set": (lambda: {"a", "b"}, lambda value: value.add("c"), "set"),
    "bytearray": (lambda: bytearray(200_000), change_array, "bytearray"),
    "object": (lambda: Box([1]), lambda value: value.content.append(2), f"{__name__}.Box"),
    "object with an array": (lambda: Box(np.zeros(50_000)), lambda v: change_array(v.content), f"{__name__}.Box"),
}


@pytest.fixture
def recorder(cluster: None, tmp_path: Path) -> Iterator[Recorder]:
    recorder = Recorder(str(tmp_path / "trace"), Origin(os.getcwd()), interval=0.01)
    hooks = Hooks(recorder, is_driver=True)
    hooks.install()
    yield recorder
    hooks.remove()


def counts(recorder: Recorder) -> Counts:
    """What was seen of the only argument."""
    recorder.write(patience=5)
    (found,) = read(recorder.file.path).counts.values()
    return found


@pytest.fixture
def task(cluster: None) -> Any:
    import ray

    def take(*arguments: object, **named: object) -> int:
        return len(arguments) + len(named)

    return ray.remote(num_cpus=1)(take)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_place_is_seen(recorder: Recorder, task: Any, name: str) -> None:
    make, change, kind = CHANGES[name]
    value = make()
    for turn in range(4):
        if turn == 2:
            change(value)
        task.remote(value)
    found = counts(recorder)
    assert (found.sends, found.repeats, found.changes, found.unknown) == (4, 2, 1, 0)
    assert found.kinds == {kind: 4}


def sparse() -> Any:
    return pytest.importorskip("scipy.sparse").eye(5000, format="csr")


def tensor() -> Any:
    return pytest.importorskip("torch").zeros(50_000)


def table() -> Any:
    return pytest.importorskip("pyarrow").table({"a": list(range(50_000))})


@pytest.mark.parametrize(
    ("make", "other"), [(sparse, lambda value: value * 2), (tensor, lambda value: value + 1), (table, lambda v: v[1:])]
)
def test_values_of_other_libraries(
    recorder: Recorder, task: Any, make: Callable[[], Any], other: Callable[[Any], Any]
) -> None:
    value = make()
    for turn in range(4):
        if turn == 2:
            value = other(value)
        task.remote(value)
    found = counts(recorder)
    assert (found.sends, found.repeats, found.changes, found.unknown) == (4, 2, 1, 0)


def test_the_state_of_a_model_is_the_same_until_it_is_trained(recorder: Recorder, task: Any) -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(100, 100)
    for turn in range(4):
        if turn == 2:
            with torch.no_grad():
                model.weight[0, 0] += 1
        task.remote(model.state_dict())
    found = counts(recorder)
    assert (found.sends, found.repeats, found.changes, found.unknown) == (4, 2, 1, 0)


@pytest.mark.parametrize("value", [None, 1, True, 1.5, "text", b"bytes", lambda: 1, int, np.float64(1), ..., range(3)])
def test_anything_that_can_be_sent(recorder: Recorder, task: Any, value: object) -> None:
    for _ in range(2):
        task.remote(value)
    found = counts(recorder)
    assert (found.sends, found.repeats, found.changes, found.unknown) == (2, 1, 0, 0)


def test_equal_names_values_and_objects_are_told_apart(recorder: Recorder, task: Any) -> None:
    import ray

    same = [1] * 50_000
    for turn in range(2):
        task.remote(same, 1, 1, same if turn else 0, text="text", other="text")
    recorder.write(patience=5)
    found = {key.argument: (c.sends, c.repeats, c.changes) for key, c in read(recorder.file.path).counts.items()}
    assert found == {0: (2, 1, 0), 1: (2, 1, 0), 2: (2, 1, 0), 3: (2, 0, 1), "text": (2, 1, 0), "other": (2, 1, 0)}
    assert ray.get(task.remote(*range(500))) == 500


def test_puts_and_results_are_not_arguments(recorder: Recorder, task: Any) -> None:
    import ray

    value = np.zeros(50_000)
    for _ in range(3):
        assert ray.get(task.remote(ray.put(value))) == 1
    found = counts(recorder)
    assert (found.sends, found.references, found.total) == (3, 3, 0)


def test_code_that_calls_while_it_is_pickled(recorder: Recorder, task: Any) -> None:
    import ray

    class Calling:
        times = 0

        def __reduce__(self) -> Any:
            Calling.times += 1
            task.remote(b"x" * 1000)
            ray.put(self.__class__.__name__)
            return str, ("text",)

    assert ray.get(task.remote(Calling())) == 1
    recorder.write(patience=5)
    assert Calling.times == 1
    kinds = sorted(kind.rpartition(".")[2] for c in read(recorder.file.path).counts.values() for kind in c.kinds)
    assert kinds == ["Calling", "bytes"]


def test_another_tool_may_wrap_the_same_methods(recorder: Recorder, task: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ray.remote_function import RemoteFunction

    wrapped = RemoteFunction._remote
    monkeypatch.setattr(RemoteFunction, "_remote", lambda *args, **options: wrapped(*args, **options))
    line = sys._getframe().f_lineno + 1
    task.remote(1)
    recorder.write(patience=5)
    (key,) = read(recorder.file.path).counts
    assert (key.site.line, key.site.callee) == (line, "take")


def test_libraries_of_ray_are_not_recorded(recorder: Recorder, task: Any) -> None:
    from ray.util.queue import Queue

    queue = Queue()
    queue.put([1])
    assert queue.get() == [1]
    recorder.write(patience=5)
    assert not read(recorder.file.path).counts


def test_the_values_are_not_kept(recorder: Recorder, task: Any) -> None:
    import weakref

    box = Box(np.zeros(50_000))
    gone = weakref.ref(box)
    task.remote(box)
    del box
    assert gone() is None


def test_what_time_was_not_left_for_is_unknown(recorder: Recorder, task: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compute = Budget.fingerprint
    turns = iter([True, True, False, True, True])
    monkeypatch.setattr(Budget, "fingerprint", lambda *a, **k: compute(*a, **k) if next(turns) else None)
    for _ in range(5):
        task.remote(b"x")
    found = counts(recorder)
    assert (found.sends, found.repeats, found.changes, found.unknown) == (5, 2, 0, 2)


def test_an_error_of_the_recorder_does_not_reach_the_program(
    recorder: Recorder, task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    for name in ("begin", "serialized", "finish", "write"):
        with monkeypatch.context() as patch:
            patch.setattr(recorder, name, fail)
            assert ray.get(task.remote(1)) == 1


def test_threads_write_one_sum(recorder: Recorder, task: Any) -> None:
    def send() -> None:
        for _ in range(20):
            task.remote(1)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(recorder).sends == 80


def test_a_fork_does_not_write_what_its_parent_knows(recorder: Recorder, task: Any) -> None:
    recorder.install()
    recorder.interval = 100
    for _ in range(2):
        task.remote(1)
    process = os.fork()
    if process == 0:
        recorder.write(patience=5)
        os._exit(0)
    os.waitpid(process, 0)
    assert counts(recorder).sends == 2


def test_ray_is_left_as_it_was(cluster: None, tmp_path: Path) -> None:
    from ray._private import serialization
    from ray.remote_function import RemoteFunction

    finders = list(sys.meta_path)
    before = RemoteFunction._remote, serialization.Pickle5Writer
    hooks = Hooks(Recorder(str(tmp_path / "trace"), Origin("/"), interval=1), is_driver=True)
    hooks.install()
    assert RemoteFunction._remote is not before[0]
    hooks.remove()
    assert (RemoteFunction._remote, serialization.Pickle5Writer) == before
    assert sys.meta_path == finders
