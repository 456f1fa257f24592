"""What the page on reports says of a program, and of formats, is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from putfix.report.outputs import FORMATS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "outputs.md").read_text("utf-8")
PROGRAM = re.compile(
    r"<!-- read by a test -->\n```python\n(.*?)```\n.*?<!-- printed by it -->\n```\n(.*?)```\n", re.DOTALL
)


def test_its_program_prints_what_it_says() -> None:
    ((program, output),) = PROGRAM.findall(PAGE)
    assert run("-c", program) == output


def test_it_has_all_formats() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == [*FORMATS]


def run(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stderr == ""
    return ended.stdout
