"""Reports through the command: exit code, standard output, standard error and files."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from reports import CHANGED, SENTENCE, SOURCE, Json

from putfix.cli import main
from putfix.options import Options
from putfix.report.outputs import FORMATS

SUMMARY = "Would hoist 1 value in 1 file, 18 MB less to copy (1 file checked).\n"
NOTHING = "Nothing to hoist (1 file checked).\n"
WHOLE = sorted(name for name, form in FORMATS.items() if form.whole)
ON_LINES = sorted(name for name, form in FORMATS.items() if not form.whole)


def putfix(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """Run the command in this process, which takes no time to start."""
    code, output, said = putfix_bytes(*arguments, cwd=cwd)
    return code, output.decode(), said.decode()


def putfix_bytes(*arguments: str, cwd: Path) -> tuple[int, bytes, bytes]:
    data = io.BytesIO(), io.BytesIO()
    output, said = (io.TextIOWrapper(each, "utf-8", write_through=True) for each in data)  # closing it when they go
    before = Path.cwd()
    os.chdir(cwd)
    try:
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(said),
            pytest.raises(SystemExit) as ended,
        ):
            main.main([*arguments], prog_name="putfix")
    finally:
        os.chdir(before)
    return int(ended.value.code or 0), data[0].getvalue(), data[1].getvalue()


def putfix_apart(*arguments: str, cwd: Path, source: str = "", **environment: str) -> tuple[int, str, str]:
    """Run the command in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "putfix", *arguments],
        cwd=cwd,
        input=source.encode(),
        env=os.environ | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return run.returncode, run.stdout.decode(), run.stderr.decode()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SOURCE, "utf-8")
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_printed_in_place_of_the_diff(job: Path, form: str) -> None:
    code, output, said = putfix("--output-format", form, cwd=job.parent)
    assert code == 1
    assert said == (f"job.py:6:21: hoist: {SENTENCE}\n{SUMMARY}" if form == "diff" else SUMMARY)
    assert "job.py" in output
    assert output.startswith("--- a/job.py") == (form == "diff")
    assert job.read_text("utf-8") == SOURCE


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_gets_what_would_be_printed(job: Path, form: str) -> None:
    _, printed, _ = putfix("--quiet", "--output-format", form, cwd=job.parent)
    code, output, said = putfix("--quiet", "--output-format", form, "--output-file", "found", cwd=job.parent)
    assert (code, output, said) == (1, "", "")
    assert (job.parent / "found").read_text("utf-8") == printed
    assert sorted(path.name for path in job.parent.iterdir()) == ["found", "job.py"]


@pytest.mark.parametrize("form", FORMATS)
def test_without_findings_a_report_is_whole(tmp_path: Path, form: str) -> None:
    code, output, said = putfix("--output-format", form, cwd=tmp_path)
    assert (code, said) == (0, "Nothing to hoist (0 files checked).\n")
    if form in ("json", "sarif", "gitlab"):
        json.loads(output)
    elif form == "junit":
        ElementTree.fromstring(output)
    else:
        assert (output == "") == (form in ON_LINES)


@pytest.mark.parametrize("form", FORMATS)
def test_an_input_that_failed_is_said_besides(job: Path, form: str) -> None:
    (job.parent / "broken.py").write_text("import ray\nf.remote(\n", "utf-8")
    code, output, said = putfix("--quiet", "--output-format", form, cwd=job.parent)
    assert code == 2
    assert said.startswith("broken.py:2:9: error: ")
    assert said.count("\n") == 1
    assert "job.py" in output


def test_what_is_left_alone_is_in_the_report_where_people_want_it(job: Path) -> None:
    job.write_text(SOURCE + CHANGED, "utf-8")
    for verbose, lines in ((), 1), (("--verbose",), 2):
        code, output, said = putfix(*verbose, "--output-format", "concise", cwd=job.parent)
        assert (code, output.count("\n")) == (1, lines)
        assert said.count("\n") == 2, "nothing is said twice"


def test_standard_input_is_reported_by_its_name(tmp_path: Path) -> None:
    code, output, said = putfix_apart("--output-format", "json", "-", cwd=tmp_path, source=SOURCE)
    assert (code, said) == (1, SUMMARY)
    (file,) = json.loads(output)["files"]
    assert (file["path"], file["uri"]) == ("<stdin>", "%3Cstdin%3E")
    _, output, _ = putfix_apart(
        "--output-format", "json", "-", "--stdin-filename", "a b.py", cwd=tmp_path, source=SOURCE
    )
    assert json.loads(output)["files"][0]["path"] == "a b.py"


