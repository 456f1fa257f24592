"""Only files are read: nothing waits, and nothing is endless."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from putfix import reading, streams
from putfix.files.discovery import discover
from putfix.reading import read


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\r\n\0")
    (tmp_path / "link").symlink_to("a")
    assert read(tmp_path / "a") == read(tmp_path / "link") == b"a\r\n\0"


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OSError, match="not a regular file"):
            read(tmp_path / name)


def test_what_becomes_a_pipe_meanwhile_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    before = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda _path: before)
    with pytest.raises(OSError, match="not a regular file"):
        read(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(name: str) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        read(Path(name))


def test_a_directory_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read(tmp_path)


def test_what_no_memory_would_hold_is_refused(tmp_path: Path) -> None:
    with open(tmp_path / "sparse", "wb") as stream:
        stream.truncate(reading.LARGEST + 1)
    with pytest.raises(OSError, match="larger than 1 GB"):
        read(tmp_path / "sparse")


def test_a_stream_is_read_to_its_end_or_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert streams.read_all(io.BytesIO(b"abc" * 1_000_000)) == b"abc" * 1_000_000
    monkeypatch.setattr(streams, "LARGEST", 2_999_999)
    with pytest.raises(OSError, match="larger than 1 GB"):
        streams.read_all(io.BytesIO(b"abc" * 1_000_000))


@pytest.mark.parametrize("name", [".gitignore", ".git/info/exclude"])
def test_an_ignore_file_that_is_a_pipe_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / name)
    (tmp_path / "a.py").touch()
    assert list(discover([tmp_path])) == [tmp_path / "a.py"]
