"""Whether the turns of a loop around a put find the value changed, as far as an expert would tell."""

from __future__ import annotations

import ast

from putfix.analysis.flow.parts import Bind, Effect, Loop, Opaque, Statement
from putfix.analysis.names.nodes import walk
from putfix.analysis.versions.timelines import Send


def is_changed_around(send: Send, place: Statement) -> bool:
    """Whether a loop around ``place`` changes the value in each turn, as it is and not after binding it anew."""
    cause = send.version.cause
    if cause is None or isinstance(cause, Bind):
        return False
    around = send.stack[: send.stack.index(place)] if place in send.stack else ()
    loops = (part for part in around if isinstance(part, Loop) and part.repeats)
    return any(cause.node in walk(loop.node) and _may_change(loop, cause, send) for loop in loops)


def _may_change(loop: Loop, cause: Effect, send: Send) -> bool:
    """Whether an expert would take ``cause`` for a change in each turn of ``loop``: not a call such as
    ``x["a"].unique()`` where no call of the loop, apart from remote ones, is given the value itself."""
    if _binds_anew(loop, send):
        return False
    calls = (node for node in walk(loop.node) if isinstance(node, ast.Call))
    certain = not isinstance(cause, Opaque) or not isinstance(cause.node, ast.Call)
    return certain or any(_is_given_to(call, send) for call in calls)


def _is_given_to(call: ast.Call, send: Send) -> bool:
    """Whether a call is given what is sent, or what has it: ``fill(x)``, ``x.fill()``."""
    method = call.func if isinstance(call.func, ast.Attribute) else None
    if send.sent.path is None or (method is not None and method.attr == "remote"):
        return send.sent.path is None
    given = [*([method.value] if method is not None else []), *call.args, *(keyword.value for keyword in call.keywords)]
    return any(f"{send.sent.path.text}.".startswith(f"{ast.unparse(each)}.") for each in given)


def _binds_anew(loop: Loop, send: Send) -> bool:
    """Whether a statement of the loop itself binds what is sent, in each turn."""
    path = send.sent.path
    parts = (part for statement in loop.parts if isinstance(statement, Statement) for part in statement.parts)
    return any(isinstance(part, Bind) and path is not None and part.path.starts(path) for part in parts)
