"""How the time of an analysis grows: each of several kinds of program, once as it is, and once ten times as large.

    python benchmarks/growth.py

A program is large by its length, by how deep things are inside of each other, by its number of calls, of names or of
classes, and a project by its number of files. For each kind the table has the processor time of one analysis at both
sizes in milliseconds, and how many times more the larger one takes; for a project also the peak
memory of a process that goes through it. What grows with the square of its size shows a factor of about 100.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from putfix.fix import fix_source
from putfix.garbage import rare_collection

_TIMES = 10
"""How many times larger the larger of two programs is."""
_HEAD = """import numpy as np
import ray


@ray.remote
def work(table, number=0, more=None):
    return table.sum() + number


"""
_TABLE = "    table = np.zeros((1000, 1000))"
_PROCESS = """
import resource, sys, time
from pathlib import Path
from putfix.files.configuration import Configurations
from putfix.run import check
for _ in check([Path(sys.argv[1])], Configurations()):
    pass
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
"""What goes through a project and prints its processor time, and its peak memory in kilobytes."""


def _statements(number: int) -> str:
    """One function of many statements, with a remote call in each tenth."""
    lines = ["def main():", _TABLE]
    for index in range(number):
        lines.append(f"    value_{index} = {index} + len(str(table.shape))")
        if index % 10 == 0:
            lines.append(f"    ray.get([work.remote(table, value_{index}) for _ in range(9)])")
    return "\n".join(lines)


def _functions(number: int) -> str:
    """Many functions, each with a loop of remote calls, and ten that call each other each."""
    parts: list[str] = []
    for index in range(number):
        given = f"step_{index - 1}(table)" if index % 10 else "table"
        parts.append(
            f"def step_{index}(table):\n    table = {given}\n    for each in range(5):\n"
            f"        ray.get(work.remote(table, each))\n    return table\n"
        )
    return "\n\n".join([*parts, f"step_{number - 1}(np.zeros((1000, 1000)))"])


def _classes(number: int) -> str:
    """Many classes, each with methods that send an attribute."""
    return "\n\n".join(
        f"class Trainer{index}:\n    def __init__(self):\n        self.table = np.zeros((1000, 1000))\n"
        f"        self.number = {index}\n\n    def run(self):\n        for each in range(self.number):\n"
        f"            self.one(each)\n\n    def one(self, each):\n"
        f"        return ray.get([work.remote(self.table, each), work.remote(self.table, self.number)])\n"
        for index in range(number)
    )


def _calls(number: int) -> str:
    """Many remote calls of one value, one after the other."""
    calls = [f"    work.remote(table, {index})" for index in range(number)]
    return "\n".join(["def main():", _TABLE, *calls])


def _values(number: int) -> str:
    """Many values, each sent in a loop of its own."""
    loops = [
        f"    table_{index} = np.zeros((1000, 1000))\n"
        f"    for each in range(5):\n        work.remote(table_{index}, each)"
        for index in range(number)
    ]
    return "\n".join(["def main():", *loops])


def _names(number: int) -> str:
    """Many names of one value, each from the one before."""
    names = [f"    table_{index} = table_{index - 1}" for index in range(1, number)]
    ends = [f"    for each in range(5):\n        work.remote(table_{number - 1}, each)"]
    return "\n".join(["def main():", "    table_0 = np.zeros((1000, 1000))", *names, *ends])


def _blocks(depth: int) -> str:
    """Statements in statements, a remote call in each."""
    lines = ["def main(flag):", _TABLE]
    for index in range(depth):
        indent = "    " * (index + 1)
        kind = f"if flag > {index}:" if index % 5 else f"for each_{index} in range(3):"  # Python allows no 21 loops
        lines += [f"{indent}work.remote(table, {index})", f"{indent}{kind}"]
    return "\n".join([*lines, "    " * (depth + 1) + "work.remote(table)"])


def _expressions(depth: int) -> str:
    """Calls in calls."""
    inner = "each"
    for index in range(depth):
        inner = f"max({index}, {inner})"
    return "\n".join(["def main():", _TABLE, f"    return [work.remote(table, {inner}) for each in range(9)]"])


def _comprehensions(depth: int) -> str:
    """Comprehensions in comprehensions."""
    inner = "work.remote(table)"
    for index in range(depth):
        inner = f"[{inner} for each_{index} in range(2)]"
    return f"def main():\n    table = np.zeros((1000, 1000))\n    return {inner}"


