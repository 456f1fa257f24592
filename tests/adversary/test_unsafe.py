"""Unsafe fixes under the simulator: where their assumptions hold, a program does the same as before."""

from __future__ import annotations

import pytest
from simulator import simulate

from putfix import Settings, fix_source

UNSAFE = Settings(unsafe_fixes=True)
HEAD = """
import ray
import elsewhere

@ray.remote
def total(weights, i=0):
    return sum(weights) + i

@ray.remote
class Actor:
    def load(self, weights):
        return sum(weights)

"""
SEND = """
def send(weights, actors):
    jobs = [total.remote(weights, i) for i in range(3)]
    jobs += [actor.load.remote(weights) for actor in actors]
    return ray.get(jobs)

"""
PROGRAMS = {
    "a value": SEND + "print(send([1, 2], [Actor.remote(), Actor.remote()]))",
    "a reference": SEND.replace("send(", "_send(") + "send = _send\nprint(send(ray.put([1, 2]), [Actor.remote()]))",
    "a result that is on its way": SEND.replace("def send", "def _send")
    + "send = _send\n@ray.remote\ndef make():\n    return [3, 4]\nprint(send(make.remote(), [Actor.remote()]))",
    "nothing to send to": SEND + "print(send([1, 2], []))",
    "an attribute": (
        "class Trainer:\n    def __init__(self, weights):\n        self.weights = weights\n"
        "    def run(self):\n        return ray.get([total.remote(self.weights, i) for i in range(4)])\n"
        "make = Trainer\nprint(make([1, 2]).run(), make(ray.put([5])).run())"
    ),
    "unknown code in between": (
        "def send(weights):\n    jobs = []\n    elsewhere.ready()\n    for i in range(3):\n        elsewhere.ready()\n"
        "        jobs.append(total.remote(weights, i))\n    return ray.get(jobs)\n"
        "print(send([1, 2]), send([3]))"
    ),
    "a local twin": (
        "def plain(weights, i):\n    return sum(weights) - i\n"
        "def send(weights, parallel):\n    task = total if parallel else plain\n    jobs = []\n    for i in range(3):\n"
        "        if parallel:\n            jobs.append(task.remote(weights, i))\n"
        "        else:\n            jobs.append(task(weights, i))\n    return ray.get(jobs) if parallel else jobs\n"
        "print(send([1, 2], True), send([1, 2], False))"
    ),
    "what is spread": (
        "def send(tensors, named_kwargs, batch_kwargs):\n    jobs = []\n    for i in range(3):\n"
        "        jobs += [spread.remote(*tensors), spread.remote(**batch_kwargs)]\n"
        "        jobs.append(spread.remote(*tensors, **named_kwargs))\n"
        "    return ray.get(jobs)\n@ray.remote\ndef spread(a=0, b=0, c=0):\n    return [a, b, c]\n"
        "print(send([[1], [2]], {'c': 3}, {'a': [1], 'b': ray.put([5])}), send((ray.put([1]), 4), {}, {}))"
    ),
    "calls under a condition": (
        "class Search:\n    def __init__(self, data, parallel):\n        self.data, self.parallel = data, parallel\n"
        "    def run(self, task):\n        jobs = {}\n        elsewhere.ready()\n        for i in range(3):\n"
        "            if self.parallel:\n                jobs[i] = task.remote(self.data, i)\n"
        "            else:\n                jobs[i] = task(self.data, i)\n"
        "        return ray.get(list(jobs.values())) if self.parallel else list(jobs.values())\n"
        "make = Search\nprint(make([1, 2], False).run(lambda weights, i: weights[i % 2]))\n"
        "print(make([1, 2], True).run(total), make(ray.put([1, 2]), True).run(total))"
    ),
    "another attribute that is filled": (
        "class Trainer:\n    def __init__(self, weights):\n        self.weights, self.jobs = weights, None\n"
        "    def run(self):\n        self.jobs = {}\n        for i in range(3):\n"
        "            self.jobs[i] = total.remote(self.weights, i)\n        return ray.get(list(self.jobs.values()))\n"
        "make = Trainer\nprint(make([1, 2]).run())"
    ),
}
LEFT_ALONE = {
    "a reference that the file shows": SEND + "print(send(ray.put([1, 2]), []))",
    "a helper that fills it": (
        "def send(weights):\n    jobs = []\n    for i in range(3):\n        elsewhere.change(weights)\n"
        "        jobs.append(total.remote(weights, i))\n    return ray.get(jobs)\nprint(send([1, 2]))"
    ),
    "what a visible function changes": (
        "def step(weights):\n    weights[0] += 1\ndef send(weights):\n    jobs = []\n    for i in range(3):\n"
        "        step(weights)\n        jobs.append(total.remote(weights, i))\n    return ray.get(jobs)\n"
        "print(send([1, 2]))"
    ),
    "what a method of its object changes": (
        "class Trainer:\n    def __init__(self, weights):\n        self.weights = weights\n"
        "    def step(self):\n        self.weights[0] += 1\n    def run(self):\n        jobs = []\n"
        "        for i in range(3):\n            self.step()\n            jobs.append(total.remote(self.weights, i))\n"
        "        return ray.get(jobs)\nprint(Trainer([1, 2]).run())"
    ),
    "what was made of it": (
        "class Optimizer:\n    def __init__(self, weights):\n        self.held = weights\n"
        "    def step(self):\n        self.held[0] += 1\nmade = Optimizer\n"
        "def send(weights):\n    optimizer, jobs = made(weights), []\n    for i in range(3):\n"
        "        optimizer.step()\n        jobs.append(total.remote(weights, i))\n    return ray.get(jobs)\n"
        "print(send([1, 2]))"
    ),
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_does_the_same(case: str) -> None:
    source = HEAD + PROGRAMS[case]
    result = fix_source(source, settings=UNSAFE)
    assert result.problems == ()
    assert result.changed
    before, after = simulate(source), simulate(result.new_source)
    assert before.ended == after.ended == ""
    assert before == after
    assert not fix_source(result.new_source, settings=UNSAFE).changed


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_may_not_be_assumed_is_left_alone(case: str) -> None:
    source = HEAD + LEFT_ALONE[case]
    result = fix_source(source, settings=UNSAFE)
    assert result.problems == ()
    assert not result.changed
    assert simulate(source).ended == ""
