"""Who calls a function of the project, and what each call gives to a parameter."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Callable, Iterator

from putfix.analysis.names.definitions import Definitions, Target
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable

Given = tuple[ast.expr, Scope]
"""An argument, and the scope to read it in."""


class Callers:
    """The callers of the functions of one module."""

    def __init__(
        self,
        scopes: Scopes,
        definitions: Definitions,
        importers: Callable[[], list[Callers] | None],
        *,
        is_public: bool,
        is_package: bool = False,
    ) -> None:
        """``importers`` gives the same for the modules of the project that import this one, or None where they are not
        all known; ``is_public`` says that other projects may import it, ``is_package`` that it is an ``__init__.py``.
        """
        self._scopes = scopes
        self._definitions = definitions
        self._find_importers = importers
        self._is_public = is_public
        self._is_package = is_package

    def given(self, parameter: Variable) -> list[Given] | None:
        """What the calls in the file give to a parameter; None where something else than a call reads the name of the
        function."""
        name = _called_as(parameter.scope)
        if name is None:
            return None
        targets = self._targets_of(parameter.scope, name)
        if not targets or len(targets) != self._reads[name]:
            return None
        return [*_given_by(targets, parameter)]

    def all_calls(self, function: Scope) -> list[ast.Call] | None:
        """The calls in the file of a function; None where something else than a call reads its name."""
        name = _called_as(function)
        calls = self._calls.get(name, []) if name is not None else []
        found = [node for node, scope in calls if self._runs(node, scope, function)]
        return found if name is not None and len(found) == self._reads[name] else None

    def _runs(self, node: ast.Call, scope: Scope, function: Scope) -> bool:
        target = self._definitions.target(node, scope)
        return target is not None and target.scope is function

    def given_by_some(self, parameter: Variable) -> list[Given]:
        """What those calls in the file give to a parameter that certainly run its function; there may be others."""
        name = _called_as(parameter.scope)
        return [*_given_by(self._targets_of(parameter.scope, name), parameter)] if name is not None else []

    def given_by_all(self, parameter: Variable) -> list[Given] | None:
        """What all calls that there can be give to a parameter; None where the project may not show them all.

        That is so for the functions of a program that is run and not imported, for those inside of others, and for
        those whose names begin with an underscore.
        """
        name = _called_as(parameter.scope)
        if name is None or not (self._is_program or name.startswith("_") or _is_inside_a_function(parameter.scope)):
            return None
        if self._importers is None:
            return None
        found: list[Given] = []
        for module in (self, *self._importers):
            if module._takes_by_another_name(name) or (module is not self and module._hands_on(name)):
                return None
            targets = module._targets_of(parameter.scope, name)
            if len(targets) != module._reads[name]:
                return None
            found += _given_by(targets, parameter)
        return found or None

    def _hands_on(self, name: str) -> bool:
        """Whether the module may give others what it imports under this name."""
        module = self._scopes.module
        return (name in module.variables or bool(module.stars)) and (self._is_package or self._importers != [])

    def _takes_by_another_name(self, name: str) -> bool:
        """Whether the module may call what has this name in another one without saying it."""
        return name in self._texts or name in self._renamed

    @functools.cached_property
    def _texts(self) -> frozenset[object]:
        """The texts of the module: ``getattr(module, "name")``."""
        return frozenset(
            node.value for node in self._scopes.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    @functools.cached_property
    def _renamed(self) -> frozenset[str]:
        """What imports give another name."""
        given = (alias for node in self._scopes.nodes if isinstance(node, ast.ImportFrom) for alias in node.names)
        return frozenset(alias.name for alias in given if alias.asname not in (None, alias.name))

    def given_elsewhere(self, parameter: Variable) -> list[Given]:
        """What calls in other modules of the project certainly give to a parameter."""
        name = _called_as(parameter.scope)
        if name is None:
            return []
        targets = [target for each in self._importers or [] for target in each._targets_of(parameter.scope, name)]
        return [*_given_by(targets, parameter)]

    @functools.cached_property
    def _importers(self) -> list[Callers] | None:
        return self._find_importers()

    @functools.cached_property
    def _is_program(self) -> bool:
        """Whether the module is run, and not imported by other projects: it says what to do then, or just does it."""
        assert isinstance(self._scopes.module.node, ast.Module)
        return not self._is_public and any(map(self._does_something, self._scopes.module.node.body))

    def _does_something(self, node: ast.stmt) -> bool:
        """Whether a statement calls a function of the module, or is ``if __name__ == "__main__"``."""
        if isinstance(node, FunctionNode | ast.ClassDef):
            return False
        if isinstance(node, ast.If) and any(getattr(each, "id", "") == "__name__" for each in ast.walk(node.test)):
            return True
        names = {
            each.func.id for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        }
        return any(self._is_defined(name) for name in names)

    def _is_defined(self, name: str) -> bool:
        variable = self._scopes.module.variables.get(name)
        return variable is not None and {binding.kind for binding in variable.bindings} <= {"function", "class"}

    def _targets_of(self, function: Scope, name: str) -> list[Target]:
        """The calls in the module that certainly run a function, which they call by this name."""
        making = self._definitions.construction if _is_constructor(function) else self._definitions.target
        made = (making(node, scope) for node, scope in self._calls.get(name, []))
        return [target for target in made if target is not None and target.scope is function]

    @functools.cached_property
    def _calls(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """The calls of the module by the last name of what they call."""
        found: dict[str, list[tuple[ast.Call, Scope]]] = {}
        for scope in self._scopes.of.values():
            for node in self._scopes.calls(scope):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                found.setdefault(name, []).append((node, scope))
        return found

    @functools.cached_property
    def _reads(self) -> Counter[str]:
        """How often each name, or attribute of that name, is read, apart from imports and annotations."""
        reads = [node for node in self._scopes.nodes if isinstance(node, ast.Name | ast.Attribute)]
        named = {each for node in self._scopes.nodes for each in _annotations(node)}
        counted = [node for node in reads if isinstance(node.ctx, ast.Load) and node not in named]
        return Counter(node.id if isinstance(node, ast.Name) else node.attr for node in counted)


def _called_as(function: Scope) -> str | None:
    """The name by which calls run a function: that of the class where it is its constructor."""
    if not isinstance(function.node, ast.FunctionDef):
        return None
    named = function.enclosing_class if _is_constructor(function) else function
    return getattr(named.node, "name", None) if named is not None else None


def _is_constructor(function: Scope) -> bool:
    return function.enclosing_class is not None and getattr(function.node, "name", "") == "__init__"


def _is_inside_a_function(function: Scope) -> bool:
    return function.parent is not None and isinstance(function.parent.node, FunctionNode)


def _given_by(targets: list[Target], parameter: Variable) -> Iterator[Given]:
    for target in targets:
        yield from ((argument, scope) for name, argument, scope in target.arguments if name is parameter)


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    annotation = node.annotation if isinstance(node, ast.arg | ast.AnnAssign) else getattr(node, "returns", None)
    yield from ast.walk(annotation) if isinstance(annotation, ast.AST) else ()
