"""What files hold in place of what is on disk, as long as an editor has them open."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

import pytest

from putfix import checking, run
from putfix.files.configuration import Configurations
from putfix.files.project import ProjectFiles
from putfix.model import Source


def names(found: list[Source] | None) -> list[str]:
    assert found is not None
    return sorted(Path(source.place).name for source in found)


def test_what_is_held_counts_in_place_of_what_is_on_disk(tmp_path: Path) -> None:
    base, child, other, new = (str(tmp_path / name) for name in ("base.py", "child.py", "other.py", "new.py"))
    (tmp_path / "pyproject.toml").touch()
    Path(base).write_text("class Base:\n    pass\n")
    Path(child).write_text("from base import Base\n\n\nclass Child(Base):\n    pass\n")
    Path(other).write_text("import base\n")
    project = ProjectFiles()
    assert names(project.extending("Base", base)) == ["child.py"]

    project.hold({child: b"x = 1\n", other: b"class Other(Base):\n    pass\n", new: b"class New(Base):\n    pass\n"})
    assert names(project.extending("Base", base)) == ["new.py", "other.py"]
    held = project.find("child", base)
    assert held is not None
    assert held.text == "x = 1\n"
    assert project.find("new", base) is not None

    project.hold({child: b"x = 2\n"})
    changed = project.find("child", base)
    assert changed is not None
    assert changed.text == "x = 2\n"
    assert names(project.extending("Base", base)) == []
    assert project.find("new", base) is None

    project.hold({})
    assert names(project.extending("Base", base)) == ["child.py"]


def test_what_the_project_leaves_out_stays_out(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    generated = tmp_path / "build" / "generated.py"
    generated.write_text("class Generated(Base):\n    pass\n")
    project = ProjectFiles({str(generated): generated.read_bytes()})
    assert names(project.extending("Base", str(tmp_path / "base.py"))) == []


def test_what_did_not_change_is_parsed_once(tmp_path: Path) -> None:
    path = str(tmp_path / "tools.py")
    data = b"x = 1\n"
    project = ProjectFiles({path: data})
    first = project.find("tools", path)
    project.hold({path: bytes(bytearray(data)), str(tmp_path / "other.py"): b""})
    assert first is not None
    assert project.find("tools", path) is first


def test_a_module_is_kept_while_files_ask_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("putfix.files.project._PARSED_FILES", 2)
    path = str(tmp_path / "tools.py")
    Path(path).write_text("x = 1\n")
    project = ProjectFiles()
    first = project.find("tools", path)
    assert first is not None
    for _ in range(4):
        assert [*project.drop()] == []
        assert project.find("tools", path) is first
    assert [[*project.drop()] for _ in range(4)] == [[], [], [first], []]
    assert project.find("tools", path) is not first


def test_no_more_modules_are_kept_the_more_files_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("putfix.files.project._PARSED_FILES", 4)
    for number in range(20):
        folder = tmp_path / f"project_{number:02}"
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        (folder / "main.py").write_text(
            "import numpy as np\nimport ray\nfrom tasks import total\n\n\ndef totals():\n"
            "    table = np.zeros((1000, 1000))\n    return ray.get([total.remote(table, n) for n in range(9)])\n"
        )
        (folder / "tasks.py").write_text("import ray\n\n\n@ray.remote\ndef total(table, number):\n    return number\n")
    before = _modules()
    results = run.check([tmp_path], Configurations(), project=(project := ProjectFiles()))
    kept = [_modules() - before for result in results if isinstance(result, checking.FileResult) and result.findings]
    assert len(kept) == 20
    assert max(kept) <= 4
    assert project.find("tasks", str(tmp_path / "project_19" / "main.py")) is not None


def _modules() -> int:
    """How many trees of modules something needs."""
    gc.collect()
    return sum(isinstance(each, ast.Module) for each in gc.get_objects())
