"""Standard input, through the command: exit code, standard output, standard error and file bytes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starting import start

SOURCE = b"""\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace(b"futures", b"x_ref = ray.put(x)\nfutures").replace(b"remote(x,", b"remote(x_ref,")
IGNORED = SOURCE.replace(b"(10)]", b"(10)]  # putfix: ignore[hoist]")
FOUND = "6:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy\n"
SUMMARY = "1 value in 1 file, 18 MB less to copy (1 file checked).\n"
BROKEN = b"import ray\nf.remote(\n"
FROM_PROJECT = SOURCE.replace(b"np.zeros((500, 500))", b"table()").replace(
    b"import numpy as np", b"from data import table"
)


def putfix(*arguments: str, cwd: Path, source: bytes = SOURCE) -> tuple[int, bytes, str]:
    run = start(*arguments, cwd=cwd, source=source)
    return run.returncode, run.stdout, run.stderr.decode()


@pytest.mark.parametrize("arguments", [[], ["--diff"]])
def test_the_diff_is_shown(tmp_path: Path, arguments: list[str]) -> None:
    code, output, said = putfix(*arguments, "-", "--stdin-filename", "src/job.py", cwd=tmp_path)
    assert (code, said) == (1, f"src/job.py:{FOUND}Would hoist {SUMMARY}")
    assert output.startswith(b"--- a/src/job.py\n+++ b/src/job.py\n@@ ")
    assert list(tmp_path.iterdir()) == []


def test_the_diff_is_for_git(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    (tmp_path / "job.py").write_bytes(SOURCE)
    _, diff, _ = putfix("-", "--stdin-filename", "job.py", cwd=tmp_path)
    subprocess.run(["git", "apply"], cwd=tmp_path, input=diff, timeout=60, check=True)
    assert (tmp_path / "job.py").read_bytes() == FIXED


def test_apply_gives_the_whole_source_and_writes_no_file(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes(b"as it was\n")
    code, output, said = putfix("--apply", "-", "--stdin-filename", "job.py", cwd=tmp_path)
    assert (code, output, said) == (0, FIXED, f"job.py:{FOUND}Hoisted {SUMMARY}")
    assert (tmp_path / "job.py").read_bytes() == b"as it was\n"
    assert putfix("--apply", "-", cwd=tmp_path, source=FIXED) == (0, FIXED, "Nothing to hoist (1 file checked).\n")


def test_without_a_name_it_is_one_of_the_current_directory(tmp_path: Path) -> None:
    code, output, said = putfix("-", "--verbose", cwd=tmp_path)
    assert code == 1
    assert output.startswith(b"--- a/<stdin>\n+++ b/<stdin>\n")
    assert said.startswith("<stdin>:6:21: hoist: x is about 2.0 MB")
    (tmp_path / "putfix.toml").write_text('min-size = "3MB"', "utf-8")
    assert putfix("-", cwd=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", 0),
        (b"print('nothing')\r\n", 0),
        (b"\xff\xfe\x00", 2),
        (b"# coding: no-such\nimport ray\nf.remote(x)\n", 2),
        (b"import ray\nf.remote('\xff')\n", 2),
        (BROKEN, 2),
        (b"import ray\0\nf.remote(x)", 2),
    ],
    ids=["empty", "clean", "utf-16", "cookie", "latin", "syntax", "null"],
)
def test_what_is_not_changed_is_passed_on_byte_for_byte(tmp_path: Path, source: bytes, code: int) -> None:
    found, output, said = putfix("--apply", "-", cwd=tmp_path, source=source)
    assert (found, output) == (code, source)
    assert ("<stdin>" in said) == bool(code)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace(b"\n", b"\r\n"),
        SOURCE.replace(b"\nx", b"\r\nx"),
        SOURCE.rstrip(b"\n"),
        b"\xef\xbb\xbf" + SOURCE,
        b"# coding: latin-1\n# gr\xfc\xdfe\n" + SOURCE,
    ],
    ids=["crlf", "mixed", "no-final-newline", "byte-order-mark", "latin-1"],
)
def test_bytes_are_kept_as_in_files(tmp_path: Path, source: bytes) -> None:
    (tmp_path / "job.py").write_bytes(source)
    code, output, _ = putfix("--apply", "-", cwd=tmp_path, source=source)
    putfix("--apply", "--yes", "job.py", cwd=tmp_path)
    assert (code, output) == (0, (tmp_path / "job.py").read_bytes())
    assert output != source


def test_settings_and_project_are_those_of_the_name(tmp_path: Path) -> None:
    for folder, text in (("near", ""), ("far", 'min-size = "3MB"')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "putfix.toml").write_text(text, "utf-8")
        (tmp_path / folder / "data.py").write_text(
            "import numpy as np\ndef table():\n    return np.zeros((500, 500))\n", "utf-8"
        )
    given = "-", "--stdin-filename"
    assert putfix(*given, "near/job.py", cwd=tmp_path, source=FROM_PROJECT)[0] == 1
    assert putfix(*given, "far/job.py", cwd=tmp_path, source=FROM_PROJECT)[0] == 0
    assert putfix(*given, "job.py", cwd=tmp_path, source=FROM_PROJECT)[0] == 0  # there is no data.py


