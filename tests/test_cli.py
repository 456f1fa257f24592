"""The command: exit code, standard output, standard error and file bytes."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from starting import start
from terminal import run as run_on_a_terminal

SOURCE = b"""\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace(b"futures", b"x_ref = ray.put(x)\nfutures").replace(b"remote(x,", b"remote(x_ref,")
CLEAN = b"print('nothing to see')\n"
BROKEN = b"import ray\nf.remote(\n"
FOUND = "6:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy\n"
SUMMARY = "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked).\n"


def putfix(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return start(*arguments, cwd=cwd)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_bytes(SOURCE)
    return path


@pytest.mark.parametrize("arguments", [[], ["--diff"], ["--diff", "."], ["--diff", "job.py"], ["job.py", "."]])
def test_diff_is_shown_and_nothing_changed(job: Path, arguments: list[str]) -> None:
    run = putfix(*arguments, cwd=job.parent)
    assert run.returncode == 1
    assert run.stderr.decode() == f"job.py:{FOUND}{SUMMARY}"
    assert run.stdout.startswith(b"--- a/job.py\n+++ b/job.py\n@@ ")
    assert b"+x_ref = ray.put(x)\n" in run.stdout
    assert job.read_bytes() == SOURCE


@pytest.mark.parametrize("command", [[sys.executable, "-m", "putfix"], [str(Path(sys.executable).with_name("putfix"))]])
def test_it_is_a_module_and_a_script(job: Path, command: list[str]) -> None:
    expected = putfix("--apply", cwd=job.parent)
    job.write_bytes(SOURCE)
    run = subprocess.run([*command, "--apply"], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, expected.stdout, expected.stderr)
    assert job.read_bytes() == FIXED


def test_apply_shows_the_same_diff_and_writes(job: Path) -> None:
    diff = putfix("--diff", cwd=job.parent).stdout
    run = putfix("--apply", cwd=job.parent)
    assert (run.returncode, run.stdout) == (0, diff)
    assert run.stderr.decode() == f"job.py:{FOUND}Hoisted 1 value in 1 file, 18 MB less to copy (1 file checked).\n"
    assert job.read_bytes() == FIXED
    again = putfix("--apply", cwd=job.parent)
    assert (again.returncode, again.stdout) == (0, b"")
    assert again.stderr.decode() == "Nothing to hoist (1 file checked).\n"


def test_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_bytes(CLEAN)
    run = putfix(cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, b"")
    assert run.stderr.decode() == "Nothing to hoist (1 file checked).\n"


@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-p1", "-s"]], ids=["git", "patch"])
@pytest.mark.parametrize(
    "source",
    [
        SOURCE,
        SOURCE.replace(b"\n", b"\r\n"),
        SOURCE.replace(b"\nx", b"\r\nx"),
        SOURCE.rstrip(b"\n"),
        SOURCE.replace(b"\nx", b"\n\x0c\nx"),
        b"\xef\xbb\xbf" + SOURCE,
        b"# coding: latin-1\n# gr\xfc\xdfe\n" + SOURCE,
        SOURCE.replace(b"futures", b"if x.any():\n\tfutures"),
    ],
    ids=["plain", "crlf", "mixed", "no-final-newline", "form-feed", "byte-order-mark", "latin-1", "tabs"],
)
@pytest.mark.parametrize("name", ["job.py", "a dir/the job.py", 'od"d/größe\t.py'], ids=["plain", "spaces", "odd"])
def test_other_tools_apply_the_diff(tmp_path: Path, tool: list[str], source: bytes, name: str) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is not installed")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(source)
    diff = putfix(cwd=tmp_path).stdout
    run = subprocess.run([*tool], cwd=tmp_path, input=diff, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr.decode()
    patched = path.read_bytes()
    path.write_bytes(source)
    assert putfix("--apply", cwd=tmp_path).returncode == 0
    assert path.read_bytes() == patched != source


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\n", b"\r\n"), (b"x, i)", b"x,\r\n  i)"), (b"np.zeros", b"np . zeros"), (b"futures", b"\x0c\nfutures")],
)
def test_bytes_outside_the_edit_are_kept(job: Path, old: bytes, new: bytes) -> None:
    job.write_bytes(SOURCE.replace(old, new))
    assert putfix("--apply", cwd=job.parent).returncode == 0
    written = job.read_bytes()
    put = b"x_ref = ray.put(x)" + (b"\r\n" if new == b"\r\n" else b"\n")
    assert written.count(put) == 1
    assert written.replace(put, b"").replace(b"remote(x_ref,", b"remote(x,") == SOURCE.replace(old, new)


