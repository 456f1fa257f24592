"""The names in a diff; that other tools apply it is tested with the command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from putfix.report.diff import relative, root_of, unified


def head(path: Path) -> bytes:
    return unified(path, b"a\n", b"b\n").split(b"\n")[0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"job.py", b"--- a/job.py"),
        (b"./job.py", b"--- a/job.py"),
        (b"a dir/job.py", b"--- a/a dir/job.py\t"),
        ("größe.py".encode(), "--- a/größe.py".encode()),
        (b'a"b\n\xff.py', b'--- "a/a\\"b\\n\\377.py"'),
    ],
)
def test_names_are_written_as_git_does(name: bytes, shown: bytes) -> None:
    assert head(Path(os.fsdecode(name))) == shown


def test_a_name_through_a_link_is_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real/deep")
    monkeypatch.chdir(tmp_path)
    assert head(Path("link/../job.py")) == b"--- a/real/job.py"


def test_names_are_relative_to_a_directory_that_has_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "link").symlink_to("c/job.py")
    monkeypatch.chdir(tmp_path / "a")
    assert root_of([]) == root_of([Path("b"), Path("b/job.py")]) == Path(os.path.realpath(tmp_path / "a"))
    for outside in (Path(".."), Path("../job.py"), Path("../c"), tmp_path / "c" / "no.py", Path("../link")):
        root = root_of([Path("b"), outside])
        assert root == Path(os.path.realpath(tmp_path))
        named = [relative(each, root).as_posix() for each in (Path("b/job.py"), Path("../c/job.py"))]
        assert named == ["a/b/job.py", "c/job.py"]


def test_a_line_end_is_a_line_feed() -> None:
    diff = unified(Path("a.py"), b"a\rb\x0cc\r\nd", b"a\rb\x0cc\r\ne")
    assert diff.endswith(
        b"@@ -1,2 +1,2 @@\n a\rb\x0cc\r\n-d\n\\ No newline at end of file\n+e\n\\ No newline at end of file\n"
    )
