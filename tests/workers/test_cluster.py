"""Work that is shared among the tasks of a Ray cluster: in order, whatever dies, and without the files."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from putfix import checking, command, distributed, run
from putfix.files.disk import Disk
from putfix.files.project import ProjectFiles
from putfix.files.words import Index
from putfix.model import Result
from putfix.options import Options
from putfix.settings import DEFAULT
from putfix.trace.lookup import Lookup
from putfix.workers import Job, Ready, cluster
from putfix.workers.cluster import ClusterError, Tasks
from putfix.workers.desks import Bench, Desk, News, Unanswered

pytestmark = pytest.mark.ray


@pytest.fixture(autouse=True)
def _by_value(cluster: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers cannot import this module, and Ray gives a task up soon."""
    from ray import cloudpickle

    monkeypatch.setattr("putfix.workers.cluster.RETRIES", 1)
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


class Doubling(Bench[int, str]):
    """Twice each number. Some have to be told first, and 13 is the end of the process."""

    def __init__(self) -> None:
        self.known: set[int] = set()

    def learn(self, news: bytes) -> None:
        self.known |= pickle.loads(news)

    def do(self, order: int) -> str | Unanswered:
        if order == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        if order % 7 == 0 and order not in self.known:
            return Unanswered([order])
        return f"{2 * order}"


