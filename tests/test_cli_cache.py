"""The cache on the command line: the same output with it and without, what is kept, and what the options say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

SOURCE = """\
import numpy as np
import ray
from tools import make

f = ray.remote(lambda a, i: i)
x = make()
futures = [f.remote(x, i) for i in range(10)]
unknown = make(1)  # putfix: ignore[nothing]
more = [f.remote(unknown, i) for i in range(10)]
"""
TOOLS = "import numpy as np\ndef make(*size):\n    return np.zeros((500, 500))\n"

Said = tuple[int, bytes, bytes]


def putfix(*arguments: str, cwd: Path, cache: Path) -> Said:
    run = subprocess.run(
        [sys.executable, "-m", "putfix", *arguments],
        cwd=cwd,
        env=os.environ | {"PUTFIX_CACHE_DIR": str(cache)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    for name, text in {
        "job.py": SOURCE,
        "tools.py": TOOLS,
        "putfix.toml": "",
        "broken.py": "import ray\nf.remote(\n",
    }.items():
        (root / name).write_text(text)
        os.utime(root / name, ns=(0, time.time_ns() - 3600 * 10**9))
    return root


@pytest.mark.parametrize("arguments", [["--diff"], ["--verbose", "--unsafe-fixes"], ["--statistics"], ["--check"]])
def test_it_prints_the_same_again(project: Path, tmp_path: Path, arguments: list[str]) -> None:
    cache = tmp_path / "cache"
    without = putfix(*arguments, "--no-cache", cwd=project, cache=cache)
    assert not cache.exists()
    assert b"broken.py:2" in without[2]
    first = putfix(*arguments, cwd=project, cache=cache)
    assert [path.name.partition("-")[0] for path in cache.iterdir()] == ["project"]
    assert first == without
    assert putfix(*arguments, cwd=project, cache=cache) == without
    elsewhere = putfix(*arguments, project.name, cwd=project.parent, cache=cache)
    assert elsewhere == putfix(*arguments, "--no-cache", project.name, cwd=project.parent, cache=cache)


def test_what_was_applied_is_not_found_again(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (project / "broken.py").unlink()
    code, diff, _ = putfix(cwd=project, cache=cache)
    assert code == 1
    assert putfix("--apply", "--yes", cwd=project, cache=cache)[:2] == (0, diff)
    fixed = (project / "job.py").read_text()
    assert "x_ref = ray.put(x)" in fixed
    after = putfix("--verbose", cwd=project, cache=cache)
    assert after == putfix("--verbose", "--no-cache", cwd=project, cache=cache)
    assert after[:2] == (0, b"")
    (project / "job.py").write_text(SOURCE)
    assert putfix(cwd=project, cache=cache)[:2] == (1, diff)
    assert putfix("--apply", "--yes", cwd=project, cache=cache)[:2] == (0, diff)
    assert (project / "job.py").read_text() == fixed


def test_the_option_says_where(project: Path, tmp_path: Path) -> None:
    (project / "broken.py").unlink()
    said = putfix("--cache-dir", str(tmp_path / "here" / "it" / "is"), cwd=project, cache=tmp_path / "cache")
    assert said[0] == 1
    assert not (tmp_path / "cache").exists()
    assert len([*(tmp_path / "here" / "it" / "is").iterdir()]) == 1
    code, _, error = putfix("--cache-dir", "here", "--no-cache", cwd=project, cache=tmp_path / "cache")
    assert code == 2
    assert error.endswith(b"Error: --no-cache and --cache-dir exclude each other.\n")


def test_a_file_or_two_are_not_worth_it(project: Path, tmp_path: Path) -> None:
    assert putfix("job.py", "tools.py", cwd=project, cache=tmp_path / "cache")[0] == 1
    assert not (tmp_path / "cache").exists()