def _inner_functions(depth: int) -> str:
    """Functions in functions, each with a remote call in a loop."""
    lines = ["def main():", _TABLE]
    for index in range(depth):
        indent = "    " * (index + 1)
        lines += [
            f"{indent}for each in range(3):",
            f"{indent}    work.remote(table, each)",
            f"{indent}def inner_{index}():",
        ]
    return "\n".join([*lines, "    " * (depth + 1) + "return work.remote(table)"])


def _one_loop(number: int) -> str:
    """Many values, all sent in one loop."""
    values = [f"    table_{index} = np.zeros((1000, 1000))" for index in range(number)]
    calls = [f"        work.remote(table_{index}, each)" for index in range(number)]
    return "\n".join(["def main():", *values, "    for each in range(5):", *calls])


def _attributes(number: int) -> str:
    """Many attributes of one object, all sent in one loop."""
    values = [f"        self.table_{index} = np.zeros((1000, 1000))" for index in range(number)]
    calls = [f"            work.remote(self.table_{index}, each)" for index in range(number)]
    loop = ["", "    def run(self):", "        for each in range(5):", *calls]
    return "\n".join(["class Trainer:", "    def __init__(self):", *values, *loop])


def _globals(number: int) -> str:
    """Many values of the module, each sent by a function of its own."""
    values = [f"TABLE_{index} = np.zeros((1000, 1000))" for index in range(number)]
    functions = [
        f"\n\ndef send_{index}():\n    for each in range(5):\n        work.remote(TABLE_{index}, each)\n"
        for index in range(number)
    ]
    return "\n".join([*values, *functions])


def _references(number: int) -> str:
    """Many values that come out of references, each sent in a loop of its own, with unknown code between them."""
    blocks = [
        f"    reference_{index} = work.remote(table, {index})\n    table_{index} = ray.get(reference_{index})\n"
        f"    print(index_of(table_{index}))\n"
        f"    for each in range(5):\n        work.remote(table_{index}, each)"
        for index in range(number)
    ]
    return "\n".join(["def main():", _TABLE, *blocks])


def _tests(number: int) -> str:
    """Many tests, each with a task of its own, and starting Ray itself."""
    return "\n\n".join(
        f"def test_{index}():\n    ray.init(num_cpus={index + 1})\n\n    @ray.remote\n    def task(table):\n"
        f"        return table.sum()\n\n    table = np.zeros((1000, 1000))\n"
        f"    assert len(ray.get([task.remote(table) for _ in range(9)])) == 9\n    ray.shutdown()\n"
        for index in range(number)
    )


def _call_chain(number: int) -> str:
    """Functions each of which calls the one before, as deep as that is."""
    steps = [
        f"def step_{index}(table):\n    return {f'step_{index - 1}(table)' if index else 'work.remote(table)'}\n"
        for index in range(number)
    ]
    calls = f"def main():\n{_TABLE}\n    for each in range(5):\n        step_{number - 1}(table)"
    return "\n\n".join([*steps, calls])


def _subclasses(number: int) -> str:
    """Many classes with one base, whose method each of them calls."""
    base = "class Base:\n    def start(self):\n        self.table = np.zeros((1000, 1000))\n"
    heirs = [
        f"class Part{index}(Base):\n    def run(self):\n        self.start()\n        for each in range(5):\n"
        "            work.remote(self.table, each)\n"
        for index in range(number)
    ]
    return "\n\n".join([base, *heirs])


def _comments(number: int) -> str:
    """Many calls, each with a comment that ignores it."""
    return "\n".join(
        ["def main():", _TABLE, *(f"    work.remote(table, {index})  # putfix: ignore" for index in range(number))]
    )


def _guards(number: int) -> str:
    """Many ``try`` and ``with`` statements."""
    blocks = [
        f"    try:\n        with timer({index}):\n            work.remote(table, {index})\n"
        "    except ValueError as error:\n        print(error)\n    finally:\n        done(table)"
        for index in range(number)
    ]
    return "\n".join(["def main():", _TABLE, *blocks])


def _sent(*lines: str) -> str:
    """A function with some lines, whose ``value`` it sends, and a table."""
    return "\n".join(["def main(given):", _TABLE, *lines, "    return [work.remote(table, value) for _ in range(9)]"])


