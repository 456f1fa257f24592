"""How large a value is, and of what type, as far as the source tells.

An abstract evaluation of expressions: constants, displays, arithmetic, and calls of the functions that
:mod:`putfix.knowledge` lists. Sizes are lower and upper bounds in bytes of the serialized value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from putfix import knowledge
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.callers import Callers, Given
from putfix.analysis.names.definitions import Definitions, Target
from putfix.analysis.names.inheritance import ancestors
from putfix.analysis.names.scopes import Scopes, own_returns
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, Variable, is_none
from putfix.analysis.sizes import operators
from putfix.analysis.sizes.annotations import named_type
from putfix.analysis.sizes.constants import NUMBER_BYTES, Constant, constant, data_type_bytes
from putfix.analysis.sizes.declared import Declared
from putfix.analysis.sizes.displays import Displays
from putfix.analysis.sizes.estimates import (
    CALLABLES,
    MAIN,
    OVERHEAD,
    OWN,
    REFERENCE,
    UNKNOWN_TYPE,
    Estimate,
    lasting,
    of_known_type,
    weakest,
)
from putfix.analysis.sizes.expected import expected_of_call, expected_of_type
from putfix.analysis.sizes.following import Following
from putfix.analysis.sizes.growth import Growth
from putfix.analysis.sizes.guards import is_guarded_put
from putfix.analysis.sizes.numbers import Numbers
from putfix.analysis.sizes.objects import Objects
from putfix.analysis.sizes.producers import ProducedSizes
from putfix.analysis.sizes.subscripts import Subscripts
from putfix.knowledge import expectations
from putfix.settings import Settings

_DEPTH = 60
"""How deep an expression, with the names in it replaced by their values, is looked into."""

_INLINED = 2
"""How many calls of functions of the file are looked into with what they are given; deeper ones without."""

_MOST_CALLS = 50
"""How many calls of a function are asked what they give to a parameter: one with more is there for all kinds."""


class Sizes:
    """Evaluates the expressions of one module."""

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        definitions: Definitions,
        callers: Callers,
        settings: Settings,
        of_callers: Sizes | None = None,
        others: Callable[[Scope], Sizes] | None = None,
        first: Sizes | None = None,
    ) -> None:
        """With ``of_callers`` a parameter is of the type that all calls in the file give to it, as ``of_callers``
        evaluates them: for what such a call does. A function by itself may be called from elsewhere.

        ``others`` gives the same for the module of a scope. They share what they remember, which is that of the
        ``first``.
        """
        self._scopes = scopes
        self._callers = callers
        self._of_callers = of_callers
        self._others = others or (lambda _: self)
        self._attributes = attributes
        self._definitions = definitions
        self._settings = settings
        self._following: Following[Estimate] = first._following if first is not None else Following()
        self._depth = 0
        self._callees: dict[tuple[ast.Call, Scope], str | None] = {}
        """What calls call where it is in no case, as far as it was found out with nothing else open."""
        self._given_references: dict[str, bool] = {}
        self._produced = ProducedSizes(scopes, self)
        self._growth = Growth(scopes, self)
        self._objects = Objects(
            scopes,
            attributes,
            definitions,
            self,
            lambda scope: self._others(scope)._objects,
            imported=first is not None,
        )
        self._declared = Declared(scopes, settings, self._objects.are_steady)
        self._displays = Displays(scopes, self)
        self._subscripts = Subscripts(self)
        self._numbers: Numbers = Numbers(
            scopes, attributes, callers, self, first._numbers if first is not None else None
        )

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
        """The qualified name of what is called; for a method of a known type ``package.Type.method``. None for what the
        project defines."""
        key = node, scope
        if key in self._callees and not self._following.depth:
            return self._callees[key]
        found = self._find_callee(node, scope)
        if self._following.is_idle and self._definitions.is_settled and not self._scopes.is_following:
            self._callees[key] = found
        return found

    def _find_callee(self, node: ast.Call, scope: Scope) -> str | None:
        if self._scopes.defined(node.func, scope) is not None:
            return None
        qualified = self._scopes.qualified(node.func, scope)
        if qualified is None and isinstance(node.func, ast.Attribute):
            held = of_known_type(self.estimate(node.func.value, scope))
            if held is None or (held.owner is not None and self._objects.binds(held.owner, node.func.attr)):
                return None
            return f"{held.kind}.{node.func.attr}"
        return qualified

    def number(self, node: ast.expr, scope: Scope) -> tuple[Constant | None, bool]:
        """The number or shape that ``node`` is in a likely run, and whether in every one: see :class:`Numbers`."""
        return self._numbers.number(node, scope)

    def numbers_of(self, scope: Scope) -> Numbers:
        """What reads the numbers of the module that ``scope`` belongs to."""
        return self._others(scope)._numbers

    def class_of(self, node: ast.expr, scope: Scope) -> Scope | None:
        """The class of the project that ``node`` is an object of."""
        estimate = self.estimate(node, scope)
        return estimate.owner if estimate is not None else None

    def bytes_of(self, data_type: ast.expr, scope: Scope) -> int | None:
        """The bytes of an item of a data type, as the source names it."""
        return data_type_bytes(data_type, self._scopes, scope)

    def is_pickled_with_code(self, kind: str) -> bool:
        """Whether objects of a type, named as in this file or as a run saw it, take code along, whose outside changes.

        Those are functions, bound methods, and objects of classes of the program that is run.
        """
        package, _, name = kind.partition(".")
        if package in (OWN, MAIN) and name not in ("function", "method"):
            return not self._objects.are_steady_by_name(name)
        return package in (OWN, MAIN) or kind in CALLABLES

    def is_constant(self, variable: Variable) -> bool:
        """Whether a variable is bound once, to a number or a text."""
        return self._objects.is_constant(variable)

    def grown(self, made: Estimate | None, variable: Variable) -> Estimate | None:
        """What is known of a container that was ``made`` and then only grew: see :class:`Growth`."""
        return self._growth.grown(made, variable)

    def estimate(self, node: ast.expr, scope: Scope) -> Estimate | None:
        """What is known about ``node``, read in ``scope``; None where nothing is."""
        if scope.module is not self._scopes.module:
            return self._others(scope).estimate(node, scope)
        method = getattr(self, f"estimate_{type(node).__name__}", None)
        if method is None:
            return None
        if self._depth + 1 >= _DEPTH:
            self._following.give_up()
            return None
        asked = None
        if not isinstance(node, ast.Name | ast.Constant):  # whose values are remembered, or at hand
            known = self._following.known_of(node, scope)
            if known is not None:
                return known[0]
            asked = self._following.begin()
        self._depth += 1
        try:
            found: Estimate | None = method(node, scope)
        finally:
            self._depth -= 1
        if asked is not None:
            self._following.finish(asked, (node, scope), found)
        return found

    @contextmanager
    def given_to(self, target: Target) -> Iterator[None]:
        """Evaluate what is inside a function of the file with what one call gives to it."""
        if self._following.depth >= _INLINED:
            yield
            return
        given = {name: self.estimate(argument, scope) for name, argument, scope in target.arguments}
        with self._numbers.with_values(target.arguments), self.with_values(given):
            yield

    @contextmanager
    def with_values(self, values: dict[Variable, Estimate | None]) -> Iterator[None]:
        """Evaluate what is inside with these values of variables."""
        with self._following.case(values.items()):
            yield

    def estimate_Constant(self, node: ast.Constant, scope: Scope) -> Estimate | None:
        size = len(node.value) if isinstance(node.value, str | bytes) else NUMBER_BYTES
        most = 4 * size if isinstance(node.value, str) else size
        return Estimate(f"builtins.{type(node.value).__name__}", node, size, most + OVERHEAD)

    def estimate_JoinedStr(self, node: ast.JoinedStr, scope: Scope) -> Estimate | None:
        return Estimate("builtins.str", node)

    def estimate_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> Estimate | None:
        return self.estimate(node.value, scope)

    def estimate_IfExp(self, node: ast.IfExp, scope: Scope) -> Estimate | None:
        if is_guarded_put(node, self._scopes, scope):
            return Estimate(REFERENCE, node)
        return weakest(self.estimate(each, scope) for each in (node.body, node.orelse))

    def estimate_Name(self, node: ast.Name, scope: Scope) -> Estimate | None:
        variable = self._scopes.named(node, scope)
        if variable is None:
            return None
        if variable.scope.module is not self._scopes.module:
            return self._others(variable.scope).variable(variable)
        return self.variable(variable)

    def variable(self, variable: Variable) -> Estimate | None:
        """What is known about the value of a variable of the module."""
        return self._following.follow(variable, lambda: self.grown(self._of_bindings(variable), variable))

    def _of_bindings(self, variable: Variable) -> Estimate | None:
        bindings = [binding for binding in variable.bindings if binding.kind not in ("augment", "delete")]
        return self._weakest(variable, [(binding, variable.scope) for binding in bindings])

    def _weakest(self, place: Hashable, bindings: list[tuple[Binding, Scope]]) -> Estimate | None:
        """The weakest of what bindings give. One that reads the place itself (``x = x * 2``) finds there what
        those before it gave."""
        found: Estimate | None = None
        for number, (binding, scope) in enumerate(bindings):
            bound = self._bound(binding, scope)
            found = weakest((found, bound)) if number else bound
            if found is None:
                break
            self._following.so_far(place, found)
        return found

    def _bound(self, binding: Binding, scope: Scope) -> Estimate | None:
        """What a binding gives: the value of an assignment, the numbers of a ``range`` that is looped over."""
        value = binding.value or binding.part
        if value is not None:
            return self.estimate(value, scope)
        node = binding.node
        if isinstance(node, ast.FunctionDef):
            return self._objects.taken_along(node)
        if isinstance(node, ast.arg):
            return self._parameter(node, scope)
        if isinstance(node, ast.Call) and self.callee(node, scope) == "builtins.open":  # with open(...) as file
            return self.estimate(node, scope)
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            if isinstance(node.iter, ast.Call) and self.callee(node.iter, scope) == "builtins.range":
                return Estimate("builtins.int", node.iter, NUMBER_BYTES, OVERHEAD)
        return None

    def _parameter(self, parameter: ast.arg, scope: Scope) -> Estimate | None:
        """What is known of a parameter, by its annotation or by what all calls give to it.

        An annotation that a call contradicts says nothing.
        """
        variable = scope.variables[parameter.arg]
        assert isinstance(scope.node, FunctionNode | ast.Lambda)
        gathers = parameter in (scope.node.args.vararg, scope.node.args.kwarg)  # whose items are annotated
        annotated = self.annotated(parameter.annotation, scope.parent or scope) if not gathers else None
        if parameter.annotation is not None and annotated is not None:
            return None if self._is_contradicted(variable, annotated) else annotated
        if self._of_callers is not None:
            calls = self._callers.given(variable)
            if calls is None or len(calls) > _MOST_CALLS:
                return None
            found = weakest(self._of_callers.given(calls))
            return replace(found, at_least=None, typed=False, shape=None) if found is not None else None
        here = weakest(self.given(self._callers.given(variable))) if not gathers else None
        if here is None:  # then it is not worth to look further
            return None
        return lasting(weakest(self.given(self._callers.given_by_all(variable))))

    def given(self, given: list[Given] | None) -> Iterator[Estimate | None]:
        """What is known of each of several arguments."""
        return (self.estimate(argument, scope) for argument, scope in given or [])

    def _is_contradicted(self, parameter: Variable, annotated: Estimate) -> bool:
        """Whether a call in the project gives a parameter something else than its annotation says."""
        given = self._callers.given(parameter) or []
        if self.is_large(annotated):  # only then is it worth to look far
            given = [*given, *self._callers.given_elsewhere(parameter)]
        estimates = (self._of_callers or self).given(given)
        return any(estimate is not None and not self._may_be(estimate, annotated) for estimate in estimates)

    def _may_be(self, given: Estimate, annotated: Estimate) -> bool:
        """Whether what is given may be of the annotated type, of which nothing but its size may be known; or None."""
        own = annotated.kind == UNKNOWN_TYPE and given.kind.startswith(OWN)
        inherits = given.owner is not None and annotated.owner in ancestors(given.owner, self._scopes)
        return own or inherits or given.kind in (annotated.kind, UNKNOWN_TYPE, "builtins.NoneType")

    def annotated(self, annotation: ast.expr | None, scope: Scope) -> Estimate | None:
        """What an annotation says of a value, where it names a type that is listed, declared, or of the project."""
        if scope.module is not self._scopes.module:
            return self._others(scope).annotated(annotation, scope)
        named = named_type(annotation)
        if annotation is None or named is None:
            return None
        kind = self._scopes.qualified(named, scope)
        expected = expected_of_type(annotation, named)
        known = self._objects.annotated(named, scope)
        known = replace(known, expected=expected is not None) if known is not None else expected
        if kind is not None and knowledge.methods(kind) is not None:
            typed = knowledge.is_large_type(kind)
            known = Estimate(kind, annotation, typed=typed, expected=kind in expectations.TYPES)
        found = self._declared.annotation(named, scope, known)
        return replace(found, node=annotation) if found is not None else None

    def estimate_Attribute(self, node: ast.Attribute, scope: Scope) -> Estimate | None:
        held = self._attributes.find(node.value, node.attr, scope)
        if held is not None and not held.unclear:
            values = [(Binding("assign", value, value), inner) for value, inner in held.values]
            found = self._following.follow(held, lambda: self._weakest(held, values))
            if found is None:
                return self._field(node, scope)
            return None if self.is_large(found) and self._is_given_a_reference(node.attr) else found
        bound = self._objects.bound_to(node, scope)
        if bound is not None:
            return bound
        base = self.estimate(node.value, scope)
        if base is not None and base.owner is not None:
            return lasting(self._objects.field(base.owner, node.attr))
        return self._subscripts.attribute(node, base) if base is not None else self._field(node, scope)

    def _is_given_a_reference(self, name: str) -> bool:
        """Whether another module of the project binds an attribute of that name, of whatever object, to a reference."""
        if name not in self._given_references:
            self._given_references[name] = any(
                (made := self.estimate(node.value, scopes.module)) is not None and made.kind == REFERENCE
                for scopes in self._scopes.binding(name) or ()
                for node in scopes.nodes_of(ast.Assign)
                if any(getattr(each, "attr", "") == name for each in node.targets)
            )
        return self._given_references[name]

    def _field(self, node: ast.Attribute, scope: Scope) -> Estimate | None:
        """What the annotation of an attribute of ``self`` says."""
        annotated = self._attributes.annotation(node.value, node.attr, scope)
        return self.annotated(*annotated) if annotated is not None else None

    def estimate_Lambda(self, node: ast.Lambda, scope: Scope) -> Estimate | None:
        return self._objects.taken_along(node)

    def estimate_List(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Estimate | None:
        return self._displays.of_elements(node, node.elts, scope)

    estimate_Tuple = estimate_List
    estimate_Set = estimate_List

    def estimate_Dict(self, node: ast.Dict, scope: Scope) -> Estimate | None:
        return self._displays.of_pairs(node, scope)

    def estimate_ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp, scope: Scope) -> Estimate | None:
        return self._displays.of_comprehension(node, scope)

    estimate_SetComp = estimate_ListComp
    estimate_DictComp = estimate_ListComp

    def estimate_BinOp(self, node: ast.BinOp, scope: Scope) -> Estimate | None:
        if constant(node, scope) is not None:
            return Estimate("builtins.int", node, NUMBER_BYTES, OVERHEAD)
        left, right = (of_known_type(self.estimate(side, scope)) for side in (node.left, node.right))
        if isinstance(node.op, ast.MatMult):
            return operators.product(node, left, right)
        if operators.is_numeric(left) or operators.is_numeric(right):
            return operators.item_by_item(node, [left, right])
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Mult):
            for sequence, count in ((left, node.right), (right, node.left)):
                times, certain = self._numbers.number(count, scope)
                if isinstance(times, int):
                    found = operators.repeated(node, sequence, times, certain=certain)
                    if found is not None:
                        return found
        return operators.added(node, left, right) if isinstance(node.op, ast.Add) else None

    def estimate_Compare(self, node: ast.Compare, scope: Scope) -> Estimate | None:
        """``x > 0``: of an array, as many truth values of a byte each."""
        sides = [self.estimate(side, scope) for side in (node.left, *node.comparators)]
        if len(sides) != 2 or isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn):
            return None
        found = operators.item_by_item(node, sides)
        return operators.flags(found) if found is not None else None

    def estimate_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Estimate | None:
        operand = self.estimate(node.operand, scope)
        if operand is None or operand.owner is not None or isinstance(node.op, ast.Not):
            return None
        return replace(operand, node=node)

    def estimate_Subscript(self, node: ast.Subscript, scope: Scope) -> Estimate | None:
        return self._subscripts.item(node, scope)

    def estimate_Call(self, node: ast.Call, scope: Scope) -> Estimate | None:
        return self._declared.call(node, scope, self._called(node, scope))

    def _called(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """What a call gives, by tables or by the body of a function of the file."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return Estimate(REFERENCE, node)
        name = self.callee(node, scope)
        if name is None:
            return self._objects.made_by(node, scope) or self._returned(node, scope) or expected_of_call(node)
        row = knowledge.producer(name)
        method = self._scopes.qualified(node.func, scope) is None
        if row is not None:
            return self._produced.estimate(row, node, scope, method=method)
        return self._of_method(node, name, scope)

    def _of_method(self, node: ast.Call, name: str, scope: Scope) -> Estimate | None:
        """What a method gives that keeps the size of its object."""
        kind, _, method = name.rpartition(".")
        methods = knowledge.methods(kind)
        in_place = any(keyword.arg in (None, "inplace") for keyword in node.keywords)
        if methods is None or not isinstance(node.func, ast.Attribute) or in_place:
            return None
        if method in methods.fills:
            return Estimate(kind, node, typed=True)
        given = dict(methods.gives).get(method)
        if method in methods.keeps_size or given is not None:
            held = self.estimate(node.func.value, scope)
            if held is not None and method in methods.selects:
                return replace(held, at_least=None, shape=None)
            return held if held is None or given is None else replace(held, kind=given, shape=None)
        return None

    def _returned(self, node: ast.Call, scope: Scope) -> Estimate | None:
        """What a function of the file returns, whichever of its ``return`` statements it ends with."""
        target = self._definitions.target(node, scope)
        definition = target.definition if target is not None and target.fresh is None else None
        if target is None or definition is None:
            return None
        return self._following.follow(node, lambda: self._returned_by(target, definition, scope))

    def _returned_by(self, target: Target, definition: ast.FunctionDef, scope: Scope) -> Estimate | None:
        inner = target.scope
        found: Estimate | None = None
        values = [each.value for each in own_returns(definition)]
        given = [value for value in values if value is not None and not is_none(value)]
        with self.given_to(target):
            found = weakest(self._as_returned(self.estimate(value, inner), value) for value in given)
        if found is not None and not (len(given) == len(values) and _returns_at_the_end(definition.body)):
            found = replace(found, at_least=None, at_most=None, shape=None, parts=None) if found.typed else None
        return found if found is not None else self.annotated(definition.returns, inner.parent or scope)

    def _as_returned(self, found: Estimate | None, value: ast.expr | None) -> Estimate | None:
        """The function may have changed what it has a name for."""
        if isinstance(value, ast.Name):
            return lasting(found)
        if found is not None and found.parts is not None and isinstance(value, ast.Tuple):
            parts = zip(found.parts, value.elts, strict=True)
            return replace(found, parts=tuple(self._as_returned(part, each) for part, each in parts))
        return found

    def length(self, node: ast.expr, scope: Scope) -> int | None:
        """How many elements iterating over ``node`` gives, where that is a constant of the program."""
        return self._numbers.length(node, scope)

    def likely_length(self, node: ast.expr, scope: Scope) -> int | None:
        """The same in a likely run."""
        return self._numbers.length(node, scope, likely=True)


def _returns_at_the_end(body: list[ast.stmt]) -> bool:
    """Whether control cannot fall off the end of a suite."""
    last = body[-1]
    if isinstance(last, ast.With):
        return _returns_at_the_end(last.body)
    if isinstance(last, ast.If):
        return bool(last.orelse) and _returns_at_the_end(last.body) and _returns_at_the_end(last.orelse)
    return isinstance(last, ast.Return | ast.Raise)
