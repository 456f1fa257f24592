"""What is better than a put: the callees that do not need the value, and those of which that cannot be said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from putfix import Advice, Finding, fix_source
from putfix.checking import FileResult
from putfix.files.configuration import Configurations
from putfix.formats import notebooks
from putfix.run import check

HEAD = "import numpy as np\nimport ray\n\ntable = np.zeros((500, 500))\n"
LOOP = "for i in range(3):\n    f.remote(table, i)\n"
MAKING = "workers = [W.remote() for _ in range(3)]\n"
STEPS = "for w in workers:\n    w.step.remote(table)\n"


def advice(source: str) -> list[Advice]:
    """What is advised in a program."""
    result = fix_source(HEAD + source)
    assert result.problems == ()
    assert result.findings
    return [each for finding in result.findings for each in finding.advice]


def task(*body: str, parameters: str = "x, i", decorators: str = "@ray.remote\n") -> str:
    return f"{decorators}def f({parameters}):\n" + "".join(f"    {line}\n" for line in body)


def actor(*methods: str, head: str = "@ray.remote\nclass W:\n") -> str:
    return head + "".join(f"    {line}\n" for method in methods for line in method.split("\n"))


STEP = actor("def step(self, x):\n    return len(x)")


@pytest.mark.parametrize(
    ("body", "parameters", "sentence"),
    [
        (["return i"], "x, i", ""),  # what follows is the same with more in it
        (["print(i)"], "x, i", "f takes x on line 6 and never uses it: leave it out instead"),
        (["del x", "print(i)"], "x, i", "f takes x on line 6 and never uses it: leave it out instead"),
        (["return i + 1"], "x=None, i=0", "f takes x on line 6 and never uses it: leave it out instead"),
        (["return i + 1"], "x, *i, **more", "f takes x on line 6 and never uses it: leave it out instead"),
        (["return len(x)"], "x, i", "f takes x on line 6 and only asks for len(x): pass len(table) instead"),
        (
            ["if x is not None:", "    return lambda: x.shape[0] + x.ndim * x.ndim"],
            *("x, /, i", "f takes x on line 6 and only asks for x.shape and x.ndim and whether x is None: pass those"),
        ),
        (["return x is None"], "x, i", "f takes x on line 6 and only asks whether x is None: pass table is None"),
    ],
)
def test_a_task_that_does_not_need_it(body: list[str], parameters: str, sentence: str) -> None:
    (found,) = advice(task(*body, parameters=parameters) + LOOP)
    assert found.sentence.startswith(sentence)
    assert (found.line, found.place) == (6, "")
    assert found.code == ("only-measured" if "only asks" in sentence else "never-used")


@pytest.mark.parametrize(
    "body",
    [
        *("return x", "return len(x) + x[0]", "return x.sum()", "return x.size()", "return len(x, 1)", "x += 1"),
        *("x = len(x)", "return x == None", "x.shape = 1, 2", "return [x for x in i]", "return lambda x: len(x)"),
        *("return locals()", "return eval('x')", "exec(i)", "return vars()", "import sys; return sys._getframe()"),
        *("pass", "...", "'Nothing.'", "raise NotImplementedError", "len = sum; return len(x)", "return f'{x}'"),
    ],
)
def test_a_task_that_uses_it_or_may(body: str) -> None:
    assert advice(task(body) + LOOP) == []


@pytest.mark.parametrize(
    ("definition", "calls"),
    [
        (task("return i", parameters="*x"), LOOP),
        (task("return i", parameters="i, **x"), "for i in range(3):\n    f.remote(i, x=table)\n"),
        (task("print(i)", parameters="x, i, *y"), "for i in range(3):\n    f.remote(*[i, i], table)\n"),
        (task("print(i)", decorators="@print\n@ray.remote\n"), LOOP),
        (task("print(i)") + "f = print(f)\n", LOOP),
        (task("print(i)") + task("return x[i]"), LOOP),
        (task("print(i)") + "globals()['f'] = print\n", LOOP),
        (task("print(i)") + "if LATER:\n    g = f\nelse:\n    g = ray.remote(len)\n", LOOP.replace("f.", "g.")),
        (task("print(i)"), "def send(f=f):\n    for i in range(3):\n        f.remote(table, i)\n"),
        (task("print(i)") + "@ray.remote\ndef g(x): return x\n", f"{LOOP}    g.remote(table)\n"),
    ],
)
def test_a_task_that_is_not_certain(definition: str, calls: str) -> None:
    assert advice(definition + calls) == []


@pytest.mark.parametrize("made", ["ray.remote(f)", "ray.remote(num_cpus=0)(f)"])
def test_a_task_made_by_a_call(made: str) -> None:
    source = task("print(i)", decorators="") + f"g = {made}\n" + LOOP.replace("f.", "g.options(num_cpus=1).")
    assert [each.code for each in advice(source)] == ["never-used"]


def test_callees_that_agree_are_all_named() -> None:
    other = "@ray.remote\ndef g(y): return len(y)\n"
    found = advice(task("print(i)") + other + f"{LOOP}    g.remote(table)\n    g.remote(y=table)\n")
    assert [(each.code, each.line) for each in found] == [("never-used", 6), ("only-measured", 9)]


@pytest.mark.parametrize(
    "calls",
    [
        MAKING + STEPS,
        MAKING + "ray.get([workers[i].step.remote(table) for i in range(len(workers))])\n",
        "w = W.options(num_cpus=0).remote()\nfor _ in range(3):\n    w.step.options(name='s').remote(x=table)\n",
        "workers = [W.remote(), W.remote()]\n" + STEPS,
    ],
)
def test_a_method_that_does_not_need_it(calls: str) -> None:
    (found,) = advice(STEP + calls)
    assert found.sentence == "step takes x on line 7 and only asks for len(x): pass len(table) instead"


def test_a_method_of_an_actor_on_self() -> None:
    run = "def run(self):\n    return [w.step.remote(table) for w in self.workers]"
    driver = actor("def __init__(self):\n    self.workers = [W.remote() for _ in range(3)]", run, head="class D:\n")
    assert [each.code for each in advice(STEP + driver)] == ["only-measured"]


@pytest.mark.parametrize(
    ("before", "calls"),
    [
        ("", f"{MAKING}workers.append(ray.get_actor('other'))\n{STEPS}"),
        ("", f"{MAKING}workers += [ray.get_actor('other')]\n{STEPS}"),
        ("", f"{MAKING}workers[0] = ray.get_actor('other')\n{STEPS}"),
        ("", f"{MAKING}extend(workers)\n{STEPS}"),
        ("", f"workers = [W.remote(), ray.get_actor('other')]\n{STEPS}"),
        ("", "def run(w=None):\n    if w is None:\n        w = W.remote()\n    [w.step.remote(table) for _ in 'ab']\n"),
        ("@ray.remote\nclass V:\n    def step(self, x): return x\n", f"workers = [V.remote(), W.remote()]\n{STEPS}"),
    ],
)
def test_a_handle_that_may_be_of_another_actor(before: str, calls: str) -> None:
    assert advice(before + STEP + calls) == []


@pytest.mark.parametrize(
    "head",
    [
        "class Base:\n    pass\n@ray.remote\nclass W(Base):\n",
        "from elsewhere import Base\n@ray.remote\nclass W(Base):\n",
        "@print\n@ray.remote\nclass W:\n",
        "@ray.remote\nclass W(metaclass=print):\n",
    ],
)
def test_a_class_that_may_be_more_than_its_body(head: str) -> None:
    assert advice(STEP.replace("@ray.remote\nclass W:\n", head) + MAKING + STEPS) == []


def test_a_class_that_others_may_inherit_from() -> None:
    source = STEP.replace("@ray.remote\n", "").replace("W", "_W") + "W = ray.remote(_W)\n"
    assert advice(source + MAKING + STEPS) == []


def test_a_method_that_is_replaced() -> None:
    assert advice(STEP + MAKING + "W.step = print\n" + STEPS) == []


def test_a_constructor() -> None:
    keeping = actor("def __init__(self, x):\n    self.x = x")
    assert advice(keeping + MAKING.replace("()", "(table)", 1)) == []
    (found,) = advice(keeping.replace("self.x = x", "self.x = len(x)") + MAKING.replace("()", "(table)", 1))
    assert found.sentence == "W takes x on line 7 and only asks for len(x): pass len(table) instead"


def test_through_a_function_that_hands_it_on() -> None:
    both = "def submit(a, b):\n    return f.remote(a, b)\n" + LOOP.replace("f.remote", "submit")
    assert [each.code for each in advice(task("print(i)") + both)] == ["never-used"]
    assert advice(task("return x[i]") + both) == []


def test_what_is_passed_is_what_the_caller_knows() -> None:
    computed = LOOP.replace("(table,", "(table + 1,")
    (found,) = advice(task("return x.shape") + computed)
    assert found.sentence.endswith("pass (table + 1).shape instead")
    (found,) = advice(task("return len(x)") + LOOP.replace("(table,", "(ray.put(table),"))
    assert found.sentence.endswith("pass len(table) instead")


def only_finding(source: str) -> Finding:
    (finding,) = fix_source(source).findings
    return finding


def test_what_is_left_alone_gets_advice_too_unless_it_may_be_a_reference() -> None:
    body = task("return len(x)")
    changed = only_finding(HEAD + body + LOOP.replace(":\n", ":\n    table[i] = i\n"))
    assert [each.code for each in changed.obstacles] == ["changed"]
    assert [each.code for each in changed.advice] == ["only-measured"]
    unknown = only_finding("import ray\n" + body + "def run(table):\n    " + LOOP.replace("\n", "\n    "))
    assert "may-be-a-reference" in [each.code for each in unknown.obstacles]
    assert unknown.advice == ()


def test_a_notebook_names_the_cell() -> None:
    cells = [{"cell_type": "code", "source": text} for text in (HEAD, task("return len(x)"), LOOP)]
    (finding,) = fix_source(json.dumps({"cells": cells}), read=notebooks.read).findings
    (found,) = finding.advice
    assert (found.cell, found.line) == (2, 2)
    assert found.sentence.startswith("f takes x on line 2 of cell 2 and only asks")


def test_another_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tasks.py").write_text("import ray\n\n" + task("return len(x)"), encoding="utf-8")
    cells = [{"cell_type": "code", "source": text} for text in (HEAD, "from tasks import f\n", LOOP)]
    (tmp_path / "a.py").write_text(HEAD + "from tasks import f\n" + LOOP, encoding="utf-8")
    (tmp_path / "b.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    for path in (tmp_path / "a.py", tmp_path / "b.ipynb"):
        (result,) = check([path], Configurations())
        assert isinstance(result, FileResult)
        ((found,),) = [finding.advice for finding in result.findings]
        assert found.sentence == "f takes x on line 4 of tasks.py and only asks for len(x): pass len(table) instead"
        assert (found.line, found.place) == (4, str(tmp_path / "tasks.py"))


def test_through_another_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tasks.py").write_text("import ray\n\n" + task("return len(x)"), encoding="utf-8")
    sending = "import ray\nfrom tasks import f\n\n\ndef submit(data, i):\n    return f.remote(data, i)\n"
    (tmp_path / "sending.py").write_text(sending, encoding="utf-8")
    main = HEAD + "from sending import submit\nfrom tasks import f\n" + LOOP + "    submit(table, i)\n"
    (tmp_path / "main.py").write_text(main, encoding="utf-8")
    (result,) = check([tmp_path / "main.py"], Configurations())
    assert isinstance(result, FileResult)
    ((found,),) = [finding.advice for finding in result.findings]
    assert found.sentence == "f takes x on line 4 of tasks.py and only asks for len(x): pass len(table) instead"
