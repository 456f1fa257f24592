"""What the user's comments say of sizes: evidence as good as a measurement, and of nothing but the size."""

from __future__ import annotations

import pytest

from putfix import Settings, Strength, fix_source
from putfix.model import Measurement, Result

HEAD = """\
import numpy as np
import ray
from lib import load, touch

f = ray.remote(lambda a, i: i)
"""


def fixed(body: str, settings: Settings | None = None) -> Result:
    result = fix_source(HEAD + body, "job.py", settings or Settings())
    assert result.problems == ()
    return result


def codes(result: Result) -> list[str]:
    return [finding.code for finding in result.findings]


LARGE = {
    "at the call": "def g(a):\n    for i in range(9):\n        f.remote(a, i)  # putfix: large\n",
    "by its name": "def g(a):\n    for i in range(9):\n        f.remote(a, i)  # putfix: large[a] because I know\n",
    "at the argument": "def g(a):\n    for i in range(9):\n        f.remote(\n"
    "            a,  # putfix: large\n            i)\n",
    "at the assignment": "def g():\n    a = load()  # putfix: large\n    for i in range(9):\n        f.remote(a, i)\n",
    "above it": "def g():\n    # putfix: large\n    a = load()\n    for i in range(9):\n        f.remote(a, i)\n",
    "by the assigned name": "a = load()  # putfix: large[a]\nfor i in range(9):\n    f.remote(a, i)\n",
    "at an alias's value": "b = load()  # putfix: large\na = b\nfor i in range(9):\n    f.remote(a, i)\n",
    "outside of the function": "a = load()  # putfix: large\ndef g():\n"
    "    for i in range(9):\n        f.remote(a, i)\n",
    "at the parameter": "def g(a):  # putfix: large\n    for i in range(9):\n        f.remote(a, i)\n",
    "on its line": "def g(\n    a,  # putfix: large\n    n,\n):\n    for i in n:\n        f.remote(a, i)\n",
    "by the parameter's name": "def g(a, n):  # putfix: large[a]\n    for i in n:\n        f.remote(a, i)\n",
    "at an attribute": "class A:\n    def __init__(self):\n        self.a = load()  # putfix: large\n"
    "    def go(self):\n        for i in range(9):\n            f.remote(self.a, i)\n",
    "at a for": "for a in load():  # putfix: large\n    for i in range(9):\n        f.remote(a, i)\n",
    "at one name of a for": "for n, a in load():  # putfix: large[a]\n    for i in range(9):\n        f.remote(a, i)\n",
    "at a with": "def g():\n    with load() as a:  # putfix: large\n        for i in range(9):\n"
    "            f.remote(a, i)\n",
    "at one name of several": "a, n = load()  # putfix: large[a]\nfor i in range(9):\n    f.remote(a, i)\n",
    "at nested names": "def g():\n    (n, (a, *_)) = load()  # putfix: large[a]\n    for i in range(9):\n"
    "        f.remote(a, i)\n",
    "at a condition": "if a := load():  # putfix: large[a]\n    for i in range(9):\n        f.remote(a, i)\n",
    "by its name above the loop": "def g(a):\n    # putfix: large[a]\n    for i in range(9):\n        f.remote(a, i)\n",
    "of an outer function": "def h():\n    a, n = load()  # putfix: large[a]\n    def g():\n"
    "        for i in range(9):\n            f.remote(a, i)\n    g()\n",
    "in another function": "def h(b, i):\n    f.remote(b, i)  # putfix: large[b]\ndef g(a):\n"
    "    for i in range(9):\n        h(a, i)\n",
    "at each of several": "def g(c):\n    if c:\n        a = load(1)  # putfix: large\n    else:\n"
    "        a = load(2)  # putfix: large\n    for i in range(9):\n        f.remote(a, i)\n",
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_what_is_said_to_be_large_is_hoisted(body: str) -> None:
    assert not fixed(body.replace("putfix:", "")).changed, "the case itself"
    result = fixed(body)
    assert codes(result) == ["hoist"]
    assert result.findings[0].evidence.strength is Strength.STATED
    assert result.remarks == ()


NOT_ENOUGH = {
    "changed": "a = load()\nfor i in range(9):\n    a[i] = 1\n    f.remote(a, i)  # putfix: large\n",
    "may-be-changed": "a = load()\nfor i in range(9):\n    touch(a)\n    f.remote(a, i)  # putfix: large\n",
    "may-be-a-reference": "def g(a):\n    for i in range(9):\n"
    "        f.remote(a, i)  # putfix: large\ng(ray.put(load()))\n",
    "contents-unknown": "a = [load(), load()]\nfor i in range(9):\n    f.remote(a, i)  # putfix: large\n",
    "size-unknown at another name": "def g():\n    a, n = load()  # putfix: large[n]\n    for i in range(9):\n"
    "        f.remote(a, i)\n",
    "size-unknown where bound again": "def g(c):\n    a, n = load()  # putfix: large[a]\n    if c:\n"
    "        a, n = load()\n    for i in range(9):\n        f.remote(a, i)\n",
    "nested": "a = load()  # putfix: large\nb = np.ones((500, 500))\nfor i in range(9):\n    f.remote([b, i])\n",
    "size-unknown": "def g(c):\n    a = load(1)  # putfix: large\n    if c:\n        a = load(2)\n"
    "    for i in range(9):\n        f.remote(a, i)\n",
}


@pytest.mark.parametrize(("code", "body"), NOT_ENOUGH.items(), ids=NOT_ENOUGH)
def test_equivalence_is_still_needed(code: str, body: str) -> None:
    result = fixed(body)
    assert not result.changed
    assert code.split(" ")[0] in {each.code for finding in result.findings for each in finding.obstacles}


def test_a_method_may_change_what_an_object_holds() -> None:
    body = "class A:\n    def go(self, a):\n        for i in range(9):\n            self.n = i\n"
    body += "            f.remote(a, i)  # putfix: large\n"
    assert not fixed(body).changed


def test_a_name_is_large_where_that_is_said() -> None:
    body = "for a in load():\n    for i in range(9):\n        f.remote(a, i)\n"
    body += "    for a in load():  # putfix: large[a]\n        f.remote(a)\n        f.remote(a)\n"
    (hoist,) = fixed(body).hoists
    assert [site.argument.line for site in hoist.call_sites] == [10, 11]


def test_without_a_name_what_is_known_to_be_small_stays_small() -> None:
    body = "def g(a):\n    b = np.ones(3)\n    for i in range(9):\n        f.remote(a, b)  # putfix: large{}\n"
    assert [hoist.value for hoist in fixed(body.format("")).hoists] == ["a"]
    assert [hoist.value for hoist in fixed(body.format("[b]")).hoists] == ["b"]
    assert [hoist.value for hoist in fixed(body.format("[a, b]")).hoists] == ["a", "b"]


def test_it_counts_as_larger_than_any_threshold() -> None:
    assert fixed(LARGE["at the call"], Settings(min_size=10**9)).changed


SMALL = {
    "in another function": "a = np.ones((500, 500))\ndef g(b, i):\n    f.remote(b, i)  # putfix: small\n"
    "for i in range(9):\n    g(a, i)\n",
    "at another function's parameter": "a = np.ones((500, 500))\ndef g(b, i):  # putfix: small[b]\n"
    "    f.remote(b, i)\nfor i in range(9):\n    g(a, i)\n",
    "at the loop": "a = np.ones((500, 500))\nfor i in range(9):  # putfix: small[a]\n    f.remote(a, i)\n",
    "at a while": "a = np.ones((500, 500))\nwhile f.remote(a, 1):  # putfix: small\n    pass\n",
    "at the call": "a = np.ones((500, 500))\nfor i in range(9):\n    f.remote(a, i)  # putfix: small\n",
    "at one of the calls": "a = np.ones((500, 500))\nfor i in range(9):\n"
    "    f.remote(a)  # putfix: small\n    f.remote(a, i)\n",
    "at the assignment": "a = np.ones((500, 500))  # putfix: small\nfor i in range(9):\n    f.remote(a, i)\n",
    "at the parameter": "def g(a: np.ndarray):  # putfix: small\n    for i in range(9):\n        f.remote(a, i)\n",
    "against a large one": "a = load()  # putfix: large\nfor i in range(9):\n    f.remote(a, i)  # putfix: small\n",
    "where it is changed": "a = np.ones((500, 500))\nfor i in range(9):\n    a[i] = 0\n"
    "    f.remote(a)  # putfix: small\n",
}


@pytest.mark.parametrize("body", SMALL.values(), ids=SMALL)
def test_what_is_said_to_be_small_is_no_finding(body: str) -> None:
    for settings in (Settings(), Settings(unsafe_fixes=True)):
        result = fixed(body, settings)
        assert (result.findings, result.suppressed, result.remarks) == ((), (), ())
    assert fixed(body.replace("putfix: small", "")).findings


def test_small_outranks_a_run() -> None:
    source = HEAD + "def g(a):\n    for i in range(9):\n        f.remote(a, i)  # putfix: small\n"
    seen = Measurement(8, 8, 0, 9, 0, 0, ("numpy.ndarray",), 8_000_000, 8_000_000, 72_000_000, 8, 0, 64_000_000)
    assert fix_source(source.replace("# putfix: small", ""), "job.py", measured=[seen]).changed
    assert fix_source(source, "job.py", measured=[seen]).findings == ()


def test_a_run_outranks_large() -> None:
    source = HEAD + "def g(a):\n    for i in range(9):\n        f.remote(a, i)  # putfix: large\n"
    seen = Measurement(8, 8, 0, 9, 0, 0, ("numpy.ndarray",), 80, 80, 720, 8, 0, 640)
    assert not fix_source(source, "job.py", measured=[seen]).changed


def test_a_value_that_the_source_does_not_spell_in_one_place_has_no_comment() -> None:
    body = "def g():\n    x = np.ones((500, 500))\n    y = load()  # putfix: large\n"
    body += "    given = [f.remote(x.T, i) for i in range(2)]\n    print(x.shape)\n"
    body += "    return y, given, f.remote(x.T, 2)\n"
    assert [hoist.value for hoist in fixed(body).hoists] == ["x.T"]


@pytest.mark.parametrize("name", ["large", "large[a]", "large[a, b]"])
def test_what_was_hoisted_still_has_its_comment(name: str) -> None:
    body = f"def g(a, b):\n    for i in range(9):\n        f.remote(a, i)  # putfix: {name}\n        f.remote(b)\n"
    result = fixed(body, Settings(unsafe_fixes=True))
    assert "f.remote(a_ref, i)" in result.new_source
    again = fix_source(result.new_source, "job.py")
    assert (again.changed, again.remarks) == (False, ())
