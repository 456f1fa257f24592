"""Configuration, through the command: exit code, standard output, standard error."""

from __future__ import annotations

from pathlib import Path

import pytest
from starting import start_in_text

from putfix.files.configuration import Configurations

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
BIG = 'min-size = "3MB"\n'
LINE = "6:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy\n"
WOULD = "Would hoist 1 value in 1 file, 18 MB less to copy"
FOUND = f"job.py:{LINE}{WOULD} (1 file checked).\n"
NOTHING = "Nothing to hoist (1 file checked).\n"
SHOWN = """\
# {path}: {source}
min-size = {size}
large = {large}
small = []
unsafe-fixes = {unsafe}
ignore = {ignore}
"""


def putfix(*arguments: str, cwd: Path, source: str | None = None) -> tuple[int, str, str]:
    run = start_in_text(*arguments, cwd=cwd, source=source or "")
    return run.returncode, run.stdout, run.stderr


def shown(
    path: str, source: str, size: int = 102_400, large: str = "[]", unsafe: str = "false", ignore: str = "[]"
) -> str:
    return SHOWN.format(path=path, source=source, size=size, large=large, unsafe=unsafe, ignore=ignore)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "job.py").write_text(SOURCE, "utf-8")
    return tmp_path


def test_a_named_file_counts_in_place_of_the_nearest(folder: Path) -> None:
    (folder / "mine.toml").write_text(BIG, "utf-8")
    (folder / "other.toml").write_text("[tool.putfix]\n", "utf-8")
    (folder / "pyproject.toml").write_text("[tool.putfix]\nwrong = 1\n", "utf-8")
    assert putfix("job.py", cwd=folder)[0] == 2
    code, output, said = putfix("--config", "mine.toml", "job.py", cwd=folder)
    assert (code, output, said) == (0, "", NOTHING)
    assert putfix("--config", "mine.toml", "--min-size", "1MB", cwd=folder)[::2] == (1, FOUND)


def test_no_file_counts(folder: Path) -> None:
    (folder / "putfix.toml").write_text(BIG, "utf-8")
    assert putfix(cwd=folder)[::2] == (0, NOTHING)
    assert putfix("--isolated", cwd=folder)[::2] == (1, FOUND)
    assert putfix("--isolated", "-", cwd=folder, source=SOURCE)[::2] == (1, FOUND.replace("job.py", "<stdin>"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mine.toml", None, "mine.toml: error: no configuration: there is no such file, or it has no table"),
        ("pyproject.toml", "[project]\n", "pyproject.toml: error: no configuration"),
        ("mine.toml", "min-size = ", "mine.toml: error: not valid TOML: "),
        (
            "mine.toml",
            'min_size = 1\nlarge = "a"\n',
            'mine.toml: error: unknown key "min_size"; did you mean "min-size"?',
        ),
        ("mine.toml", 'extend = "gone.toml"', 'mine.toml: error: extend names "gone.toml": no configuration'),
        (".", None, "no configuration"),
    ],
)
@pytest.mark.parametrize("more", [["--apply", "--yes"], ["--show-settings"]], ids=["apply", "show"])
def test_a_named_file_that_cannot_be_used_stops_all(
    folder: Path, name: str, text: str | None, words: str, more: list[str]
) -> None:
    if text is not None:
        (folder / name).write_text(text, "utf-8")
    code, output, said = putfix("--config", name, *more, cwd=folder)
    assert (code, output) == (2, "")
    assert words in said
    assert "checked" not in said
    assert (folder / "job.py").read_text("utf-8") == SOURCE


def test_what_is_extended_and_set_per_path_counts(folder: Path) -> None:
    (folder / "base.toml").write_text(BIG, "utf-8")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_job.py").write_text(SOURCE, "utf-8")
    (folder / "putfix.toml").write_text('extend = "base.toml"\n[per-path."tests/**"]\nmin-size = "1MB"\n', "utf-8")
    code, output, said = putfix(cwd=folder)
    assert (code, said) == (1, f"tests/test_job.py:{LINE}{WOULD} (2 files checked).\n")
    assert output.startswith("--- a/tests/test_job.py\n")


def test_codes_are_ignored(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.putfix.per-path."*.py"]\nignore = ["hoist"]\n', "utf-8")
    said = "Nothing to hoist (1 file checked), 1 ignored by settings.\n"
    assert putfix("--verbose", cwd=folder) == (0, "", said)


def test_settings_are_shown(folder: Path) -> None:
    assert putfix("--show-settings", "job.py", cwd=folder) == (0, shown("job.py", "no configuration file"), "")
    (folder / "src").mkdir()
    (folder / "base.toml").write_text('large = ["größe.*"]\n', "utf-8")
    (folder / "src" / "pyproject.toml").write_text(
        '[tool.putfix]\nextend = "../base.toml"\nmin-size = "1MB"\n'
        '[tool.putfix.per-path."test_*"]\nignore = ["hoist"]\nlarge = ["a"]\n',
        "utf-8",
    )
    source = "src/pyproject.toml, which extends base.toml"
    code, output, said = putfix("--show-settings", "src/test_gone.py", "src", ".", cwd=folder)
    assert (code, said) == (0, "")
    assert output == (
        shown("src/test_gone.py", f'{source}, per-path "test_*"', 10**6, '["größe.*", "a"]', ignore='["hoist"]')
        + shown("src", source, 10**6, '["größe.*"]')
        + shown(".", "no configuration file")
    )


def test_settings_of_the_command_line_are_shown_among_them(folder: Path) -> None:
    (folder / "mine.toml").write_text(BIG, "utf-8")
    given = "--show-settings", "--min-size", "1MB", "--unsafe-fixes"
    expected = shown("job.py", "mine.toml", 10**6, unsafe="true")
    assert putfix(*given, "--config", "mine.toml", "job.py", cwd=folder) == (0, expected, "")
    expected = shown("job.py", "no configuration file", 10**6, unsafe="true")
    assert putfix(*given, "--isolated", "-", "--stdin-filename", "job.py", cwd=folder) == (0, expected, "")


def test_what_is_shown_is_a_configuration(folder: Path) -> None:
    (folder / "putfix.toml").write_text('min-size = "1MB"\nlarge = ["ö*"]\nunsafe-fixes = true', "utf-8")
    before = Configurations().settings(folder / "job.py")
    (folder / "putfix.toml").write_text(putfix("--show-settings", cwd=folder)[1], "utf-8")
    assert Configurations().settings(folder / "job.py") == before


def test_settings_that_cannot_be_used_are_not_shown(folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "putfix.toml").write_text("wrong = 1", "utf-8")
    code, output, said = putfix("--show-settings", "broken", "job.py", cwd=folder)
    assert (code, output) == (2, shown("job.py", "no configuration file"))
    assert said.startswith('broken/putfix.toml: error: unknown key "wrong"; the keys are')
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "a.toml", "--isolated"], "--config and --isolated exclude each other."),
        *((["--show-settings", more], "--show-settings goes without --diff,") for more in ("--apply", "--diff")),
        (["--show-settings", "--add-ignores"], "--show-settings goes without --diff,"),
        (["--explain", "hoist", "--isolated"], "--explain stands alone"),
        (["--explain", "hoist", "--show-settings"], "--explain stands alone"),
    ],
)
def test_wrong_options(folder: Path, arguments: list[str], words: str) -> None:
    code, output, said = putfix(*arguments, cwd=folder)
    assert (code, output) == (2, "")
    assert said.splitlines()[-1].startswith(f"Error: {words}")
