"""The cache: a run that uses it gives what one without it does, whatever has changed, and does not do it all again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FIXTURES

from putfix import __version__, checking, fix_source, run
from putfix.files import status
from putfix.files.cache import memory, opening, store
from putfix.files.cache.folder import cache_folder, is_worth_it
from putfix.files.cache.memory import Memory
from putfix.files.cache.packing import NOTHING, Outcome, changes, packed, unpacked
from putfix.files.cache.present import Present
from putfix.files.cache.store import Entry, Kept, Known, Store
from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.files.discovery import Found
from putfix.files.project import ProjectFiles
from putfix.options import Options
from putfix.settings import Settings

MAIN = """\
import numpy as np
import ray
from tools import make

f = ray.remote(lambda a, i: i)
x = make()
futures = [f.remote(x, i) for i in range(10)]
"""
IMPORT = "from tools import make"
TOOLS = """\
import numpy as np
def make():
    return np.zeros((500, 500))
"""
PLAIN = "print('nothing to see')\n"
SEEDS = 3
"""How many projects are edited at random, each in two ways; more in a longer run, by hand."""
BRIEF = 10_000_000
"""A time, in nanoseconds, that no clock of a file system takes longer for a step than, on which tests are run."""


@pytest.fixture
def cache(tmp_path: Path) -> str:
    return str(tmp_path / "cache")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "main.py").write_text(MAIN)
    (root / "tools.py").write_text(TOOLS)
    (root / "package" / "plain.py").write_text(PLAIN)
    (root / "package" / "sending.py").write_text(
        MAIN.replace("from tools import make", "make = lambda: np.zeros(10**6)")
    )
    return root


@pytest.fixture(autouse=True)
def _brief_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    take_steps(monkeypatch, BRIEF)


def take_steps(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Take the clock of the file system for one that goes on in such steps, in nanoseconds."""
    monkeypatch.setattr(status, "_LONG_STEP", step)
    monkeypatch.setattr(status, "_SHORT_STEP", step)


def settle() -> None:
    """Let files get old enough for their statuses to be trusted."""
    time.sleep(3 * BRIEF / 1e9)


Shown = tuple[object, ...]


def results(root: Path, cache: str | None = None, *, unsafe_fixes: bool = False) -> list[Shown]:
    """What a run finds that anyone is shown."""
    found = run.check([root], Configurations(unsafe_fixes=unsafe_fixes), cache=cache)
    return [each if isinstance(each, BrokenConfiguration) else shown(each) for each in found]


def shown(result: checking.FileResult) -> Shown:
    said = result.findings, result.suppressed, result.remarks, result.changed_cells, result.problems
    return result.path, result.old, result.new, *said, result.skipped


