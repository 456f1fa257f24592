"""What the README shows is what a run prints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from starting import start_in_text

from putfix.files.configuration import Configurations
from putfix.settings import Settings

ROOT = Path(__file__).parent.parent
SHOWN = re.findall(
    r"<!-- output of: putfix (.*?) -->\n```\w*\n(.*?)```\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)

CONFIGURATIONS = re.findall(
    r"<!-- read by a test -->\n```toml\n(.*?)```\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)


def test_there_are_outputs() -> None:
    assert len(SHOWN) == 9


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_it_shows_what_a_run_prints(arguments: str, output: str) -> None:
    run = start_in_text(*arguments.split(), cwd=ROOT)
    assert run.stdout + run.stderr == output


def test_its_configuration_is_read(tmp_path: Path) -> None:
    (text,) = CONFIGURATIONS
    expected = Settings(1_000_000, ("mylib.load_*", "mylib.Model"), ("mylib.load_settings",), ignore=("size-unknown",))
    in_tests = replace(expected, ignore=("size-unknown", "hoist"))
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert Configurations().settings(tmp_path / "job.py") == expected
    assert Configurations().settings(tmp_path / "tests" / "test_job.py") == in_tests
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "putfix.toml").write_text(
        text.replace("[tool.putfix]", "").replace("tool.putfix.", ""), encoding="utf-8"
    )
    assert Configurations().settings(tmp_path / "job.py") == expected