class Numbers(Desk[int, int, str]):
    """A desk with a new edition after each hundred numbers."""

    bench = Doubling

    def __init__(self) -> None:
        self.asked: set[int] = set()
        self.packed_so_far = 0

    def packed(self, item: int) -> int | Ready[str]:
        self.packed_so_far += 1
        return Ready(f"{item} at once") if item % 11 == 0 else item

    def news(self) -> News:
        told, self.asked = self.asked, set()
        return News(self.packed_so_far // 100, pickle.dumps(told) if told else None)

    def answer(self, questions: Collection[int]) -> None:
        self.asked.update(number for number in questions if number != 70)

    def done_here(self, item: int) -> str:
        return f"{item} here"

    def lost(self, item: int, how: str) -> str:
        return f"{item} lost ({how})"


def expected(number: int) -> str:
    special = {0: "0 at once", 13: "13 lost (WorkerCrashedError)", 70: "70 here"}
    if number % 5 == 0 and number not in special:
        return f"ready {number}"
    return special.get(number, f"{number} at once" if number % 11 == 0 else f"{2 * number}")


def test_results_come_in_order_and_what_ends_its_worker_again_and_again_costs_one() -> None:
    jobs = (Ready(f"ready {n}") if n % 5 == 0 and n not in (0, 70) else Job(n, 10_000) for n in range(300))
    assert [*Tasks(Numbers()).results(jobs)] == [expected(number) for number in range(300)]


def test_no_more_results_wait_than_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_AHEAD", 7)
    desk = Numbers()
    results = Tasks(desk).results(Job(11 * number, 1) for number in range(100))
    assert next(results) == "0 at once"
    assert desk.packed_so_far == 7
    assert [*results] == [f"{11 * number} at once" for number in range(1, 100)]


class Failing(Bench[int, str]):
    def learn(self, news: bytes) -> None:
        pass

    def do(self, order: int) -> str | Unanswered:
        raise ValueError("no such number")


def test_what_is_wrong_with_a_cluster_is_said() -> None:
    desk = Numbers()
    desk.bench = Failing  # type: ignore[assignment]
    with pytest.raises(ClusterError, match="ValueError"):
        next(Tasks(desk).results(iter([Job(1, 1)])))


CALLER = """\
import numpy as np
import ray

from .tasks import column_sum
from {package}.shapes import empty, Table


def sums(rows):
    table = np.zeros((rows, 1000, 1000))
    return [column_sum.remote(table, column) for column in range(10)]


def more():
    frame = empty()
    table = Table(frame)
    return [column_sum.remote(frame, column) for column in range(10)], table
"""
MODULES = {
    "pure/tasks.py": "import ray\n\n@ray.remote\ndef column_sum(table, column):\n    return table[:, column].sum()\n",
    "pure/shapes.py": "from .sizes import empty as empty\n\n\n"
    "class Table:\n    def __init__(self, frame):\n        self.frame = frame\n",
    "pure/sizes.py": "import numpy as np\n\nROWS = 5000\n\ndef empty():\n    return np.empty((ROWS, 100))\n",
    "impure/tasks.py": "import ray\nimport torch\n\n@ray.remote\ndef column_sum(table, column):\n"
    "    torch.from_numpy(table).mul_(2)\n    return table[:, column].sum()\n",
    "impure/shapes.py": "from pure.shapes import *\n",
    "impure/other.py": "from .caller import sums\nimport impure.caller\n\nimpure.caller.empty = None\nsums(7)\n",
}


class Memory(Disk):
    """Files that are on no disk."""

    def __init__(self) -> None:
        self.files = {f"/nowhere/project/{name}": text.encode() for name, text in MODULES.items()}
        for package in ("pure", "impure"):
            self.files[f"/nowhere/project/{package}/caller.py"] = CALLER.format(package=package).encode()
            self.files[f"/nowhere/project/{package}/__init__.py"] = b""

    def real(self, path: str) -> str:
        return os.path.normpath(os.path.join("/nowhere/project", path))

    def is_file(self, path: str) -> bool:
        return path in self.files

    def entries(self, directory: str) -> frozenset[str]:
        inside = (os.path.relpath(file, directory) for file in self.files if file.startswith(f"{directory}/"))
        return frozenset(name if not rest else f"{name}/" for name, _, rest in (each.partition("/") for each in inside))

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def root(self, directory: str) -> str | None:
        return "/nowhere/project" if directory.startswith("/nowhere/project") else None

    def index(self, root: str) -> Index | None:
        from putfix.files.words import index_of_contents

        return index_of_contents(self.files.items())


def test_workers_need_no_disk() -> None:
    memory = Memory()
    assert not os.path.exists("/nowhere")
    paths = [Path(os.path.relpath(file, "/nowhere/project")) for file in sorted(memory.files)]

    def content(path: Path) -> bytes:
        return memory.read(memory.real(str(path)))

    project = ProjectFiles(disk=memory)
    local = [
        checking.check_data(path, content(path), DEFAULT, Lookup(), project, checking.Work()).without_unchanged()
        for path in paths
    ]
    assert {finding.code for result in local for finding in result.findings} >= {"hoist", "writes-through"}

    checker = run.Checker(Lookup(), checking.Work(), ProjectFiles(disk=memory))
    desk = distributed.FileDesk(checker, content, memory)
    assert [*Tasks(desk).results(iter(Job((path, DEFAULT), 1) for path in paths))] == local


SENDING = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""


class Killing(checking.Work):
    """Ends the process that looks at a certain file."""

    def on(self, path: Path, *rest: object) -> Result:
        if path.name == "4.py":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().on(path, *rest)  # type: ignore[arg-type]


def test_a_file_that_ends_its_workers_is_named_and_the_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in (3, 4, 5):
        (tmp_path / f"{number}.py").write_text(SENDING, encoding="utf-8")
    monkeypatch.setattr(checking, "Work", Killing)
    monkeypatch.chdir(tmp_path)
    assert command.start(Options(apply=True, yes=True, on_ray="")) == 2
    printed, said = capfd.readouterr()
    assert "4.py: error: not checked: the workers that did so died (WorkerCrashedError)" in said
    assert "Hoisted 2 values in 2 files" in said
    assert "4.py" not in printed
    assert "raylet" not in printed
    assert "ray.put" not in (tmp_path / "4.py").read_text(encoding="utf-8")
    assert "ray.put" in (tmp_path / "5.py").read_text(encoding="utf-8")
