"""Which configuration file counts for a file, what it may hold, and what is said where it cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from putfix import fix_source
from putfix.files import configuration
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.settings import DEFAULT, Settings

LINKS = hasattr(os, "symlink")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def messages(path: Path, min_size: int | None = None) -> list[str]:
    found = Configurations(min_size).settings(path)
    assert isinstance(found, BrokenConfiguration), found
    return [each.message for each in found.problems]


def test_without_a_configuration_file_nothing_is_set(tmp_path: Path) -> None:
    assert Configurations().settings(tmp_path / "job.py") == DEFAULT
    assert Configurations(7).settings(tmp_path / "job.py") == Settings(min_size=7)


@pytest.mark.parametrize(("name", "head"), [("putfix.toml", ""), ("pyproject.toml", "[tool.putfix]\n")])
def test_all_keys_are_read(tmp_path: Path, name: str, head: str) -> None:
    write(tmp_path / name, f'{head}min-size = "1MB"\nlarge = ["mylib.load_*", "mylib.Größe"]\nsmall = ["a.?[bc]"]\n')
    expected = Settings(1_000_000, ("mylib.load_*", "mylib.Größe"), ("a.?[bc]",))
    assert Configurations().settings(tmp_path / "job.py") == expected
    assert Configurations(7).settings(tmp_path / "job.py") == Settings(7, expected.large, expected.small)


def test_the_nearest_counts_alone(tmp_path: Path) -> None:
    write(tmp_path / "putfix.toml", 'min-size = 1\nlarge = ["f"]')
    write(tmp_path / "a" / "b" / "pyproject.toml", "[tool.putfix]\nmin-size = 2")
    write(tmp_path / "a" / "b" / "c" / "putfix.toml", "")
    configurations = Configurations()
    assert configurations.settings(tmp_path / "a" / "b" / "d" / "job.py") == Settings(2)
    assert configurations.settings(tmp_path / "a" / "b" / "c" / "job.py") == DEFAULT
    assert configurations.settings(tmp_path / "a" / "job.py") == Settings(1, ("f",))
    assert configurations.settings(tmp_path / "job.py") == Settings(1, ("f",))


def test_of_two_in_a_directory_the_own_one_counts(tmp_path: Path) -> None:
    write(tmp_path / "putfix.toml", "min-size = 1")
    write(tmp_path / "pyproject.toml", "[tool.putfix]\nmin-size = 2\nwrong = 3")
    assert Configurations().settings(tmp_path / "job.py") == Settings(1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[project]\nname = "putfix"',
        "[tool.other]\nputfix = 1",
        "tool = 'putfix'",
        "[[tool]]\nputfix = 1",
        "[broken",
    ],
)
def test_a_project_file_without_the_table_is_passed_over(tmp_path: Path, text: str) -> None:
    write(tmp_path / "putfix.toml", "min-size = 1")
    write(tmp_path / "a" / "pyproject.toml", text)
    assert Configurations().settings(tmp_path / "a" / "job.py") == Settings(1)


@pytest.mark.parametrize("order", [1, -1])
def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    write(tmp_path / "putfix.toml", "min-size = 1")
    read: list[str] = []
    original = configuration._read

    def noted(directory: str) -> configuration._Configuration | BrokenConfiguration | None:
        read.append(directory)
        return original(directory)

    monkeypatch.setattr(configuration, "_read", noted)
    configurations = Configurations()
    assert read == []
    for folder in ["a/b", "a", "a/c", "."][::order]:
        assert configurations.settings(tmp_path / folder / "job.py") == Settings(1)
    assert len(read) == len(set(read))
    assert str(tmp_path) in read


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("min_size = 3", 'unknown key "min_size"; did you mean "min-size"?'),
        ("Large = []", 'unknown key "Large"; did you mean "large"?'),
        ("colour = 1", 'unknown key "colour"; the keys are extend, ignore, large, min-size, per-path'),
        ('[tool.putfix]\nlarge = ["a"]', 'unknown key "tool"; in this file the keys stand by themselves, without'),
        ("min-size = true", "min-size must be a number of bytes, or one with a unit, such as"),
        ("min-size = 1e6", "1GiB, not a float"),
        ("min-size = 1979-05-27", "not a date or time"),
        ("min-size = [1]", "not an array"),
        ("min-size = {a = 1}", "not a table"),
        ("min-size = -1", "1GiB, not -1"),
        ('min-size = "-1MB"', '1GiB, not "-1MB"'),
        ('min-size = "big"', '1GiB, not "big"'),
        ('large = "mylib.load"', "large must be an array of strings, not a string"),
        ("small = true", "small must be an array of strings, not a boolean"),
        ("large = [1]", "each of large must be a string, not an integer"),
        ('large = [["a"]]', "each of large must be a string, not an array"),
        ('large = [""]', 'large holds "", which is no name of a function or class'),
        ('small = ["mylib.load()"]', 'small holds "mylib.load()", which is no name of a function or class'),
        ('small = ["a, b"]', 'small holds "a, b"'),
        ('ignore = ["hoists"]', 'ignore holds "hoists", which is no code; did you mean "hoist"?'),
        ('ignore = ["xyz"]', 'ignore holds "xyz", which is no code; --list-codes shows them'),
        ('ignore = "hoist"', "ignore must be an array of strings, not a string"),
        ("extend = 1", "extend must be a string, not an integer"),
        ('extend = ""', 'extend names "": no configuration: there is no such file, or it has no table [tool.putfix]'),
        ('extend = "gone.toml"', 'extend names "gone.toml": no configuration'),
        ('extend = "a\\u0000b"', "no configuration"),
        ('extend = "putfix.toml"', 'extend names "putfix.toml", which leads back to this file'),
        ("per-path = 1", "per-path must be a table, not an integer"),
        ("per-path.a = 1", 'per-path."a" must be a table, not an integer'),
        ("[per-path.'']", 'per-path has "", which matches no path; write patterns as in .gitignore'),
        ("[per-path.'#a']", 'per-path has "#a", which matches no path'),
        ("[per-path.'!!a']", 'per-path has "!!a", which matches no path'),
        ("[per-path.'./a']", 'per-path has "./a", which matches no path'),
        ("[per-path.'!a/../b']", 'per-path has "!a/../b", which matches no path'),
        ("[per-path.'{a,b}.py']", 'per-path has "{a,b}.py", which matches no path'),
        ("per-path.a.min_size = 1", 'unknown key "min_size" in [per-path."a"]; did you mean "min-size"?'),
        ("per-path.a.extend = 'a'", 'unknown key "extend" in [per-path."a"]'),
        ("per-path.a.min-size = -1", 'per-path."a".min-size must be a number of bytes'),
        ("per-path.a.unsafe-fixes = 1", 'per-path."a".unsafe-fixes must be true or false, not an integer'),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path / "putfix.toml", line)
    (said,) = messages(tmp_path / "job.py", min_size=5)
    assert message in said


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.putfix]\nmin-sizes = 1\nlarge = "a"')
    assert messages(tmp_path / "job.py") == [
        'unknown key "min-sizes" in [tool.putfix]; did you mean "min-size"?',
        "large must be an array of strings, not a string",
    ]


@pytest.mark.parametrize("pattern", ["[", "[!", "[]", "*" * 50, "[z-a]", "-", "[a-]", "**.load_?"])
def test_odd_patterns_are_taken_as_fnmatch_takes_them(tmp_path: Path, pattern: str) -> None:
    write(tmp_path / "putfix.toml", f'large = ["{pattern}"]')
    found = Configurations().settings(tmp_path / "job.py")
    if isinstance(found, BrokenConfiguration):
        assert "which is no name" in found.problems[0].message  # where this Python's fnmatch fails
    else:
        assert fix_source("import ray\nf.remote(load())\n", settings=found).problems == ()


@pytest.mark.parametrize("value", ["3", '"a"', "[]", "true"])
def test_the_table_is_a_table(tmp_path: Path, value: str) -> None:
    write(tmp_path / "pyproject.toml", f"[tool]\nputfix = {value}")
    (said,) = messages(tmp_path / "job.py")
    assert said.startswith("tool.putfix must be a table, not a")


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"min-size = ", "not valid TOML: ", None),
        (b"\n min-size 3", "not valid TOML: ", (2, 10)),
        (b"large = []\nlarge = []\n", "not valid TOML: Cannot overwrite a value", (2, 10)),
        (b"min-size = " + b"9" * 5000, "not valid TOML: ", (0, 0)),
        (b"large = " + b"[" * 5000, "not valid TOML: ", None),
        (b"min-size = 3 # gr\xfc\xdfe", "not valid TOML: byte 17 is not UTF-8 text", (0, 0)),
        ("min-size = 3".encode("utf-16"), "not valid TOML: byte 0 is not UTF-8 text", (0, 0)),
        (b"min-size = 3\0", "not valid TOML: ", None),
    ],
    ids=["value", "key", "twice", "digits", "nested", "latin", "utf-16", "null"],
)
def test_what_is_not_toml_has_its_place(
    tmp_path: Path, data: bytes, message: str, place: tuple[int, int] | None
) -> None:
    (tmp_path / "putfix.toml").write_bytes(data)
    found = Configurations().settings(tmp_path / "job.py")
    assert isinstance(found, BrokenConfiguration)
    (problem,) = found.problems
    assert found.path == tmp_path / "putfix.toml"
    assert problem.message.startswith(message)
    assert "(at line" not in problem.message
    assert place is None or (problem.line, problem.column) == place


def test_a_byte_order_mark_and_other_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "putfix.toml").write_bytes(b"\xef\xbb\xbfmin-size = 1\r\nlarge = []\r\n")
    assert Configurations().settings(tmp_path / "job.py") == Settings(1)


def test_a_number_without_a_unit_has_no_limit(tmp_path: Path) -> None:
    write(tmp_path / "putfix.toml", f"min-size = {'9' * 100}")
    assert Configurations().settings(tmp_path / "job.py") == Settings(10**100 - 1)


@pytest.mark.parametrize("name", ["putfix.toml", "pyproject.toml"])
def test_a_directory_or_a_pipe_is_no_configuration(tmp_path: Path, name: str) -> None:
    write(tmp_path / "putfix.toml", "min-size = 1")
    (tmp_path / "a" / name).mkdir(parents=True)
    assert Configurations().settings(tmp_path / "a" / "job.py") == Settings(1)
    if hasattr(os, "mkfifo"):
        (tmp_path / "b").mkdir()
        os.mkfifo(tmp_path / "b" / name)
        assert Configurations().settings(tmp_path / "b" / "job.py") == Settings(1)


@pytest.mark.skipif(not LINKS, reason="no symbolic links here")
@pytest.mark.parametrize(("target", "message"), [("gone", "No such file"), ("putfix.toml", "ymbolic link")])
def test_a_link_that_leads_nowhere_is_said(tmp_path: Path, target: str, message: str) -> None:
    (tmp_path / "putfix.toml").symlink_to(target)
    (said,) = messages(tmp_path / "job.py")
    assert message in said


@pytest.mark.skipif(IS_ROOT, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    write(tmp_path / "putfix.toml", "min-size = 1")
    (tmp_path / "putfix.toml").chmod(0)
    assert messages(tmp_path / "job.py") == ["Permission denied"]


@pytest.mark.skipif(not LINKS, reason="no symbolic links here")
def test_a_file_is_where_its_links_lead(tmp_path: Path) -> None:
    write(tmp_path / "real" / "putfix.toml", "min-size = 1")
    write(tmp_path / "real" / "job.py", "")
    write(tmp_path / "other" / "putfix.toml", "min-size = 2")
    (tmp_path / "other" / "job.py").symlink_to(tmp_path / "real" / "job.py")
    (tmp_path / "other" / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "other" / "loop.py").symlink_to("loop.py")
    assert Configurations().settings(tmp_path / "other" / "job.py") == Settings(1)
    assert Configurations().settings(tmp_path / "other" / "folder" / "job.py") == Settings(1)
    assert Configurations().settings(tmp_path / "other" / "loop.py") == Settings(2)


def test_it_is_shown_from_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a" / "putfix.toml", "wrong = 1")
    monkeypatch.chdir(tmp_path)
    found = Configurations().settings(Path("a/job.py"))
    assert isinstance(found, BrokenConfiguration)
    assert found.path == Path("a/putfix.toml")
    monkeypatch.chdir(tmp_path / "a")
    (tmp_path / "a" / "b").mkdir()
    monkeypatch.chdir(tmp_path / "a" / "b")
    found = Configurations().settings(Path("job.py"))
    assert isinstance(found, BrokenConfiguration)
    assert found.path == tmp_path / "a" / "putfix.toml"


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_settings_or_a_problem(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "putfix.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    found = Configurations().settings(path.parent / "job.py")
    assert isinstance(found, Settings) or found.problems


def test_what_is_extended_counts_where_the_file_says_nothing(tmp_path: Path) -> None:
    write(tmp_path / "base.toml", 'min-size = 1\nlarge = ["f"]\nunsafe-fixes = true\nextend = "c/pyproject.toml"')
    write(tmp_path / "c" / "pyproject.toml", '[tool.putfix]\nmin-size = 9\nsmall = ["h"]\nlarge = ["f", "e"]')
    write(tmp_path / "a" / "putfix.toml", 'extend = "../base.toml"\nlarge = ["g"]\nunsafe-fixes = false')
    assert Configurations().settings(tmp_path / "a" / "job.py") == Settings(1, ("f", "e", "g"), ("h",))
    assert Configurations(3).settings(tmp_path / "a" / "job.py") == Settings(3, ("f", "e", "g"), ("h",))
    assert Configurations().settings(tmp_path / "job.py") == DEFAULT


@pytest.mark.skipif(os.name == "nt", reason="another variable names the home there")
def test_a_file_in_the_home_directory_can_be_extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write(tmp_path / "home" / "mine.toml", "min-size = 1")
    write(tmp_path / "putfix.toml", 'extend = "~/mine.toml"')
    assert Configurations().settings(tmp_path / "job.py") == Settings(1)


def test_a_mistake_is_said_of_the_file_that_has_it(tmp_path: Path) -> None:
    write(tmp_path / "base.toml", "wrong = 1")
    write(tmp_path / "putfix.toml", 'extend = "base.toml"')
    found = Configurations().settings(tmp_path / "job.py")
    assert isinstance(found, BrokenConfiguration)
    assert found.path == tmp_path / "base.toml"


@pytest.mark.parametrize(("name", "text"), [("pyproject.toml", "[project]"), ("pyproject.toml", "putfix = 1")])
def test_a_project_file_without_the_table_cannot_be_extended(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / "a" / name, text)
    write(tmp_path / "putfix.toml", f'extend = "a/{name}"')
    assert messages(tmp_path / "job.py")[0].startswith(f'extend names "a/{name}": no configuration')


def test_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "putfix.toml", 'extend = "a/../b.toml"')
    write(tmp_path / "b.toml", 'extend = "./c.toml"')
    write(tmp_path / "c.toml", 'extend = "putfix.toml"')
    (said,) = messages(tmp_path / "job.py")
    assert said == 'extend names "putfix.toml", which leads back to this file'


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("tests/**", ["tests/a.py", "tests/b/c.py"]),
        ("tests/*", ["tests/a.py", "tests/b/c.py"]),
        ("tests/", ["tests/a.py", "tests/b/c.py", "d/tests/a.py"]),
        ("/tests", ["tests/a.py", "tests/b/c.py"]),
        ("a.py", ["a.py", "tests/a.py", "d/tests/a.py"]),
        ("!a.py", ["tests/b/c.py", "ä.py"]),
        ("[ä]*.py", ["ä.py"]),
        ("**", ["a.py", "tests/a.py", "tests/b/c.py", "d/tests/a.py", "ä.py"]),
    ],
)
def test_settings_for_paths(tmp_path: Path, pattern: str, matching: list[str]) -> None:
    write(tmp_path / "putfix.toml", f"min-size = 1\n[per-path.'{pattern}']\nmin-size = 2")
    names = ["a.py", "tests/a.py", "tests/b/c.py", "d/tests/a.py", "ä.py"]
    configurations = Configurations()
    found = [name for name in names if configurations.settings(tmp_path / name) == Settings(2)]
    assert found == matching
    assert all(configurations.settings(tmp_path / name) == Settings(1) for name in names if name not in found)


def test_the_last_that_matches_outranks_and_lists_add_up(tmp_path: Path) -> None:
    write(tmp_path / "base.toml", 'min-size = 1\nignore = ["changed"]\n[per-path."a.py"]\nmin-size = 2\nlarge = ["f"]')
    write(
        tmp_path / "b" / "putfix.toml",
        'extend = "../base.toml"\nmin-size = 3\n'
        '[per-path."*.py"]\nmin-size = 4\nignore = ["hoist", "changed"]\n[per-path."a*"]\nmin-size = 5\nlarge = ["g"]',
    )
    configurations = Configurations()
    # What is extended has its patterns relative to itself, and what is set per path outranks what is set for all.
    assert configurations.settings(tmp_path / "b" / "a.py") == Settings(5, ("f", "g"), ignore=("changed", "hoist"))
    assert configurations.settings(tmp_path / "b" / "b.py") == Settings(4, ignore=("changed", "hoist"))
    assert configurations.settings(tmp_path / "b" / "b.txt") == Settings(3, ignore=("changed",))


def test_what_was_forgotten_of_directories_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_MOST_DIRECTORIES", 2)
    for number in range(20):
        write(tmp_path / str(number) / "putfix.toml", f"min-size = {number}")
    configurations = Configurations()
    for number in [*range(20), *range(20)]:
        for name in ("job.py", "below/job.py"):
            file = os.path.realpath(tmp_path / str(number) / name)
            assert configurations.settings_at(file) == Settings(number)


def test_one_file_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a" / "putfix.toml", "wrong = 1")
    write(tmp_path / "other" / "mine.toml", "min-size = 1\n[per-path.'a/*']\nmin-size = 2")
    monkeypatch.chdir(tmp_path)
    configurations = Configurations(file=Path("other/mine.toml"))
    assert configurations.settings(tmp_path / "a" / "job.py") == Settings(2)  # the current directory is the base
    assert configurations.settings(tmp_path / "job.py") == Settings(1)
    assert Configurations(isolated=True).settings(tmp_path / "a" / "job.py") == DEFAULT
    assert Configurations(7, isolated=True).settings(tmp_path / "a" / "job.py") == Settings(7)


@given(st.text(max_size=12) | st.text("*?[]!-\\\\/ab#. ", max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_pattern_or_a_problem(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "patterns" / "putfix.toml"
    path.parent.mkdir(exist_ok=True)
    key = "".join(f"\\U{ord(character):08x}" for character in text)
    path.write_text(f'[per-path."{key}"]\nmin-size = 1\n', "utf-8")
    found = Configurations().settings(path.parent / "a" / "b.py")
    assert found in (DEFAULT, Settings(1)) or (isinstance(found, BrokenConfiguration) and found.problems)
