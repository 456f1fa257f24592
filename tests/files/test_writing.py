"""A file is the old or the new one, at any moment."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from putfix.files.writing import ChangedSinceReadError, clear_leftovers, create, put, replace


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


def test_another_run_that_wrote_the_same_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"new")
    replace(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


def test_a_hard_link_elsewhere_keeps_what_it_was(tmp_path: Path) -> None:
    path, other = tmp_path / "a.py", tmp_path / "outside.py"
    path.write_bytes(b"old")
    os.link(path, other)
    replace(path, b"old", b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"old")


def test_an_interrupt_waits_for_the_renaming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _descriptor: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        replace(path, b"old", b"new")
    signal.signal(signal.SIGINT, before)
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


STUCK = """
import os, sys, time
from pathlib import Path
from putfix.files.writing import replace
def stay(descriptor):
    print("here", flush=True)
    time.sleep(60)
os.fsync = stay
replace(Path(sys.argv[1]), b"old", b"new")
"""


def test_what_a_killed_writer_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    others = [".putfix-abcdefg.tmp", ".putfix-abcdefghi.tmp", "x.putfix-abcdefgh.tmp", ".putfix-abcdefgh.tmp.py"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".putfix-linklink.tmp").symlink_to(path)
    (tmp_path / ".putfix-folder00.tmp").mkdir()
    os.mkfifo(tmp_path / ".putfix-pipepipe.tmp")
    kept = sorted(entry.name for entry in tmp_path.iterdir())
    with subprocess.Popen([sys.executable, "-c", STUCK, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (written,) = {entry.name for entry in tmp_path.iterdir()} - {*kept}
        clear_leftovers(tmp_path)
        assert (tmp_path / written).exists()  # its writer lives
        process.kill()
    clear_leftovers(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == kept


def test_a_file_that_was_taken_for_a_left_one_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    make, made = tempfile.mkstemp, list[str]()

    def cleared(**given: Any) -> tuple[int, str]:
        descriptor, name = make(**given)
        made.append(name)
        if len(made) == 1:
            clear_leftovers(tmp_path)
        return descriptor, name

    monkeypatch.setattr(tempfile, "mkstemp", cleared)
    replace(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert len(made) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


def test_a_directory_that_is_gone_has_nothing_to_clear(tmp_path: Path) -> None:
    clear_leftovers(tmp_path / "gone")


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    create(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        create(tmp_path / "a", b"two")
    put(tmp_path / "a", b"three")
    put(tmp_path / "b", b"four")
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"a": b"three", "b": b"four"}


def test_nothing_is_put_into_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        put(tmp_path / "pipe", b"")
