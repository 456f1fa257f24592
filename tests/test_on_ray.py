"""``putfix --on-ray``: the command on a real cluster says and does the same as without it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import putfix
from putfix.options import Options, with_address

SENDING = """
def experiment_{number}(rows=1000, rounds=10):
    table = np.zeros((rows, 1000))
    other = prepared({number})
    sums = [column_sum.remote(table, column) for column in range(rounds)]
    more = [column_sum.remote(other, column) for column in range(rounds)]
    return ray.get(sums + more)
"""
HEAD = """\
import numpy as np
import ray

from helpers.of_{package} import column_sum, prepared

"""
HELPERS = """\
import numpy as np
import ray


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())


def prepared(number):
    return np.ones((500 + number, 500)){more}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of some packages; what the files of one send depends on a module that they share."""
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").touch()
    (root / "helpers").mkdir()
    for package in range(4):
        more = "" if package % 2 else ".tolist()"
        (root / "helpers" / f"of_{package}.py").write_text(HELPERS.format(more=more), encoding="utf-8")
        (root / f"package_{package}").mkdir()
        for number in range(12):
            text = HEAD.format(package=package) + "".join(SENDING.format(number=each) for each in range(number % 4))
            (root / f"package_{package}" / f"job_{number:02}.py").write_text(text, encoding="utf-8")
    (root / "package_1" / "broken.py").write_text("import ray\nf.remote(\n", encoding="utf-8")
    (root / "package_1" / "plain.py").write_text("print(1)\n", encoding="utf-8")
    return root


@pytest.fixture
def address(cluster: None) -> str:
    import ray

    return str(ray.get_runtime_context().gcs_address)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "putfix", *arguments]


def outcome(folder: Path, *arguments: str) -> tuple[int, bytes, str]:
    """The exit code, the output, and the errors apart from Ray's own."""
    done = subprocess.run(command(*arguments), cwd=folder, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, without_ray(done.stderr.decode())


def without_ray(said: str) -> str:
    """What is said, but for what Ray says of a worker that died."""
    own = [line for line in said.splitlines() if "(raylet)" not in line]
    return "\n".join(line for line in own if line.strip())


class Killer(threading.Thread):
    """Kills one process that is at work."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.killed = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.killed and not self.ended.wait(0.02):
            listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True)
            working = re.findall(r"^ *(\d+) ray::putfix_tasks", listed.stdout, re.MULTILINE)
            for process in map(int, working[:1]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                    self.killed = process


@pytest.mark.ray
def test_a_run_of_which_a_worker_is_killed_is_that_without_a_cluster(project: Path, address: str) -> None:
    expected = outcome(project, "-j", "1", "--verbose")
    assert expected[0] == 2
    assert expected[1].count(b"+++") == 36
    killer = Killer()
    killer.start()
    found = outcome(project, f"--on-ray={address}", "--verbose")
    killer.ended.set()
    killer.join()
    assert killer.killed
    assert found == expected


@pytest.mark.ray
def test_files_are_written_here(project: Path, tmp_path: Path, address: str) -> None:
    copies = [Path(shutil.copytree(project, tmp_path / name)) for name in ("one", "other")]
    arguments = "--apply", "--yes", "--unsafe-fixes", "package_0", "package_1"
    here, there = outcome(copies[0], *arguments), outcome(copies[1], "--on-ray", address, *arguments)
    assert here == there
    files = [path.relative_to(copies[0]) for path in sorted(copies[0].rglob("*.py"))]
    assert [(copies[0] / file).read_bytes() for file in files] == [(copies[1] / file).read_bytes() for file in files]


WHERE = """\
import os, sys, putfix
from putfix.workers.cluster import connected

with connected(sys.argv[1], os.path.dirname(putfix.__file__)):
    import ray

    print(ray.get(ray.remote(lambda: __import__("putfix").__file__).remote()))
"""


@pytest.mark.ray
def test_workers_take_the_package_from_the_driver(tmp_path: Path, address: str) -> None:
    """Whatever they have themselves: this one is told by a line of its own."""
    package = Path(putfix.__file__).parent
    shutil.copytree(package, tmp_path / "putfix", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WHERE, address], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "py_modules" in done.stdout
    assert Path(done.stdout.strip()).is_file()


@pytest.mark.ray
def test_an_interrupt_ends_a_run_at_once(project: Path, address: str, tmp_path: Path) -> None:
    for copy in range(8):  # which print more than a pipe holds, so that the run waits for the reader
        shutil.copytree(project, tmp_path / f"copy_{copy}")
    with subprocess.Popen(
        command(f"--on-ray={address}", "--min-size", "1KB"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"interrupted" in said


def test_without_ray_there_is_one_line(tmp_path: Path) -> None:
    without = "import sys; sys.modules['ray'] = None; from putfix.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "--on-ray", "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "putfix: error: --on-ray: Ray is not installed: pip install 'putfix[ray]'\n"
    assert done.stdout == ""


@pytest.mark.ray
def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    code, printed, said = outcome(tmp_path, "--on-ray=127.0.0.1:9")
    assert code == 2
    assert printed == b""
    assert re.fullmatch("putfix: error: --on-ray: [^\n]*", said)


@pytest.mark.parametrize("taken", ["head:6379", "ray://head.example:10001", "127.0.0.1:6379", "[::1]:6379"])
def test_what_looks_like_an_address_is_one(taken: str) -> None:
    assert with_address(["--on-ray", taken, "src"]) == [f"--on-ray={taken}", "src"]


@pytest.mark.parametrize("words", [["src"], ["a:b"], [], ["--verbose"], ["--"]])
def test_anything_else_is_a_path(words: list[str]) -> None:
    assert with_address(["-v", "--on-ray", *words]) == ["-v", "--on-ray=", *words]


def test_a_path_may_look_like_the_option() -> None:
    assert with_address(["--", "--on-ray", "a:1"]) == ["--", "--on-ray", "a:1"]


@pytest.mark.parametrize(
    "other",
    [
        {"paths": ("-",)},
        {"jobs": 2},
        {"cache_dir": Path("kept")},
        {"baseline": Path("known.json")},
        {"diff_base": "main"},
    ],
)
def test_what_is_told_file_by_file_goes_without_a_cluster(other: dict[str, Any]) -> None:
    assert (
        Options(on_ray="", **other).conflict
        == "--on-ray goes without -, --jobs, --cache-dir, --baseline and --diff-base."
    )
    assert Options(**other).conflict is None
