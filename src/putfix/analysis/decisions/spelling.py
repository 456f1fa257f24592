"""How ``ray.put`` is written at a place, and which names are free for its result."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.stand_ins import all_give_back, all_have_references
from putfix.analysis.names.variables import FunctionNode, Scope, Variable


@dataclass(frozen=True)
class Spelling:
    """The callable as it is to be written, and the import statement that this needs, or an empty string."""

    put: str
    imports: str = ""
    has_references: bool = True
    """Whether what may stand in for Ray knows references too."""

    @property
    def reference(self) -> str:
        """``ray.ObjectRef``, as it is to be written; empty where only ``put`` has a name."""
        module, _, _ = self.put.rpartition(".")
        return f"{module}.ObjectRef" if module and self.has_references else ""


class Names:
    """The identifiers of one module: those that are there, and those that putfix adds."""

    def __init__(self, scopes: Scopes, others: frozenset[str] = frozenset()) -> None:
        """``others`` are names that what is no Python, in the same notebook, may use."""
        self._scopes = scopes
        self._others = others
        self._given: dict[str, str] = {}

    def is_free(self, name: str) -> bool:
        """Whether nothing in the module is called so."""
        return name not in self._used

    def is_builtin(self, name: str) -> bool:
        """Whether nothing in the module gives the name of a builtin another meaning."""
        return name not in self._bound

    @functools.cached_property
    def _bound(self) -> frozenset[str]:
        return frozenset(name for scope in self._scopes.of.values() for name in scope.variables)

    @functools.cached_property
    def _used(self) -> frozenset[str]:
        return self._others.union(_identifiers(self._scopes))

    def of_reference(self, argument: str, word: str) -> str:
        """The name of the reference in place of ``argument``: ``data_ref`` with the ``word`` data, or a free variant.

        The same argument gets the same name everywhere in the module, and two never share one.
        """
        if argument not in self._given:
            taken = set(self._given.values())
            number = 1
            word = word.strip("_") or "value"  # two underscores in front mean another name inside of a class
            name = f"{word}_ref"
            while not self.is_free(name) or name in taken:
                number += 1
                name = f"{word}_ref_{number}"
            self._given[argument] = name
        return self._given[argument]


def spelling(scopes: Scopes, scope: Scope, around: list[ast.stmt], place: ast.stmt, names: Names) -> Spelling | None:
    """How ``ray.put`` is written before ``place``, a statement of ``scope`` inside the statements ``around``.

    None where no name for it is certain to be bound there.
    """
    imports = [each for each in scopes.kept(_importing_ray) if scope.variable(each.name) is each]
    for imported, suffix in (("ray", ".put"), ("ray.put", "")):
        for variable in _nearest_first(imports, scope):
            if {binding.imported for binding in variable.bindings} == {imported}:
                if any(_runs_before(b.node, variable, scope, around, place) for b in variable.bindings):
                    return Spelling(f"{variable.name}{suffix}")
    if scopes.kept(_surely_imports_from_ray) and names.is_free("ray"):
        return Spelling("ray.put", "import ray")
    return _given_spelling(scopes, scope, around, place)


def _importing_ray(scopes: Scopes) -> list[Variable]:
    """The variables of a module that imports may give Ray, or its ``put``."""
    variables = (variable for scope in scopes.of.values() for variable in scope.variables.values())
    return [each for each in variables if any(binding.imported in ("ray", "ray.put") for binding in each.bindings)]


def _nearest_first(variables: list[Variable], scope: Scope) -> list[Variable]:
    """Those of ``variables`` that belong to ``scope`` or to one around it."""
    around: list[Scope] = [scope]
    while around[-1].parent is not None:
        around.append(around[-1].parent)
    found = [each for each in variables if each.scope in around]
    return sorted(found, key=lambda each: around.index(each.scope))


def _surely_imports_from_ray(scopes: Scopes) -> bool:
    """Whether a statement of the module itself imports something that Ray has."""
    variables = scopes.module.variables.values()
    nodes = {each.node for variable in variables for each in variable.bindings if each.imported.startswith("ray.")}
    return any(node in nodes for node in _suite(scopes.module.node))


def _given_spelling(scopes: Scopes, scope: Scope, around: list[ast.stmt], place: ast.stmt) -> Spelling | None:
    """The same through the one attribute of another module by which the file has Ray, or what stands in for it."""
    if len(set(scopes.given_ray.values())) != 1:
        return None
    for node, given in scopes.given_ray.items():
        root = root_of(node)
        variable = scope.variable(root.id) if isinstance(root, ast.Name) else None
        bindings = variable.bindings if variable is not None and scopes.named(node, scope) is given else []
        if variable is not None and any(_runs_before(b.node, variable, scope, around, place) for b in bindings):
            written = Spelling(f"{ast.unparse(node)}.put", has_references=all_have_references(given, scopes))
            return written if all_give_back(given, scopes) else None
    return None


def optional_spelling(scope: Scope) -> Spelling | None:
    """How ``ray.put`` is written in ``scope`` where Ray is imported if it is there, as in ``try: import ray``."""
    for variable in _visible(scope):
        imported = {binding.imported for binding in variable.bindings if not binding.is_nothing}
        if imported == {"ray"} and variable.scope.parent is None:
            return Spelling(f"{variable.name}.put")
    return None


def _visible(scope: Scope) -> Iterator[Variable]:
    """The variables that can be read in ``scope``, the nearest first."""
    outer: Scope | None = scope
    while outer is not None:
        for name, variable in outer.variables.items():
            if scope.variable(name) is variable:
                yield variable
        outer = outer.parent


def _runs_before(node: ast.AST, variable: Variable, scope: Scope, around: list[ast.stmt], place: ast.stmt) -> bool:
    """Whether the import ``node`` has certainly run when ``place`` does."""
    owner = variable.scope.node
    if variable.scope is not scope:
        between = scope
        while between.parent is not None and between.parent is not variable.scope:
            between = between.parent
        above = getattr(node, "lineno", 0) < getattr(between.node, "lineno", 0)
        return above and node in _suite(owner)
    path: list[ast.AST] = [owner, *around]
    for outer, inner in zip(path, [*around, place], strict=True):
        for suite in _suites(outer):
            if node in suite and inner in suite:
                return suite.index(node) < suite.index(inner)
    return False


def _suite(node: ast.AST) -> list[ast.AST]:
    """The statements of a module or function that are not inside others."""
    return list(node.body) if isinstance(node, ast.Module | FunctionNode) else []


def _suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        suite = getattr(node, field, None)
        if isinstance(suite, list):
            yield suite
    for part in [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]:
        yield part.body


def _identifiers(scopes: Scopes) -> Iterator[str]:
    """Every name that the module binds, reads or declares; attributes are not names."""
    for kind, fields in _NAMING.items():
        for node in scopes.nodes_of(kind):
            for field in fields:
                value = getattr(node, field)
                if value is not None:
                    yield value.partition(".")[0]
    for outer in scopes.nodes_of(ast.Global):
        yield from outer.names
    for enclosing in scopes.nodes_of(ast.Nonlocal):
        yield from enclosing.names


_NAMING = {
    kind: fields
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
    if (fields := [name for name in kind._fields if name in ("id", "arg", "name", "asname", "rest")])
}
"""The fields that hold names, by the kinds of nodes."""
