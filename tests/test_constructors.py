"""Puts in constructors: which assumptions they rest on, and where they are written."""

from __future__ import annotations

import pytest

from putfix import Settings, fix_source
from putfix.model import CallSite, Hoist, Span
from putfix.rewrite import Parsed, difference, rewrite

HEAD = """
import numpy as np
import ray
from mylib import Config, load_cells, show


@ray.remote
def f(x, i=0):
    return i

"""
CLASS = """
class Job:
    def __init__(self{parameters}):
        self.data = {value}
        {then}

    def step(self, i):
        return f.remote(self.data, i)

    def work(self):
        {work}

    def run(self):
        return [self.step(i) for i in range(3)]

"""
LARGE = "np.zeros((300, 300))"
RUNS, SIZE, REFERENCE, OBJECTS = "ray-may-not-run", "size-unknown", "may-be-a-reference", "objects-out-of-view"
UNSAFE = Settings(unsafe_fixes=True)
ASSUMED = {
    "objects that unknown code is given": (
        "",
        LARGE,
        "pass",
        "pass",
        "ray.init()\njob = Job()\nshow(job)\njob.run()",
        {OBJECTS},
    ),
    "a class that other files may use": ("", LARGE, "f.remote(1)", "pass", "", {OBJECTS, RUNS}),
    "a value that somebody else has": (", data: np.ndarray", "data", "f.remote(1)", "pass", "", {OBJECTS, RUNS, SIZE}),
    "a value that may be a reference": (
        "",
        "load_cells()",
        "pass",
        "pass",
        "ray.init()\nJob().run()",
        {OBJECTS, SIZE, REFERENCE},
    ),
}
NEVER = {
    "a class of which nothing says that Ray runs": ("", LARGE, "pass", "pass", ""),
    "Ray that is started later": ("", LARGE, "f.remote(1)", "ray.init()", ""),
    "a value that unknown code is given": ("", LARGE, "pass", "show(self.data)", "ray.init()\nJob().run()"),
    "a value that others get": ("", LARGE, "pass", "return self.data", "ray.init()\nJob().run()"),
    "an object that is sent": ("", LARGE, "pass", "f.remote(self)", "ray.init()\nJob().run()"),
    "a value that is bound again": ("", LARGE, "pass", "self.data = np.ones(3)", "ray.init()\nJob().run()"),
    "a value with a name for something small": ("", "Config()", "pass", "pass", "ray.init()\nJob().run()"),
}


def program(parameters: str, value: str, then: str, work: str, run: str) -> str:
    return HEAD + CLASS.format(parameters=parameters, value=value, then=then, work=work) + run + "\n"


@pytest.mark.parametrize("case", ASSUMED)
def test_assumptions_are_made_where_that_is_asked_for(case: str) -> None:
    *parts, codes = ASSUMED[case]
    source = program(*parts)
    safe = fix_source(source)
    assert not safe.changed
    (left,) = safe.findings
    assert left.may_be_assumed
    assert {obstacle.code for obstacle in left.obstacles} == codes

    result = fix_source(source, settings=UNSAFE)
    (finding,) = result.findings
    assert result.problems == ()
    assert {assumed.code for assumed in finding.assumptions} == codes
    guard = "self.data if isinstance(self.data, ray.ObjectRef) else " if REFERENCE in codes else ""
    assert f"\n        self.data_ref = {guard}ray.put(self.data)\n" in result.new_source
    assert "f.remote(self.data_ref, i)" in result.new_source
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", NEVER)
def test_nothing_else_is_taken_for_granted(case: str) -> None:
    result = fix_source(program(*NEVER[case]), settings=UNSAFE)
    assert not result.changed
    assert result.problems == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "  # large"])
def test_it_stands_below_the_assignment(end: str, last: str) -> None:
    lines = ["class A:", "\tdef f(self): g.remote(self.x)", "\tdef __init__(self):", f"\t\tself.x = (1,{end}2){last}"]
    source = end.join(lines)
    site = CallSite("g.remote", Span(2, 23, 2, 29))
    hoist = Hoist("self.x_ref", "self.x", "ray.put", "", Span(4, 2, 5, 2), (site,), "self.x", constructed=True)
    for ending in ("", f"{end}\tz = 1{end}"):
        new = rewrite(Parsed(source + ending), [hoist])
        assert (
            new
            == f"{source.replace('remote(self.x)', 'remote(self.x_ref)')}{end}\t\tself.x_ref = ray.put(self.x){ending}"
        )
        assert difference(Parsed(source + ending), Parsed(new), [hoist]) is None
        wrong = new.replace("self.x_ref = ray", "other.x_ref = ray")
        assert difference(Parsed(source + ending), Parsed(wrong), [hoist]) == "it has 0 puts instead of 1"


def test_a_name_that_anything_in_the_module_has_is_not_taken() -> None:
    uses = ["job.data_ref = 1", "print('data_ref')", "def data_ref(): pass"]
    for use in uses:
        source = program("", LARGE, "pass", "pass", f"ray.init()\njob = Job()\nprint(job.run())\n{use}")
        assert "self.data_ref_2 = ray.put(self.data)" in fix_source(source).new_source
