"""What a run takes from a tree, against git's own answer."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from putfix.files.discovery import Found, Unreadable, discover, located

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def taken(root: Path, *paths: Path) -> list[str]:
    found = [path for path in discover(paths or [root]) if isinstance(path, Path)]
    return [path.relative_to(root).as_posix() for path in found]


def test_python_files_are_taken_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.py", "a/notes.txt", "a.pyi", "c.pyw", "c/d/e.py")
    assert taken(tmp_path) == ["a/z.py", "b.py", "c/d/e.py", "c.pyw"]


@pytest.mark.parametrize("name", [".git", "node_modules", ".venv", "__pycache__", ".tox", "site-packages"])
def test_directories_that_nobody_wrote_are_not_walked_into(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"{name}/a.py", f"deep/{name}/b.py", "c.py")
    assert taken(tmp_path) == ["c.py"]
    assert taken(tmp_path, tmp_path / name) == [f"{name}/a.py"]
    assert taken(tmp_path, tmp_path / name / "a.py") == [f"{name}/a.py"]


def test_a_virtual_environment_of_any_name_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "mine/pyvenv.cfg", "mine/lib/a.py", "b.py")
    assert taken(tmp_path) == ["b.py"]


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py")
    (tmp_path / "link.py").symlink_to("a/b.py")
    paths = [tmp_path / "a" / "b.py", tmp_path, tmp_path / "link.py", tmp_path / "a"]
    assert taken(tmp_path, *paths) == ["a/b.py"]


def test_directories_of_which_none_is_in_another_are_taken_as_each_is(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "a-b/x.py", "ab/x.py", "c/x.py")
    (tmp_path / "link").symlink_to("c")
    apart = [tmp_path / name for name in ("ab", "a", "a-b")]
    assert taken(tmp_path, *apart) == ["ab/x.py", "a/x.py", "a-b/x.py"]
    assert taken(tmp_path, tmp_path / "link", tmp_path / "c", *apart)[:2] == ["link/x.py", "ab/x.py"]
    assert len(taken(tmp_path, *apart, tmp_path / "a" / "..")) == 4


def test_links_are_followed_only_when_named(tmp_path: Path) -> None:
    make(tmp_path, "outside/a.py", "tree/b.py")
    (tmp_path / "tree" / "link.py").symlink_to(tmp_path / "outside" / "a.py")
    (tmp_path / "tree" / "loop").symlink_to(tmp_path / "tree")
    assert taken(tmp_path, tmp_path / "tree") == ["tree/b.py"]
    assert taken(tmp_path, tmp_path / "tree" / "link.py") == ["outside/a.py"]


def test_what_cannot_be_taken_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    found = list(discover([tmp_path / "missing", tmp_path / "pipe.py", tmp_path]))
    assert found == [
        Unreadable(tmp_path / "missing", "No such file or directory"),
        Unreadable(tmp_path / "pipe.py", "not a regular file"),
    ]


IGNORES = {
    ".gitignore": "*.gen.py\n/top.py\nbuilt/\n!kept.gen.py\n# comment\n",
    "a/.gitignore": "inner.py\n!again.gen.py\n",
    "a/b/.gitignore": "*\n!here.py\n",
    "c/.gitignore": "sub/*\n!sub/yes.py\n",
}
FILES = (
    "top.py one.gen.py kept.gen.py a/top.py a/inner.py a/again.gen.py a/b/here.py a/b/gone.py a/b/c/inner.py "
    "built/x.py a/built/y.py c/sub/no.py c/sub/yes.py c/inner.py plain.py"
).split()


@needs_git
@pytest.mark.parametrize("start", [".", "a", "a/b", "c"])
def test_ignore_files_are_honoured_as_git_does(tmp_path: Path, start: str) -> None:
    make(tmp_path, *FILES)
    for name, text in IGNORES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    command = ["git", "ls-files", "-o", "--exclude-standard", "--", start]
    listed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    expected = sorted(name for name in listed if name.endswith(".py"))
    assert sorted(taken(tmp_path, tmp_path / start)) == expected
    assert expected


@pytest.mark.parametrize("line", ["!", "x\\", "[z-a]", "t[[]1].py", "\ufeffplain.py"])
def test_a_line_that_is_no_pattern_is_passed_over(tmp_path: Path, line: str) -> None:
    make(tmp_path, "plain.py", "kept.py", "gone.py")
    (tmp_path / ".gitignore").write_text(f"{line}\ngone.py\n", encoding="utf-8")
    assert taken(tmp_path) == (["kept.py"] if "plain" in line else ["kept.py", "plain.py"])


def test_an_ignore_file_that_is_none_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "plain.py")
    os.mkfifo(tmp_path / ".gitignore")
    assert taken(tmp_path) == ["plain.py"]


def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    path = tmp_path
    descriptor = os.open(path, os.O_RDONLY)
    for _ in range(1200):  # longer than a path may be
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    make(tmp_path, "z.py")
    found = list(discover([tmp_path]))
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # too deep for the cleaning of temporary folders
    assert found[-1] == tmp_path / "z.py"


@needs_git
def test_an_ignored_directory_is_walked_when_it_is_named(tmp_path: Path) -> None:
    make(tmp_path, "built/x.py")
    (tmp_path / ".gitignore").write_text("built/\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert taken(tmp_path) == []
    assert taken(tmp_path, tmp_path / "built") == ["built/x.py"]


def test_paths_are_made_one_by_one(tmp_path: Path) -> None:
    for number in range(500):
        (tmp_path / f"module_{number}.py").touch()
    found = located([tmp_path])
    first = next(found)
    held = [each for each in gc.get_objects() if isinstance(each, Path) and each.suffix == ".py"]
    assert isinstance(first, Found)
    assert [path for path in held if path.is_relative_to(tmp_path)] == [first.path]
    assert sum(1 for _ in found) == 499
