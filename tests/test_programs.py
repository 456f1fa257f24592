"""Programs made at random, run before and after on real Ray: what they print must not change."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from putfix import fix_source

HEAD = """\
import contextlib

import numpy as np
import ray


@ray.remote
def total(a, i=0):
    return float(a.sum()) + i


def bump(a):
    a[1] += 1


def keep(a):
    KEPT.append(a)


def tick():
    for a in KEPT:
        a[2] += 1


class Holder:
    pass


KEPT = []
log = []


def send(future):
    log.append(ray.get(future))


def run(flag):
    holder = Holder()
    x = np.full((120, 120), 1.0)
    y = np.full((120, 120), 2.0)
    holder.z = np.full((120, 120), 3.0)

    def rebind(value):
        {nonlocal_or_pass}

"""
TAIL = """

ray.get(total.remote(np.zeros(3)))
for flag in (True, False):
    KEPT.clear()
    try:
        run(flag)
    except ValueError as error:
        print("ValueError", error)
print(log)
"""
VALUES = ("x", "y", "holder.z")
SIMPLE = (
    "send(total.remote({v}, {k}))",
    "send(total.remote({v}, {k}))",
    "send(total.remote({v}, i={k}))",
    "log.extend(ray.get([total.remote({v}, i) for i in range({n})]))",
    "log.extend(ray.get([total.remote({v}, i) for i in range({n}) if flag]))",
    "log.extend(ray.get(list(map(lambda i: total.remote({v}, i), range({n})))))",
    "{v} = np.full((120, 120), {k}.0)",
    "{v} = {w}",
    "{v} = {w}[:110]",
    "{v} = {w} + 1",
    "{v}, {w} = {w}, {v}",
    "{v}[0] = {k}",
    "{v} += {k}",
    "{v}.fill({k})",
    "np.add({v}, 1, out={v})",
    "bump({v})",
    "keep({v})",
    "tick()",
    "rebind({k}.0)",
    "held = [{v}]",
    "held = {{'a': {v}}}; bump(held['a'])",
    "later = (total.remote({v}, i) for i in range({n})); log.extend(ray.get(list(later)))",
    "later = lambda: total.remote({v}, {k})",
    "print({v}.shape)",
)
BLOCKS = (
    "for i in range({n}):",
    "for {v} in (np.full((120, 120), 4.0), np.full((120, 120), 5.0)):",
    "while len(log) < 4 * {k}:",
    "if flag:",
    "if {k} > 3:",
    "try:",
    "with contextlib.nullcontext({v}) as {w}:",
    "with contextlib.suppress(ValueError):",
    "match {k}:",
)
LEAVING = ("break", "continue")


def block(choose: random.Random, depth: int, loops: int) -> list[str]:
    """The lines of a suite, without indentation."""
    lines: list[str] = []
    for _ in range(choose.randint(1, 4)):
        lines += statement(choose, depth, loops)
    return lines


def statement(choose: random.Random, depth: int, loops: int) -> list[str]:
    names = {
        "v": choose.choice(VALUES),
        "w": choose.choice(VALUES),
        "k": choose.randint(0, 7),
        "n": choose.randint(0, 3),
    }
    if depth and choose.random() < 0.45:
        head = choose.choice(BLOCKS).format(**names)
        inner = loops + head.startswith(("for", "while"))
        body = block(choose, depth - 1, inner)
        if head.startswith("while"):
            body.insert(0, "log.append(0)")
        if head.startswith("match"):
            body = [f"case {names['k']} if flag:", *indented(body), "case _:", *indented(block(choose, 0, loops))]
        lines = [head, *indented(body)]
        if head.startswith("if") and choose.random() < 0.5:
            lines += ["else:", *indented(block(choose, depth - 1, loops))]
        if head == "try:":
            raised = choose.choice(["", "raise ValueError('x')"])
            lines += indented([raised]) if raised else []
            lines += ["except ValueError:", *indented(block(choose, depth - 1, loops))]
            lines += ["finally:", *indented(block(choose, 0, 0))] if choose.random() < 0.5 else []
        return lines
    if loops and choose.random() < 0.1:
        return ["if flag:", *indented([choose.choice(LEAVING)])]
    return [choose.choice(SIMPLE).format(**names)]


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def program(seed: int) -> str:
    """A program that runs to its end and prints what its remote calls got."""
    choose = random.Random(seed)
    body = indented(block(choose, 3, 0) + block(choose, 2, 0))
    rebinding = choose.choice(["nonlocal x; x = np.full((120, 120), value)", "pass", "pass"])
    return HEAD.format(nonlocal_or_pass=rebinding) + "\n".join(body) + "\n" + TAIL


@pytest.mark.ray
def test_random_programs_print_the_same(execute: Callable[[str], str]) -> None:
    rewritten = 0
    for seed in range(120):
        source = program(seed)
        result = fix_source(source, f"program {seed}")
        assert result.problems == (), seed
        if result.changed and rewritten < 25:
            rewritten += 1
            assert execute(result.new_source) == execute(source), f"program {seed}:\n{result.new_source}"
    assert rewritten == 25
