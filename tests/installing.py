"""What tests that install putfix have in common: they need a package index, and the files that are released."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_RELEASED = ("src", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml")
_OFFLINE = re.compile(r"connection|timed? ?out|name resolution|no matching distribution|proxy|offline", re.IGNORECASE)


def copy_sources(folder: Path) -> None:
    """Copy what an installation needs, without what tests and tools leave beside it."""
    folder.mkdir()
    for name in _RELEASED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, folder)


def install(command: Sequence[str], **settings: object) -> None:
    """Run a command that installs something; skip the test where that has no package index."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **settings)  # type: ignore[call-overload]
    said = run.stdout + run.stderr
    if run.returncode and _OFFLINE.search(said):
        pytest.skip(f"no package index: {said.splitlines()[-1]}")
    assert run.returncode == 0, said