def test_a_path_outside_is_absolute(job: Path) -> None:
    (job.parent / "inner").mkdir()
    _, output, _ = putfix("--output-format", "json", "..", cwd=job.parent / "inner")
    (file,) = json.loads(output)["files"]
    assert (file["path"], file["uri"]) == (job.as_posix(), job.as_uri())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("form", FORMATS)
def test_any_name_can_be_reported(tmp_path: Path, form: str) -> None:
    names = [b"two words.py", b"line\nend.py", b"caf\xe9.py", b"a;b&c<d>'e\".py", b"::error::.py"]
    try:
        for name in names:
            (tmp_path / os.fsdecode(name)).write_text(SOURCE, "utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    code, output, said = putfix_bytes("--quiet", "--output-format", form, cwd=tmp_path)
    assert (code, said) == (1, b"")
    if form == "json":
        uris = [file["uri"] for file in json.loads(output)["files"]]
        assert sorted(uris) == sorted(
            ["two%20words.py", "line%0Aend.py", "caf%E9.py", "a%3Bb%26c%3Cd%3E%27e%22.py", "%3A%3Aerror%3A%3A.py"]
        )
    elif form in ("sarif", "gitlab"):
        json.loads(output)
    elif form == "junit":
        assert len(ElementTree.fromstring(output.decode())) == len(names)
    elif form == "github":
        assert all(line.startswith(b"::warning title=") for line in output.splitlines())


def test_a_file_that_cannot_be_written_is_named(job: Path) -> None:
    code, output, said = putfix("-q", "--output-format", "json", "--output-file", "no/where.json", cwd=job.parent)
    assert (code, output) == (2, "")
    assert said == "no/where.json: error: cannot be written: No such file or directory\n"


def test_a_report_does_not_take_the_place_of_what_it_is_about(job: Path) -> None:
    link = job.parent / "link"
    link.symlink_to(job)
    for name in ("job.py", "./job.py", "link"):
        code, output, said = putfix("-q", "--output-format", "json", "--output-file", name, "job.py", cwd=job.parent)
        assert (code, output) == (2, "")
        assert said == f"{Path(name)}: error: it is one of the files that are checked, not written\n"
        assert job.read_text("utf-8") == SOURCE


def test_an_older_report_is_replaced(job: Path) -> None:
    found = job.parent / "found.json"
    found.write_text("{}" * 10_000)
    found.chmod(0o640)
    putfix("--output-format", "json", "--output-file", "found.json", cwd=job.parent)
    assert json.loads(found.read_text())["summary"]["hoists"] == 1
    assert found.stat().st_mode & 0o777 == 0o640


def test_people_get_text_in_their_encoding(job: Path) -> None:
    job.write_text(SOURCE.replace("i)", "'\u00e9')"), "utf-8")
    arguments = "-q", "--output-format", "full"
    _, output, _ = putfix_apart(*arguments, cwd=job.parent, PYTHONIOENCODING="ascii")
    assert "f.remote(x, '\\xe9')" in output
    _, output, _ = putfix_apart(*arguments, cwd=job.parent, PYTHONIOENCODING="utf-8")
    assert "f.remote(x, '\u00e9')" in output


def test_colours_are_for_terminals_and_files_have_none(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = "-q", "--output-format", "full"
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b[" not in putfix(*arguments, cwd=job.parent)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in putfix(*arguments, cwd=job.parent)[1]
    putfix(*arguments, "--output-file", "found", cwd=job.parent)
    assert "\x1b[" not in (job.parent / "found").read_text()


def test_notebooks_and_documentation_are_reported(tmp_path: Path) -> None:
    notebook = {"cells": [{"cell_type": "code", "source": SOURCE}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "job.ipynb").write_text(json.dumps(notebook), "utf-8")
    (tmp_path / "guide.md").write_text(f"# Title\n\n```python\n{SOURCE}```\n", "utf-8")
    _, output, _ = putfix("--output-format", "json", "--include-docs", cwd=tmp_path)
    document: Json = json.loads(output)
    places = {
        file["path"]: [(finding["cell"], finding["line"], finding["span"]["line"]) for finding in file["findings"]]
        for file in document["files"]
    }
    assert places == {"job.ipynb": [(1, 6, 1)], "guide.md": [(None, 9, 9)]}


def test_what_is_known_or_unchanged_is_left_out(job: Path) -> None:
    putfix("--baseline", "known.json", "--update-baseline", cwd=job.parent)
    code, output, _ = putfix("--output-format", "json", "--baseline", "known.json", cwd=job.parent)
    assert code == 0
    (file,) = json.loads(output)["files"]
    assert (file["findings"], [each["by"] for each in file["suppressed"]]) == ([], ["baseline"])


def test_a_configuration_that_cannot_be_used_is_a_problem_of_its_file(job: Path) -> None:
    (job.parent / "putfix.toml").write_text("min-size = -1\n")
    code, output, _ = putfix("--output-format", "json", cwd=job.parent)
    assert code == 2
    document: Json = json.loads(output)
    assert [(file["path"], file["skipped"], len(file["problems"])) for file in document["files"]] == [
        ("putfix.toml", False, 1),
        ("job.py", True, 0),
    ]
    assert document["summary"]["skipped"] == 1


def test_many_processes_report_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"job{number}.py").write_text(SOURCE + "\n" * 20_000, "utf-8")
    reports = [putfix_apart("--output-format", "json", "-j", jobs, cwd=tmp_path) for jobs in ("1", "2")]
    assert reports[0] == reports[1]
    assert len(json.loads(reports[0][1])["files"]) == 6


REFUSED = [
    *(["--apply"], ["--apply", "--yes"], ["--check"], ["--statistics"], ["--report", "--trace", "t.jsonl"]),
    *(["--add-ignores"], ["--update-baseline", "--baseline", "b.json"], ["--show-settings"]),
]


@pytest.mark.parametrize("more", REFUSED, ids=" ".join)
def test_a_report_is_of_what_would_be_hoisted(tmp_path: Path, more: list[str]) -> None:
    for asked in (["--output-format", "json"], ["--output-file", "found"]):
        code, output, said = putfix(*asked, *more, cwd=tmp_path)
        assert (code, output) == (2, "")
        assert "--output-format and --output-file are for what would be hoisted" in said
    assert list(tmp_path.iterdir()) == []


def test_options_that_do_not_go_together() -> None:
    assert Options(output_format="json", diff=True).conflict is not None
    assert Options(output_format="diff", diff=True, output_file=Path("found")).conflict is None
    for name in ("", "-"):
        assert str(Options(output_file=Path(name)).conflict).startswith("--output-file is the name of a file; without")
    assert Options(output_format="json", verbose=True, unsafe_fixes=True, include_docs=True).conflict is None
    assert Options(output_format="json", quiet=True, paths=("-",), diff_base="main").conflict is None


def test_no_other_format_is_known(tmp_path: Path) -> None:
    code, output, said = putfix("--output-format", "yaml", cwd=tmp_path)
    assert (code, output) == (2, "")
    assert "'yaml' is not one of 'diff', 'full'" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("form", ["json", "concise"])
def test_an_output_that_takes_nothing_is_one_line(job: Path, form: str) -> None:
    command = f'"{sys.executable}" -m putfix -q --output-format {form} >/dev/full'
    run = subprocess.run(["sh", "-c", command], cwd=job.parent, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (2, "putfix: error: No space left on device\n")


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="standard output has no such name here")
def test_standard_output_may_be_named_as_a_file(job: Path) -> None:
    report = "-q", "--output-format", "json"
    expected = putfix_apart(*report, cwd=job.parent)
    assert putfix_apart(*report, "--output-file", "/dev/stdout", cwd=job.parent) == expected
    found = job.parent / "found.json"
    with found.open("wb") as stream:
        stream.write(b"before\n")
        stream.flush()
        command = [sys.executable, "-m", "putfix", *report, "--output-file", "/dev/stdout"]
        subprocess.run(command, cwd=job.parent, stdout=stream, timeout=60, check=False)
        stream.write(b"after\n")
    lines = found.read_bytes().splitlines(keepends=True)
    assert (lines[0], lines[-1]) == (b"before\n", b"after\n")
    assert json.loads(b"".join(lines[1:-1]))["summary"]["hoists"] == 1


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="files have no names by their numbers here")
def test_a_pipe_that_is_named_as_a_file_is_refused_for_being_one(job: Path) -> None:
    for name in ("/dev/stderr", "pipe"):
        if name == "pipe":
            os.mkfifo(job.parent / name)
        code, output, said = putfix_apart("-q", "--output-format", "json", "--output-file", name, cwd=job.parent)
        assert (code, output) == (2, "")
        assert said == f"{name}: error: cannot be written: not a regular file\n"
