"""Why a repeat is not rewritten: one function a reason.

The code of an obstacle is the name of its function with dashes. The docstring says what it means and what the
user can do; the sentence that the function makes is what a run prints.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from putfix.analysis.flow import Bind, Change, Dispatch, Effect, Escape, Opaque, RayEffect, SetAttribute
from putfix.model import Obstacle

_TEXT_LIMIT = 60


def shown(node: ast.AST) -> str:
    """The source of ``node`` on one line, shortened: the head of a compound statement."""
    if isinstance(node, ast.For | ast.AsyncFor):
        text = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = f"{node.name}"
    elif isinstance(node, ast.Module):
        text = "the module"
    else:
        text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 3]}..."


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _obstacle(reason: Callable[..., Obstacle], node: ast.AST, sentence: str) -> Obstacle:
    return Obstacle(reason.__name__.replace("_", "-"), _line(node), sentence)


def size_unknown(value: str, node: ast.AST) -> Obstacle:
    """Nothing in the file says that the value is larger than 100 KB, below which a put makes the call slower."""
    return _obstacle(size_unknown, node, f"the size of {value} is not known")


def contents_unknown(value: str, node: ast.AST) -> Obstacle:
    """The value holds something of unknown type or a reference, whose serialized form may change by itself, or whose
    life the put would prolong."""
    return _obstacle(contents_unknown, node, f"{value} holds something of unknown type on line {_line(node)}")


def changed(value: str, cause: Effect) -> Obstacle:
    """The program changes the value between the calls, or something that may be the same object or share its memory."""
    return _obstacle(changed, cause.node, f"{value} is changed by {shown(cause.node)} on line {_line(cause.node)}")


def may_be_changed(value: str, cause: Effect) -> Obstacle:
    """Code that putfix cannot see had the value between the calls, and may have changed it."""
    line = _line(cause.node)
    if isinstance(cause, Dispatch):
        sentence = f"{value} may be changed by another thread at any time"
    elif isinstance(cause, Opaque):
        sentence = f"{value} may be changed by code that {shown(cause.node)} runs on line {line}"
    else:
        sentence = f"{value} may be changed by {shown(cause.node)} on line {line}"
    return _obstacle(may_be_changed, cause.node, sentence)


def may_be_unbound(value: str, node: ast.AST) -> Obstacle:
    """On some way through the program the name has no value where the put would stand."""
    return _obstacle(may_be_unbound, node, f"{value} may have no value yet on line {_line(node)}")


def no_place(value: str, cause: ast.AST) -> Obstacle:
    """The value becomes what it is in the middle of a statement, and a put can only stand between statements."""
    line = _line(cause)
    return _obstacle(no_place, cause, f"{value} becomes what is sent only inside the statement on line {line}")


def crosses_try(value: str, node: ast.AST) -> Obstacle:
    """The put would have to leave a try or with block, which could see the error if the value can't be serialized."""
    word = "with" if isinstance(node, ast.With | ast.AsyncWith) else "try"
    return _obstacle(crosses_try, node, f"the put of {value} would leave the {word} block on line {_line(node)}")


def runs_later(value: str, node: ast.AST) -> Obstacle:
    """The call stands in a lambda or generator that runs later, when the value may be another one."""
    line = _line(node)
    return _obstacle(runs_later, node, f"{value} may change before the code on line {line} runs")


def ray_may_not_run(value: str, cause: Effect) -> Obstacle:
    """Ray may be started or stopped between the put and the calls, and the put must not come before that."""
    line = _line(cause.node)
    how = "starts or stops" if isinstance(cause, RayEffect) and cause.resets else "may start"
    return _obstacle(
        ray_may_not_run, cause.node, f"{shown(cause.node)} on line {line} {how} Ray after {value} would be put"
    )


def ray_init_later(value: str, cause: ast.AST) -> Obstacle:
    """Ray may not run yet, the calls may never come, and the file initializes Ray: a put could start it too early."""
    line = _line(cause)
    return _obstacle(ray_init_later, cause, f"{shown(cause)} on line {line} may come after the put of {value}")


def ray_not_importable(node: ast.AST) -> Obstacle:
    """There is no name for ray.put at this place: ``ray`` is imported conditionally, later, or means something else."""
    return _obstacle(ray_not_importable, node, f"ray is not certain to be imported on line {_line(node)}")


def actor_options(node: ast.AST) -> Obstacle:
    """The actor may be detached or fetched if it exists: a detached actor can't restart from a reference, and an
    existing one never serializes the arguments."""
    return _obstacle(
        actor_options, node, f"the actor made on line {_line(node)} may be detached or one that already exists"
    )


def writes_through(callee: str, node: ast.AST) -> Obstacle:
    """The remote function makes the argument's memory writable. Tasks that get a reference share that memory."""
    line = _line(node)
    return _obstacle(writes_through, node, f"{callee} may write into shared memory with {shown(node)} on line {line}")


def names_inspected(node: ast.AST) -> Obstacle:
    """The function looks at its own variables by name, and would see the new one."""
    return _obstacle(names_inspected, node, f"{shown(node)} on line {_line(node)} would see the new variable")


def of_cause(value: str, cause: Effect | None, node: ast.AST) -> Obstacle | None:
    """The obstacle that an event inside the repeat is; None for a plain rebinding, which is no repeat."""
    if cause is None:
        return no_place(value, node)
    if isinstance(cause, Bind) and not isinstance(cause.node, ast.Call):
        return None
    if isinstance(cause, Bind | Change | SetAttribute):
        return changed(value, cause)
    if isinstance(cause, Escape | Opaque | Dispatch):
        return may_be_changed(value, cause)
    return no_place(value, node)
