"""Which expressions give the same value whenever they are computed, as long as what they read keeps its version.

``x[:100]``, ``x.T``, ``(x, y)``, ``net.state_dict()`` and calls of functions whose body shows it. Computing such an
expression once instead of every time, and earlier, changes nothing, unless it may raise an exception.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from putfix import knowledge
from putfix.analysis.flow.effects import CallEffects, dotted_path
from putfix.analysis.flow.failures import Failures
from putfix.analysis.flow.parts import Path
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import FunctionNode, Scope, Variable, defaults
from putfix.analysis.sizes.estimates import ARRAY, CODE, NUMBERS, SEQUENCES
from putfix.analysis.sizes.evaluation import Sizes


@dataclass
class Invariant:
    """What an expression reads, and the part of it that may raise an exception."""

    parts: list[Path] = field(default_factory=list)
    may_fail: ast.expr | None = None


class Invariants:
    """Reads the expressions of one module."""

    def __init__(self, scopes: Scopes, attributes: Attributes, sizes: Sizes, effects: CallEffects) -> None:
        self._scopes = scopes
        self._attributes = attributes
        self._sizes = sizes
        self._effects = effects
        self._failures = Failures(scopes, sizes)

    def of(self, node: ast.expr, scope: Scope) -> Invariant | None:
        """What ``node``, read in ``scope``, depends on; None where computing it twice may give two results."""
        found = Invariant()
        if isinstance(node, ast.Attribute) and self._attributes.owner_of_method(node.value, node.attr, scope):
            # A bound method is pickled with its object.
            return found if self._reads(node.value, scope, found) else None
        function = self._function(node, scope)
        if function is not None:
            return self._of_function(function, node, scope)
        if dotted_path(node, scope) is not None:
            return found if self._reads(node, scope, found) else None
        stored = self._reads(node, scope, found) and not any(map(self._is_computed, found.parts))
        found.may_fail = self._failures.first_in(node, scope)
        return found if stored else None

    def _function(self, node: ast.expr, scope: Scope) -> ast.FunctionDef | ast.Lambda | None:
        """The lambda that ``node`` is, or names, or the function inside of another one that it names."""
        if isinstance(node, ast.Lambda):
            return node
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        only = variable.only_binding if variable is not None else None
        if variable is None or only is None or not isinstance(variable.scope.node, FunctionNode):
            return None
        made = only.value if isinstance(only.value, ast.Lambda) else only.node
        return made if isinstance(made, ast.FunctionDef | ast.Lambda) else None

    def _of_function(self, function: ast.FunctionDef | ast.Lambda, node: ast.expr, scope: Scope) -> Invariant | None:
        """A function is pickled with what it reads of the functions around it, and of a module that is run."""
        inner = self._scopes.of[function]
        free = [each for each in self._scopes.free_variables(inner) if not _is_name_of_code(each)]
        others = [each for each in self._scopes.reached_variables(inner) if each not in free]
        plain = all(map(self._sizes.is_constant, others)) and not any(defaults(function.args))
        plain = plain and not any(variable.rebound_inside for variable in free)
        own = [dotted_path(node, scope)] if isinstance(node, ast.Name) else []
        parts = [*(path for path in own if path is not None), *map(Path, free)]
        return Invariant(parts) if plain and free and not getattr(function, "decorator_list", ()) else None

    def _is_computed(self, path: Path) -> bool:
        """Whether an attribute on the way is a property, which may read more than what is seen."""
        return any(name in self._attributes.computed for name in path.attributes)

    def _reads(self, node: ast.expr, scope: Scope, found: Invariant) -> bool:
        """Note what ``node`` reads; whether it is invariant."""
        path = dotted_path(node, scope)
        if path is not None:
            found.parts.append(path)
            return self._sizes.kind(node, scope) not in CODE  # what that reads would have to be read here
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Tuple | ast.List):
            return all(self._reads(element, scope, found) for element in node.elts)
        if isinstance(node, ast.Dict):
            keys = all(isinstance(key, ast.Constant) for key in node.keys)
            return keys and all(self._reads(value, scope, found) for value in node.values)
        if isinstance(node, ast.BinOp):
            return self._reads_numbers([node.left, node.right], scope, found)
        if isinstance(node, ast.Compare):
            return self._reads_numbers([node.left, *node.comparators], scope, found)
        if isinstance(node, ast.UnaryOp):
            return not isinstance(node.op, ast.Not) and self._reads_numbers([node.operand], scope, found)
        if isinstance(node, ast.Subscript):
            return self._reads_item(node, scope, found)
        if isinstance(node, ast.Attribute):
            plain = node.attr == "T" and self._sizes.kind(node.value, scope) == ARRAY
            return plain and self._reads(node.value, scope, found)
        return isinstance(node, ast.Call) and self._reads_call(node, scope, found)

    def _reads_numbers(self, sides: list[ast.expr], scope: Scope, found: Invariant) -> bool:
        """The operands of an operator, where they are numbers and arrays."""
        plain = all(self._sizes.kind(side, scope) in {*NUMBERS, ARRAY} for side in sides)
        return plain and all(self._reads(side, scope, found) for side in sides)

    def _reads_item(self, node: ast.Subscript, scope: Scope, found: Invariant) -> bool:
        kind = self._sizes.kind(node.value, scope)
        row = knowledge.methods(kind or "")
        if kind not in {*SEQUENCES, ARRAY} and (row is None or not row.items_repeatable):
            return False
        return self._reads(node.value, scope, found) and self._reads_index(node.slice, scope, found)

    def _reads_index(self, node: ast.expr, scope: Scope, found: Invariant) -> bool:
        if isinstance(node, ast.Slice):
            bounds = [bound for bound in (node.lower, node.upper, node.step) if bound is not None]
            return all(self._reads(bound, scope, found) for bound in bounds)
        if isinstance(node, ast.Tuple):
            return all(self._reads_index(element, scope, found) for element in node.elts)
        return self._reads(node, scope, found)

    def _reads_call(self, node: ast.Call, scope: Scope, found: Invariant) -> bool:
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return False
        if any(keyword.arg is None for keyword in node.keywords):
            return False
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not self._is_repeatable(node, scope, found):
            return False
        return self._reads_callee(node.func, scope, found) and all(self._reads(a, scope, found) for a in arguments)

    def _reads_callee(self, node: ast.expr, scope: Scope, found: Invariant) -> bool:
        """The name of a function, or the object of a method, must stay what it is too."""
        if self._scopes.qualified(node, scope) is not None or isinstance(node, ast.Name):
            root = root_of(node)
            path = dotted_path(root, scope)
            found.parts += [path] if path is not None else []
            return True
        return isinstance(node, ast.Attribute) and self._reads(node.value, scope, found)

    def _is_repeatable(self, node: ast.Call, scope: Scope, found: Invariant) -> bool:
        """Whether the call itself does nothing but compute its result from its arguments, and that always the same."""
        if self._effects.runs_known_code(node, scope):
            found.parts += self._effects.read_by(node, scope)
            return self._effects.is_pure(node, scope)
        name = self._sizes.callee(node, scope)
        if name is None or not self._effects.is_listed(node, scope):
            return False
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        if self._scopes.qualified(node.func, scope) is None:
            return row is not None and method in row.repeatable
        return knowledge.is_repeatable(name)


def _is_name_of_code(variable: Variable) -> bool:
    """Whether the variable only names modules, functions and classes."""
    return not {binding.kind for binding in variable.bindings} - {"import", "function", "class"}
