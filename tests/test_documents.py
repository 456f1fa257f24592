"""What the README and the pages under ``docs/`` show is what a run prints."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import documents
import pytest

from putfix.cli import main
from putfix.files.configuration import Configurations
from putfix.options import Options
from putfix.settings import Settings

TEXTS = {path.relative_to(documents.ROOT).as_posix(): path.read_text("utf-8") for path in documents.documents()}
SHOWN = [found for text in TEXTS.values() for found in documents.OUTPUT.findall(text)]
COMMANDS = sorted({(name, command) for name, text in TEXTS.items() for command in documents.commands(text)})
LINKS = [
    (name, target)
    for name, text in TEXTS.items()
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text)
    if not target.startswith("http")
]


def test_there_are_outputs_commands_and_links() -> None:
    assert len(SHOWN) > 9
    assert len(COMMANDS) > 20
    assert len(LINKS) > 10


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_they_show_what_a_run_prints(arguments: str, output: str) -> None:
    assert documents.printed(arguments) == output


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_the_commands_are_understood(name: str, command: str) -> None:
    context = main.make_context("putfix", shlex.split(command))
    assert Options(**context.params).conflict is None


@pytest.mark.parametrize(("name", "target"), LINKS)
def test_links_lead_somewhere(name: str, target: str) -> None:
    assert (documents.ROOT / name).parent.joinpath(target).exists()


def test_the_pages_on_codes_are_what_explain_says() -> None:
    made = documents.pages()
    assert {path: path.read_text("utf-8") for path in documents.CODES.iterdir()} == made


def test_the_configuration_that_is_shown_is_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"<!-- read by a test -->\n```toml\n(.*?)```\n", TEXTS["docs/configuration.md"], re.DOTALL)
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
