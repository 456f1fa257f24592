"""How large a value is, and of what type, as far as the source tells.

An abstract evaluation of expressions: constants, displays, arithmetic, and calls of the functions that
:mod:`putfix.knowledge` lists. Sizes are lower and upper bounds in bytes of the serialized value.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from math import prod

from putfix import knowledge
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.scopes import Scopes, own_returns
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, Variable
from putfix.analysis.sizes.constants import NUMBER_BYTES, constant, data_type_bytes
from putfix.analysis.sizes.declared import Declared
from putfix.analysis.sizes.estimates import (
    OVERHEAD,
    REFERENCE,
    UNKNOWN_TYPE,
    Estimate,
    array_of,
    lasting,
    of_known_type,
    weakest,
)
from putfix.analysis.sizes.producers import ProducedSizes
from putfix.settings import Settings

_DEPTH = 60
"""How deep an expression, with the names in it replaced by their values, is looked into."""


class Sizes:
    """Evaluates the expressions of one module."""

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        definitions: Definitions,
        settings: Settings,
        callers: Sizes | None = None,
    ) -> None:
        """With ``callers`` a parameter is of the type that all calls in the file give to it, as ``callers`` evaluates
        them: for what such a call does. A function by itself may be called from elsewhere."""
        self._scopes = scopes
        self._callers = callers
        self._attributes = attributes
        self._definitions = definitions
        self._known: dict[Variable, Estimate | None] = {}
        self._open: dict[object, Estimate | None] = {}
        """The variables and attributes that are being followed, with what is known of them so far."""
        self._depth = 0
        self._produced = ProducedSizes(scopes, self)
        self._settings = settings
        self._declared = Declared(scopes, settings)

    def is_large(self, estimate: Estimate | None) -> bool:
        """Whether a value is worth a place in the object store."""
        if estimate is None:
            return False
        return estimate.typed or (estimate.at_least is not None and estimate.at_least > self._settings.min_size)

    def is_small(self, estimate: Estimate | None) -> bool:
        """Whether it certainly is not."""
        return estimate is not None and estimate.at_most is not None and estimate.at_most <= self._settings.min_size

    def kind(self, node: ast.expr, scope: Scope) -> str | None:
        """The type of ``node``, as ``package.Type``."""
        estimate = of_known_type(self.estimate(node, scope))
        return estimate.kind if estimate is not None else None

    def callee(self, node: ast.Call, scope: Scope) -> str | None:
        """The qualified name of what is called; for a method of a known type ``package.Type.method``."""
        qualified = self._scopes.qualified(node.func, scope)
        if qualified is None and isinstance(node.func, ast.Attribute):
            kind = self.kind(node.func.value, scope)
            return f"{kind}.{node.func.attr}" if kind is not None else None
        return qualified

    def estimate(self, node: ast.expr, scope: Scope) -> Estimate | None:
        """What is known about ``node``, read in ``scope``; None where nothing is."""
        self._depth += 1
        try:
            method = getattr(self, f"estimate_{type(node).__name__}", None)
            found: Estimate | None = method(node, scope) if method is not None and self._depth < _DEPTH else None
            return found
        finally:
            self._depth -= 1

    def estimate_Constant(self, node: ast.Constant, scope: Scope) -> Estimate | None:
        size = len(node.value) if isinstance(node.value, str | bytes) else NUMBER_BYTES
        most = 4 * size if isinstance(node.value, str) else size
        return Estimate(f"builtins.{type(node.value).__name__}", node, size, most + OVERHEAD)

    def estimate_JoinedStr(self, node: ast.JoinedStr, scope: Scope) -> Estimate | None:
        return Estimate("builtins.str", node)

    def estimate_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> Estimate | None:
        return self.estimate(node.value, scope)

    def estimate_IfExp(self, node: ast.IfExp, scope: Scope) -> Estimate | None:
        return weakest([self.estimate(node.body, scope), self.estimate(node.orelse, scope)])

    def estimate_Name(self, node: ast.Name, scope: Scope) -> Estimate | None:
        variable = scope.variable(node.id)
        if variable is None:
            return None
        if variable in self._known:
            return self._known[variable]
        if variable in self._open:
            return self._open[variable]
        bindings = [binding for binding in variable.bindings if binding.kind not in ("augment", "delete")]
        found = self._followed(variable, [(binding, variable.scope) for binding in bindings])
        if not self._open:
            self._known[variable] = found
        return found

    def _followed(self, place: object, bindings: list[tuple[Binding, Scope]]) -> Estimate | None:
        """The weakest of what bindings give. One that reads the place itself (``x = x * 2``) finds there what
        those before it gave."""
        found: list[Estimate | None] = []
        self._open[place] = None
        for binding, scope in bindings:
            found.append(self._bound(binding, scope))
            self._open[place] = weakest(found)
        return self._open.pop(place)

    def _bound(self, binding: Binding, scope: Scope) -> Estimate | None:
        """What a binding gives: the value of an assignment, the numbers of a ``range`` that is looped over."""
        if binding.value is not None:
            return self.estimate(binding.value, scope)
        if isinstance(binding.node, ast.arg):
            return self._given(binding.node, scope)
        if isinstance(binding.node, ast.Assign) and isinstance(binding.node.value, ast.Call):
            waits = self.callee(binding.node.value, scope) == "ray.wait"
            return Estimate("builtins.list", binding.node.value, mixed=True) if waits else None
        loop = binding.node
        if isinstance(loop, ast.For | ast.comprehension) and isinstance(loop.target, ast.Name):
            if isinstance(loop.iter, ast.Call) and self.callee(loop.iter, scope) == "builtins.range":
                return Estimate("builtins.int", loop.iter, NUMBER_BYTES, OVERHEAD)
        return None

    def _given(self, parameter: ast.arg, scope: Scope) -> Estimate | None:
        """The type of a parameter, by its annotation or by what all calls in the file give to it.

        An annotation that a call contradicts says nothing.
        """
        given = self._definitions.given(scope.variables[parameter.arg]) or []
        estimates = [(self._callers or self).estimate(argument, inner) for argument, inner in given]
        assert isinstance(scope.node, FunctionNode | ast.Lambda)
        gathers = parameter in (scope.node.args.vararg, scope.node.args.kwarg)  # whose items are annotated
        annotation = _annotated_type(parameter.annotation) if not gathers else None
        if annotation is not None:
            outer = scope.parent or scope
            kind = self._scopes.qualified(annotation, outer)
            named = self._named_type(annotation, kind, outer)
            if kind is not None or named is not None:
                kinds = (kind, UNKNOWN_TYPE)
                contradicted = any(estimate is not None and estimate.kind not in kinds for estimate in estimates)
                node = parameter.annotation or annotation
                return replace(named, node=node) if named is not None and not contradicted else None
        found = weakest(estimates) if self._callers is not None else None
        return replace(found, at_least=None, typed=False, items=None) if found is not None else None

    def _named_type(self, annotation: ast.expr, kind: str | None, scope: Scope) -> Estimate | None:
        """What is known of the objects of a type with the qualified name ``kind``."""
        listed = kind is not None and knowledge.methods(kind) is not None
        known = Estimate(kind, annotation, typed=knowledge.is_large_type(kind)) if kind is not None and listed else None
        return self._declared.annotation(annotation, scope, known)

    def estimate_Attribute(self, node: ast.Attribute, scope: Scope) -> Estimate | None:
        held = self._attributes.find(node.value, node.attr, scope)
        if held is not None and not held.unclear:
            if held in self._open:
                return self._open[held]
            return self._followed(held, [(Binding("assign", value, value), inner) for value, inner in held.values])
        base = self.estimate(node.value, scope) if node.attr == "T" else None
        return base if base is not None and base.kind == "numpy.ndarray" else None

    def estimate_List(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Estimate | None:
        return self._container(f"builtins.{type(node).__name__.lower()}", node, node.elts, scope)

    estimate_Tuple = estimate_List
    estimate_Set = estimate_List

    def estimate_Dict(self, node: ast.Dict, scope: Scope) -> Estimate | None:
        parts = [part for pair in zip(node.keys, node.values, strict=True) for part in pair if part is not None]
        return self._container("builtins.dict", node, parts if None not in node.keys else [node], scope)

    def _container(self, kind: str, node: ast.expr, parts: list[ast.expr], scope: Scope) -> Estimate:
        """A display: as large as its elements together."""
        sizes = [self.estimate(part, scope) for part in parts]
        least = sum(size.at_least or 0 for size in sizes if size is not None)
        most = [size.at_most if size is not None else None for size in sizes]
        exact = None if None in most else sum(size for size in most if size is not None) + OVERHEAD
        typed = any(size.typed for size in sizes if size is not None)
        items = len(parts) if not any(isinstance(part, ast.Starred) for part in parts) else None
        mixed = any(size is None or size.mixed or size.kind == REFERENCE for size in sizes)
        return Estimate(kind, node, least, exact, typed, items, mixed=mixed)

    def estimate_ListComp(self, node: ast.ListComp | ast.SetComp, scope: Scope) -> Estimate | None:
        kind = "builtins.list" if isinstance(node, ast.ListComp) else "builtins.set"
        element = self.estimate(node.elt, self._scopes.of[node])
        counts = [self.length(generator.iter, scope) for generator in node.generators]
        filtered = isinstance(node, ast.SetComp) or any(generator.ifs for generator in node.generators)
        items = prod(count for count in counts if count is not None)
        if element is None or filtered or None in counts:
            return Estimate(kind, node, mixed=element is None or element.mixed or element.kind == REFERENCE)
        most = None if element.at_most is None else items * element.at_most + OVERHEAD
        mixed = element.mixed or element.kind == REFERENCE
        return Estimate(kind, node, items * (element.at_least or 1), most, items=items, mixed=mixed)

    estimate_SetComp = estimate_ListComp

    def estimate_DictComp(self, node: ast.DictComp, scope: Scope) -> Estimate | None:
        return Estimate("builtins.dict", node, mixed=True)

    def estimate_BinOp(self, node: ast.BinOp, scope: Scope) -> Estimate | None:
        if constant(node, scope) is not None:
            return Estimate("builtins.int", node, NUMBER_BYTES, OVERHEAD)
        left, right = (of_known_type(self.estimate(side, scope)) for side in (node.left, node.right))
        if left is None or right is None:
            return self._with_unknown(node, left or right)
        arrays = [side for side in (left, right) if side.kind == "numpy.ndarray"]
        if arrays:
            return self._arithmetic(node, [left, right], arrays)
        if isinstance(node.op, ast.Mult):
            for sequence, count in ((left, node.right), (right, node.left)):
                times = constant(count, scope)
                if isinstance(times, int) and sequence.kind in _SEQUENCES:
                    return self._repeated(node, sequence, times)
        if isinstance(node.op, ast.Add) and left.kind == right.kind and left.kind in _SEQUENCES:
            most = None if left.at_most is None or right.at_most is None else left.at_most + right.at_most
            mixed = left.mixed or right.mixed
            return Estimate(left.kind, node, (left.at_least or 0) + (right.at_least or 0), most, mixed=mixed)
        return None

    def _with_unknown(self, node: ast.expr, known: Estimate | None) -> Estimate | None:
        """An array and something unknown: by broadcasting never less than the array."""
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        if known is None or known.kind != "numpy.ndarray" or product:
            return None
        return replace(known, node=node, at_most=None)

    def estimate_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Estimate | None:
        operand = self.estimate(node.operand, scope)
        return None if operand is None or isinstance(node.op, ast.Not) else replace(operand, node=node)

    def _arithmetic(self, node: ast.expr, sides: list[Estimate], arrays: list[Estimate]) -> Estimate | None:
        """Element by element: as many items as the larger side has, of the larger item size, or more."""
        if not all(side.kind in ("numpy.ndarray", "builtins.int", "builtins.float") for side in sides):
            return None
        sized = [array for array in arrays if array.items is not None]
        if not sized or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
            return Estimate("numpy.ndarray", node)
        if len(sized) < len(arrays):
            return self._with_unknown(node, max(sized, key=lambda array: array.items or 0))
        items = max(array.items or 0 for array in sized)
        size = items * max(array.item_bytes or 1 for array in sized)
        one = len({array.items for array in sized}) == 1
        plain = all(array.default_numbers for array in sized)
        most = 2 * size + OVERHEAD if one else None
        return Estimate("numpy.ndarray", node, size, most, items=items if plain else None, default_numbers=plain)

    def _repeated(self, node: ast.expr, sequence: Estimate, times: int) -> Estimate:
        """``[0.0] * n``: pickle writes a float in 9 bytes, another number in 2 or more, the rest as a back
        reference of 2."""
        if sequence.kind in ("builtins.str", "builtins.bytes", "builtins.bytearray"):
            return Estimate(
                sequence.kind, node, (sequence.at_least or 0) * times, sequence.at_most and sequence.at_most * times
            )
        items = None if sequence.items is None else sequence.items * times
        elements = sequence.node.elts if isinstance(sequence.node, ast.List | ast.Tuple) else []
        floats = bool(elements) and all(isinstance(e, ast.Constant) and isinstance(e.value, float) for e in elements)
        most = None if sequence.at_most is None else sequence.at_most * times
        least = items and items * (9 if floats else 2)
        return Estimate(sequence.kind, node, least, most, items=items, mixed=sequence.mixed)

    def estimate_Subscript(self, node: ast.Subscript, scope: Scope) -> Estimate | None:
        if isinstance(node.value, ast.Call) and self.callee(node.value, scope) == "numpy.load":
            return Estimate("numpy.ndarray", node, typed=True)  # an archive of arrays
        frame = self.estimate(node.value, scope)
        row = knowledge.methods(frame.kind) if frame is not None else None
        if row is not None and row.slices:
            return frame
        if frame is None or frame.kind != "pandas.DataFrame":
            return None
        if self.kind(node.slice, scope) == "builtins.list":
            return Estimate("pandas.DataFrame", frame.node, typed=frame.typed)
        column = isinstance(node.slice, ast.Constant)
        return Estimate("pandas.Series", frame.node, typed=frame.typed) if column else None

    def estimate_Call(self, node: ast.Call, scope: Scope) -> Estimate | None:
        return self._declared.call(node, scope, self._called(node, scope))

    def _called(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """What a call gives, by tables or by the body of a function of the file."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return Estimate(REFERENCE, node)
        name = self.callee(node, scope)
        if name is None:
            return self._returned(node, scope)
        row = knowledge.producer(name)
        if row is not None:
            return self._produced.estimate(row, node, scope)
        kind, _, method = name.rpartition(".")
        methods = knowledge.methods(kind)
        if methods is None or not isinstance(node.func, ast.Attribute):
            return None
        if kind == "numpy.ndarray" and method == "astype":
            return self._converted(node, scope)
        given = dict(methods.gives).get(method)
        if method in methods.keeps_size or given is not None:
            held = self.estimate(node.func.value, scope)
            return held if held is None or given is None else replace(held, kind=given)
        return None

    def _returned(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """What a function of the file returns, whichever of its ``return`` statements it ends with."""
        target = self._definitions.target(node, scope)
        definition = target.definition if target is not None and target.fresh is None else None
        if definition is None or definition in self._open or not _returns_at_the_end(definition.body):
            return None
        self._open[definition] = None
        inner = self._scopes.of[definition]
        values = [statement.value for statement in own_returns(definition)]
        found = [self.estimate(value, inner) if value is not None else None for value in values]
        del self._open[definition]
        # The function may have changed what it has a name for.
        named = zip(found, values, strict=True)
        return weakest([lasting(each) if isinstance(value, ast.Name) else each for each, value in named])

    def _converted(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """``x.astype(t)``: as many items, of another size."""
        assert isinstance(node.func, ast.Attribute)
        array = self.estimate(node.func.value, scope)
        item_bytes = data_type_bytes(node.args[0], self._scopes, scope) if node.args else None
        if array is None or array.items is None or item_bytes is None:
            return Estimate("numpy.ndarray", node, typed=array is not None and array.typed)
        return array_of("numpy.ndarray", node, array.items, item_bytes)

    def length(self, node: ast.expr, scope: Scope) -> int | None:
        """How many elements iterating over ``node`` gives, where that is a constant of the program."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return None if any(isinstance(element, ast.Starred) for element in node.elts) else len(node.elts)
        if isinstance(node, ast.Call) and self.callee(node, scope) == "builtins.range" and not node.keywords:
            bounds = [constant(argument, scope) for argument in node.args]
            numbers = [bound for bound in bounds if isinstance(bound, int)]
            if len(numbers) == len(bounds) and 1 <= len(numbers) <= 3 and 0 not in numbers[2:]:
                return len(range(*numbers))
        if isinstance(node, ast.Call) and self.callee(node, scope) == "builtins.enumerate" and node.args:
            return self.length(node.args[0], scope)
        return None


_SEQUENCES = ("builtins.list", "builtins.tuple", "builtins.str", "builtins.bytes", "builtins.bytearray")


def _annotated_type(annotation: ast.expr | None) -> ast.expr | None:
    """The type that an annotation names, written as code or as a string of it, without its parameters."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
    return annotation.value if isinstance(annotation, ast.Subscript) else annotation


def _returns_at_the_end(body: list[ast.stmt]) -> bool:
    """Whether control cannot fall off the end of a suite."""
    last = body[-1]
    if isinstance(last, ast.With):
        return _returns_at_the_end(last.body)
    if isinstance(last, ast.If):
        return bool(last.orelse) and _returns_at_the_end(last.body) and _returns_at_the_end(last.orelse)
    return isinstance(last, ast.Return | ast.Raise)
