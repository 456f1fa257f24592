"""Which function of the file a call runs, and which parameter gets which argument.

Only where that is certain, as far as the file shows: a function that one ``def`` binds, a method of ``self`` that one
class of the family defines, the constructor of a class without bases. A class that another file inherits from may
override its methods; hooks, whose bodies do nothing, are made for that and so are not read.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from putfix import knowledge
from putfix.analysis.names.assigned import self_name, sets_by_name
from putfix.analysis.names.attributes import class_of_self
from putfix.analysis.names.inheritance import ancestors, families, relatives_of
from putfix.analysis.names.scopes import Scopes, decorator_callee, runs_at_once
from putfix.analysis.names.variables import FunctionNode, Scope, Variable, defaults
from putfix.knowledge import running

_FAR = 3
"""How many calls are followed one after the other from the first function of another module on."""

_SPECIAL = frozenset({"__new__", "__del__", "__setattr__"})
"""Methods that do more than the constructor shows."""

_MAKING_OTHERS = frozenset({"__new__", "__getattribute__"})
"""Methods by which what is called a class's object, or its method, may be something else."""


@dataclass(frozen=True)
class Target:
    """A call of ``definition``: what each parameter is given, with the scope in which that is to be read.

    ``fresh`` is the parameter that gets a new object: the ``self`` of a constructor.
    """

    definition: ast.FunctionDef
    scope: Scope
    """The scope that the definition makes, in this module or in another one of the project."""
    arguments: tuple[tuple[Variable, ast.expr, Scope], ...]
    fresh: Variable | None = None


@dataclass(frozen=True)
class _Family:
    """The classes of one module that inherit from each other.

    ``is_plain`` where nothing but the ``class`` statements makes them what they are; ``binding`` are those that bind
    each name, ``with_other_bases`` those with a base that may bring methods from elsewhere.
    """

    members: frozenset[Scope]
    is_plain: bool
    binding: Mapping[str, list[Scope]]
    with_other_bases: list[Scope]


