"""The command ``python -m putfix.trace``.

As with ``coverage run``, a trace that is there already is replaced unless ``--append`` is given; and nothing is printed
besides the output of the program, except where it could not be recorded.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from putfix.trace import program
from putfix.trace.records import TraceError, read
from putfix.trace.run import DEFAULT_FILE, Run

_NO_PROGRAM = 2


def main(arguments: Sequence[str]) -> None:
    """Run a program and record its remote calls."""
    parser = argparse.ArgumentParser(
        prog="python -m putfix.trace",
        usage="%(prog)s [-h] [-o FILE] [-a] (SCRIPT | -m MODULE) [ARGS ...]",
        description="Run a program on its own Ray and record what it passes to remote calls, for putfix --trace FILE.",
        epilog="The output and the exit code are those of the program.",
        allow_abbrev=False,
    )
    parser.add_argument("-o", "--output", metavar="FILE", default=DEFAULT_FILE, help="default: %(default)s")
    parser.add_argument("-a", "--append", action="store_true", help="add to the file instead of replacing it")
    parser.add_argument("-m", dest="module", nargs=argparse.REMAINDER, help="run a module, with all that follows")
    parser.add_argument("script", nargs=argparse.REMAINDER, help="the file to run, and its arguments")
    options = parser.parse_args(arguments)
    if not (options.module or options.script):
        parser.error("name a SCRIPT or -m MODULE")
    try:
        if options.module:
            found = program.find_module(options.module[0], options.module[1:])
        else:
            found = program.find_script(options.script[0], options.script[1:])
        _make_way(options.output, append=options.append)
        Run(options.output).start()
    except program.NoProgramError as error:
        _refuse(str(error))
    except TraceError as error:
        _refuse(f"{error}; it is not overwritten")
    except OSError as error:
        _refuse(f"can't write {options.output!r}: {error.strerror or error}")
    found.run()


def _make_way(path: str, *, append: bool) -> None:
    """Empty an old trace, but no other file."""
    if os.path.isfile(path) and os.path.getsize(path):
        read(path)
        if not append:
            os.truncate(path, 0)


def _refuse(reason: str) -> NoReturn:
    print(f"putfix.trace: error: {reason}", file=sys.stderr)  # noqa: T201
    raise SystemExit(_NO_PROGRAM)


if __name__ == "__main__":
    main(sys.argv[1:])
