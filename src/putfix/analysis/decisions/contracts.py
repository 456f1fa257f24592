"""What the functions on the way to a remote call promise to others than this file.

A function that only hands a parameter on does the same with a reference, and stays as it is. But an annotation may say
that it takes values only, and type checkers hold callers to that, some of them at run time; and a method that other
files may override is promised what its callers pass today.
"""

from __future__ import annotations

import ast
import functools
import itertools

from putfix.analysis.decisions import obstacles
from putfix.analysis.decisions.placement import Repeat
from putfix.analysis.flow.parts import Dispatch, Form
from putfix.analysis.names.callers import Callers
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable
from putfix.model import Obstacle

_OPEN = frozenset({"Any", "object", "ObjectRef"})
"""Annotations with one of these names admit references."""


class Contracts:
    """The functions of one module, as far as arguments go through them."""

    def __init__(self, scopes: Scopes, callers: Callers) -> None:
        self._scopes = scopes
        self._callers = callers

    def obstacle_of(self, dispatch: Dispatch) -> Obstacle | None:
        """Why a function that ``dispatch`` goes through must be given the value itself, if so."""
        for sent in dispatch.sent[:1]:
            for parameter in sent.parameters:
                annotation = _annotation(parameter)
                if annotation is not None and sent.form is not Form.PUT:
                    place = self._scopes.place_of(annotation)
                    return obstacles.declared_as_value(_name(parameter), parameter.name, annotation, place)
                node = parameter.scope.node
                if self._may_be_overridden(parameter.scope):
                    return obstacles.may_be_overridden(node, self._scopes.place_of(node))
        return None

    def obstacle_of_reach(self, repeat: Repeat, value: str, scope: Scope) -> Obstacle | None:
        """Why a function that sends a value of ``scope`` by itself cannot send a reference that is made there, if so:
        it may be called without it, or would not see it."""
        first = repeat.sends[0]
        function = first.sent.reached[-1]
        assert isinstance(function.node, ast.FunctionDef)
        calls = self._callers.all_calls(function)
        covered = {(send.argument, send.dispatch.node) for send in repeat.sends}
        arguments = {argument for argument, _ in covered}
        alone = calls is not None and covered >= set(itertools.product(arguments, calls))
        seen = first.sent.parts[0].variable.scope is scope and all(len(s.sent.reached) == 1 for s in repeat.sends)
        inside = function.enclosing_class is None and all(s.sent.reached == (function,) for s in repeat.sends)
        own = function.parent is not scope.module or function.node.name.startswith("_")
        own = own or (repeat.place is not None and repeat.place.node in getattr(scope.node, "body", ()))
        if alone and seen and inside and own:
            return None
        return obstacles.sent_in_each_call(value, function.node.name, first.dispatch.node)

    def _may_be_overridden(self, function: Scope) -> bool:
        """Whether the function is a public method of a class that other files may well inherit from: none of a script
        that makes its own objects."""
        owner, node = function.enclosing_class, function.node
        if owner is None or not isinstance(owner.node, ast.ClassDef) or not isinstance(node, FunctionNode):
            return False
        private = any(name.startswith("_") for name in (owner.node.name, node.name))
        return not private and owner.parent is owner.module and not self._is_made_by_script(owner)

    def _is_made_by_script(self, owner: Scope) -> bool:
        """Whether this module makes objects of its class when it is run."""
        name = getattr(owner.node, "name", "")
        return owner.module is self._scopes.module and name in self._made_by_script

    @functools.cached_property
    def _made_by_script(self) -> frozenset[str]:
        """The names of the classes whose objects the file makes when it is run."""
        if self._is_program:
            return frozenset(each.node.name for each in self._scopes.of.values() if isinstance(each.node, ast.ClassDef))
        calls = self._scopes.calls(self._scopes.module)
        return frozenset(call.func.id for call in calls if isinstance(call.func, ast.Name))

    @functools.cached_property
    def _is_program(self) -> bool:
        """Whether the file has a part for when it is run, and not imported."""
        body = getattr(self._scopes.module.node, "body", ())
        tests = [ast.unparse(statement.test) for statement in body if isinstance(statement, ast.If)]
        return any("__name__" in test and "__main__" in test for test in tests)


def _name(parameter: Variable) -> str:
    return getattr(parameter.scope.node, "name", "")


def _annotation(parameter: Variable) -> ast.expr | None:
    """The annotation of a parameter, unless that admits references."""
    only = parameter.only_binding
    annotation = only.node.annotation if only is not None and isinstance(only.node, ast.arg) else None
    if annotation is None:
        return None
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in walk(annotation)}
    texts = [node.value for node in walk(annotation) if isinstance(node, ast.Constant)]
    admits = names & _OPEN or any(isinstance(text, str) and any(name in text for name in _OPEN) for text in texts)
    return None if admits else annotation