class Definitions:
    """The functions that the calls of one module reach."""

    def __init__(self, scopes: Scopes, others: Callable[[Scope], Definitions] | None = None) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self.class_of_object: Callable[[ast.expr, Scope], Scope | None] = lambda node, scope: None
        """Gives the class of the project that an object is of; what knows types says it."""
        self._others = others or (lambda _: self)
        self._targets: dict[ast.Call, Target | None] = {}
        self._families: dict[int, _Family] = {}
        self._looking: set[ast.Call] = set()
        """The calls whose targets are being looked for."""
        self._called: dict[Scope, list[Scope]] = {}
        self._plain_bases: dict[Scope, bool] = {}
        self._plain_classes: dict[Scope, bool] = {}

    def target(self, node: ast.Call, scope: Scope) -> Target | None:
        """What the call ``node`` in ``scope`` runs, if that is a function of the project."""
        if scope.module is not self._scopes.module:
            return self._others(scope).target(node, scope)
        if node not in self._targets:
            self._targets[node] = None  # while it is looked for
            self._looking.add(node)
            self._targets[node] = self._find(node, scope)
            self._looking.discard(node)
        return self._targets[node]

    @property
    def is_settled(self) -> bool:
        """Whether no target is being looked for, so that an answer stays what it is."""
        return not self._looking

    def known_target(self, node: ast.AST) -> Target | None:
        """What :meth:`target` said of ``node``, if it was asked."""
        return self._targets.get(node) if isinstance(node, ast.Call) else None

    def callees_first(self, scope: Scope, done: Container[Scope] = ()) -> list[Scope]:
        """The functions that ``scope`` reaches by calls, each after those that it calls itself (cycles apart), and
        after not too many calls of functions of other modules; without those that are ``done``, with all that they
        reach."""
        ordered: dict[Scope, None] = {}
        open_scopes = {scope}
        pending = [(scope, iter(self._others(scope)._called_in(scope)), 0)]
        while pending:
            current, callees, far = pending[-1]
            fresh = (c for c in callees if c not in ordered and c not in open_scopes and c not in done)
            following = next(fresh, None)
            if following is None:
                ordered[current] = None
                pending.pop()
                continue
            open_scopes.add(following)
            away = far + 1 if far or following.module is not scope.module else 0
            further = self._others(following)._called_in(following) if away < _FAR else []
            pending.append((following, iter(further), away))
        return list(ordered)

    def calls_itself(self, scope: Scope) -> bool:
        """Whether a call in the function that makes ``scope`` runs it again."""
        return scope in self._called_in(scope)

    def called_in(self, scope: Scope) -> list[Scope]:
        """The functions that the calls in ``scope``, and in the scopes inside it, run."""
        return self._others(scope)._called_in(scope)

    def _called_in(self, scope: Scope) -> list[Scope]:
        """The functions that the calls in ``scope``, and in the scopes inside it, run."""
        known = self._called.get(scope)
        if known is None:
            targets = (self.target(*call) for call in self._scopes.calls_inside(scope.node))
            known = list(dict.fromkeys(target.scope for target in targets if target is not None))
            if self.is_settled:
                self._called[scope] = known
        return known

    def _find(self, node: ast.Call, scope: Scope) -> Target | None:
        if isinstance(node.func, ast.Name):
            return self._named(node, scope)
        if not isinstance(node.func, ast.Attribute):
            return None
        base = node.func.value
        if isinstance(base, ast.Name) and class_of_self(base, scope) is not None:
            return self._method(base, node.func.attr, node, scope)
        found = self._named(node, scope)
        owner = self.class_of_object(base, scope) if found is None else None
        return found if owner is None else self._bound(owner, base, node.func.attr, node, scope)

    def _named(self, node: ast.Call, scope: Scope) -> Target | None:
        """The function or constructor that the callee names, maybe through imports."""
        variable = self._scopes.named(node.func, scope)
        only = variable.only_binding if variable is not None else None
        if variable is None or only is None or isinstance(variable.scope.node, ast.ClassDef):
            return None
        owner = self._others(variable.scope)
        if variable.scope.parent is None and self._may_mean_another(variable, node.func):
            return None
        inner = owner._scopes.of.get(only.node)
        if isinstance(only.node, ast.ClassDef) and inner is not None:
            return owner._constructor(only.node, node, scope) if "__init__" not in self._stored_names else None
        return owner._plain(only.node, node, scope) if only.kind == "function" else None

    def _may_mean_another(self, variable: Variable, callee: ast.expr) -> bool:
        """Whether one of the modules on the way from the ``callee`` to what it names may replace that."""
        on_the_way = [variable, *self._scopes.names_of(variable)]
        names = {*(each.name for each in on_the_way), getattr(callee, "attr", variable.name)}
        modules = {self, *(self._others(each.scope) for each in on_the_way)}
        return any(module._replaces(name) for module in modules for name in names)

    def may_be_replaced(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a module on the way from ``node`` to what it names in another one may replace that."""
        variable = self._scopes.named(node, scope)
        imported = variable is not None and variable.scope.module is not self._scopes.module
        return variable is not None and imported and self._may_mean_another(variable, node)

    def may_be_another(self, definition: Scope) -> bool:
        """Whether the name of a function or class of the project may mean something else than it as well."""
        name = getattr(definition.node, "name", "")
        variable = definition.parent.variables.get(name) if definition.parent is not None else None
        if variable is None or variable.only_binding is None or variable.rebound_inside:
            return True
        return self._may_mean_another(variable, ast.Name(name, ast.Load()))

    def _plain(self, definition: ast.AST, node: ast.Call, scope: Scope) -> Target | None:
        if not isinstance(definition, ast.FunctionDef) or not _is_plain(definition):
            return None
        given = self._paired(definition, node.args, node, scope)
        return Target(definition, self._scopes.of[definition], tuple(given)) if given is not None else None

    def _method(self, base: ast.Name, name: str, node: ast.Call, scope: Scope) -> Target | None:
        """``self.name(...)`` inside a method."""
        variable, owner = scope.variable(base.id), class_of_self(base, scope)
        if variable is None or owner is None or variable.only_binding is None:
            return None
        if self._is_borrowed(owner, variable.scope):
            return None
        return self._bound(owner, base, name, node, scope)

    def _bound(self, owner: Scope, base: ast.expr, name: str, node: ast.Call, scope: Scope) -> Target | None:
        """The method ``name`` of the class ``owner``, called with the object ``base``."""
        method = self._only_method(owner, name)
        if method is None or not isinstance(method.node, ast.FunctionDef):
            return None
        home, binding = self._others(method), self._scopes.binding(name)
        if binding is None:
            return None
        modules = {self, home, self._others(owner), self._others(self._scopes.first.module)}
        modules.update(self._others(scopes.module) for scopes in binding)
        if any({name, "__class__"} & each._stored_names or each._sets_by_name for each in modules):
            return None
        if is_hook(method.node) or not _is_plain(method.node):
            return None
        given = home._paired(method.node, [base, *node.args], node, scope)
        return Target(method.node, method, tuple(given)) if given is not None else None

    def _is_borrowed(self, owner: Scope, method: Scope) -> bool:
        """Whether the file takes the method from its class, to call it with any object: ``Owner.method``."""
        assert isinstance(owner.node, ast.ClassDef)
        name = getattr(method.node, "name", "")
        return (owner.node.name, name) in self._scopes.kept(_taken_from_names)

    def _only_method(self, owner: Scope, name: str) -> Scope | None:
        """The one method of that name in the family of a class, where nothing outside the project comes before it."""
        line, heirs = ancestors(owner, self._scopes), self._heirs(owner)
        if heirs is None:
            return None
        family = self._others(owner)._family_of(owner)
        others = [each for each in dict.fromkeys([*heirs, *line]) if each not in family.members]
        if not family.is_plain or not all(self._others(each)._is_plain_class(each) for each in others):
            return None
        first = next((each for each in line if name in each.variables), None)
        if first is None:
            return None
        behind = ancestors(first, self._scopes)
        # A base from elsewhere may come before the class that has the method, in any class but that one itself.
        before = [each for each in others if each not in behind]
        overriding = (each for each in [*family.binding.get(name, ()), *before] if name in each.variables)
        if any(each not in behind for each in [*overriding, *family.with_other_bases]):
            return None
        if not all(self._others(each)._has_plain_bases(each) for each in before):
            return None
        if _overrides([*before, *family.members], behind):
            return None
        only = first.variables[name].only_binding
        return self._scopes.scope_of(only.node) if only is not None and isinstance(only.node, ast.FunctionDef) else None

    def _family_of(self, owner: Scope) -> _Family:
        """The classes of the module that are of the family of one of them."""
        relatives = relatives_of(owner, self._scopes)
        known = self._families.get(id(relatives))
        if known is None:
            binding: dict[str, list[Scope]] = {}
            for each in relatives:
                for name in each.variables:
                    binding.setdefault(name, []).append(each)
            with_other_bases = [each for each in relatives if not self._has_plain_bases(each)]
            known = _Family(frozenset(relatives), all(map(self._is_plain_class, relatives)), binding, with_other_bases)
            if not self._scopes.is_following:  # else it may be another one when all is known
                self._families[id(relatives)] = known
        return known

    def _heirs(self, owner: Scope) -> list[Scope] | None:
        """The classes of other modules of the project that inherit from one; None where they are not all known."""
        found: dict[Scope, None] = {}
        pending = [owner]
        while pending:
            extending = self._scopes.extending(pending.pop())
            if extending is None:
                return None
            near = [self._scopes, self._scopes.first, *extending]
            heirs = [heir for each in near for heir in self._others(each.module)._inheriting.get(owner, [])]
            pending += [heir for heir in dict.fromkeys(heirs) if heir not in found]
            found.update(dict.fromkeys(heirs))
        return list(found)

    @functools.cached_property
    def _inheriting(self) -> dict[Scope, list[Scope]]:
        """The classes of the module by those of others that they inherit from."""
        found: dict[Scope, list[Scope]] = {}
        for scope in self._scopes.of.values():
            if isinstance(scope.node, ast.ClassDef):
                for each in ancestors(scope, self._scopes):
                    if each.module is not self._scopes.module:
                        found.setdefault(each, []).append(scope)
        return found

    def _has_plain_bases(self, owner: Scope) -> bool:
        """Whether all bases are classes of the project, or such that bring no methods of their own."""
        known = self._plain_bases.get(owner)
        if known is None:
            assert isinstance(owner.node, ast.ClassDef)
            known = self._are_plain(owner.node, owner.parent or self._scopes.module)
            if not self._scopes.is_following:
                self._plain_bases[owner] = known
        return known

    def _are_plain(self, node: ast.ClassDef, scope: Scope) -> bool:
        """The same for the class of ``node``, which stands in ``scope``."""
        bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
        own = [self._scopes.qualified(base, scope) is None and isinstance(base, ast.Name) for base in bases]
        known = [self._scopes.defined(base, scope) is not None for base in bases]
        plain = [self._scopes.qualified(base, scope) in running.PLAIN_BASES for base in bases]
        return not node.keywords and all(map(any, zip(own, known, plain, strict=True)))

    def _is_plain_class(self, owner: Scope) -> bool:
        """Whether nothing but the ``class`` statement makes the class, and each object of it, what it is."""
        known = self._plain_classes.get(owner)
        if known is None:
            node, scope = owner.node, owner.parent or self._scopes.module
            assert isinstance(node, ast.ClassDef)
            decorators = [self._scopes.qualified(decorator_callee(each), scope) for each in node.decorator_list]
            listed = all(name is not None and knowledge.reads(name) is not None for name in decorators)
            makes_others = _MAKING_OTHERS & owner.variables.keys() or self._makes_classes
            known = self._plain_classes[owner] = listed and not node.keywords and not makes_others
        return known

    @functools.cached_property
    def _makes_classes(self) -> bool:
        """Whether the file makes classes by calls, as of ``type``, which may inherit from any."""
        calls = self._scopes.nodes_of(ast.Call)
        displays = (c.args[1] for c in calls if len(c.args) > 1)
        bases = (base for each in displays if isinstance(each, ast.Tuple | ast.List) for base in each.elts)
        names = {each.name for each in self._scopes.kept(families) if isinstance(each, ast.ClassDef)}
        return any(isinstance(base, ast.Name) and base.id in names for base in bases)

    def _constructor(self, owner: ast.ClassDef, node: ast.Call, scope: Scope) -> Target | None:
        scope_of_class = self._scopes.of[owner]
        plain_bases = all(
            self._scopes.qualified(base, scope_of_class.parent or scope) == "builtins.object" for base in owner.bases
        )
        if (
            "__init__" in self._stored_names
            or owner.keywords
            or owner.decorator_list
            or not plain_bases
            or _SPECIAL & scope_of_class.variables.keys()
        ):
            return None
        found = self.constructed(scope_of_class, node, scope)
        return found if found is not None and _is_plain(found.definition) else None

    def construction(self, node: ast.Call, scope: Scope) -> Target | None:
        """The ``__init__`` that a call of a class of the project runs, whatever else making an object does."""
        owner = self._scopes.defined(node.func, scope)
        line = ancestors(owner, self._scopes) if owner is not None else []
        first = next((each for each in line if "__init__" in each.variables), None)
        return self.constructed(first, node, scope) if first is not None else None

    def constructed(self, owner: Scope, node: ast.Call, scope: Scope) -> Target | None:
        """The ``__init__`` of a class with what ``node`` gives to it, whatever else making an object does."""
        if owner.module is not self._scopes.module:
            return self._others(owner).constructed(owner, node, scope)
        method = owner.variables.get("__init__")
        only = method.only_binding if method is not None else None
        if only is None or not isinstance(only.node, ast.FunctionDef):
            return None
        name = self_name(self._scopes.of[only.node])
        placeholder = ast.Name(name or "", ast.Load())
        given = self._paired(only.node, [placeholder, *node.args], node, scope)
        if given is None or name is None:
            return None
        fresh = self._scopes.of[only.node].variables[name]
        return Target(
            only.node, self._scopes.of[only.node], tuple(entry for entry in given if entry[0] is not fresh), fresh
        )

    def _paired(
        self, definition: ast.FunctionDef, positional: list[ast.expr], node: ast.Call, scope: Scope
    ) -> list[tuple[Variable, ast.expr, Scope]] | None:
        """What each parameter gets, defaults included; None where ``*`` or ``**`` or an error hides it.

        They do not where no other parameter is left than the one that gathers what they give.
        """
        inner = self._scopes.of[definition]
        arguments = definition.args
        names = [parameter.arg for parameter in [*arguments.posonlyargs, *arguments.args]]
        given: list[tuple[str, ast.expr, Scope]] = []
        for index, argument in enumerate(positional):
            into = names[index] if index < len(names) else arguments.vararg.arg if arguments.vararg else None
            if into is None or (isinstance(argument, ast.Starred) and index < len(names)):
                return None
            given.append((into, argument, scope))
        words = {parameter.arg for parameter in [*arguments.args, *arguments.kwonlyargs]}
        left = words - {name for name, _, _ in given} - {keyword.arg for keyword in node.keywords}
        for keyword in node.keywords:
            into = keyword.arg if keyword.arg in words else arguments.kwarg.arg if arguments.kwarg else None
            if into is None or (keyword.arg is None and left):
                return None
            given.append((into, keyword.value, scope))
        outside = inner.parent or self._scopes.module
        taken = {name for name, _, _ in given}
        given += [(name, default, outside) for name, default in defaults(arguments) if name not in taken]
        return [(inner.variables[name], argument, read_in) for name, argument, read_in in given]

    def _replaces(self, name: str) -> bool:
        """Whether the module may give a name of its own, or of another module, another meaning than it shows."""
        own = self._scopes.module.variables.get(name)
        hidden = own is not None and not own.starred and self._scopes.star_may_bind(name)
        return hidden or self._may_be_replaced(name)

    @property
    def _stored_names(self) -> frozenset[str]:
        """The attributes that the file binds on any object."""
        return self._scopes.kept(_stored_names)

    def _may_be_replaced(self, name: str) -> bool:
        """Whether something in the file may give a name of the module another function, without binding it."""
        replaced = bool(self._stored_names & {name, "__code__", "__defaults__", "__kwdefaults__"})
        return replaced or self._sets_by_name or self._scopes.kept(_changes_namespaces)

    @property
    def _sets_by_name(self) -> bool:
        return self._scopes.kept(sets_by_name)


def _taken_from_names(scopes: Scopes) -> frozenset[tuple[str, str]]:
    loads = scopes.nodes_of(ast.Attribute)
    return frozenset((node.value.id, node.attr) for node in loads if isinstance(node.value, ast.Name))


def _stored_names(scopes: Scopes) -> frozenset[str]:
    stores = scopes.nodes_of(ast.Attribute)
    return frozenset(node.attr for node in stores if not isinstance(node.ctx, ast.Load))


def _changes_namespaces(scopes: Scopes) -> bool:
    return any(node.id in ("globals", "exec", "eval") for node in scopes.nodes_of(ast.Name))


def _overrides(before: list[Scope], behind: list[Scope]) -> bool:
    """Whether a class, that another module's class comes ``behind``, has a method in place of one of its own, which the
    methods of that class may call."""
    homes = {each.module for each in behind}
    strangers = [each for each in before if each.module not in homes]
    own = {name for each in behind for name in each.variables} - {"__init__"} if strangers else set()
    return any(own & each.variables.keys() for each in strangers)


def _is_plain(definition: ast.FunctionDef) -> bool:
    """Whether a call runs the body, nothing else, then and there."""
    return runs_at_once(definition) and not definition.decorator_list


def is_hook(definition: FunctionNode) -> bool:
    """Whether the body does nothing, or only says that it must be overridden."""
    return all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr | ast.Return) and isinstance(statement.value, ast.Constant | None))
        or (isinstance(statement, ast.Raise) and "NotImplemented" in ast.unparse(statement))
        for statement in definition.body
    )
