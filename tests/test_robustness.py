"""Hostile inputs under every option: a line for each, the documented exit code, and no file damaged or left behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from putfix import checking, fix_source, run
from putfix.cli import main
from putfix.files.configuration import Configurations
from putfix.files.discovery import discover
from putfix.settings import Settings
from putfix.trace.records import Origin, Trace, dump

SOURCE = b"""\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace(b"futures", b"x_ref = ray.put(x)\nfutures").replace(b"remote(x,", b"remote(x_ref,")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
BASELINE = '{"version": 1, "findings": []}\n'


def putfix(
    *arguments: str, cwd: Path, shell: str = "", seconds: float = 60, before: Sequence[str] = ()
) -> tuple[int, bytes, str]:
    """The exit code and what is written to standard output and error; ``before`` stands before the command, ``shell``
    follows it in a shell."""
    command = [*before, sys.executable, "-m", "putfix", *arguments]
    if shell:
        command = ["sh", "-c", f'"$@" {shell}', "sh", *command]
    run = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    said = run.stderr.decode()
    assert "Traceback" not in said
    return run.returncode, run.stdout, said


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_bytes(SOURCE)
    return path


def beside(line: str) -> bytes:
    """The source with one more line, which is hostile."""
    return SOURCE.replace(b"futures", line.encode("utf-8", "surrogateescape") + b"\nfutures")


DEEP = "nested too deeply"
HOSTILE = {
    "parentheses": (f"s = {'(' * 10_000}1{')' * 10_000}", "too many nested parentheses"),
    "brackets": (f"s = {'[' * 10_000}{']' * 10_000}", "too many nested parentheses"),
    "signs": (f"s = {'-' * 100_000}1", DEEP),
    "negations": (f"s = {'not ' * 100_000}1", DEEP),
    "attributes": (f"s = x{'.a' * 50_000}", DEEP),
    "calls": (f"s = f{'()' * 50_000}", DEEP),
    "indices": (f"s = x{'[0]' * 50_000}", DEEP),
    "sum": (f"s = 1{'+1' * 50_000}", DEEP),
    "lambdas": (f"s = {'lambda: ' * 10_000}1", DEEP),
    "conditions": (f"s = {'1 if x else ' * 10_000}1", DEEP),
    "branches": (f"if x is f: pass{chr(10)}{f'elif x is f: pass{chr(10)}' * 5_000}", DEEP),
    "indentation": ("".join(f"{' ' * depth}if x is f:\n" for depth in range(200)), "indentation"),
    "null": ("s = '\0'", "null bytes"),
    "no encoding": ("s = '\udcff'", "is not utf-8 text"),
}
"""Lines, and what is said of them."""
HARMLESS = {
    "long comment": f"# {'a' * 10_000_000}",
    "long string": f"s = '{'.remote( ' * 1_100_000}'",
    "comparisons": f"s = 1{'<1' * 20_000}",
    "form feeds": "\f" * 100_000,
    "annotation": f"def g(a: '{'-' * 50_000}1'): pass",
}
ENCODINGS = {
    "klingon": "unknown encoding",
    "rot13": "is not a text encoding",
    "undefined": "undefined encoding",
    "punycode": "an encoding of host names",
    "idna": "an encoding of host names",
    "utf-16": "utf-16",
    "a" * 100_000: "unknown encoding",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("changes", [True, False])
def test_what_cannot_be_analysed_is_one_problem(tmp_path: Path, name: str, changes: bool) -> None:
    line, message = HOSTILE[name]
    data = beside(line) if changes else beside(line).replace(b"zeros((500, 500))", b"zeros(5)")
    (tmp_path / "job.py").write_bytes(data)
    found = checking.check_file(tmp_path / "job.py", Settings())
    (problem,) = found.problems
    assert message in problem.message
    assert "report it" not in problem.message
    assert not found.changed


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_hostile_is_rewritten(tmp_path: Path, name: str) -> None:
    data = beside(HARMLESS[name])
    (tmp_path / "job.py").write_bytes(data)
    found = checking.check_file(tmp_path / "job.py", Settings())
    assert found.problems == ()
    assert found.new.replace(b"x_ref = ray.put(x)\n", b"").replace(b"remote(x_ref,", b"remote(x,") == data
    assert found.hoists == 1


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda text: text[:10])
def test_an_encoding_of_no_file_is_one_problem(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "job.py").write_bytes(f"# coding: {encoding}\n".encode() + SOURCE + b"# -" + b"a" * 300_000)
    (problem,) = checking.check_file(tmp_path / "job.py", Settings()).problems
    assert problem.message.startswith("cannot be decoded: ")
    assert ENCODINGS[encoding] in problem.message


