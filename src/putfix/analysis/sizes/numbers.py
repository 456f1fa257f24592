"""Numbers that are no constants of the program, as a likely run has them, and how often loops turn."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.callers import Callers
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable, defaults
from putfix.analysis.sizes.constants import Constant, constant
from putfix.analysis.sizes.following import Following

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes


class Numbers:
    """Reads the numbers of one module; ``sizes`` knows the shapes of arrays."""

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        callers: Callers,
        sizes: Sizes,
        first: Numbers | None = None,
    ) -> None:
        """What is remembered is that of the ``first``, for those of several modules."""
        self._scopes = scopes
        self._attributes = attributes
        self._callers = callers
        self._sizes = sizes
        self._following: Following[Constant] = first._following if first is not None else Following()
        self._given: list[dict[Variable, Constant]] = first._given if first is not None else []
        """The numbers that certainly are given to parameters, in the innermost call that is looked into last."""

    @contextmanager
    def with_values(self, values: Iterable[tuple[Variable, ast.expr, Scope]]) -> Iterator[None]:
        """Read numbers inside with these values of variables, each as an expression and the scope to read it in."""
        numbers = {name: self.number(value, scope) for name, value, scope in values}
        self._given.append({name: each for name, (each, certain) in numbers.items() if certain and each is not None})
        try:
            with self._following.case([(name, each) for name, (each, _) in numbers.items()]):
                yield
        finally:
            self._given.pop()

    def number(self, node: ast.expr, scope: Scope) -> tuple[Constant | None, bool]:
        """The number or shape that ``node`` is, and whether it is that in every run, or whenever the call is made that
        is looked into."""
        found = constant(node, scope, self._of_given)
        return (found, True) if found is not None else (self.likely(node, scope), False)

    def _of_given(self, node: ast.expr, scope: Scope) -> Constant | None:
        variable = scope.variable(node.id) if isinstance(node, ast.Name) and self._given else None
        only = variable.only_binding if variable is not None else None
        return self._given[-1].get(variable) if variable is not None and only is not None else None

    def likely(self, node: ast.expr, scope: Scope) -> Constant | None:
        """The number or shape that ``node`` is when parameters have their defaults, or what the calls in the file
        give; the least where there are several."""
        return constant(node, scope, self._guess)

    def _guess(self, node: ast.expr, scope: Scope) -> Constant | None:
        if scope.module is not self._scopes.module:
            return self._sizes.numbers_of(scope)._guess(node, scope)
        if isinstance(node, ast.Name | ast.Attribute):
            variable = self._scopes.named(node, scope)
            if variable is not None:
                return self._following.follow(variable, lambda: self._of_variable(variable))
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, scope)
        if isinstance(node, ast.Subscript):
            return self._of_item(node, scope)
        return self._of_length(node, scope) if isinstance(node, ast.Call) else None

    def _of_variable(self, variable: Variable) -> Constant | None:
        found: list[Constant | None] = []
        for binding in variable.bindings:
            value = binding.value or binding.part
            if binding.kind == "parameter":
                found.append(self._of_parameter(variable))
            else:
                found.append(self.likely(value, variable.scope) if value is not None else None)
            if found[-1] is None:
                return None
        return _least(found)

    def _of_parameter(self, variable: Variable) -> Constant | None:
        given = self._callers.given(variable) if variable.scope.module is self._scopes.module else None
        if given:
            return _least([self.likely(argument, inner) for argument, inner in given])
        function = variable.scope.node
        default = dict(defaults(function.args)).get(variable.name) if isinstance(function, FunctionNode) else None
        return constant(default, variable.scope.parent or variable.scope) if default is not None else None

    def _of_attribute(self, node: ast.Attribute, scope: Scope) -> Constant | None:
        held = self._attributes.find(node.value, node.attr, scope)
        if held is not None and not held.unclear:
            values = held.values
            return self._following.follow(held, lambda: _least([self.likely(value, inner) for value, inner in values]))
        if node.attr not in ("shape", "size"):
            return None
        estimate = self._sizes.estimate(node.value, scope)
        if estimate is None or estimate.items is None or estimate.shape is None:
            return None
        return tuple(extent or 0 for extent in estimate.shape) if node.attr == "shape" else estimate.items

    def _of_item(self, node: ast.Subscript, scope: Scope) -> Constant | None:
        """``x.shape[0]``."""
        index, whole = constant(node.slice, scope), self.likely(node.value, scope)
        inside = isinstance(whole, tuple) and isinstance(index, int) and -len(whole) <= index < len(whole)
        return whole[index] if inside and isinstance(whole, tuple) and isinstance(index, int) else None

    def _of_length(self, node: ast.Call, scope: Scope) -> Constant | None:
        """``len(x)``."""
        if len(node.args) != 1 or self._scopes.qualified(node.func, scope) != "builtins.len":
            return None
        estimate = self._sizes.estimate(node.args[0], scope)
        return estimate.shape[0] if estimate is not None and estimate.shape else None

    def length(self, node: ast.expr, scope: Scope, *, likely: bool = False) -> int | None:
        """How many elements iterating over ``node`` gives, where that is a constant of the program; or in a ``likely``
        run."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return None if any(isinstance(element, ast.Starred) for element in node.elts) else len(node.elts)
        name = self._sizes.callee(node, scope) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and name == "builtins.range" and not node.keywords:
            bounds = [self.likely(each, scope) if likely else constant(each, scope) for each in node.args]
            numbers = [bound for bound in bounds if isinstance(bound, int)]
            if len(numbers) == len(bounds) and 1 <= len(numbers) <= 3 and 0 not in numbers[2:]:
                return len(range(*numbers))
        if isinstance(node, ast.Call) and name in ("builtins.enumerate", "tqdm.tqdm", "tqdm.auto.tqdm") and node.args:
            return self.length(node.args[0], scope, likely=likely) if likely or name == "builtins.enumerate" else None
        if not likely:
            return None
        estimate = self._sizes.estimate(node, scope)
        return estimate.shape[0] if estimate is not None and estimate.shape else None


def _least(found: list[Constant | None]) -> Constant | None:
    """The least of several numbers; of shapes only where they agree."""
    numbers = [each for each in found if isinstance(each, int | float)]
    if numbers and len(numbers) == len(found):
        return min(numbers)
    return found[0] if found and all(each == found[0] for each in found) else None
