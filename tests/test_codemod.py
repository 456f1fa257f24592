"""The LibCST command: through its test class, its runner, and a migration script."""

from __future__ import annotations

import shutil
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
from libcst.tool import main as libcst_tool

from putfix.codemod import HoistRayPut

EXAMPLES = Path(__file__).parent.parent / "examples"

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


def test_assumptions_are_taken_on_request_and_named() -> None:
    source = BEFORE.replace("x = np.zeros((500, 500))", "def send(x: np.ndarray):").replace("futures =", "    return")
    for unsafe_fixes, changed in ((False, False), (True, True)):
        result = transform_module(HoistRayPut(CodemodContext(), unsafe_fixes=unsafe_fixes), source)
        assert isinstance(result, TransformSuccess)
        assert (result.code != source) == changed
    assert result.warning_messages == ["line 6: hoist: x is sent 10 times, unsafe, assuming that it is large"]


def test_a_configuration_file_can_be_named(tmp_path: Path) -> None:
    config = tmp_path / "strict.toml"
    config.write_text('min-size = "3MB"', encoding="utf-8")
    for context in (CodemodContext(), CodemodContext(filename=str(tmp_path / "job.py"))):
        result = transform_module(HoistRayPut(context, config=config), BEFORE)
        assert isinstance(result, TransformSuccess)
        assert result.code == BEFORE


@pytest.mark.parametrize(("shape", "code"), [("(500, 500)", AFTER), ("(5, 5)", BEFORE)])
def test_what_the_module_imports_from_its_project_is_read(tmp_path: Path, shape: str, code: str) -> None:
    def importing(source: str) -> str:
        return source.replace("(500, 500)", "SHAPE").replace(
            "import ray\n", "import ray\nfrom shapes import SHAPE\n", 1
        )

    (tmp_path / "shapes.py").write_text(f"SHAPE = {shape}\n", encoding="utf-8")
    context = CodemodContext(filename=str(tmp_path / "job.py"))
    result = transform_module(HoistRayPut(context), importing(BEFORE))
    assert isinstance(result, TransformSuccess)
    assert result.code == importing(code)


def test_what_another_codemod_made_of_the_module_counts_in_the_project_too(tmp_path: Path) -> None:
    source = BEFORE.replace("(500, 500)", "SHAPE").replace("import ray\n", "import ray\nfrom shapes import SHAPE\n", 1)
    (tmp_path / "job.py").write_text(f"{source}SIDE = 5\n", encoding="utf-8")
    (tmp_path / "shapes.py").write_text("from job import SIDE\nSHAPE = (SIDE, SIDE)\n", encoding="utf-8")
    for side, changed in ((5, False), (500, True)):
        context = CodemodContext(filename=str(tmp_path / "job.py"))
        result = transform_module(HoistRayPut(context), f"{source}SIDE = {side}\n")
        assert isinstance(result, TransformSuccess)
        assert (".remote(x_ref," in result.code) == changed


COMMAND = ("codemod", "--no-format", "-x", "putfix.codemod.HoistRayPut")


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ([], True),
        (["--min-size", "3MB"], False),
        (["--min-size", "1MB"], True),
        (["--unsafe-fixes"], True),
        (["--config", "strict.toml"], False),
    ],
)
def test_the_command_line_of_libcst_takes_it_with_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], changed: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strict.toml").write_text('min-size = "3MB"', encoding="utf-8")
    path = tmp_path / "job.py"
    path.write_text(BEFORE, encoding="utf-8")
    assert libcst_tool("libcst.tool", [*COMMAND, *options, "job.py"]) == 0
    assert path.read_text(encoding="utf-8") == (AFTER if changed else BEFORE)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--min-size", "big"], '"big" is not a number of bytes'),
        (["--config", "none.toml"], "none.toml: no configuration: there is no such file"),
    ],
)
def test_the_command_line_of_libcst_refuses_what_has_no_meaning(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        libcst_tool("libcst.tool", [*COMMAND, *options, "job.py"])
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_libcst_lists_it_where_its_configuration_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(EXAMPLES / ".libcst.codemod.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert libcst_tool("libcst.tool", ["list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert f"hoist.HoistRayPut - {HoistRayPut.DESCRIPTION}" in listed
    assert len(listed) > 10  # LibCST's own
    path = tmp_path / "job.py"
    path.write_text(BEFORE, encoding="utf-8")
    assert libcst_tool("libcst.tool", ["codemod", "--no-format", "hoist.HoistRayPut", "job.py"]) == 0
    assert path.read_text(encoding="utf-8") == AFTER


MOVED = (
    BEFORE.replace("import ray\n", "import ray\nfrom ray.air import session\n")
    + "session.report({'done': len(futures)})\n"
)
MIGRATED = (
    AFTER.replace("import ray\n", "import ray\nfrom ray import train\n") + "train.report({'done': len(futures)})\n"
)


def test_the_example_of_a_migration_runs_two_codemods_in_several_processes(tmp_path: Path) -> None:
    names = [f"job_{number}.py" for number in range(5)]  # as many as LibCST takes a second process for
    for name in names:
        (tmp_path / name).write_text(MOVED, encoding="utf-8")
    command = [sys.executable, str(EXAMPLES / "migrate.py"), "--min-size", "1MB", "."]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert {(tmp_path / name).read_text(encoding="utf-8") for name in names} == {MIGRATED}
