"""What a first run over a whole project costs, without a cache: against other tools that read the same files.

    python benchmarks/whole_run.py DIRECTORY [--ast-grep COMMAND] [--ruff COMMAND] [--codemod-files NUMBER]

Its peers are ``ast-grep scan`` with a rule for calls of ``.remote`` inside of loops, which is what a search without
knowledge of values can do; ``ruff check --select F401`` without its cache; :func:`ast.parse` of those files that have
remote calls; and a LibCST codemod that asks for the scopes of the same files and changes nothing. A command that is not
there is left out. Each runs in a process of its own, putfix once with the processes that it chooses and once with one,
in several rounds of which the fastest counts; the codemod takes so long that it runs once, and over some of the files,
evenly spread, whose time is then multiplied by the bytes of all over theirs: its row says so. The table has the seconds
that passed, the processor time (user and system, of all its processes), the ratio of this to that of ast-grep (or of
``ast.parse``, where there is none), and the peak memory of the largest process.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from putfix.files.discovery import discover
from putfix.marks import MARKS

_RULE = """\
id: remote-in-loop
language: python
severity: info
message: a remote call inside of a loop
rule:
  pattern: $CALLEE.remote($$$ARGUMENTS)
  any:
    - inside: {kind: for_statement, stopBy: end}
    - inside: {kind: while_statement, stopBy: end}
    - inside: {kind: list_comprehension, stopBy: end}
    - inside: {kind: generator_expression, stopBy: end}
"""
_PARSE = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in sys.stdin.read().splitlines():
    try:
        ast.parse(open(path, "rb").read())
    except (SyntaxError, ValueError):
        pass
"""
_CODEMOD = """
import sys
import libcst
from libcst.metadata import MetadataWrapper, ScopeProvider

class Names(libcst.CSTTransformer):
    METADATA_DEPENDENCIES = (ScopeProvider,)

    def leave_Name(self, original_node, updated_node):
        scope = self.get_metadata(ScopeProvider, original_node, None)
        if scope is not None:
            scope[original_node.value]
        return updated_node

for path in sys.stdin.read().splitlines():
    try:
        module = libcst.parse_module(open(path, "rb").read())
    except libcst.ParserSyntaxError:
        continue
    MetadataWrapper(module).visit(Names())
"""
"""The peers that are programs of ours; they read the paths of the files from standard input."""
_PUTFIX = [sys.executable, "-c", "import sys; from putfix.__main__ import main; sys.exit(main())"]


@dataclass(frozen=True)
class _Cost:
    """What a command took: seconds that passed, seconds of processors, and MB of memory."""

    passed: float
    used: float
    memory: float


def main() -> int:
    """Measure the directory that the command line names."""
    given = _options()
    files = [each for each in discover([given.directory]) if isinstance(each, Path) and each.suffix == ".py"]
    marked = [each for each in files if _has_remote_calls(each)]
    size, size_marked = (sum(each.stat().st_size for each in some) / 1e6 for some in (files, marked))
    print(f"{len(files)} files, {size:.1f} MB; {len(marked)} of them with remote calls, {size_marked:.1f} MB\n")
    costs: dict[str, _Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        rule = Path(folder, "rule.yml")
        rule.write_text(_RULE)
        names = "\n".join(map(str, marked))
        putfix = [*_PUTFIX, "--diff", "--quiet", "--no-cache", *given.option, str(given.directory)]
        commands = {
            "putfix --diff": (putfix, ""),
            "putfix --diff -j 1": ([*putfix, "-j", "1"], ""),
            "ast-grep scan": _peer(given.ast_grep, "scan", "--rule", str(rule), "--json=stream", str(given.directory)),
            "ruff check --select F401": _peer(
                given.ruff, "check", "--isolated", "--no-cache", "--quiet", "--select", "F401", str(given.directory)
            ),
            "ast.parse": ([sys.executable, "-c", _PARSE], names),
        }
        for _ in range(given.rounds):
            for name, command in commands.items():
                if command is not None:
                    cost = _cost(*command)
                    costs[name] = min(costs.get(name, cost), cost, key=lambda each: each.used)
    if given.codemod_files:
        name, cost = _codemod(marked, given.codemod_files)
        costs[name] = cost
    _show(costs)
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directory", type=Path)
    options.add_argument("--ast-grep", default="ast-grep", metavar="COMMAND", help="its path (%(default)s)")
    options.add_argument("--ruff", default="ruff", metavar="COMMAND", help="its path (%(default)s)")
    options.add_argument("--rounds", type=int, default=3, help="how often each is run (%(default)s)")
    options.add_argument(
        "--codemod-files", type=int, default=20, metavar="NUMBER", help="of how many files (%(default)s)"
    )
    options.add_argument(
        "--option", action="append", default=[], help="an option for putfix, such as --option=--no-cache"
    )
    return options.parse_args()


def _has_remote_calls(path: Path) -> bool:
    data = path.read_bytes()
    return all(mark.encode() in data for mark in MARKS)


def _peer(command: str, *arguments: str) -> tuple[Sequence[str], str] | None:
    """A command with its arguments; None where it is not there."""
    found = shutil.which(command)
    if found is None:
        print(f"left out, there is no {command}")
    return ([found, *arguments], "") if found is not None else None


def _cost(command: Sequence[str], given: str) -> _Cost:
    """Run a command, with what it is ``given`` on standard input."""
    with tempfile.TemporaryFile() as stream:
        stream.write(given.encode())
        stream.seek(0)
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        passed = time.monotonic() - start
    return _Cost(passed, used.ru_utime + used.ru_stime, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def _codemod(files: Sequence[Path], number: int) -> tuple[str, _Cost]:
    """The cost of the codemod over all files, from that over so many."""
    some = files[:: max(len(files) // number, 1)]
    whole, part = (sum(each.stat().st_size for each in group) for group in (files, some))
    cost = _cost([sys.executable, "-c", _CODEMOD], "\n".join(map(str, some)))
    times = whole / part
    name = "LibCST codemod" if len(some) == len(files) else f"LibCST codemod ({len(some)} files, x {times:.1f})"
    return name, replace(cost, passed=cost.passed * times, used=cost.used * times)


def _show(costs: dict[str, _Cost]) -> None:
    peer = "ast-grep scan" if "ast-grep scan" in costs else "ast.parse"
    print(f"| command | seconds | processor time | x {peer} | MB |\n|-|-|-|-|-|")
    for name, cost in costs.items():
        ratio = cost.used / costs[peer].used
        print(f"| `{name}` | {cost.passed:.2f} | {cost.used:.2f} | {ratio:.2f} | {cost.memory:.0f} |")


if __name__ == "__main__":
    sys.exit(main())