def test_ten_megabytes_of_program_are_refused_in_seconds() -> None:
    source = SOURCE.decode() + f"s = [{'1, ' * 3_300_000}]\n"
    (problem,) = fix_source(source).problems
    assert "too large to be analysed" in problem.message


def test_thousands_of_calls_in_a_loop_take_seconds() -> None:
    loop = "for i in range(10):\n" + "    f.remote(x, i)\n" * 2_000
    assert fix_source(SOURCE.decode() + loop + "y = x.shape\n" * 2_000).new_source.count("f.remote(x_ref, i)") == 2_001


OPTIONS = {
    "diff": (["--diff"], 2),
    "apply": (["--apply", "--yes"], 2),
    "add-ignores": (["--add-ignores"], 2),
    "baseline": (["--baseline", "known.json"], 2),
    "update-baseline": (["--baseline", "new.json", "--update-baseline"], 2),
    "show-settings": (["--show-settings"], 0),
    "trace": (["--trace", "run.jsonl"], 2),
    "report": (["--trace", "run.jsonl", "--report"], 2),
    "diff-base": (["--diff-base", "HEAD"], 2),
    "include-docs": (["--include-docs"], 2),
}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with all kinds of things in it, beside a directory that is not given."""
    folder = tmp_path_factory.mktemp("zoo") / "given"
    outside = folder.parent / "outside"
    (outside / "inner").mkdir(parents=True)
    (outside / "a.py").write_bytes(SOURCE)
    (outside / "inner" / "b.py").write_bytes(SOURCE)
    folder.mkdir()
    (folder / "job.py").write_bytes(SOURCE)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(SOURCE)
    for pipe in ("pipe.py", "pipe.md", "putfix.toml", ".gitignore", "pipe.ipynb"):
        os.mkfifo(folder / pipe)
    (folder / "broken.py").write_bytes(b"import ray\nf.remote(\n")
    (folder / "null.py").write_bytes(b"import ray  # remote\0\n")
    (folder / "latin.py").write_bytes(b"import ray\n# remote \xff\n")
    (folder / "broken.ipynb").write_bytes(b'{"cells": ray remote')
    (folder / "docs.md").write_bytes(b"```python\nimport ray\nf.remote(\n```\n")
    (folder / "directory.py").mkdir()
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "round").symlink_to(".")
    (folder / "zero.py").symlink_to("/dev/zero")
    (folder / "file.py").symlink_to("../outside/a.py")
    (folder / "folder").symlink_to("../outside/inner")
    os.link(outside / "a.py", folder / "hard.py")
    (folder / "known.json").write_text(BASELINE)
    (folder / "run.jsonl").write_bytes(dump(Trace([Origin("/")])))
    return folder


NAMES = [
    b"new\nline.py",
    b"sp ace.py",
    b"-dash.py",
    b"--apply.py",
    b"tab\t.py",
    b'q"uote.py',
    b"\x1b[31m.py",
    b"inv\xff.py",
]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_directory_of_everything_under_each_option(zoo: Path, tmp_path: Path, option: str) -> None:
    folder = tmp_path / "zoo" / "given"
    subprocess.run(["cp", "-a", zoo.parent, tmp_path / "zoo"], check=True)
    arguments, code = OPTIONS[option]
    named = [
        "pipe.py",
        "gone.py",
        "loop.py",
        *(["/dev/zero"] if option not in ("diff", "diff-base") else []),
    ]  # elsewhere
    ended, output, said = putfix(*arguments, *named, "--", "-dash.py", ".", cwd=folder)
    assert ended == code, said
    lines = said.splitlines()
    if option != "show-settings":
        wrong = [*named, "broken.py:2:9", "null.py", "latin.py", "broken.ipynb:1:11"]
        for name in wrong:
            assert sum(line.startswith(f"{name}: error: ") for line in lines) == 1, (name, said)
        assert lines[-1].endswith(f", {len(wrong)} errors."), said
    assert (folder.parent / "outside" / "a.py").read_bytes() == SOURCE
    assert (folder.parent / "outside" / "inner" / "b.py").read_bytes() == SOURCE
    assert [each for each in os.listdir(folder) if each.endswith(".tmp")] == []
    contents = [Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).read_bytes() for name in NAMES]
    assert option == "add-ignores" or set(contents) == {FIXED if option == "apply" else SOURCE}
    if option == "diff":
        shutil.copytree(
            folder,
            tmp_path / "patched",
            symlinks=True,
            ignore=lambda _folder, names: [
                name for name in names if name.startswith("pipe") or name in ("putfix.toml", ".gitignore")
            ],
        )
        subprocess.run(["git", "apply", "-"], input=output, cwd=tmp_path / "patched", check=True)
        assert (tmp_path / "patched" / "new\nline.py").read_bytes() == FIXED


@pytest.mark.parametrize("path", ["pipe", "folder", "loop", "zero", "gone", "/dev/stdin", "job.py/below", "deep", "\n"])
@pytest.mark.parametrize("option", ["--config", "--baseline", "--update-baseline", "--trace"])
def test_a_file_for_an_option_that_is_none(
    job: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], option: str, path: str
) -> None:
    monkeypatch.chdir(job.parent)
    os.mkfifo("pipe")
    os.mkdir("folder")
    os.symlink("loop", "loop")
    os.symlink("/dev/zero", "zero")
    Path("deep").write_text("[" * 200_000)
    arguments = ["--baseline", path, option] if option == "--update-baseline" else [option, path]
    with pytest.raises(SystemExit) as ended:
        main(["--diff" if option == "--config" else "job.py", *arguments])
    output, said = capfd.readouterr()
    if option == "--update-baseline" and path in ("gone", "\n"):
        assert ended.value.code == 0
        return
    assert ended.value.code == 2
    assert output == ""
    lines = said.splitlines()
    assert len(lines) == 1 or (option == "--update-baseline" and path == "job.py/below")
    assert "error: " in lines[0]


def test_a_file_that_vanishes_or_turns_into_a_pipe_is_named(tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.py", "d.py"):
        (tmp_path / name).write_bytes(SOURCE)
    results = run.check([tmp_path], Configurations())
    first = next(results)
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.py").unlink()
    os.mkfifo(tmp_path / "c.py")
    found = [first, *results]
    messages = [
        [problem.message for problem in each.problems] for each in found if isinstance(each, checking.FileResult)
    ]
    assert messages == [[], ["No such file or directory"], ["not a regular file"], []]


def test_a_directory_that_vanishes_is_named(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "job.py").touch()
    found = discover([tmp_path])
    first = next(found)
    shutil.rmtree(tmp_path / "b")
    rest = [each if isinstance(each, Path) else each.path for each in found]
    assert [first, *rest] == [tmp_path / "a" / "job.py", tmp_path / "b", tmp_path / "c" / "job.py"]


def test_a_file_that_changes_before_it_is_written_stays(job: Path) -> None:
    (result,) = run.check([job], Configurations())
    assert isinstance(result, checking.FileResult)
    job.write_bytes(SOURCE + b"# more\n")
    problem = run.write(result)
    assert problem is not None
    assert problem.message == "changed while putfix was running, not written"
    assert job.read_bytes() == SOURCE + b"# more\n"


def test_a_quota_leaves_each_file_as_it_was_and_the_small_ones_done(job: Path) -> None:
    large = SOURCE + b"#" * 100_000 + b"\n"
    (job.parent / "large.py").write_bytes(large)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, {resource.RLIM_INFINITY})); "
    start = "import runpy; runpy.run_module('putfix', run_name='__main__')"
    command = [sys.executable, "-c", f"{limited}{start}", "--apply", "--yes"]
    run = subprocess.run(command, cwd=job.parent, capture_output=True, timeout=60, check=False)
    assert run.returncode == 2
    assert b"large.py: error: cannot be written: File too large\n" in run.stderr
    assert (job.parent / "large.py").read_bytes() == large
    assert job.read_bytes() == FIXED
    assert sorted(os.listdir(job.parent)) == ["job.py", "large.py"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB, where one may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if (
        not IS_ROOT
        or shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_each_file_as_it_was(small_disk: Path) -> None:
    large = SOURCE + b"#" * 40_000 + b"\n"
    (small_disk / "large.py").write_bytes(large)
    for option in (["--apply", "--yes"], ["--add-ignores"]):
        code, _, said = putfix(*option, cwd=small_disk)
        assert code == 2
        assert "large.py: error: cannot be written: No space left on device\n" in said
        assert (small_disk / "large.py").read_bytes() == large
        assert os.listdir(small_disk) == ["large.py"]


@pytest.fixture
def bound() -> list[str]:
    """What to put before a command so that permissions bind it, as those of root do not."""
    if not IS_ROOT:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may read and write everywhere")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_a_directory_that_takes_no_files_is_named(job: Path, bound: list[str]) -> None:
    job.parent.chmod(0o555)
    for arguments in (["--apply", "--yes"], ["--add-ignores"]):
        code, _, said = putfix(*arguments, cwd=job.parent, before=bound)
        assert code == 2
        assert "job.py: error: cannot be written: Permission denied\n" in said
    code, _, said = putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent, before=bound)
    assert code == 2
    assert "known.json: error: cannot be written: Permission denied\n" in said
    job.parent.chmod(0o755)
    assert job.read_bytes() == SOURCE
    assert os.listdir(job.parent) == ["job.py"]


def test_a_read_only_file_is_named_and_the_rest_is_done(job: Path) -> None:
    (job.parent / "other.py").write_bytes(SOURCE)
    job.chmod(0o444)
    for arguments in (["--apply", "--yes"], ["--add-ignores"]):
        code, _, said = putfix(*arguments, cwd=job.parent)
        assert code == 2
        assert "job.py: error: cannot be written: the file is read-only\n" in said
        assert job.read_bytes() == SOURCE
    assert (job.parent / "other.py").read_bytes() == FIXED


def test_what_may_not_be_read_is_named_and_the_rest_is_done(job: Path, bound: list[str]) -> None:
    (job.parent / "closed").mkdir(mode=0)
    (job.parent / "secret.py").touch(mode=0)
    for paths in (["."], ["job.py", "closed", "secret.py"]):
        job.write_bytes(SOURCE)
        code, _, said = putfix("--apply", "--yes", *paths, cwd=job.parent, before=bound)
        assert code == 2
        assert {"closed: error: Permission denied", "secret.py: error: Permission denied"} <= {*said.splitlines()}
        assert job.read_bytes() == FIXED
    (job.parent / "closed").chmod(0o755)


def test_a_directory_of_a_hundred_thousand_entries() -> None:
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.path.isdir(memory) else None) as name:
        folder = Path(name)
        for number in range(100_000):
            os.close(os.open(f"{name}/{number}.{'py' if number % 100 == 0 else 'txt'}", os.O_CREAT | os.O_WRONLY))
        (folder / "5.py").write_bytes(SOURCE)
        code, _, said = putfix("--apply", "--yes", cwd=folder)
        assert code == 0
        assert said.endswith("Hoisted 1 value in 1 file, 18 MB less to copy (1001 files checked).\n")


def test_two_runs_at_once_write_each_file_once(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"job{number}.py").write_bytes(SOURCE + b"#" * 100_000 + b"\n")
    command = [sys.executable, "-m", "putfix", "--apply", "--yes"]
    runs = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)
    ]
    said = [run.communicate(timeout=60)[1].decode() for run in runs]
    assert [run.returncode for run in runs] == [0] * 2, said
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {FIXED + b"#" * 100_000 + b"\n"}
    assert len(os.listdir(tmp_path)) == 20


def test_sigterm_ends_it_cleanly_with_a_code_of_its_own(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"job{number}.py").write_bytes(SOURCE)
    command = [sys.executable, "-m", "putfix", "--apply", "--yes"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    written = sum(path.read_bytes() == FIXED for path in tmp_path.iterdir())
    assert process.returncode == 143
    last = said.decode().splitlines()[-1]
    assert last.startswith(f"Hoisted {written} value{'s' * (written != 1)} in {written} file")
    assert last.endswith("interrupted.")
    assert 0 < written < 400
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {SOURCE, FIXED}
    assert len(os.listdir(tmp_path)) == 400


def test_what_killed_runs_left_is_cleared_where_files_are_written(tmp_path: Path) -> None:
    folders = [tmp_path, tmp_path / "inner", tmp_path / "named"]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        (folder / "job.py").write_bytes(b"")
        (folder / ".putfix-abcdefgh.tmp").touch()

    def left() -> int:
        return sum((folder / ".putfix-abcdefgh.tmp").exists() for folder in folders)

    putfix(cwd=tmp_path)
    assert left() == 3
    putfix("--apply", "--yes", "named/job.py", cwd=tmp_path)
    assert left() == 2
    putfix("--apply", "--yes", ".", cwd=tmp_path)
    assert left() == 0


def test_what_a_killed_update_of_a_baseline_left_is_cleared(job: Path) -> None:
    (job.parent / "known").mkdir()
    (job.parent / "known" / ".putfix-abcdefgh.tmp").touch()
    assert putfix("--baseline", "known/putfix.json", "--update-baseline", cwd=job.parent)[0] == 0
    assert os.listdir(job.parent / "known") == ["putfix.json"]


@pytest.mark.parametrize(
    ("arguments", "shell", "code", "words"),
    [
        (["gone.py"], "2>/dev/full", 2, ""),
        (["gone.py"], "2>&1 | true", None, ""),
        (["--help"], ">/dev/full", 2, "No space left on device"),
        (["--version"], ">/dev/full", 2, "No space left on device"),
        ([""], "", 2, "A path is empty"),
        (["--apply", "--yes", "job.py", ""], "", 2, "A path is empty"),
        (["-"], "</dev/zero", 2, "larger than 1 GB"),
    ],
)
def test_streams_and_paths_that_are_none(
    job: Path, arguments: list[str], shell: str, code: int | None, words: str
) -> None:
    ended, _, said = putfix(*arguments, cwd=job.parent, shell=shell)
    assert code in (None, ended)
    assert words in said
    assert job.read_bytes() == SOURCE


@pytest.mark.parametrize("arguments", [[], ["--diff-base", "HEAD"], ["--config", "x"], ["--show-settings"], ["-"]])
def test_a_current_directory_that_is_gone_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "gone").mkdir()
    command = 'rmdir "$PWD"; "$@"'
    run = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "putfix", *arguments],
        cwd=tmp_path / "gone",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith(b"putfix: error: No such file or directory\n")
    assert b"Traceback" not in run.stderr


def test_runs_that_are_killed_leave_whole_files() -> None:
    script = Path(__file__).parent / "adversary" / "kills.py"
    for number, tries in (("KILL", 8), ("TERM", 4), ("INT", 4)):
        command = [sys.executable, str(script), "--tries", str(tries), "--signal", number]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        assert f"SIG{number}: {tries} runs" in run.stdout
        assert " 0 wrong" in run.stdout