def _sum(number: int) -> str:
    """A long sum of names and texts."""
    return _sent("    value = " + " + ".join(f"str({index})" if index % 2 else "given" for index in range(number)))


def _literal(number: int) -> str:
    """A long dictionary, each item of which is a list."""
    return _sent("    value = {" + ", ".join(f"'key_{index}': [{index}, given]" for index in range(number)) + "}")


def _chain(number: int) -> str:
    """A chain of calls of methods."""
    return _sent("    value = start(given)" + "".join(f".step({index})" for index in range(number)))


def _imports(number: int) -> str:
    """Many imports of modules that are not there."""
    return "\n".join(
        [*(f"from package_{index} import name_{index}" for index in range(number)), _sent("    value = 1")]
    )


_KINDS: tuple[tuple[str, Callable[[int], str], int], ...] = (
    ("length: statements of a function", _statements, 200),
    ("length: functions", _functions, 20),
    ("length: functions that call each other", _call_chain, 20),
    ("length: classes", _classes, 20),
    ("length: classes with one base", _subclasses, 30),
    ("length: tests", _tests, 30),
    ("length: try and with", _guards, 20),
    ("length: imports", _imports, 50),
    ("length: a literal", _literal, 30),
    ("length: comments", _comments, 30),
    ("calls: of one value", _calls, 100),
    ("calls: of a value each", _values, 50),
    ("calls: of a value each, in one loop", _one_loop, 30),
    ("calls: of an attribute each, in one loop", _attributes, 30),
    ("calls: of a value of the module each", _globals, 30),
    ("calls: of what comes out of a reference each", _references, 20),
    ("names of one value", _names, 50),
    ("nesting: blocks", _blocks, 9),
    ("nesting: calls", _expressions, 8),
    ("nesting: sums", _sum, 9),
    ("nesting: calls of methods", _chain, 9),
    ("nesting: comprehensions", _comprehensions, 5),
    ("nesting: functions", _inner_functions, 9),
)
"""What grows, what makes a program of a size, and the smaller size."""


def main() -> int:
    """Measure all kinds, or those that the command line names a part of."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kinds", nargs="*", help="a part of the name of what is to grow")
    options.add_argument("--files", type=int, default=200, help="how many files the smaller project has (%(default)s)")
    given = options.parse_args()
    print("| what grows | size | time (ms) | size | time (ms) | factor | memory (MB) |\n|-|-|-|-|-|-|-|")
    for name, make, size in _KINDS:
        if not given.kinds or any(each in name for each in given.kinds):
            _show(name, size, _best(make(size)), _best(make(size * _TIMES)))
    if not given.kinds or any(each in "files" for each in given.kinds):
        (small, before), (large, after) = _project(given.files), _project(given.files * _TIMES)
        _show("files of a project", given.files, small, large, f"{before:.0f} to {after:.0f}")
    return 0


def _show(name: str, size: int, small: float, large: float, memory: str = "") -> None:
    times = f"{size} | {small * 1000:.0f} | {size * _TIMES} | {large * 1000:.0f} | {large / small:.1f}"
    print(f"| {name} | {times} | {memory} |", flush=True)


def _best(program: str) -> float:
    """The processor time of an analysis in seconds: the shortest of several, where it does not take long."""
    text = f"{_HEAD}{program}\n"
    found: list[float] = []
    while sum(found) < 1 or len(found) < 3:
        gc.collect()  # what the last one left
        start = time.process_time()
        with rare_collection():
            result = fix_source(text)
        found.append(time.process_time() - start)
        if result.problems:
            raise SystemExit(f"not analysed: {result.problems[0].message}")
    return min(found)


def _project(files: int) -> tuple[float, float]:
    """The processor time in seconds, and the peak memory in MB, of a run over a project of so many files, each of which
    imports the one before."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").touch()
        for index in range(files):
            before = f"from module_{index - 1} import table\n" if index else ""
            own = "" if index else "table = np.zeros((1000, 1000))\n"
            sending = "def send():\n    for each in range(5):\n        work.remote(table)\n"
            Path(folder, f"module_{index}.py").write_text(f"{_HEAD}{before}{own}\n{_values(3)}\n\n\n{sending}")
        command = [sys.executable, "-c", _PROCESS, folder]
        seconds, kilobytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(kilobytes) / 1024


if __name__ == "__main__":
    sys.exit(main())
