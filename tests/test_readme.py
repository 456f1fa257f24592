"""What the README shows is what a run prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHOWN = re.findall(
    r"<!-- output of: putfix (.*?) -->\n```\w*\n(.*?)```\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)


def test_there_are_outputs() -> None:
    assert len(SHOWN) == 5


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_it_shows_what_a_run_prints(arguments: str, output: str) -> None:
    command = [sys.executable, "-m", "putfix", *arguments.split()]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout + run.stderr == output