def test_a_lone_carriage_return_at_the_end_is_kept(job: Path) -> None:
    job.write_bytes(SOURCE.rstrip(b"\n") + b"\r")
    assert putfix("--apply", cwd=job.parent).returncode == 0
    assert job.read_bytes() == FIXED.rstrip(b"\n") + b"\r"


def test_the_mode_is_kept_and_a_link_stays_a_link(job: Path) -> None:
    job.chmod(0o750)
    link = job.parent / "link.py"
    link.symlink_to(job.name)
    run = putfix("--apply", "link.py", cwd=job.parent)
    assert run.returncode == 0
    assert link.is_symlink()
    assert job.read_bytes() == FIXED
    assert stat.S_IMODE(job.stat().st_mode) == 0o750


def test_bad_files_are_named_and_the_others_done(job: Path) -> None:
    folder = job.parent
    (folder / "broken.py").write_bytes(BROKEN)
    (folder / "cookie.py").write_bytes(b"# coding: no-such\nimport ray  # remote\n")
    (folder / "latin.py").write_bytes(b"import ray  # remote gr\xfc\xdfe\n")
    read_only = folder / "read_only.py"
    read_only.write_bytes(SOURCE)
    read_only.chmod(0o444)
    run = putfix("--apply", ".", "missing.py", cwd=folder)
    lines = run.stderr.decode().splitlines()
    assert run.returncode == 2
    assert lines[0].startswith("broken.py:2:")
    assert "syntax error" in lines[0]
    assert lines[1].startswith("cookie.py: error: cannot be decoded: unknown encoding")
    assert lines[2] == f"job.py:{FOUND}".strip()
    assert lines[3].startswith("latin.py: error: cannot be decoded: ")
    assert lines[4] == f"read_only.py:{FOUND}".strip()
    assert lines[5] == "read_only.py: error: cannot be written: the file is read-only"
    assert lines[6] == "missing.py: error: No such file or directory"
    assert lines[7] == "Hoisted 1 value in 1 file, 18 MB less to copy (6 files checked), 5 errors."
    assert job.read_bytes() == FIXED
    assert read_only.read_bytes() == SOURCE


def test_a_failure_outranks_a_diff(job: Path) -> None:
    assert putfix("--diff", ".", "missing.py", cwd=job.parent).returncode == 2


