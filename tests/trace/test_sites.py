"""From a frame to the call in the source: the position that ``ast`` gives, and the activation around it."""

from __future__ import annotations

import ast
import gc
import linecache
import sys
import threading
import weakref
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from putfix.trace.records import text_hash
from putfix.trace.sites import Activation, Place, Sites, activation


class Callee:
    """Something with a ``remote`` that asks where it was called."""

    def __init__(self, root: Path) -> None:
        self.sites = Sites(str(root))
        self.places: list[Place] = []
        self.activations: list[int] = []
        self.kept: list[Activation] = []  # so that no identity is used again

    def options(self, *_: object, **__: object) -> Callee:
        return self

    def remote(self, *_: object, **__: object) -> None:
        frame = sys._getframe(1)
        self.places.append(self.sites.place(frame))
        self.kept.append(activation(frame))
        self.activations.append(id(self.kept[-1]))


def execute(directory: Path, source: str, **names: object) -> Callee:
    path = directory / "job.py"
    path.write_bytes(source.encode())
    linecache.checkcache(str(path))
    callee = Callee(directory)
    exec(compile(path.read_bytes(), str(path), "exec"), {"f": callee, "x": 1, **names})
    return callee


CALLS = {
    "statement": "f.remote(x)",
    "in an expression": "y = [1, f.remote(x)][1:]",
    "two on a line": "f.remote(x); f.remote(x, 1)",
    "options": "y = f.options(num_cpus=1).remote(x)",
    "in brackets over lines": "(f.options(\n    num_cpus=1)\n  .remote(x,\n     k=1)\n )",
    "dot at the end": "(f.\n  remote(x))",
    "continued": "f.\\\nremote(x)",
    "starred over lines": "(f\n .options()\n .remote(*[x],\n  **{}))",
    "arguments over lines": "f.remote(\n    x,\n    f,\n)",
    "nested": "(f.remote(f.remote(x), (\n  f\n  .remote(1))))",
    "after other letters": "y = 'äöü€𝄞', f.remote('ß', x), 'ä'",
    "over lines after other letters": "('ä', f\n , 'é', f\n  .options('ü')\n .remote('ß',\n 'ä', x))",
    "indented with tabs": "if x:\n\tf.remote(x)\n\tif x:\n\t\ty = (f\n\t\t\t.remote(x))",
    "not a method": "g = f.remote\ng(x)\n(g\n)(x,\n1)",
    "in a lambda": "(lambda a: f.remote(a))(x)",
    "in a comprehension": "[f.remote(a) for a in (1,)]",
    "in a generator expression": "list(f\n .remote(a) for a in (1,))",
    "in a formatted string": "y = f'{f.remote(x)}'",
    "in a decorator": "@(lambda g: f.remote(g))\ndef g(): pass",
    "with form feed": "\f\nf.remote(x)",
    "windows line ends": "y = 1\r\nf.remote(\r\n  x)\r\n",
    "a byte-order mark": "\ufefff.remote(x)",
}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="columns are of Python 3.11")
@pytest.mark.parametrize("name", CALLS)
def test_a_place_is_the_call_of_ast(tmp_path: Path, name: str) -> None:
    source = CALLS[name]
    callee = execute(tmp_path, source)
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")

    def characters(line: int, column: int) -> int:
        return len(lines[line - 1].encode()[:column].decode())

    expected = {
        (
            *(node.lineno, characters(node.lineno, node.col_offset)),
            *(node.end_lineno, characters(node.end_lineno or 0, node.end_col_offset or 0)),
        )
        for node in ast.walk(ast.parse(source.removeprefix("\ufeff")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("remote", "g")
    }
    assert {(p.line, p.column, p.end_line, p.end_column) for p in callee.places} == expected
    for place in callee.places:
        assert place.file == "job.py"
        assert place.text == text_hash(lines[place.line - 1 : place.end_line])


def test_without_columns_the_only_call_of_a_line_is_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("putfix.trace.sites._span_of_instruction", lambda frame: None)
    callee = execute(tmp_path, "y = 1, f.remote(\n  x)\nf.remote(1); f.remote(2)\n")
    first, second, third = callee.places
    assert (first.line, first.column, first.end_line, first.end_column) == (1, 7, 2, 4)
    assert (second.line, second.column, second.end_line, second.end_column) == (3, None, 3, None)
    assert (third.line, third.column) == (3, None)


def test_names_of_files(tmp_path: Path) -> None:
    callee = Callee(tmp_path / "root")
    names = {
        str(tmp_path / "root" / "a" / "b.py"): "a/b.py",
        str(tmp_path / "rooted.py"): str(tmp_path / "rooted.py"),
        "relative.py": "relative.py",
        "<string>": "<string>",
        "/tmp/ipykernel_123/456.py": "cell:456",
    }
    for filename in names:
        exec(compile("f.remote(x)", filename, "exec"), {"f": callee, "x": 1})
    assert [place.file for place in callee.places] == list(names.values())
    assert all(place.text == "" and place.line == 1 for place in callee.places)


def test_equal_code_in_two_files_is_two_places(tmp_path: Path) -> None:
    callee = Callee(tmp_path)
    for name in ("a.py", "b.py"):
        exec(compile("f.remote(x)", str(tmp_path / name), "exec"), {"f": callee, "x": 1})
    assert [place.file for place in callee.places] == ["a.py", "b.py"]


def test_a_source_that_does_not_fit_any_more_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text("(((\n")
    callee = Callee(tmp_path)
    exec(compile("\n\n(f\n.remote(x))", str(path), "exec"), {"f": callee, "x": 1})
    assert callee.places[0].text == ""


def test_keywords_that_are_written_and_those_of_a_mapping(tmp_path: Path) -> None:
    (place,) = execute(tmp_path, "f.remote(x, key = 1, **{'other': 2})").places
    assert place.writes("key")
    assert not place.writes("other")
    assert not place.writes("ey")
    assert not place.writes("Ms. (Smith")


def groups(callee: Callee) -> list[int]:
    """The activations of the calls, numbered in the order in which they come."""
    order = list(dict.fromkeys(callee.activations))
    return [order.index(each) for each in callee.activations]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for i in range(3): f.remote(x)", [0, 0, 0]),
        ("def g(): [f.remote(x) for _ in 'ab']\ng(); g()", [0, 0, 1, 1]),
        ("def g():\n  list(f.remote(x) for _ in 'ab'); f.remote(x)\ng(); g()", [0, 0, 0, 1, 1, 1]),
        ("def g(): list(map(lambda a: f.remote(a), 'ab'))\ng(); g()", [0, 0, 1, 1]),
        ("def g():\n  return lambda: [f.remote(a) for a in 'ab']\nh = g(); h(); h()", [0, 0, 1, 1]),
        ("def g():\n  def h(): f.remote(x)\n  h(); h()\ng()", [0, 1]),
        ("def g():\n  for i in 'ab':\n    f.remote(x)\n    yield\nlist(g()); list(g())", [0, 0, 1, 1]),
        ("class A:\n  for i in 'ab': f.remote(x)", [0, 0]),
        ("def g():\n  for i in 'ab':\n    [[f.remote(x) for _ in 'a'] for _ in 'a']\ng()", [0, 0]),
        ("import functools\nh = functools.partial(f.remote, x)\nfor _ in 'ab': h()", [0, 0]),
    ],
)
def test_activations(tmp_path: Path, source: str, expected: list[int]) -> None:
    assert groups(execute(tmp_path, source)) == expected


