"""Running a program as ``python SCRIPT`` and ``python -m MODULE`` do."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import io
import os
import pkgutil
import signal
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import Any, NoReturn

_HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


class NoProgramError(Exception):
    """There is no such program: the message says why."""


@dataclass(frozen=True)
class Program:
    """A program that was found: its ``__main__`` module, still empty, and what makes its code."""

    main: types.ModuleType
    code: Callable[[], Any]

    def run(self) -> None:
        """Execute it; end the process as Python does where it raises."""
        sys.modules["__main__"] = self.main
        try:
            exec(self.code(), vars(self.main))
        except SystemExit:
            raise
        except BaseException as error:
            _fail(error)


def find_script(path: str, arguments: Sequence[str]) -> Program:
    """The program in a file, or in the ``__main__.py`` of a directory or zip file, as ``python`` runs it."""
    sys.argv = [path, *arguments]
    finder: Any = pkgutil.get_importer(path)
    if os.path.isdir(path) or type(finder).__name__ == "zipimporter":
        spec = finder.find_spec("__main__")
        if spec is None:
            raise NoProgramError(f"can't find '__main__' module in {path!r}")
        _search_first(path)
        return _of_spec(spec)
    absolute = os.path.abspath(path)
    try:
        with io.open_code(absolute) as stream:
            source = stream.read()
    except OSError as error:
        raise NoProgramError(f"can't open file {path!r}: {error.strerror or error}") from None
    _search_first(os.path.dirname(os.path.realpath(path)))
    names = {"__file__": absolute, "__loader__": SourceFileLoader("__main__", absolute), "__cached__": None}
    return Program(_main(names), lambda: compile(source, absolute, "exec", dont_inherit=True))


def find_module(name: str, arguments: Sequence[str]) -> Program:
    """The program in a module, or in the ``__main__`` of a package, as ``python -m`` runs it."""
    sys.argv = ["-m", *arguments]
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            name += ".__main__"
            spec = importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if not error.name or not f"{name}.".startswith(f"{error.name}."):
            _fail(error)
        spec = None
    except BaseException as error:
        _fail(error)
    if spec is None or not hasattr(spec.loader, "get_code"):
        raise NoProgramError(f"no module named {name}")
    sys.argv[0] = spec.origin or name
    return _of_spec(spec)


def _of_spec(spec: ModuleSpec) -> Program:
    loader: Any = spec.loader
    names = {"__file__": spec.origin, "__loader__": loader, "__cached__": spec.cached, "__package__": spec.parent}
    return Program(_main({**names, "__spec__": spec}), lambda: loader.get_code(spec.name))


def _main(names: dict[str, object]) -> types.ModuleType:
    main = types.ModuleType("__main__")
    vars(main).update({"__builtins__": sys.modules["builtins"], "__annotations__": {}, **names})
    return main


def _search_first(directory: str) -> None:
    """Let imports look in a directory first, where ``python -m`` made them look in the current one."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = directory


def _fail(error: BaseException) -> NoReturn:
    """Report an exception of the program, without the frames of putfix, and end as Python does."""
    _strip(error, set())
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, KeyboardInterrupt):
        _ending.is_interrupted = True
    raise SystemExit(1)


class _Ending:
    """The very end of the process: what was registered first is called last."""

    is_interrupted = False

    def __init__(self) -> None:
        atexit.register(self)

    def __call__(self) -> None:
        """Die of the interrupt, as Python does, so that a shell stops its loop."""
        if self.is_interrupted:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)


_ending = _Ending()


def _strip(error: BaseException | None, seen: set[int]) -> None:
    """Take the frames of putfix out of the traceback of an exception, and of those that led to it."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.__traceback__ = _without_putfix(error.__traceback__)
    _strip(error.__cause__, seen)
    _strip(error.__context__, seen)
    for part in getattr(error, "exceptions", ()):
        _strip(part, seen)


def _without_putfix(traceback: types.TracebackType | None) -> types.TracebackType | None:
    kept: list[types.TracebackType] = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(_HERE):
            kept.append(traceback)
        traceback = traceback.tb_next
    following = None
    for entry in reversed(kept):
        entry.tb_next = following
        following = entry
    return following
