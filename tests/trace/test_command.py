"""A recorded program is the program: its output, exit code, exceptions, arguments and names stay its own.

These programs don't use Ray, so that there can be many of them; ``test_recorded_programs.py`` has those that do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from putfix.trace.records import read

PROGRAMS = {
    "hello": "print('hello')",
    "nothing": "",
    "names": "import sys; print(__name__, __file__, __doc__, __package__, __spec__, __cached__, sys.argv, sys.path[0])",
    "all names": "print(sorted(globals()), type(__loader__).__name__, __builtins__)",
    "main module": "import sys, __main__; x = 1; print(__main__.x, sys.modules['__main__'].__dict__ is globals())",
    "pickled": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
    "exit code": "raise SystemExit(7)",
    "exit text": "raise SystemExit('the reason')",
    "exit none": "import sys; print('x'); sys.exit()",
    "hard exit": "import os; print('x', flush=True); os._exit(5)",
    "exception": "def f():\n    raise ValueError('ü')\nf()",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError(1) from error",
    "group": "try:\n    1 / 0\nexcept Exception as error:\n    e = error\nraise (ExceptionGroup('g', [e]) if 'ExceptionGroup' in dir(__builtins__) else e)",  # noqa: E501
    "syntax error": "x = 1\nif x\n    pass",
    "own hook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0].__name__)\n1 / 0",
    "at exit": "import atexit, threading, time\natexit.register(print, 'end')\n"
    "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\n1 / 0",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "terminated": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "interrupted": "import atexit\natexit.register(print, 'end')\nraise KeyboardInterrupt",
    "no stdout": "import sys; sys.stdout = None; raise KeyboardInterrupt",
    "threads": "import threading; print([t.name for t in threading.enumerate()])",
    "changed directory": "import os; os.chdir('/'); print(os.getcwd())",
    "sibling": "import sibling; print(sibling.x, sibling.__file__)",
    "traced": "import sys\nsys.settrace(lambda *a: None)\nprint(sys.gettrace() is not None)",
    "warning": "import warnings\ndef f():\n    warnings.warn('w')\nf()",
    "recursion": "def f(): f()\ntry: f()\nexcept RecursionError as e: print(e)",
    "forked": "import os\npid = os.fork()\npid and os.wait()\nprint('parent' if pid else 'child', flush=True)",
    "last": "import atexit, sys\natexit.register(lambda: print(sys.last_value, hasattr(sys, 'last_exc')))\n1 / 0",
}


def run(directory: Path, *arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *python, *arguments]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=60, check=False, env=os.environ
    )


def assert_same(directory: Path, *arguments: str, python: tuple[str, ...] = ()) -> None:
    plain = run(directory, *arguments, python=python)
    recorded = run(directory, "-m", "putfix.trace", *arguments, python=python)
    assert recorded.stdout == plain.stdout
    assert recorded.stderr == plain.stderr
    assert recorded.returncode == plain.returncode
    assert not read(directory / "putfix-trace.jsonl").counts


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "sibling.py").write_text("x = 1\n")
    return tmp_path


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_is_what_it_is_without(directory: Path, name: str) -> None:
    (directory / "job.py").write_text(PROGRAMS[name], encoding="utf-8")
    assert_same(directory, "job.py", "-o", "--x", "-m", "last one")


@pytest.mark.parametrize("content", [b"x = 1\0", b"# -*- coding: nonsense -*-\nx = 1", b"x = '\xff'"])
def test_a_script_that_cannot_be_read_is_a_syntax_error(directory: Path, content: bytes) -> None:
    # The text is not always that of Python, which reads its script in another way than all other sources.
    (directory / "job.py").write_bytes(content)
    done = run(directory, "-m", "putfix.trace", "job.py")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(("SyntaxError: ", "ValueError: source code string"))  # before 3.12
    assert "putfix" not in done.stderr


def test_a_script_elsewhere(directory: Path) -> None:
    (directory / "über dir").mkdir()
    (directory / "über dir" / "jöb.py").write_bytes(b"\xef\xbb\xbfimport sys\nprint(sys.path[0], __file__)\n1 / 0\n")
    assert_same(directory, "über dir/jöb.py")
    (directory / "link.py").symlink_to(directory / "über dir" / "jöb.py")
    assert_same(directory, "link.py")
    assert_same(directory, str(directory / "link.py"))


def test_a_module(directory: Path) -> None:
    program = "import sys; print(__file__, __package__, __spec__.name, sys.argv, sys.path[0], 1 / len(sys.argv[1:]))"
    (directory / "job.py").write_text(program)
    (directory / "package").mkdir()
    (directory / "package" / "__init__.py").write_text("print('package')")
    (directory / "package" / "__main__.py").write_text("from . import part\n" + program)
    (directory / "package" / "part.py").write_text(program)
    for name in ("job", "package", "package.part"):
        assert_same(directory, "-m", name, "-o", "x")
    plain = run(directory, "-m", "job")
    recorded = run(directory, "-m", "putfix.trace", "-m", "job")
    first, *others = recorded.stderr.splitlines()
    assert plain.stderr.splitlines()[0] == first
    assert plain.stderr.splitlines()[-len(others) :] == others  # Python itself shows the frames of runpy before them


def test_a_directory_and_a_zip_file(directory: Path) -> None:
    program = "import sys, os; print(__name__, sys.argv, os.path.basename(sys.path[0]))"
    (directory / "app").mkdir()
    (directory / "app" / "__main__.py").write_text(program)
    with zipfile.ZipFile(directory / "app.zip", "w") as archive:
        archive.writestr("__main__.py", program)
    for path in ("app", "app.zip"):
        assert_same(directory, path, "argument")


def test_flags_of_python_are_kept(directory: Path) -> None:
    (directory / "job.py").write_text("import sys\nassert False\nprint(__debug__, sys.flags, sys.warnoptions)")
    assert_same(directory, "job.py", python=("-O", "-W", "error"))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the flag is of Python 3.11")
def test_the_path_stays_safe(directory: Path) -> None:
    (directory / "job.py").write_text("import sys\nprint(sys.path)")
    assert_same(directory, "job.py", python=("-P",))


def test_a_real_interrupt(directory: Path) -> None:
    (directory / "job.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(30)\n")
    command = [sys.executable, "-m", "putfix.trace", "job.py"]
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert "putfix" not in errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a SCRIPT or -m MODULE"),
        (("absent.py",), "can't open file 'absent.py': No such file or directory"),
        (("sub",), "can't find '__main__' module in 'sub'"),
        (("-m", "absent_module"), "no module named absent_module"),
        (("-m", "sibling.part"), "no module named sibling.part"),
        (("-m",), "name a SCRIPT or -m MODULE"),
        (("-o", "no/such/trace", "sibling.py"), "can't write 'no/such/trace': No such file or directory"),
        (("-o", "sub", "sibling.py"), "can't write 'sub': Is a directory"),
        (("-o", "/dev/null", "sibling.py"), "can't write '/dev/null': not a regular file"),
        (("-o", "sibling.py", "sibling.py"), "sibling.py is not a trace of putfix; it is not overwritten"),
        (("--outp", "x", "sibling.py"), "name a SCRIPT"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_line(directory: Path, arguments: tuple[str, ...], message: str) -> None:
    (directory / "sub").mkdir()
    done = run(directory, "-m", "putfix.trace", *arguments)
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1] or "unrecognized arguments" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (directory / "putfix-trace.jsonl").exists()


def test_a_module_that_lacks_another_fails_as_it_does(directory: Path) -> None:
    (directory / "package").mkdir()
    (directory / "package" / "__init__.py").write_text("import absent_module")
    done = run(directory, "-m", "putfix.trace", "-m", "package.part")
    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'absent_module'\n")
    assert "putfix" not in done.stderr


def test_a_trace_is_replaced_or_appended_to(directory: Path) -> None:
    (directory / "job.py").write_text("")
    (directory / "x.jsonl").write_text('{"putfix_trace": 1, "root": "/elsewhere"}\n')
    run(directory, "-m", "putfix.trace", "-o", "x.jsonl", "--append", "job.py")
    assert [origin.root for origin in read(directory / "x.jsonl").origins] == ["/elsewhere", str(directory)]
    run(directory, "-m", "putfix.trace", "-o", "x.jsonl", "job.py")
    (origin,) = read(directory / "x.jsonl").origins
    assert origin.root == str(directory)
    assert origin.python == sys.version.split()[0]


def test_a_program_may_delete_its_trace_and_directory(directory: Path) -> None:
    (directory / "job.py").write_text("import shutil, os; shutil.rmtree(os.getcwd()); print('x')")
    done = run(directory, "-m", "putfix.trace", "job.py")
    assert (done.stdout, done.stderr, done.returncode) == ("x\n", "", 0)
