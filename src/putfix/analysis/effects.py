"""What a call does to the values it can reach, and which values an expression's result may share.

A function that :mod:`putfix.knowledge` does not list may do anything: it changes its arguments, keeps them,
and changes whatever it kept before. The same holds for a method of an object of unknown type.
"""

from __future__ import annotations

import ast

from putfix import knowledge
from putfix.analysis.flow import Change, Effect, Escape, Opaque, Path, RayEffect
from putfix.analysis.scopes import Comprehension, Scope, Scopes
from putfix.analysis.sizes import Sizes

_OUTPUT_KEYWORDS = frozenset(
    "out inplace overwrite_input copy callback key func default default_factory object_hook object_pairs_hook cls "
    "converters date_parser".split()
)
"""Keyword arguments with which a listed function writes into an argument, hands it on, or calls unknown code."""

_RAY_EFFECTS = {
    "ray.init": {"resets": True, "starts": True},
    "ray.shutdown": {"resets": True},
    "ray.is_initialized": {"depends": True},
    "ray.get": {"starts": True},
    "ray.put": {"starts": True},
    "ray.wait": {"starts": True},
    "ray.kill": {"starts": True},
    "ray.cancel": {"starts": True},
    "ray.get_actor": {"starts": True},
}
"""Which functions start Ray by themselves: those wrapped in ``ray/_private/auto_init_hook.py``."""

_NEUTRAL = frozenset({"ray.remote", "ray.method"})


def dotted_path(node: ast.expr, scope: Scope) -> Path | None:
    """The path that ``node`` is, if it is a variable or attributes reached from one."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
    return Path(variable, tuple(reversed(attributes))) if variable is not None else None


def innermost_path(node: ast.expr, scope: Scope) -> Path | None:
    """The path of the object that ``node`` is reached from: ``x.a`` for ``x.a[0].b`` and for ``x.a.f().b``."""
    while True:
        path = dotted_path(node, scope)
        if path is not None:
            return path
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None


def carried(node: ast.expr, scope: Scope, effects: CallEffects) -> list[Path]:
    """The paths whose objects the value of ``node`` may be, hold, or share memory with."""
    path = dotted_path(node, scope)
    if path is not None:
        return [path]
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare):
        return []
    if isinstance(node, ast.Call):
        return effects.carried_by_call(node, scope)
    if isinstance(node, ast.BinOp) and effects.is_array(node, scope):
        return []
    if isinstance(node, ast.Lambda | Comprehension):
        return effects.carried_by_elements(node)
    if isinstance(node, ast.Subscript):
        parts: list[ast.expr] = [node.value]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    else:
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return [path for part in parts for path in carried(part, scope, effects)]


class CallEffects:
    """Decides what the calls of one module do, remote calls apart."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes

    def name(self, node: ast.expr, scope: Scope) -> str | None:
        """The qualified name of what ``node`` calls; None where it is not a call, or not known."""
        return self._sizes.callee(node, scope) if isinstance(node, ast.Call) else None

    def is_array(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is an array, whose arithmetic makes new arrays."""
        return self._sizes.kind(node, scope) == "numpy.ndarray"

    def only_reads(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call neither changes nor keeps anything, apart from the code of lambdas handed to it."""
        name = self._sizes.callee(node, scope)
        row = knowledge.reads(name) if name is not None else None
        lambdas = {keyword.arg for keyword in node.keywords if isinstance(keyword.value, ast.Lambda)}
        words = {keyword.arg for keyword in node.keywords} - lambdas
        fits = row is not None and len(node.args) <= row.at_most and not words & _OUTPUT_KEYWORDS
        return fits and not any(self._is_function(argument, scope) for argument in _values(node))

    def runs_lambdas(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call is over when the lambdas and generators handed to it have run."""
        return self.only_reads(node, scope) or self._known_method(node, self.name(node, scope) or "", scope) is not None

    def _is_function(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is a function of this file, which whoever gets it may call."""
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        return variable is not None and any(
            binding.kind == "function" or isinstance(binding.value, ast.Lambda) for binding in variable.bindings
        )

    def of(self, node: ast.Call, scope: Scope) -> tuple[list[Effect], list[tuple[Path, Path]]]:
        """The effects of the call itself, its arguments being evaluated, and the aliases it makes."""
        name = self._sizes.callee(node, scope) or ""
        if self.only_reads(node, scope):
            return self._of_reading(name, node), []
        method = self._known_method(node, name, scope)
        if method == "reads":
            return [], []
        arguments = [path for argument in _values(node) for path in carried(argument, scope, self)]
        receivers = self._receivers(node, scope)
        receiver = innermost_path(node.func.value, scope) if isinstance(node.func, ast.Attribute) else None
        if method is not None and receiver is not None:
            return [Change(node, receiver, grows=method == "changes")], [(receiver, path) for path in arguments]
        return [*[Escape(node, path) for path in [*arguments, *receivers]], Opaque(node)], []

    def _receivers(self, node: ast.Call, scope: Scope) -> list[Path]:
        """What the callee itself gives the call access to: ``x`` in ``x.f()``, and in ``f()`` after ``f = x.fill``."""
        if self._is_module(node.func, scope):
            return []
        return carried(node.func.value if isinstance(node.func, ast.Attribute) else node.func, scope, self)

    def carried_by_call(self, node: ast.Call, scope: Scope) -> list[Path]:
        """What the result of a call may share with its arguments and its receiver."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return []
        name = self._sizes.callee(node, scope) or ""
        row = knowledge.reads(name)
        method = self._known_method(node, name, scope)
        arguments = [path for argument in _values(node) for path in carried(argument, scope, self)]
        if self.only_reads(node, scope):
            return arguments if row is not None and row.result == "view" else []
        if method == "reads" and not self._is_view(name):
            return []
        return [*arguments, *self._receivers(node, scope)]

    def carried_by_elements(self, node: ast.Lambda | Comprehension) -> list[Path]:
        """What the elements of a comprehension, or the result of a lambda, may share."""
        scope = self._scopes.of[node]
        if isinstance(node, ast.DictComp):
            return [*carried(node.key, scope, self), *carried(node.value, scope, self)]
        return carried(node.body if isinstance(node, ast.Lambda) else node.elt, scope, self)

    def _of_reading(self, name: str, node: ast.Call) -> list[Effect]:
        if name in _RAY_EFFECTS:
            return [RayEffect(node, **_RAY_EFFECTS[name])]
        # Ray draws from the random module when it starts, and most of its own functions need it to run.
        if name.startswith("random.") or (name.startswith("ray.") and name not in _NEUTRAL):
            return [RayEffect(node, depends=True)]
        return []

    def _known_method(self, node: ast.Call, name: str, scope: Scope) -> str | None:
        """``reads``, ``changes`` or ``shrinks`` for a method of a known type that is listed."""
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        if row is None or not isinstance(node.func, ast.Attribute):
            return None
        if {keyword.arg for keyword in node.keywords} & _OUTPUT_KEYWORDS:
            return None
        if any(self._is_function(argument, scope) for argument in _values(node)):
            return None
        if method in row.with_output and len(node.args) > 1:
            return None
        if method in row.reads or method in row.views:
            return "reads"
        return "changes" if method in row.changes else "shrinks" if method in row.shrinks else None

    def _is_view(self, name: str) -> bool:
        """Whether the result of the method may share memory with its object."""
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        return row is not None and method in row.views

    def _is_module(self, node: ast.expr, scope: Scope) -> bool:
        """Whether the callee is reached from an import: there is no object to change."""
        return self._scopes.qualified(node, scope) is not None


def _values(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]