@contextlib.contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files that are looked at, and not taken from the cache."""
    names: list[str] = []
    check_file = checking.check_file

    def counted(path: Path, *given: object) -> checking.FileResult:
        names.append(path.name)
        return check_file(path, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(run, "check_file", counted)
        yield names


def looked_at(root: Path, cache: str, monkeypatch: pytest.MonkeyPatch, *, unsafe_fixes: bool = False) -> list[str]:
    with counting(monkeypatch) as names:
        found = results(root, cache, unsafe_fixes=unsafe_fixes)
    assert found == results(root, unsafe_fixes=unsafe_fixes)
    return names


def test_what_has_not_changed_is_not_looked_at_again(
    project: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    everything = ["main.py", "plain.py", "sending.py", "tools.py"]
    assert sorted(looked_at(project, cache, monkeypatch)) == everything
    (kept,) = Path(cache).iterdir()
    before = kept.stat()
    assert looked_at(project, cache, monkeypatch) == []
    now = kept.stat()  # which was read, and not written
    assert (now.st_ino, now.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(looked_at(project, cache, monkeypatch, unsafe_fixes=True)) == ["main.py", "sending.py"]
    assert looked_at(project, cache, monkeypatch, unsafe_fixes=True) == []
    assert looked_at(project, cache, monkeypatch) == []


def test_a_status_that_is_too_new_is_not_trusted(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    take_steps(monkeypatch, 3600 * 10**9)
    results(project, cache)
    assert sorted(looked_at(project, cache, monkeypatch)) == ["plain.py", "tools.py"]  # the rest is known by its bytes
    text = MAIN.replace("500", "400").replace("10)", "20)")
    status = (project / "main.py").stat()
    (project / "main.py").write_text(text)
    os.utime(project / "main.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "main.py" in looked_at(project, cache, monkeypatch)


@pytest.mark.parametrize(
    ("modified", "changed", "begun", "trusted"),
    [
        (1.0, 1.0, 2.9, False),
        (1.0, 1.0, 3.1, True),
        (1.0, 1.0000001, 1.09, False),
        (1.0, 1.0000001, 1.11, True),
        (9.0, 1.0000001, 8.0, False),
    ],
)
def test_a_clock_that_tells_less_may_take_longer_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modified: float, changed: float, begun: float, trusted: bool
) -> None:
    monkeypatch.undo()
    status = [round(modified * 10**9), round(changed * 10**9), 1, 2]
    kept = Store(str(tmp_path), "/", "1")
    remembering = Memory(kept, Present(Kept(), "/", ProjectFiles(), {"/a.py": status}, []), round(begun * 10**9))
    remembering.recall(Found(Path("a.py"), "/a.py"), Settings())
    remembering.note(Path("a.py"), Settings(), NOTHING, None)
    remembering.save()
    assert kept.load().files == ({"/a.py": Known(status, "", False)} if trusted else {})


def test_the_files_below_a_directory_are_those_in_it(tmp_path: Path) -> None:
    files = [f"/p/{name}" for name in ("a/x.py", "a-b/x.py", "a/b/c.py", "ab.py", "a0/x.py", "a.py")]
    present = Present(Kept(), "/p", ProjectFiles(), {}, files)
    assert present.files_below("/p/a") == ["/p/a/b/c.py", "/p/a/x.py"]
    assert present.files_below("/p") == present.files_below("/") == sorted(files)
    assert present.files_below("/p/b") == []


def test_a_change_that_keeps_size_and_time_is_noticed(
    project: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    results(project, cache)
    for name, again in {"main.py": ["main.py"], "tools.py": ["main.py", "tools.py"]}.items():
        path = project / name
        status = path.stat()
        path.write_text(path.read_text().replace("10)", "20)").replace("500", "400"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert looked_at(project, cache, monkeypatch) == again


def test_a_touched_file_is_known_by_its_bytes(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    results(project, cache)
    for path in project.rglob("*.py"):
        os.utime(path)
    settle()
    assert looked_at(project, cache, monkeypatch) == ["plain.py", "tools.py"]  # which costs as much as knowing them
    assert looked_at(project, cache, monkeypatch) == []


def edited(project: Path, name: str, text: str | None) -> None:
    path = project / name
    path.parent.mkdir(exist_ok=True)
    if text is None:
        path.unlink()
    else:
        path.write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("tools.py", TOOLS.replace("500", "50"), ["main.py", "tools.py"]),
        ("tools.py", None, ["main.py"]),
        ("tools.py", "def make(:\n", ["main.py", "tools.py"]),
        ("tools/__init__.py", "", ["__init__.py", "main.py"]),
        ("src/tools.py", "", ["main.py", "tools.py"]),
        ("package/plain.py", PLAIN + PLAIN, ["plain.py"]),
        ("package/other.py", PLAIN, ["other.py"]),
        ("package/sending.py", None, []),
        ("package/putfix.toml", "min-size = '100 MB'", ["sending.py"]),
        (".gitignore", "package/", []),
    ],
)
@pytest.mark.parametrize("settled", [True, False])
def test_what_depends_on_a_change_is_looked_at_again(
    project: Path,
    cache: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str | None,
    again: list[str],
    settled: bool,
) -> None:
    (project / ".git").mkdir()
    settle()
    results(project, cache)
    edited(project, name, text)
    if settled:
        settle()
    assert sorted(looked_at(project, cache, monkeypatch)) == again
    settle()
    results(project, cache)
    assert looked_at(project, cache, monkeypatch) == []


def test_a_module_that_cannot_be_read_is_known_by_its_bytes(
    project: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "tools.py").write_text("def make(:\n")
    settle()
    results(project, cache)
    assert looked_at(project, cache, monkeypatch) == []
    (project / "tools.py").write_text(TOOLS)
    assert looked_at(project, cache, monkeypatch) == ["main.py", "tools.py"]


def test_a_link_that_leads_elsewhere_is_noticed(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "tools.py").rename(project / "large.txt")
    (project / "small.txt").write_text(TOOLS.replace("500", "5"))
    (project / "tools.py").symlink_to("large.txt")
    settle()
    assert any(each[1] != each[2] for each in results(project, cache) if each[0] == project / "main.py")
    (project / "tools.py").unlink()
    (project / "tools.py").symlink_to("small.txt")
    assert looked_at(project, cache, monkeypatch) == ["main.py"]


def test_problems_are_told_each_time(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "main.py").write_text("import ray\nf.remote(\n")
    settle()
    results(project, cache)
    assert looked_at(project, cache, monkeypatch) == ["main.py"]


def test_a_part_of_a_project_is_enough(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    assert looked_at(project / "package", cache, monkeypatch) == ["plain.py", "sending.py"]
    assert looked_at(project, cache, monkeypatch) == ["main.py", "tools.py"]
    assert looked_at(project / "package", cache, monkeypatch) == []
    assert len([*Path(cache).iterdir()]) == 1


def test_a_run_over_too_many_files_is_not_remembered(
    project: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_FILES", 3)
    assert results(project, cache) == results(project)
    assert not Path(cache).exists()
    settle()
    monkeypatch.setattr(opening, "_MOST_BESIDES", 3)
    assert looked_at(project / "package", cache, monkeypatch) == ["plain.py", "sending.py"]
    assert looked_at(project / "package", cache, monkeypatch) == []


# Whatever is edited, a run that remembers gives what one does that does not.

HEADING = re.compile(r"^# --- (\S+?)( becomes)? ---\n", re.MULTILINE)
LINES = [
    "import {}",
    "from {} import *",
    "class Other({}): pass",
    "thing.{} = 1",
    "print(thing.{})",
    "{} = None",
    "def {}(:",
]
TEXTS = {
    "putfix.toml": ["min-size = 100", "min-size = '1 GB'", "unsafe-fixes = true", "ignore = ['hoist']", "min-size = ["],
    ".gitignore": ["*.py\n!main.py\n", "tools*\n"],
    "setup.py": [""],
    "__init__.py": [""],
}


def program(path: Path) -> dict[str, str]:
    """The files of a program of several."""
    _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    return {name: text for name, after, text in zip(*[iter(parts)] * 3, strict=True) if not after}


PROGRAMS = [program(path) for path in sorted((FIXTURES / "projects").glob("*/*.py"))]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("left/called_through_a_third_module", "api.py"),
        ("left/method_called_by_a_third_module", "other.py"),
        ("unsafe/ray_of_a_package_given_from_outside", "tools/serial.py"),
    ],
)
def test_what_any_file_of_the_project_says_counts(tmp_path: Path, cache: str, name: str, other: str) -> None:
    root = tmp_path / "project"
    files = program(FIXTURES / "projects" / f"{name}.py")
    for file, text in {**files, "setup.py": "", "part/plain.py": PLAIN}.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")

    def compare(part: str = ".") -> list[Shown]:
        found = results(root / part, cache, unsafe_fixes=True)
        assert found == results(root / part, unsafe_fixes=True)
        return found

    (root / other).unlink()
    settle()
    before = compare()
    (root / other).write_text(files[other], encoding="utf-8")
    after = {each[0]: each for each in compare()}
    assert any(after[each[0]] != each for each in before)
    settle()
    compare()
    (root / other).unlink()
    settle()
    assert compare() == before
    compare()
    (root / "part" / "plain.py").write_text(files[other], encoding="utf-8")
    settle()
    compare("part")  # which learns of that file, and says nothing of the others
    compare()
    (root / "part" / "plain.py").write_text(PLAIN)
    settle()
    compare("part")
    assert compare() == before


class Editor:
    """Somebody who changes the files of a project, always in the same way for one seed."""

    def __init__(self, root: Path, seed: int) -> None:
        self._root = root
        self._random = random.Random(seed)
        self._program = self._random.choice(PROGRAMS)
        self._words = sorted(set(re.findall(r"[A-Za-z_]\w{3,}", "".join(self._program.values()))))
        for name in self._program:
            self._write(name, self._program[name])

    def _write(self, name: str, text: str) -> None:
        path = self._root / name
        with contextlib.suppress(OSError):  # where a file was made a directory, or the other way round
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def _a_file(self) -> list[Path]:
        """One of the files, if there is any."""
        files = sorted(path for path in self._root.rglob("*") if path.is_file())
        return self._random.sample(files, k=min(1, len(files)))

    def edit(self) -> None:
        """Change something."""
        self._random.choice(
            [self.say, self.say, self.remove, self.restore, self.restore, self.move, self.set, self.copy]
        )()

    def say(self) -> None:
        line = self._random.choice(LINES).format(self._random.choice(self._words))
        for path in self._a_file():
            if path.suffix == ".py":
                path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    def remove(self) -> None:
        for path in self._a_file():
            path.unlink()

    def restore(self) -> None:
        name = self._random.choice([*self._program])
        self._write(name, self._program[name])

    def move(self) -> None:
        for path in self._a_file():
            name = self._random.choice([*self._program, "src/tools.py", f"{self._random.choice(self._words)}.py"])
            with contextlib.suppress(OSError):
                (self._root / name).parent.mkdir(exist_ok=True, parents=True)
                path.replace(self._root / name)

    def set(self) -> None:
        name = self._random.choice([*TEXTS])
        self._write(name, self._random.choice(TEXTS[name]))

    def copy(self) -> None:
        name, other = self._random.choice([*self._program]), self._random.choice([*self._program])
        self._write(f"{self._random.choice(['src', 'more'])}/{other}", self._program[name])


@pytest.mark.parametrize("step", [BRIEF, 3600 * 10**9], ids=["trusting", "careful"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_edits_a_run_gives_what_it_would_without_a_cache(
    tmp_path: Path, cache: str, monkeypatch: pytest.MonkeyPatch, seed: int, step: int
) -> None:
    take_steps(monkeypatch, step)
    root = tmp_path / "edited"
    root.mkdir()
    editor = Editor(root, seed)
    for _ in range(6):
        for unsafe_fixes in (False, True) if seed % 2 else (True,):
            settle()
            assert results(root, cache, unsafe_fixes=unsafe_fixes) == results(root, unsafe_fixes=unsafe_fixes)
        editor.edit()
        if (root / "more").is_dir() and seed % 3 == 0:
            settle()
            assert results(root / "more", cache) == results(root / "more")


# What is on disk.


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"true", b"null"),
        lambda data: b"\n".join([data.split(b"\n")[0], b"zz", b"{}"]),
        lambda data: os.urandom(100),
        lambda data: b"[" * 100_000,
    ],
)
def test_what_is_not_whole_is_made_again(
    project: Path, cache: str, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[bytes], bytes]
) -> None:
    settle()
    results(project, cache)
    (kept,) = Path(cache).iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(spoil(whole))
    assert len(looked_at(project, cache, monkeypatch)) == 4
    assert json.loads(kept.read_bytes().split(b"\n", 2)[2]) == json.loads(whole.split(b"\n", 2)[2])


def test_what_others_may_have_written_is_not_used(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    results(project, cache)
    (kept,) = Path(cache).iterdir()
    kept.chmod(0o666)
    assert len(looked_at(project, cache, monkeypatch)) == 4
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Path(cache).stat().st_mode & 0o777 == 0o700


def test_another_putfix_has_its_own(project: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    results(project, cache)
    monkeypatch.setattr(run, "__version__", "0.0.0")
    assert len(looked_at(project, cache, monkeypatch)) == 4
    monkeypatch.setattr(store, "_state_of_the_code", lambda: [1, 2, 3])
    assert len(looked_at(project, cache, monkeypatch)) == 4


def test_a_run_goes_on_where_nothing_can_be_kept(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in ("/dev/full", "/proc/nothing/here", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        assert results(project, folder) == results(project)


def test_only_whole_files_are_ever_there(tmp_path: Path) -> None:
    keepers = [Kept({f"/{name}": Known([1, 2, 3, number])}) for number in range(3) for name in "ab"]
    kept = Store(str(tmp_path), "/", "1")
    kept.save(keepers[0])
    running = [threading.Thread(target=save_often, args=(kept, each)) for each in keepers]
    for each in running:
        each.start()
    while any(each.is_alive() for each in running):
        assert kept.load() in keepers
    assert len([*tmp_path.iterdir()]) == 1


def save_often(store: Store, kept: Kept) -> None:
    for _ in range(30):
        store.save(kept)


def test_what_is_unused_for_long_goes_and_so_does_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> set[str]:
        return {each.name.partition("-")[0] for each in tmp_path.iterdir()}

    (tmp_path / "notes-12345678.txt").write_text("not of the cache")
    kept = Kept({"/a.py": Known([1, 2, 3, 4])})
    for age, name in enumerate(["new", "used", "old"]):
        Store(str(tmp_path), f"/{name}", "1").save(kept)
        (path,) = (each for each in tmp_path.iterdir() if each.name.startswith(f"{name}-"))
        os.utime(path, (time.time() - age * 20 * 86400 + 60,) * 2)
    assert names() == {"new", "used", "old", "notes"}
    Store(str(tmp_path), "/used", "1").touch()
    Store(str(tmp_path), "/last", "1").save(kept)
    assert names() == {"new", "used", "last", "notes"}
    monkeypatch.setattr(store, "MOST_BYTES", 3 * path_size(tmp_path, "last"))
    Store(str(tmp_path), "/more", "1").save(kept)
    assert len(names()) == 4
    assert {"more", "last", "notes"} < names()


def path_size(folder: Path, name: str) -> int:
    (path,) = (each for each in folder.iterdir() if each.name.startswith(f"{name}-"))
    return path.stat().st_size


@pytest.mark.parametrize("folder", ["rewritten", "left"])
@pytest.mark.parametrize("unsafe_fixes", [False, True])
def test_findings_come_back_as_they_were(folder: str, unsafe_fixes: bool) -> None:
    settings = Settings(unsafe_fixes=unsafe_fixes, ignore=("size-unknown",))
    for path in sorted((FIXTURES / folder).glob("*.py"))[::9]:
        source = f"# putfix: ignore[nothing]\n{path.read_text(encoding='utf-8')}"
        found = fix_source(source, path.name, settings)
        said = found.findings, found.suppressed, found.remarks, found.changed_cells
        outcome = (
            Outcome(source.encode(), found.new_source.encode(), *said) if found.changed else Outcome(b"", b"", *said)
        )
        assert unpacked(json.loads(json.dumps(packed(outcome))), outcome.old) == outcome
        assert changes(packed(outcome)) == found.changed
    assert packed(NOTHING) is None


def test_what_json_would_change_is_not_packed() -> None:
    with pytest.raises(TypeError):
        packed(Outcome(remarks=({"a": 1},)))  # type: ignore[arg-type]


def test_at_most_some_results_of_a_file_are_kept(project: Path, cache: str) -> None:
    for number in range(8):
        (project / "main.py").write_text(MAIN + f"print({number})\n")
        results(project, cache)
    kept = Store(cache, str(project), __version__).load()
    assert len(kept.results[str(project / "main.py")]) == memory._MOST_RESULTS
    assert all(isinstance(each, Entry) for each in kept.results[str(project / "main.py")])
    (project / "main.py").rename(project / "other.py")
    results(project, cache)
    kept = Store(cache, str(project), __version__).load()
    assert not {str(project / "main.py")} & {*kept.results, *kept.files}


# Where it is, and for what.


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUTFIX_CACHE_DIR", "said")
    assert cache_folder() == os.path.abspath("said")
    assert cache_folder(Path("given")) == os.path.abspath("given")
    monkeypatch.delenv("PUTFIX_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() is not None
    assert Path(str(cache_folder())).name in ("putfix", "Cache")


def test_for_which_runs_it_is(project: Path) -> None:
    assert is_worth_it([project / "main.py", project])
    assert not is_worth_it([project / "main.py"])
    assert is_worth_it([project / "main.py"] * 100)
    assert Options().uses_cache
    known = Path("known.json")
    for options in (
        Options(no_cache=True),
        Options(trace=(known,)),
        Options(baseline=known),
        Options(diff_base="main"),
        Options(add_ignores=True),
    ):
        assert not options.uses_cache
