"""The LibCST command: through its test class, its runner, and a migration script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import libcst as cst
import pytest
from libcst.codemod import (
    CodemodContext,
    CodemodTest,
    TransformSkip,
    TransformSuccess,
    parallel_exec_transform_with_prettyprint,
    transform_module,
)

from putfix.codemod import HoistRayPut

BEFORE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
AFTER = BEFORE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")


class TestHoistRayPut(CodemodTest):
    TRANSFORM = HoistRayPut

    def test_hoists(self) -> None:
        self.assertCodemod(BEFORE, AFTER)

    def test_leaves_the_rest(self) -> None:
        self.assertCodemod(AFTER, AFTER)

    def test_warns_of_what_it_leaves(self) -> None:
        source = BEFORE.replace("x = np.zeros((500, 500))", "from elsewhere import x")
        self.assertCodemod(source, source, expected_warnings=["line 6: size-unknown: the size of x is not known"])


def test_a_migration_script_can_use_it() -> None:
    result = transform_module(HoistRayPut(CodemodContext()), BEFORE)
    assert isinstance(result, TransformSuccess)
    assert result.code == AFTER


def test_line_ends_and_encoding_survive() -> None:
    source = b"# coding: latin-1\r\n# gr\xfc\xdfe\r\n" + BEFORE.replace("\n", "\r\n").encode()
    module = HoistRayPut(CodemodContext()).transform_module(cst.parse_module(source))
    expected = AFTER.replace("\n", "\r\n").encode()
    assert module.bytes == b"# coding: latin-1\r\n# gr\xfc\xdfe\r\n" + expected


def test_the_parallel_runner_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / f"{number}.py" for number in range(3)]
    for path in paths:
        path.write_text(BEFORE, encoding="utf-8")
    result = parallel_exec_transform_with_prettyprint(
        HoistRayPut, [str(path) for path in paths], jobs=1, repo_root=str(tmp_path)
    )
    capsys.readouterr()
    assert (result.successes, result.failures) == (3, 0)
    assert [path.read_text(encoding="utf-8") for path in paths] == [AFTER] * 3


def test_a_threshold_can_be_given() -> None:
    for min_size, code in ((1_000_000, AFTER), (3_000_000, BEFORE)):
        result = transform_module(HoistRayPut(CodemodContext(), min_size=min_size), BEFORE)
        assert isinstance(result, TransformSuccess)
        assert result.code == code


def test_the_configuration_file_of_the_module_counts(tmp_path: Path) -> None:
    path = tmp_path / "putfix.toml"
    context = CodemodContext(filename=str(tmp_path / "job.py"))
    path.write_text('min-size = "3MB"', encoding="utf-8")
    result = transform_module(HoistRayPut(context), BEFORE)
    assert isinstance(result, TransformSuccess)
    assert result.code == BEFORE
    result = transform_module(HoistRayPut(context, min_size=1_000_000), BEFORE)
    assert isinstance(result, TransformSuccess)
    assert result.code == AFTER
    path.write_text("large = 3\nsize = 4", encoding="utf-8")
    skipped = transform_module(HoistRayPut(context), BEFORE)
    assert isinstance(skipped, TransformSkip)
    assert skipped.skip_description == (
        f"{path}: large must be an array of strings, not an integer; "
        f'{path}: unknown key "size"; did you mean "min-size"?'
    )


@pytest.mark.parametrize(("size", "changed", "code"), [("3MB", False, 0), ("1MB", True, 0), ("big", False, 2)])
def test_the_command_line_of_libcst_takes_a_threshold(tmp_path: Path, size: str, changed: bool, code: int) -> None:
    path = tmp_path / "job.py"
    path.write_text(BEFORE, encoding="utf-8")
    command = [sys.executable, "-m", "libcst.tool", "codemod", "--no-format", "-x", "putfix.codemod.HoistRayPut"]
    arguments = ["--min-size", size, str(path)]
    run = subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == code, run.stderr
    assert path.read_text(encoding="utf-8") == (AFTER if changed else BEFORE)
    assert ('"big" is not a number of bytes' in run.stderr) == (size == "big")


def test_the_command_line_of_libcst_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(BEFORE, encoding="utf-8")
    command = [sys.executable, "-m", "libcst.tool", "codemod", "--no-format", "-x", "putfix.codemod.HoistRayPut"]
    run = subprocess.run([*command, str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert path.read_text(encoding="utf-8") == AFTER
