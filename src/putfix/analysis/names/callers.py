"""Who calls a function of the project, and what each call gives to a parameter."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Callable, Iterator

from putfix.analysis.names.definitions import Definitions, Target
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import FunctionNode, Scope, Variable

_LOOKING_UP = frozenset({"getattr", "methodcaller", "attrgetter", "vars", "globals", "locals", "__dict__"})
"""What gives functions by texts."""

_NAMES_OF_CLASSES = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})

Given = tuple[ast.expr, Scope]
"""An argument, and the scope to read it in."""


class Callers:
    """The callers of the functions of one module."""

    def __init__(
        self,
        scopes: Scopes,
        definitions: Definitions,
        mentioning: Callable[[str, bool], list[Callers] | None],
        *,
        is_public: bool,
        is_package: bool = False,
    ) -> None:
        """``mentioning`` gives the same for the other modules of the project that may use what is named so here, or
        what objects have of that name, or None where they are not all known; ``is_public`` says that other projects may
        import this one, ``is_package`` that it is an ``__init__.py``.
        """
        self._scopes = scopes
        self._definitions = definitions
        self._mentioning = functools.cache(mentioning)
        self._is_public = is_public
        self._is_package = is_package
        self._targets: dict[tuple[str, bool], dict[Scope, list[Target]]] = {}
        """What calls by a name run, constructors or other functions."""

    def given(self, parameter: Variable) -> list[Given] | None:
        """What the calls in the file give to a parameter; None where something else than a call reads the name of the
        function."""
        name = _called_as(parameter.scope)
        if name is None or len(self._calls_of(name)) < self._reads[name]:
            return None
        targets = self._targets_of(parameter.scope, name)
        if not targets or len(targets) != self._reads[name]:
            return None
        return [*_given_by(targets, parameter)]

    def all_calls(self, function: Scope) -> list[ast.Call] | None:
        """The calls in the file of a function; None where something else than a call reads its name."""
        name = _called_as(function)
        calls = self._calls_of(name) if name is not None else []
        found = [node for node, scope in calls if self._runs(node, scope, function)]
        return found if name is not None and len(found) == self._reads[name] else None

    def _runs(self, node: ast.Call, scope: Scope, function: Scope) -> bool:
        target = self._definitions.target(node, scope)
        return target is not None and target.scope is function

    def are_all_in_sight(self, name: str) -> bool:
        """Whether the module is a program, and no other module of the project uses what is named so in it."""
        return self._is_program and self._mentioning(name, False) == []

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
        others = self._others_using(parameter.scope, name)
        if others is None:
            return None
        found: list[Given] = []
        for module in (self, *others):
            if name in module._texts or (module is not self and module._hands_on(name)):
                return None
            if _is_constructor(parameter.scope) and module._makes_objects_otherwise:
                return None
            targets = module._targets_of(parameter.scope, name)
            if len(targets) != (module._reads[name] if module is self else module._uses(parameter.scope, name)):
                return None
            found += _given_by(targets, parameter)
        return found or None

    def _others_using(self, function: Scope, name: str) -> list[Callers] | None:
        """Those of the other modules of the project that may call a function of this one; None where not all are
        known."""
        return self._mentioning(name, _is_method(function) and not _is_constructor(function))

    def _uses(self, function: Scope, name: str) -> int:
        """How often this module reads or looks up what may be a function of another one that has this name."""
        calls = {id(call.func): (call, scope) for call, scope in self._calls_of(name)}
        places = [
            each
            for each in self._scopes.kept(_places).get(name, [])
            if self._may_be(*each, of_objects=_is_method(function))
        ]
        others = [node for node, _ in places if id(node) in calls and self._runs_another(*calls[id(node)], function)]
        return len(places) - len(others) + self._said[name]

    def _runs_another(self, node: ast.Call, scope: Scope, function: Scope) -> bool:
        target = self._definitions.target(node, scope)
        return target is not None and target.scope is not function

    def _may_be(self, node: ast.expr, scope: Scope, *, of_objects: bool) -> bool:
        """Whether what is read in this module may be something that another one defines, or its objects have."""
        root = root_of(node)
        if node is not root and (of_objects or self._imports_by_name):
            return True
        variable = scope.variable(root.id) if isinstance(root, ast.Name) else None
        return variable is None or any(binding.kind == "import" for binding in variable.bindings)

    def _hands_on(self, name: str) -> bool:
        """Whether the module may give others what it imports under this name."""
        module = self._scopes.module
        return self._is_package and (name in module.variables or bool(module.stars))

    @functools.cached_property
    def _texts(self) -> frozenset[object]:
        """The texts of the module: ``getattr(module, "name")``."""
        return frozenset(node.value for node in self._scopes.nodes_of(ast.Constant) if isinstance(node.value, str))

    def given_elsewhere(self, parameter: Variable) -> list[Given]:
        """What calls in other modules of the project certainly give to a parameter."""
        name = _called_as(parameter.scope)
        if name is None:
            return []
        others = self._others_using(parameter.scope, name) or []
        targets = [target for each in others for target in each._targets_of(parameter.scope, name)]
        return [*_given_by(targets, parameter)]

    @functools.cached_property
    def _is_program(self) -> bool:
        """Whether the module is run, and not imported by other projects: it says what to do then, or just does it."""
        assert isinstance(self._scopes.module.node, ast.Module)
        return not self._is_public and any(map(self._does_something, self._scopes.module.node.body))

    def _does_something(self, node: ast.stmt) -> bool:
        """Whether a statement calls a function of the module, or is ``if __name__ == "__main__"``."""
        if isinstance(node, FunctionNode | ast.ClassDef):
            return False
        if isinstance(node, ast.If) and any(getattr(each, "id", "") == "__name__" for each in walk(node.test)):
            return True
        names = {each.func.id for each in walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)}
        return any(self._is_defined(name) for name in names)

    def _is_defined(self, name: str) -> bool:
        variable = self._scopes.module.variables.get(name)
        return variable is not None and {binding.kind for binding in variable.bindings} <= {"function", "class"}

    def _targets_of(self, function: Scope, name: str) -> list[Target]:
        """The calls in the module that certainly run a function, which they call by this name."""
        key = name, _is_constructor(function)
        known = self._targets.get(key)
        if known is None:
            making = self._definitions.construction if _is_constructor(function) else self._definitions.target
            known = {}
            for call in self._calls_of(name):
                target = making(*call)
                if target is not None:
                    known.setdefault(target.scope, []).append(target)
            if self._definitions.is_settled:
                self._targets[key] = known
        return known.get(function, [])

    def _calls_of(self, name: str) -> list[tuple[ast.Call, Scope]]:
        """The calls in the module of what has a name, or of an attribute with it."""
        return self._scopes.kept(calls_by_name).get(name, [])

    @functools.cached_property
    def _reads(self) -> Counter[str]:
        """How often each name, or attribute of that name, is read or looked up."""
        return Counter({name: len(places) for name, places in self._scopes.kept(_places).items()}) + self._said

    @functools.cached_property
    def _said(self) -> Counter[str]:
        """How often what has a name is given another one by an import, or is looked up by a text."""
        aliases = (each for node in self._scopes.nodes_of(ast.ImportFrom) for each in node.names)
        renamed = [each.name for each in aliases if each.asname not in (None, each.name)]
        texts = [each.value for each in self._scopes.nodes_of(ast.Constant)] if self._looks_up else []
        return Counter([*renamed, *(text.rpartition(".")[2] for text in texts if isinstance(text, str))])

    @functools.cached_property
    def _looks_up(self) -> bool:
        """Whether the module may get what has a name by a text."""
        return not self._scopes.kept(_places).keys().isdisjoint(_LOOKING_UP)

    @functools.cached_property
    def _imports_by_name(self) -> bool:
        """Whether the module may get other modules by their names."""
        return not self._scopes.kept(_places).keys().isdisjoint(("import_module", "__import__", "modules"))

    @functools.cached_property
    def _makes_objects_otherwise(self) -> bool:
        """Whether the module may make an object, or run a constructor, without the name of its class."""
        kinds = (ast.Compare, ast.FormattedValue, ast.Attribute, ast.Call)
        nodes = [node for kind in kinds for node in self._scopes.nodes_of(kind)]
        harmless = {id(part) for node in nodes for part in _compared_or_named(node)}
        return any(_gives_class(node) and id(node) not in harmless for node in nodes)


def calls_by_name(scopes: Scopes) -> dict[str, list[tuple[ast.Call, Scope]]]:
    """The calls of a module by the last name of what they call."""
    found: dict[str, list[tuple[ast.Call, Scope]]] = {}
    for scope in scopes.of.values():
        for node in scopes.calls(scope):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found.setdefault(name, []).append((node, scope))
    return found


def _places(scopes: Scopes) -> dict[str, list[tuple[ast.Name | ast.Attribute, Scope]]]:
    """Where names, and attributes by their names, are read, apart from imports and annotations."""
    found: dict[str, list[tuple[ast.Name | ast.Attribute, Scope]]] = {}
    kinds = (ast.arg, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef)
    named = {each for kind in kinds for node in scopes.nodes_of(kind) for each in _annotations(node)}
    for scope in scopes.of.values():
        for node in scopes.own_part(scope):
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load) and node not in named:
                name = node.id if isinstance(node, ast.Name) else node.attr
                found.setdefault(name, []).append((node, scope))
    return found


def _called_as(function: Scope) -> str | None:
    """The name by which calls run a function: that of the class where it is its constructor."""
    if not isinstance(function.node, ast.FunctionDef):
        return None
    named = function.enclosing_class if _is_constructor(function) else function
    return getattr(named.node, "name", None) if named is not None else None


def _is_constructor(function: Scope) -> bool:
    return function.enclosing_class is not None and getattr(function.node, "name", "") == "__init__"


def _is_method(function: Scope) -> bool:
    return function.enclosing_class is not None


def _gives_class(node: ast.AST) -> bool:
    """Whether ``node`` is the class of an object, as ``type(x)``, a call of ``cls``, or a constructor run again."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "cls" or (node.func.id == "type" and len(node.args) == 1)
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr == "__class__" or (node.attr == "__init__" and not isinstance(node.value, ast.Call))


def _compared_or_named(node: ast.AST) -> Iterator[ast.expr]:
    """What ``node`` only compares, shows, or takes the name of."""
    if isinstance(node, ast.Compare):
        yield from (node.left, *node.comparators)
    elif isinstance(node, ast.FormattedValue) or (isinstance(node, ast.Attribute) and node.attr in _NAMES_OF_CLASSES):
        yield node.value
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass", "print", "str"):
        yield from node.args


def _is_inside_a_function(function: Scope) -> bool:
    return function.parent is not None and isinstance(function.parent.node, FunctionNode)


def _given_by(targets: list[Target], parameter: Variable) -> Iterator[Given]:
    for target in targets:
        yield from ((argument, scope) for name, argument, scope in target.arguments if name is parameter)


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    annotation = node.annotation if isinstance(node, ast.arg | ast.AnnAssign) else getattr(node, "returns", None)
    yield from walk(annotation) if isinstance(annotation, ast.AST) else ()
