"""Whole programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from generator.choices import Choices, chance, pick
from generator.definitions import definitions_for, words
from generator.forwarders import through_functions
from generator.places import PLACES
from generator.plan import Plan

REPORT = """\
print(log)
for future in futures:
    try:
        print(ray.get(future))
    except Exception as error:
        print(type(error).__name__)
"""
THROUGH_FUNCTIONS = 40
SPELLINGS = (
    "import ray",
    "import ray",
    "import ray as r",
    "from ray import get, init, is_initialized, put, remote, shutdown",
    "from ray import get, remote",
)


@dataclass(frozen=True)
class Program:
    """The text of a program, and whether it does the same on a cluster as in the simulator."""

    source: str
    on_cluster: bool


def program(choices: Choices) -> Program:
    """A program that ends, always does the same, and sends large values to remote callables."""
    about_ray = chance(choices, 12)
    plan = Plan(choices, about_ray=about_ray, starts=not about_ray or chance(choices, 30))
    return finished(plan, pick(choices, PLACES), pick(choices, SPELLINGS), through=THROUGH_FUNCTIONS)


def finished(
    plan: Plan, place: Callable[[Plan], list[str]], spelling: str = SPELLINGS[0], *, through: int = 0
) -> Program:
    """The program of a plan, with the definitions that it needs; ``through`` is how many of a hundred send through
    functions."""
    text = "\n".join([*place(plan), REPORT])
    if through and chance(plan.choices, through):
        text = through_functions(plan.choices, text, plan.own, about_ray=plan.about_ray)
    warm = "ray.get(total.remote(np.zeros(3)))"
    first = [warm] if plan.starts else []
    text = "\n".join([*first, text])
    if plan.about_ray:
        text += "total.remote(np.zeros(3))\nprint(ray.cluster_resources())\n" if "is_initialized" not in text else ""
    source = "\n".join(["import ray", *definitions_for(text, plan.own), text])
    if "np.random" in source:
        source = source.replace("import numpy as np\n", "import numpy as np\n\nnp.random.seed(0)\n", 1)
    local = plan.local or plan.about_ray or "elsewhere" in source or "cluster_resources" in source
    return Program(spelled(source, spelling), on_cluster=not local)


def spelled(source: str, spelling: str) -> str:
    """The program with another way to say ``ray``."""
    if " as r" in spelling:
        source = re.sub(r"\bray\.", "r.", source)
    elif spelling.startswith("from"):
        for name in words(spelling):
            source = re.sub(rf"\bray\.{name}\b", name, source)
        spelling = f"import ray\n{spelling}" if re.search(r"\bray\.", source) else spelling
    return source.replace("import ray\n", f"{spelling}\n", 1)
