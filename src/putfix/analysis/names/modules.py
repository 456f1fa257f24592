"""The modules that a program is made of: the one at hand, and those of its project that imports reach.

A name that an import gives is followed to where it is bound, through re-exports, star imports and ``try`` statements
with one outcome. Only modules that somebody asks for are read, each once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from putfix.analysis.names.scopes import BUILTIN_NAMES, Scopes
from putfix.analysis.names.variables import Scope, Variable
from putfix.model import Project, SingleFile, Source


class Modules:
    """The modules of one program, as far as they were asked for."""

    def __init__(self, project: Project | None = None) -> None:
        self._project = project or SingleFile()
        self._scopes: dict[Scope, Scopes] = {}
        self._sources: dict[Scope, Source] = {}
        self._by_place: dict[str, Scopes] = {}
        self._named: dict[tuple[Scope, str], Scopes | None] = {}
        self._nodes: dict[Scope, frozenset[ast.AST]] = {}
        self._origins: dict[Variable, Variable | None] = {}

    def add(self, source: Source) -> Scopes:
        """The scopes of a module, which is one of the program from now on."""
        scopes = Scopes(source.tree, self)
        self._by_place[source.place] = scopes
        self._scopes[scopes.module] = scopes
        self._sources[scopes.module] = source
        if scopes.module.stars:
            self._bind_starred(scopes)
        return scopes

    def _bind_starred(self, scopes: Scopes) -> None:
        """Bind what star imports bring of modules that are not of the project, as an import of its own would."""
        module = scopes.module
        read = {node.id for node in scopes.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for name in sorted(read - module.variables.keys() - BUILTIN_NAMES):
            found = self._starred(name, module, frozenset())
            if found is not None and all(binding.kind == "import" for binding in found.bindings):
                node = next(iter(module.stars.values()))
                bindings = [replace(binding, node=node) for binding in found.bindings]
                module.variables[name] = Variable(name, module, bindings)

    def scopes_of(self, scope: Scope) -> Scopes:
        """All scopes of the module that ``scope`` belongs to."""
        return self._scopes[scope.module]

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that a function or class of any module makes."""
        return next(scopes.of[node] for scopes in self._scopes.values() if node in scopes.of)

    def place_of(self, node: ast.AST, home: Scope) -> str:
        """The place of the module that ``node`` stands in; empty where that is the one of ``home``."""
        others = (module for module in self._scopes if module is not home.module)
        return next((self._sources[each].place for each in others if node in self._nodes_of(each)), "")

    def _nodes_of(self, module: Scope) -> frozenset[ast.AST]:
        if module not in self._nodes:
            self._nodes[module] = frozenset(self._scopes[module].nodes)
        return self._nodes[module]

    def source_of(self, scope: Scope) -> Source:
        """The module that ``scope`` belongs to."""
        return self._sources[scope.module]

    def variable(self, node: ast.expr, scope: Scope) -> Variable | None:
        """The variable that ``node`` names, in the module that binds it; None where that is not known.

        One that an import binds is followed into the project, and stays what it is where it leads out of it.
        """
        if isinstance(node, ast.Name):
            found = scope.variable(node.id)
            if found is not None:
                return self.origin(found) or found
            return self._starred(node.id, scope.module, frozenset())
        if not isinstance(node, ast.Attribute):
            return None
        names = self.scopes_of(scope).possible_names(node, scope)
        return self._agreed(names, scope.module, frozenset())

    def origin(self, variable: Variable) -> Variable | None:
        """The variable of another module of the project that an import makes ``variable`` a name for."""
        if variable not in self._origins:
            self._origins[variable] = None  # while it is looked for: modules may import each other
            self._origins[variable] = self._origin(variable, frozenset())
        return self._origins[variable]

    def _origin(self, variable: Variable, seen: frozenset[object]) -> Variable | None:
        if variable in seen or variable.rebound_inside or any(each.kind != "import" for each in variable.bindings):
            return None
        names = {binding.imported for binding in variable.bindings}
        return self._agreed(names, variable.scope.module, seen | {variable})

    def _agreed(self, names: set[str], module: Scope, seen: frozenset[object]) -> Variable | None:
        """The variable that all of ``names`` mean in ``module``."""
        found = {self._meant(name, module, seen) if name else None for name in names}
        return found.pop() if len(found) == 1 else None

    def _meant(self, name: str, module: Scope, seen: frozenset[object]) -> Variable | None:
        """The variable with a qualified name, in the innermost module on the way that has it."""
        dots = name[: len(name) - len(name.lstrip("."))]
        parts = name[len(dots) :].split(".")
        for index in range(len(parts) - 1, -1, -1):
            if not index and not dots:
                return None
            scopes = self._module(dots + ".".join(parts[:index]), module)
            if scopes is not None:
                return self._inside(scopes.module, parts[index:], seen)
        return None

    def _inside(self, module: Scope, parts: list[str], seen: frozenset[object]) -> Variable | None:
        """What the dotted ``parts`` mean in a module."""
        found = module.variables.get(parts[0])
        if found is None:
            found = self._starred(parts[0], module, seen)
        if found is None or found in seen:
            return None
        if len(parts) == 1:
            only_imports = all(binding.kind == "import" for binding in found.bindings)
            return (self._origin(found, seen) or found) if only_imports else found
        names = {binding.imported for binding in found.bindings}
        further = {".".join([name, *parts[1:]]) if name else "" for name in names}
        return self._agreed(further, found.scope.module, seen | {found})

    def _starred(self, name: str, module: Scope, seen: frozenset[object]) -> Variable | None:
        """The variable that a star import gives ``module`` under this name; None where another might give one too."""
        if module in seen or self._is_open(module, frozenset()):
            return None
        found: set[Variable] = set()
        for starred in module.stars:
            scopes = self._module(starred, module)
            if scopes is not None and _exports(scopes.module, name):
                inside = self._inside(scopes.module, [name], seen | {module})
                if inside is not None:
                    found.add(inside)
        return found.pop() if len(found) == 1 else None

    def star_may_bind(self, name: str, module: Scope) -> bool:
        """Whether a star import may bind the name anew."""
        return self._is_open(module, frozenset()) or any(
            scopes is not None and _exports(scopes.module, name) and self._inside(scopes.module, [name], frozenset())
            for scopes in (self._module(starred, module) for starred in module.stars)
        )

    def _is_open(self, module: Scope, seen: frozenset[Scope]) -> bool:
        """Whether star imports give the module names that nobody can list, as they lead out of the project."""
        if module in seen:
            return False
        starred = [self._module(each, module) for each in module.stars]
        return any(each is None or self._is_open(each.module, seen | {module}) for each in starred)

    def _module(self, name: str, importer: Scope) -> Scopes | None:
        """The module that ``name`` means in the one that imports it; None where it is not one of the project."""
        key = importer, name
        if key not in self._named:
            source = self._project.find(name, self._sources[importer].place)
            self._named[key] = self._loaded(source) if source is not None else None
        return self._named[key]

    def _loaded(self, source: Source) -> Scopes:
        return self._by_place.get(source.place) or self.add(source)

    def importers(self, module: Scope) -> list[Scopes] | None:
        """The modules of the project that may import one; None where they cannot all be told."""
        sources = self._project.importers(self._sources[module].place)
        return [self._loaded(source) for source in sources] if sources is not None else None

    def is_public(self, module: Scope) -> bool:
        """Whether other projects may import the module."""
        return self._project.is_public(self._sources[module].place)


def _exports(module: Scope, name: str) -> bool:
    """Whether a star import of the module may give the name (Python language reference, 7.11)."""
    listed = module.variables.get("__all__")
    if listed is None:
        return not name.startswith("_") and (name in module.variables or bool(module.stars))
    texts = set(_texts(binding.value for binding in listed.bindings))
    plain = all(isinstance(binding.value, ast.List | ast.Tuple) for binding in listed.bindings)
    return name in texts or (not plain and name in module.variables)


def _texts(nodes: Iterator[ast.expr | None]) -> Iterator[str]:
    for node in nodes:
        for each in ast.walk(node) if node is not None else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
