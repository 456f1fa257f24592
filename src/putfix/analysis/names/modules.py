"""The modules that a program is made of: the one at hand, and those of its project that imports reach.

A name that an import gives is followed to where it is bound, through re-exports, star imports and ``try`` statements
with one outcome. Only modules that somebody asks for are read, each once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope, Variable
from putfix.model import Project, SingleFile, Source

_STEPS = 40
"""How many imports are followed from a name to what it means."""


class Modules:
    """The modules of one program, as far as they were asked for."""

    def __init__(self, project: Project | None = None) -> None:
        self._project = project or SingleFile()
        self._scopes: dict[Scope, Scopes] = {}
        self._sources: dict[Scope, Source] = {}
        self._by_place: dict[str, Scopes] = {}
        self._named: dict[tuple[Scope, str], Scopes | None] = {}
        self._nodes: dict[Scope, frozenset[ast.AST]] = {}
        self._found: dict[Hashable, Variable | None] = {}
        self._steps = 0
        self._read: dict[tuple[ast.expr, Scope], Variable | None] = {}
        self._names: dict[Variable, set[Variable]] = {}
        self._star_imports: dict[Scope, list[Scopes | None]] = {}
        self._open: dict[Scope, bool] = {}
        self._listed: dict[Scope, list[str] | None] = {}

    def add(self, source: Source) -> Scopes:
        """The scopes of a module, which is one of the program from now on."""
        scopes = Scopes(source.tree, self)
        self._by_place[source.place] = scopes
        self._scopes[scopes.module] = scopes
        self._sources[scopes.module] = source
        if scopes.module.stars:
            self._bind_starred(scopes)
        for scope in scopes.of.values() if scopes.may_be_given_ray else ():
            for variable in scope.variables.values():
                self._bind_ray(variable)
        if scopes is self.first and scopes.says_ray:
            scopes.given_ray = self._given_ray(scopes)
        return scopes

    def _bind_starred(self, scopes: Scopes) -> None:
        """Bind what star imports bring of packages outside of the project, as an import of its own would."""
        module = scopes.module
        for name, variable in module.variables.items():
            found = self._starred(name, module) if variable.bindings and variable.starred else None
            if found is not None and all(binding.kind == "import" for binding in found.bindings):
                node = next(iter(module.stars.values()))
                variable.bindings = [replace(binding, node=node) for binding in found.bindings]

    def _bind_ray(self, variable: Variable) -> None:
        """Bind a name under which another module of the project hands on Ray as an import of Ray itself would; and to
        ``None``, where that module does where there is no Ray."""
        for binding in [each for each in variable.bindings if each.gives_ray]:
            found = self._agreed({binding.imported}, variable.scope.module, by_attributes=False)
            bindings = found.bindings if found is not None else []
            imported = {each.imported for each in bindings if not each.is_nothing}
            if imported == {"ray"}:
                given = [replace(each, node=binding.node) for each in bindings]
                variable.bindings = [*(each for each in variable.bindings if each is not binding), *given]

    def _given_ray(self, scopes: Scopes) -> dict[ast.expr, Variable]:
        """See :attr:`Scopes.given_ray`."""
        named = ((node, scope) for scope in scopes.of.values() for node in scopes.own_part(scope))
        found = [(node, scope) for node, scope in named if isinstance(node, ast.Attribute) and node.attr == "ray"]
        imports_ray = any(name.partition(".")[0] == "ray" for name in scopes.imported())
        if imports_ray or any(not isinstance(node.ctx, ast.Load) for node, _ in found):
            return {}
        given = ((node, self._ray_at(node, scope)) for node, scope in found)
        return {node: variable for node, variable in given if variable is not None}

    def _ray_at(self, node: ast.Attribute, scope: Scope) -> Variable | None:
        """The variable of another module that ``node`` names, where that may be Ray: not where a module may be meant
        that the package has by that name, or the project may give the attribute something else."""
        found = self.variable(node, scope)
        if found is None or found.scope.module is scope.module or found.rebound_inside:
            return None
        names = self.scopes_of(scope).possible_names(node, scope)
        if all(binding.imported != "ray" for binding in found.bindings):
            return None
        hidden = any(self.module_named(name, scope.module) is not None for name in names)
        return None if hidden or self.binding("ray", found.scope.module) else found

    @property
    def is_following(self) -> bool:
        """Whether a name is being followed, of which not all is known yet."""
        return self._steps > 0

    @property
    def first(self) -> Scopes:
        """The scopes of the module that was added first, which is the one at hand."""
        return next(iter(self._scopes.values()))

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
        key = node, scope
        if key not in self._read:
            found = self._find_variable(node, scope)
            if self._steps:  # it may be another one when all that is being followed is known
                return found
            self._read[key] = found
        return self._read[key]

    def _find_variable(self, node: ast.expr, scope: Scope) -> Variable | None:
        if isinstance(node, ast.Name):
            found = scope.variable(node.id)
            if found is None or (found.bindings and found.starred):
                return self._starred(node.id, scope.module) or found
            return self.origin(found) or found
        if not isinstance(node, ast.Attribute):
            return None
        names = self.scopes_of(scope).possible_names(node, scope)
        return self._agreed(names, scope.module, by_attributes=True)

    def names_of(self, variable: Variable) -> set[Variable]:
        """The variables of other modules that imports make names of this one, as far as they were followed."""
        return self._names.get(variable, set())

    def origin(self, variable: Variable) -> Variable | None:
        """The variable of another module of the project that an import makes ``variable`` a name for."""
        if variable.rebound_inside or any(each.kind != "import" for each in variable.bindings):
            return None
        names = {binding.imported for binding in variable.bindings}
        found = self._once(variable, lambda: self._agreed(names, variable.scope.module, by_attributes=False))
        if found is not None:
            self._names.setdefault(found, set()).add(variable)
        return found

    def _once(self, key: Hashable, find: Callable[[], Variable | None]) -> Variable | None:
        """What ``find`` gives; None while it is looked for, as modules may import each other, and after many steps."""
        if key not in self._found:
            self._found[key] = None
            self._steps += 1
            self._found[key] = find() if self._steps <= _STEPS else None
            self._steps -= 1
        return self._found[key]

    def _agreed(self, names: set[str], module: Scope, *, by_attributes: bool) -> Variable | None:
        """The variable that all of ``names`` mean in ``module``."""
        found = {self._meant(name, module, by_attributes=by_attributes) if name else None for name in names}
        return found.pop() if len(found) == 1 else None

    def _meant(self, name: str, module: Scope, *, by_attributes: bool) -> Variable | None:
        """The variable with a qualified name, in the innermost module on the way that has it.

        A package may have something else by the name of a module in it, and those who go there ``by_attributes``, not
        by an import alone, get that.
        """
        dots = name[: len(name) - len(name.lstrip("."))]
        parts = name[len(dots) :].split(".")
        way = [self.module_named(dots + ".".join(parts[:n]), module) if n or dots else None for n in range(len(parts))]
        for index, scopes in enumerate(way[:-1] if by_attributes else []):
            if scopes is not None and self._has_another(scopes.module, parts[index], way[index + 1]):
                return self._inside(scopes.module, parts[index:])
        found = [(scopes, parts[index:]) for index, scopes in enumerate(way) if scopes is not None]
        return self._inside(found[-1][0].module, found[-1][1]) if found else None

    def _has_another(self, package: Scope, name: str, submodule: Scopes | None) -> bool:
        """Whether a package gives the name of a module in it to something else."""
        variable = package.variables.get(name)
        if variable is None:
            return any(each is not None and self._may_export(each, name) for each in self._stars(package))
        return any(
            not binding.imported or self.module_named(binding.imported, package) is not submodule
            for binding in variable.bindings
        )

    def _inside(self, module: Scope, parts: list[str]) -> Variable | None:
        """What the dotted ``parts`` mean in a module."""
        found = module.variables.get(parts[0])
        if found is None or (found.bindings and found.starred):
            found = self._starred(parts[0], module)
        if found is None:
            return None
        if len(parts) == 1:
            only_imports = all(binding.kind == "import" for binding in found.bindings)
            return (self.origin(found) or found) if only_imports else found
        names = {binding.imported for binding in found.bindings}
        further = {".".join([name, *parts[1:]]) if name else "" for name in names}
        key = found, *parts[1:]
        return self._once(key, lambda: self._agreed(further, found.scope.module, by_attributes=True))

    def _starred(self, name: str, module: Scope) -> Variable | None:
        """The variable that a star import gives ``module`` under this name; None where another might give one too."""
        stars = self._stars(module)
        if not stars or self._is_open(module):
            return None
        return self._once((module, name), lambda: self._given_by(stars, name))

    def _given_by(self, stars: list[Scopes | None], name: str) -> Variable | None:
        giving = [each for each in stars if each is not None and self._may_export(each, name)]
        found = {self._inside(each.module, [name]) for each in giving}
        return found.pop() if len(found) == 1 else None

    def star_may_bind(self, name: str, module: Scope) -> bool:
        """Whether a star import may bind the name anew."""
        return any(each is None or self._may_export(each, name) for each in self._stars(module))

    def _is_open(self, module: Scope) -> bool:
        """Whether star imports give the module names that nobody can list, as they lead out of the project."""
        if module not in self._open:
            self._open[module] = any(each is None for each in self._starred_by(module))
        return self._open[module]

    def _starred_by(self, module: Scope) -> Iterator[Scopes | None]:
        """The modules that star imports lead to from this one, directly or through others; see :meth:`_stars`."""
        pending, seen = [*self._stars(module)], set[Scopes | None]()
        while pending:
            each = pending.pop()
            if each not in seen:
                seen.add(each)
                yield each
                pending += self._stars(each.module) if each is not None else []

    def _stars(self, module: Scope) -> list[Scopes | None]:
        """The modules whose names star imports bind in this one; None for one whose names nobody can list."""
        if module not in self._star_imports:
            starred = (self.module_named(each, module) for each in module.stars)
            self._star_imports[module] = [None if each is None or _binds_by_name(each) else each for each in starred]
        return self._star_imports[module]

    def _may_export(self, starred: Scopes, name: str) -> bool:
        """Whether a star import of the module may give the name (Python language reference, 7.11)."""
        listed = starred.module.variables.get("__all__")
        if starred.module not in self._listed:
            self._listed[starred.module] = _listed_names(listed, starred)
        texts = self._listed[starred.module]
        if texts is not None:
            return name in texts
        if listed is None and name.startswith("_"):
            return False
        if name in starred.module.variables:
            return True
        return any(each is None or name in each.module.variables for each in self._starred_by(starred.module))

    def module_named(self, name: str, importer: Scope) -> Scopes | None:
        """The module that ``name`` means in the one that imports it; None where it is not one of the project."""
        key = importer, name
        if key not in self._named:
            source = self._project.find(name, self._sources[importer].place)
            self._named[key] = self._loaded(source) if source is not None else None
        return self._named[key]

    def _loaded(self, source: Source) -> Scopes:
        return self._by_place.get(source.place) or self.add(source)

    def mentioning(self, name: str, module: Scope, *, of_objects: bool) -> list[Scopes] | None:
        """The other modules of the project that may use what one calls ``name``; None where they cannot all be told."""
        place = self._sources[module].place
        return self._all_loaded(self._project.mentioning(name, place, of_objects=of_objects))

    def extending(self, owner: Scope) -> list[Scopes] | None:
        """The modules of the project that may have classes which inherit from ``owner``; None as above."""
        name = getattr(owner.node, "name", "")
        return self._all_loaded(self._project.extending(name, self._sources[owner.module].place))

    def binding(self, name: str, module: Scope) -> list[Scopes] | None:
        """The other modules of the project that may bind attributes of that name; None as above."""
        return self._all_loaded(self._project.binding(name, self._sources[module].place))

    def _all_loaded(self, sources: list[Source] | None) -> list[Scopes] | None:
        return [self._loaded(source) for source in sources] if sources is not None else None

    def is_public(self, module: Scope) -> bool:
        """Whether other projects may import the module."""
        return self._project.is_public(self._sources[module].place)


def _binds_by_name(scopes: Scopes) -> bool:
    """Whether code of the module may bind names that it does not write out."""
    return any(node.id in ("globals", "exec", "vars") for node in scopes.nodes_of(ast.Name))


def _listed_names(listed: Variable | None, scopes: Scopes) -> list[str] | None:
    """The names in ``__all__``, where one list of texts gives it and nothing else uses it."""
    only = listed.only_binding if listed is not None else None
    if only is None or not isinstance(only.value, ast.List | ast.Tuple):
        return None
    texts = [each.value for each in only.value.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    reads = (node for node in scopes.nodes_of(ast.Name) if isinstance(node.ctx, ast.Load))
    used = any(node.id == "__all__" for node in reads)
    return texts if len(texts) == len(only.value.elts) and not used else None
