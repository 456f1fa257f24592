"""What would be better than a put: one function an advice.

As with the reasons in :mod:`putfix.analysis.decisions.obstacles`, the code is the name of the function with dashes, and
the docstring is what ``putfix --explain`` prints.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable

from putfix.model import Advice

IS_NONE = "{} is None"
"""What a function asks that compares a parameter with None."""


def never_used(function: str, node: ast.arg, place: str = "") -> Advice:
    """The remote function takes the value and does nothing with it. A put copies it once, which is once too often.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def square(table, column):  # the cause
            return column * column

        table = np.zeros((1000, 1000))
        squares = ray.get([square.remote(table, i) for i in range(10)])

    What you can do:
        Take the parameter out of the function, and the argument out of its calls: square.remote(i). Where the function
        must be called like others, give it a default, table=None, and leave the argument out.
    """
    sentence = f"{_taken(function, node, place)} and never uses it: leave it out instead"
    return Advice("never-used", node.lineno, sentence, place)


def only_measured(function: str, node: ast.arg, asked: Iterable[str], value: str, place: str = "") -> Advice:
    """The remote function only asks how large the value is, or of what type its elements are, or whether it is None.
    The program knows that itself, and it is much smaller than the value.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def share(table, rows):  # the cause
            return rows / len(table)

        table = np.zeros((1000, 1000))
        shares = ray.get([share.remote(table, i) for i in range(10)])

    What you can do:
        Let the function take what it asks for, def share(number, rows), and pass that: share.remote(len(table), i).
    """
    texts = [*asked]
    wanted = " and ".join(filter(None, [_measured(texts, node.arg), _compared(texts, node.arg)]))
    passed = texts[0].format(value) if len(texts) == 1 else "those"
    sentence = f"{_taken(function, node, place)} and only asks {wanted}: pass {passed} instead"
    return Advice("only-measured", node.lineno, sentence, place)


ADVICE: dict[str, Callable[..., Advice]] = {"never-used": never_used, "only-measured": only_measured}
"""The functions that give advice, by their codes."""


def _taken(function: str, node: ast.arg, place: str) -> str:
    file = f" of {os.path.basename(place)}" if place else ""
    return f"{function} takes {node.arg} on line {node.lineno}{file}"


def _measured(texts: list[str], name: str) -> str:
    found = [text.format(name) for text in texts if text != IS_NONE]
    return f"for {_joined(found)}" if found else ""


def _compared(texts: list[str], name: str) -> str:
    return f"whether {IS_NONE.format(name)}" if IS_NONE in texts else ""


def _joined(texts: list[str]) -> str:
    *others, last = texts
    return f"{', '.join(others)} and {last}" if others else last