ROWS = b"import ray\nfrom data import table\n\nROWS = 500\nf = ray.remote(lambda a, i: i)\nx = table()\n"


def test_modules_that_import_it_see_what_was_given(tmp_path: Path) -> None:
    (tmp_path / "data.py").write_text(
        "import numpy as np\nfrom job import ROWS\ndef table():\n    return np.zeros((ROWS, 500))\n", "utf-8"
    )
    source = ROWS + b"futures = [f.remote(x, i) for i in range(10)]\n"
    given = "-", "--stdin-filename", "job.py"
    assert putfix(*given, cwd=tmp_path, source=source)[0] == 1  # there is no such file
    (tmp_path / "job.py").write_bytes(source)
    assert putfix(*given, cwd=tmp_path, source=source.replace(b"= 500", b"= 5"))[0] == 0
    (tmp_path / "job.py").write_bytes(source.replace(b"= 500", b"= 5"))
    assert putfix(*given, cwd=tmp_path, source=source)[0] == 1


def test_a_notebook_by_its_name(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": SOURCE.decode().splitlines(True)}
    source = json.dumps({"cells": [cell], "nbformat": 4}).encode()
    code, output, _ = putfix("--apply", "-", "--stdin-filename", "a.ipynb", cwd=tmp_path, source=source)
    assert code == 0
    assert "".join(json.loads(output)["cells"][0]["source"]) == FIXED.decode()
    code, output, said = putfix("--apply", "-", "--stdin-filename", "a.ipynb", cwd=tmp_path, source=SOURCE)
    assert (code, output) == (2, SOURCE)
    assert said.startswith("a.ipynb:")


def test_documentation_needs_the_option_as_in_files(tmp_path: Path) -> None:
    source = b"# Title\n\n```python\n" + SOURCE + b"```\n"
    given = "--apply", "-", "--stdin-filename", "a.md"
    code, output, said = putfix(*given, cwd=tmp_path, source=source)
    assert (code, output) == (2, source)
    assert said.startswith("a.md: error: documentation is taken only with --include-docs\n")
    code, output, _ = putfix(*given, "--include-docs", cwd=tmp_path, source=source)
    assert (code, output) == (0, source.replace(SOURCE, FIXED))


def test_a_configuration_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "putfix.toml").write_text("wrong = 1", "utf-8")
    code, output, said = putfix("--apply", "-", cwd=tmp_path)
    assert (code, output) == (2, SOURCE)
    assert said.startswith('putfix.toml: error: unknown key "wrong"')


def test_ignores_are_added(tmp_path: Path) -> None:
    assert putfix("--add-ignores", "-", cwd=tmp_path)[:2] == (0, IGNORED)
    code, output, _ = putfix("--add-ignores", "--diff", "-", cwd=tmp_path)
    assert code == 1
    assert output.startswith(b"--- a/<stdin>\n")


def test_a_baseline_knows_it_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes(SOURCE)
    known = "--baseline", "known.json"
    assert putfix(*known, "--update-baseline", "job.py", cwd=tmp_path)[0] == 0
    assert putfix(*known, "-", "--stdin-filename", "job.py", cwd=tmp_path)[0] == 0
    assert putfix(*known, "-", "--stdin-filename", "other.py", cwd=tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-", "job.py"], "- stands alone, without other paths."),
        (["-", "-"], "- stands alone, without other paths."),
        (["--stdin-filename", "job.py"], "--stdin-filename is for standard input: give - as the path."),
        (["--stdin-filename", "job.py", "job.py"], "--stdin-filename is for standard input: give - as the path."),
        (["-", "--stdin-filename", ""], "--stdin-filename is the name of a file."),
    ],
)
def test_wrong_options(tmp_path: Path, arguments: list[str], words: str) -> None:
    code, output, said = putfix(*arguments, cwd=tmp_path)
    assert (code, output) == (2, b"")
    assert said.splitlines()[-1] == f"Error: {words}"


@pytest.mark.parametrize("name", [".", "folder", "folder/"])
def test_a_directory_is_no_name_of_a_source(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    code, output, said = putfix("--apply", "-", "--stdin-filename", name, cwd=tmp_path)
    assert (code, output) == (2, b"")
    assert said.splitlines()[-1].startswith("Error: Invalid value for '--stdin-filename': File ")
    assert "is a directory" in said


def test_a_file_of_that_name_is_named_otherwise(tmp_path: Path) -> None:
    (tmp_path / "-").write_bytes(SOURCE)
    code, output, _ = putfix("./-", cwd=tmp_path, source=b"")
    assert code == 1
    assert output.startswith(b"--- a/-\n")


def test_a_closed_input_is_one_line(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m putfix - <&-'
    run = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (2, b"", b"putfix: error: standard input is closed\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
def test_an_output_that_takes_nothing_is_one_line(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m putfix --apply - >/dev/full'
    run = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, input=SOURCE, capture_output=True, timeout=60, check=False
    )
    assert run.returncode == 2
    assert run.stderr.startswith(b"putfix: error: No space left on device\n")
