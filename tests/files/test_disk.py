"""A disk that remembers: it reads again what has changed, and only that."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from putfix.files.disk import DISK, RememberingDisk
from putfix.reading import read

SETTLED = 0.15
"""The seconds after which a file that has changed has another status."""


@pytest.fixture
def looked_through(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    found: list[str] = []

    def noted(path: Path) -> bytes:
        found.append(path.name)
        return read(path)

    monkeypatch.setattr("putfix.files.disk.read", noted)
    return found


def test_what_has_changed_is_looked_through_again(tmp_path: Path, looked_through: list[str]) -> None:
    one, two, three = (tmp_path / name for name in ("one.py", "two.py", "three.py"))
    one.write_text("import numpy\n")
    two.write_text("import pandas\n")
    time.sleep(SETTLED)
    disk = RememberingDisk()
    disk.index(str(tmp_path))
    assert sorted(looked_through) == ["one.py", "two.py"]
    two.write_text("import polars\n")
    three.write_text("class Three(Two): ...\n")
    time.sleep(SETTLED)
    looked_through.clear()
    assert disk.index(str(tmp_path)) == RememberingDisk().index(str(tmp_path)) == DISK.index(str(tmp_path))
    assert sorted(looked_through) == sorted(["two.py", "three.py", *["one.py", "two.py", "three.py"] * 2])
    os.replace(three, two)
    one.unlink()
    time.sleep(SETTLED)
    index = disk.index(str(tmp_path))
    assert index == DISK.index(str(tmp_path))
    assert index is not None
    assert index.naming == {("class", "Two"): [str(two)]}


def test_what_has_just_been_written_is_looked_through_again(tmp_path: Path, looked_through: list[str]) -> None:
    disk = RememberingDisk()
    for module in ("numpy", "pandas"):  # within one step of a clock, maybe
        looked_through.clear()
        (tmp_path / "job.py").write_text(f"import {module}\n")
        index = disk.index(str(tmp_path))
        assert index is not None
        assert ("import", module) in index.naming
        assert looked_through == ["job.py"]