EXPLAINING_MORE = [
    ["--explain", "changed", more] for more in ("job.py", "--diff", "--apply", "--verbose", "--min-size=1MB")
]
NO_SIZES = [["--min-size", size] for size in ("", "big", "-1", "1e6", "1 XB", "1\nMB", "MB", "9" * 5000)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--diff", "--apply"],
        ["--yes"],
        ["--no-such-option"],
        ["--no\nsuch"],
        ["--min-size"],
        *EXPLAINING_MORE,
        *NO_SIZES,
    ],
)
def test_wrong_options_are_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    run = putfix(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith(b"Error: ")
    assert run.stderr.count(b"\n") == 1


def test_verbose_says_why(job: Path) -> None:
    job.write_bytes(SOURCE + b"for i in range(3):\n    x[0] = i\n    f.remote(x)\n")
    run = putfix("--verbose", cwd=job.parent)
    assert run.returncode == 1
    assert run.stderr.decode().splitlines() == [
        "job.py:6:21: hoist: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy",
        "job.py:9:14: changed: x is about 2.0 MB (np.zeros((500, 500)), line 5), sent again and again; "
        "left alone because x is changed by x[0] = i on line 8",
        "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked).",
        "1 repeat left alone (changed).",
    ]


@pytest.mark.parametrize(("size", "code"), [("1MB", 1), ("1900KB", 1), ("1.9 MiB", 1), ("2.1MB", 0), ("3000000", 0)])
def test_the_threshold_can_be_set(job: Path, size: str, code: int) -> None:
    run = putfix("--min-size", size, cwd=job.parent)
    assert run.returncode == code
    assert bool(run.stdout) == bool(code)


def test_what_is_no_size_is_said(tmp_path: Path) -> None:
    run = putfix("--min-size", "1XB", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.decode().splitlines()[-1] == (
        "Error: Invalid value for '--min-size': "
        '"1XB" is not a number of bytes, or one with a unit, such as 500KB, 1.5MB or 1GiB.'
    )


@pytest.mark.parametrize(
    ("name", "head"), [("putfix.toml", ""), ("pyproject.toml", "[project]\nname = 'a'\n\n[tool.putfix]\n")]
)
def test_a_configuration_file_counts_for_the_files_below_it(job: Path, name: str, head: str) -> None:
    folder = job.parent
    for each in ("above/below", "beside"):
        (folder / each).mkdir(parents=True)
        (folder / each / "job.py").write_bytes(SOURCE)
    (folder / "above" / name).write_text(f'{head}min-size = "3MB"\n', encoding="utf-8")
    run = putfix("--apply", cwd=folder)
    assert run.stderr.decode().endswith("\nHoisted 2 values in 2 files, 36 MB less to copy (3 files checked).\n")
    assert (folder / "above" / "below" / "job.py").read_bytes() == SOURCE
    assert job.read_bytes() == (folder / "beside" / "job.py").read_bytes() == FIXED
    # From elsewhere, and with the command line, which wins.
    above = folder / "above"
    assert putfix("job.py", cwd=above / "below").returncode == 0
    assert putfix("--min-size", "1MB", "job.py", cwd=above / "below").returncode == 1


def test_names_in_a_configuration_file_are_believed(job: Path) -> None:
    job.write_bytes(SOURCE.replace(b"np.zeros", b"np.load"))
    own = SOURCE.replace(b"import numpy as np", b"from mylib import load_table").replace(b"np.zeros", b"load_table")
    (job.parent / "own.py").write_bytes(own)
    (job.parent / "putfix.toml").write_text('large = ["mylib.load_*"]\nsmall = ["numpy.load"]\n', encoding="utf-8")
    run = putfix("--verbose", cwd=job.parent)
    assert run.returncode == 1
    assert run.stderr.decode().splitlines() == [
        "own.py:6:21: hoist: x is normally large (load_table((500, 500)), line 5), sent 10 times",
        "Would hoist 1 value in 1 file (2 files checked).",
    ]


def test_a_broken_configuration_stops_only_the_files_below_it(job: Path) -> None:
    folder = job.parent
    for each in ("broken", "broken/below", "fine", "worse"):
        (folder / each).mkdir()
        (folder / each / "job.py").write_bytes(SOURCE)
        (folder / each / "clean.py").write_bytes(CLEAN)
    (folder / "broken" / "putfix.toml").write_text('min_size = 3\nlarge = "mylib"\n', encoding="utf-8")
    (folder / "worse" / "pyproject.toml").write_text("[tool.putfix]\nmin-size = 3 4\n", encoding="utf-8")
    (folder / "fine" / "pyproject.toml").write_text("[tool.other]\nwrong = 1\n", encoding="utf-8")
    run = putfix("--apply", cwd=folder)
    assert run.returncode == 2
    lines = run.stderr.decode().splitlines()
    assert lines[:2] == [
        'broken/putfix.toml: error: unknown key "min_size"; did you mean "min-size"?',
        "broken/putfix.toml: error: large must be an array of strings, not a string",
    ]
    assert lines[2] == f"fine/job.py:{FOUND}".strip()
    assert lines[4].startswith("worse/pyproject.toml:2:14: error: not valid TOML: ")
    assert lines[5:] == [
        "Hoisted 2 values in 2 files, 36 MB less to copy (3 files checked), 6 files skipped, 3 errors."
    ]
    assert job.read_bytes() == (folder / "fine" / "job.py").read_bytes() == FIXED
    assert (folder / "broken" / "below" / "job.py").read_bytes() == SOURCE
    assert (folder / "worse" / "job.py").read_bytes() == SOURCE


def test_a_key_from_a_hostile_file_stays_on_one_line(job: Path) -> None:
    (job.parent / "putfix.toml").write_text('"a\\nb\\u001b[2J" = 1\nlarge = ["\\u0007"]\n', encoding="utf-8")
    run = putfix(cwd=job.parent)
    assert run.returncode == 2
    lines = run.stderr.decode().splitlines()
    assert len(lines) == 3
    assert "\x1b" not in run.stderr.decode()
    assert lines[0].startswith('putfix.toml: error: unknown key "a\\nb\\x1b[2J"; the keys are')


def test_explain_prints_what_a_code_means(job: Path) -> None:
    run = putfix("--explain", "may-be-changed", cwd=job.parent)
    assert (run.returncode, run.stderr) == (0, b"")
    lines = run.stdout.decode().splitlines()
    assert lines[:2] == ["may-be-changed", ""]
    assert "        normalise(data)  # the cause" in lines
    assert "What you can do:" in lines


def test_explain_names_the_code_that_was_meant(job: Path) -> None:
    run = putfix("--explain", "may_be_changed", cwd=job.parent)
    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr == b'putfix: error: there is no code "may_be_changed"; did you mean "may-be-changed"?\n'


def test_help_and_version(tmp_path: Path) -> None:
    assert b"--apply" in putfix("--help", cwd=tmp_path).stdout
    assert putfix("--version", cwd=tmp_path).stdout.startswith(b"putfix, version ")


def test_it_does_not_ask_with_yes(job: Path) -> None:
    shown = run_on_a_terminal(job.parent, "--apply", "--yes")
    assert shown.code == 0
    assert "Apply" not in shown.printed
    assert job.read_bytes() == FIXED


@pytest.mark.parametrize(
    ("redirection", "words"),
    [(">&-", "standard output is closed"), (">/dev/full", "No space left on device")],
)
@pytest.mark.parametrize("arguments", ["", "--explain changed"], ids=["diff", "explain"])
def test_an_output_that_takes_nothing_is_one_line(job: Path, redirection: str, words: str, arguments: str) -> None:
    command = f'"{sys.executable}" -m putfix {arguments} {redirection}'
    run = subprocess.run(["sh", "-c", command], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.returncode == 2
    assert words in run.stderr.decode()
    assert "Traceback" not in run.stderr.decode()


def test_a_closed_input_is_no_terminal(job: Path) -> None:
    command = f'"{sys.executable}" -m putfix --apply <&-'
    run = subprocess.run(["sh", "-c", command], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0
    assert job.read_bytes() == FIXED


def test_a_reader_that_has_seen_enough_ends_it_quietly(job: Path) -> None:
    for number in range(300):
        (job.parent / f"{number}.py").write_bytes(SOURCE)
    command = f'"{sys.executable}" -m putfix | head -1'
    run = subprocess.run(["sh", "-c", command], cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.stdout.startswith(b"--- a/")
    assert "Traceback" not in run.stderr.decode()
    assert "Exception" not in run.stderr.decode()