def test_coroutines_that_take_turns_are_activations(tmp_path: Path) -> None:
    source = """
import asyncio
async def g():
    for i in range(2):
        f.remote(x)
        await asyncio.sleep(0)
async def main(): await asyncio.gather(g(), g())
asyncio.run(main())
"""
    assert groups(execute(tmp_path, source)) == [0, 1, 0, 1]


def test_an_activation_goes_with_its_frame_and_keeps_nothing() -> None:
    class Value:
        pass

    gone: list[weakref.ref[object]] = []

    def function() -> None:
        value = Value()
        gone.append(weakref.ref(value))
        assert activation(sys._getframe()) is activation(sys._getframe())

    gc.disable()
    try:
        function()
        assert gone[0]() is None
    finally:
        gc.enable()


def test_a_frame_of_a_debugger_stays_its_own() -> None:
    def tracer(*_: Any) -> None:
        return None

    def function(frame: FrameType) -> None:
        frame.f_trace = tracer
        assert activation(frame) is not activation(frame)
        assert frame.f_trace is tracer
        del frame.f_trace

    function(sys._getframe())
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        traced = sys._getframe().f_trace, activation(sys._getframe()), sys._getframe().f_trace
    finally:
        sys.settrace(before)
    assert traced[0] is traced[2]


def test_a_program_may_begin_to_trace_itself(tmp_path: Path) -> None:
    source = """
import sys
seen = []
def tracer(frame, event, argument):
    seen.append(event)
    return tracer
def g():
    f.remote(x)
    sys.settrace(tracer)
    y = 1
    h()
    sys.settrace(None)
def h():
    return 1
g()
results.append(seen)
"""
    with_it: list[list[str]] = []
    without: list[list[str]] = []
    before = sys.gettrace()
    execute(tmp_path, source, results=with_it)
    execute(tmp_path, source, results=without, f=SimpleNamespace(remote=lambda x: None))
    sys.settrace(before)
    assert with_it == without


def test_threads_have_their_activations(tmp_path: Path) -> None:
    source = """
def g():
    for i in range(3):
        f.remote(x)
        barrier.wait()
threads = [threading.Thread(target=g) for _ in 'ab']
[t.start() for t in threads]
[t.join() for t in threads]
"""
    callee = execute(tmp_path, source, threading=threading, barrier=threading.Barrier(2))
    assert sorted(groups(callee)) == [0, 0, 0, 1, 1, 1]
