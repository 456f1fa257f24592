"""A file is the old or the new one, at any moment."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from putfix.files.writing import ChangedSinceReadError, replace


def test_the_content_is_replaced_and_the_mode_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"newer")
    with pytest.raises(ChangedSinceReadError):
        replace(path, b"old", b"new")
    assert path.read_bytes() == b"newer"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "a.py", b"old", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


WRITER = """
import sys
from pathlib import Path
from putfix.files.writing import replace
path = Path(sys.argv[1])
contents = [b"a" * 300_000, b"b" * 300_000]
while True:
    replace(path, contents[0], contents[1])
    contents.reverse()
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    whole = (b"a" * 300_000, b"b" * 300_000)
    for delay in range(8):
        path.write_bytes(whole[0])
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) as process:
            time.sleep(0.3 + delay / 50)
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole
