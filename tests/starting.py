"""The command in a process of its own, which begins as a copy of this one where that is possible: nothing is loaded
again then, which is most of what a start takes. Real starts are those of ``test_startup.py``, ``test_robustness.py``,
and ``test_it_is_a_module_and_a_script``.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NoReturn

from putfix.__main__ import main

for _name in (
    "command choosing fix recorded applying files.writing files.tables files.discovery formats.notebooks "
    "report.diff report.findings report.progress report.screen report.notices analysis.decisions.advice"
).split():
    importlib.import_module(f"putfix.{_name}")  # before there are copies

SECONDS = 60
_OF_PYTHON = ("PYTHONUTF8", "PYTHONIOENCODING", "LC_ALL", "LANG")
_Streams = tuple[IO[bytes], ...]
Run = subprocess.CompletedProcess[bytes]


def start(*arguments: str, cwd: Path, source: bytes = b"", environment: Mapping[str, str] | None = None) -> Run:
    """Run ``putfix`` with ``source`` as its standard input, and with ``environment``, if that is another one."""
    variables = dict(os.environ if environment is None else environment)
    if not _can_be_copied(variables):
        return subprocess.run(
            [sys.executable, "-m", "putfix", *arguments],
            cwd=cwd,
            input=source,
            env=variables,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        given.write(source)
        given.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads that may be missing: the copy needs none
            number = os.fork()
        if number == 0:
            _run(arguments, cwd, variables, (given, output, said))
        _, status = os.waitpid(number, 0)
        texts = [_all_of(stream) for stream in (output, said)]
    return subprocess.CompletedProcess(["putfix", *arguments], os.waitstatus_to_exitcode(status), *texts)


def start_in_text(*arguments: str, cwd: Path, source: str = "") -> subprocess.CompletedProcess[str]:
    """The same in text, with line ends as Python has them."""
    run = start(*arguments, cwd=cwd, source=source.encode())
    return subprocess.CompletedProcess(run.args, run.returncode, _as_text(run.stdout), _as_text(run.stderr))


def _as_text(data: bytes) -> str:
    return io.TextIOWrapper(io.BytesIO(data), "utf-8").read()


def _can_be_copied(variables: Mapping[str, str]) -> bool:
    """Whether a copy of this process does the same as a new one: not where Python itself would be another, and not
    beside the threads of a Ray that runs."""
    ray = sys.modules.get("ray")
    same = all(
        variables.get(name) == os.environ.get(name) for name in ("PYTHONUTF8", "PYTHONIOENCODING", "LC_ALL", "LANG")
    )
    return hasattr(os, "fork") and same and not (ray is not None and ray.is_initialized())


def _all_of(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def _run(
    arguments: tuple[str, ...], cwd: Path, variables: Mapping[str, str], streams: tuple[IO[bytes], ...]
) -> NoReturn:
    """Be the command, in a process that has nothing else to do."""
    code = 1
    try:
        gc.freeze()  # what is shared stays so
        signal.alarm(SECONDS)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        warnings.resetwarnings()
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(variables)
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        sys.argv = ["putfix", *arguments]
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
        code = _exit_code()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
    finally:
        os._exit(code)


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
