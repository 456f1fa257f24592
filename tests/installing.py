"""What tests that install putfix have in common: they need a package index, and the files that are released."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_RELEASED = ("src", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml")


def copy_sources(folder: Path) -> None:
    """Copy what an installation needs, without what tests and tools leave beside it."""
    folder.mkdir()
    for name in _RELEASED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, folder)


def install(command: Sequence[str], **settings: object) -> None:
    """Run a command that installs something; skip the test where it fails and there is no package index."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **settings)  # type: ignore[call-overload]
    if run.returncode and not _has_an_index():
        pytest.skip("no package index can be reached")
    assert run.returncode == 0, run.stdout + run.stderr


def _has_an_index() -> bool:
    """Whether pip gets a package that is there for certain."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-cache-dir", "--no-deps", "-d", folder, "click"]
        return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
