"""What a remote call does with its arguments that makes a reference differ from a value.

Tasks and actors that get a reference share one copy, and only NumPy's read-only flag keeps them from writing to
it. So a callee of this file that reaches, itself or through other functions of the file, something that goes
around the flag minds; whether it does so with this very argument is not asked. Of some types, such as the tensors
of PyTorch, each makes a copy of its own: that is for the verdict to know.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator

from putfix import knowledge
from putfix.analysis.decisions import obstacles
from putfix.analysis.names.calls import RemoteCall
from putfix.analysis.names.inheritance import ancestors
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Scope, Variable
from putfix.knowledge import ray_core, running
from putfix.knowledge.rows import ANY_NUMBER
from putfix.model import Obstacle

Definition = FunctionNode | ast.ClassDef

_FURTHER = 2
"""How many modules are looked into, one after the other, for what a callee of one calls of the next."""


_RENAMED = 3
"""How often a function may be given another name, one after the other."""


class Callees:
    """The callees of one module, and what they reach."""

    def __init__(self, scopes: Scopes, others: Callable[[Scope], Callees]) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._others = others
        self._named = scopes.kept(_Named)
        self._writers: dict[tuple[str, int], ast.expr | None] = {}
        self._own_writers: dict[ast.AST, ast.expr | None] = {}
        self._imported: dict[ast.AST, list[Variable]] = {}

    def obstacle_of(self, call: RemoteCall, through: Iterable[Scope] = ()) -> Obstacle | None:
        """Why the arguments of ``call``, which come ``through`` these functions, must stay values, if so."""
        for option in call.callee.options:
            known = call.callee.kind in ("task", "method")
            off = isinstance(option.value, ast.Constant) and option.value.value in (None, False, "non_detached")
            if (option.arg is None and not known) or (option.arg in ray_core.MAKES_ACTORS_SPECIAL and not off):
                return obstacles.actor_options(call.node, self._scopes.place_of(call.node))
        definition, name = call.callee.definition, self._name(call)
        through = [*through]
        homes = [*([self._scopes.scope_of(definition)] if definition is not None else []), *through]
        modules = dict.fromkeys([*map(self._others, homes), self])
        anything = definition is None and (through or not name)
        found = (module.any_writer() if anything else module.writer_behind(name) for module in modules)
        writer = next(filter(None, found), None)
        name = name or "the callee"
        return obstacles.writes_through(name, writer, self._scopes.place_of(writer)) if writer is not None else None

    def writer_behind(self, name: str, further: int = _FURTHER) -> ast.expr | None:
        """What goes around the read-only flag in what anything called ``name`` reaches in the module, and in so many
        further modules one after the other."""
        key = name, further
        if key not in self._writers:
            self._writers[key] = None  # while it is looked for
            self._writers[key] = self._writer_reached_from(name, further)
        return self._writers[key]

    def any_writer(self) -> ast.expr | None:
        """The same for all functions and classes of the module, where it is not known which of them is called."""
        return next(filter(None, map(self.writer_behind, self._named.definitions)), None)

    def _name(self, call: RemoteCall) -> str:
        """The name of what is called, or of the class of the actor that is made; empty where a call gives it."""
        definition = call.callee.definition
        if definition is not None:
            owner = self._scopes.scope_of(definition).enclosing_class
            if call.callee.kind == "actor" and owner is not None and isinstance(owner.node, ast.ClassDef):
                return owner.node.name
            return definition.name
        receiver = call.receiver
        while isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Attribute):
            receiver = receiver.func.value  # .options(...)
        return receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")

    def _writer_reached_from(self, name: str, further: int) -> ast.expr | None:
        """What goes around the read-only flag in the functions that anything called ``name`` reaches."""
        pending: list[Definition] = [*self._named.definitions.get(name, [])]
        if pending and self._in_module is not None:
            return self._in_module
        seen: set[ast.AST] = set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            writer = self._writer_in(node)
            if writer is not None:
                return writer
            owner = self._scopes.of[node].enclosing_class  # an actor may keep what it is given
            if owner is not None and isinstance(owner.node, ast.ClassDef):
                pending.append(owner.node)
            pending += self._named.reached_from(node)
            imported = self._writer_in_bases(node, further) or self._writer_in_imported(node, further)
            if imported is not None:
                return imported
        return None

    def _writer_in_imported(self, node: ast.AST, further: int) -> ast.expr | None:
        """The same in what ``node`` calls of other modules of the project."""
        callees = self._imported_by(node) if further else []
        found = (self._others(each.scope).writer_behind(each.name, further - 1) for each in callees)
        return next((writer for writer in found if writer is not None), None)

    def _imported_by(self, node: ast.AST) -> list[Variable]:
        """The names of other modules of the project by which ``node`` calls functions and classes."""
        if node not in self._imported:
            called = (self._scopes.named(call.func, scope) for call, scope in self._scopes.calls_inside(node))
            others = (each for each in called if each is not None and each.scope.module is not self._scopes.module)
            self._imported[node] = list(dict.fromkeys(others))
        return self._imported[node]

    def _writer_in_bases(self, node: ast.AST, further: int) -> ast.expr | None:
        """The same in the classes of other modules that a class inherits from."""
        lines = ancestors(self._scopes.of[node], self._scopes) if isinstance(node, ast.ClassDef) else []
        bases = (each for each in lines if each.module is not self._scopes.module)
        found = (self._others(each).writer_behind(getattr(each.node, "name", ""), further) for each in bases)
        return next((writer for writer in found if writer is not None), None)

    @functools.cached_property
    def _in_module(self) -> ast.expr | None:
        """The same in the module's own code, where it may give a writer another name."""
        body = self._scopes.module.node.body if isinstance(self._scopes.module.node, ast.Module) else []
        found = (self._writer_in(node) for node in body if not isinstance(node, Definition))
        return next((writer for writer in found if writer is not None), None)

    def _writer_in(self, node: ast.AST) -> ast.expr | None:
        """What goes around the read-only flag in ``node`` itself."""
        if not self._scopes.kept(_names_writers):
            return None
        if node not in self._own_writers:
            self._own_writers[node] = self._find_writer_in(node)
        return self._own_writers[node]

    def _find_writer_in(self, node: ast.AST) -> ast.expr | None:
        scope, inside = self._scopes.of.get(node, self._scopes.module), walk(node)
        writing = [each for each in inside if isinstance(each, _WRITING) and self._goes_around(each, scope)]
        if not writing:
            return None
        compared = {each for inner in inside for each in (*_only_compared(inner), *self._types_in(inner, scope))}
        return next((each for each in writing if each not in compared), None)

    def _goes_around(self, node: ast.Attribute | ast.Name | ast.Call, scope: Scope) -> bool:
        """Whether ``node`` names, or is, what goes around the read-only flag."""
        if isinstance(node, ast.Call):
            overwrites = any((keyword.arg or "").startswith("overwrite_") for keyword in node.keywords)
            return overwrites or self._may_overwrite(node, scope)
        if not isinstance(node.ctx, ast.Load):
            return False
        raw = isinstance(node, ast.Attribute) and node.attr in running.RAW_MEMORY
        return raw or knowledge.writes_through(self._scopes.qualified(node, scope) or "")

    def _may_overwrite(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a function of SciPy's linear algebra may get ``overwrite_a`` as a positional argument."""
        name = self._scopes.qualified(call.func, scope) or ""
        if not name.startswith("scipy.linalg."):
            return False
        row = knowledge.reads(name)
        allowed = row.at_most if row is not None else 1
        spread = any(isinstance(each, ast.Starred) for each in call.args) or any(not each.arg for each in call.keywords)
        return len(call.args) > allowed or (spread and allowed != ANY_NUMBER)

    def _types_in(self, node: ast.AST, scope: Scope) -> Iterator[ast.AST]:
        """The names that stand in ``node`` for types, and not for what they make: ``dict[str, T]``, ``T | None``,
        ``type(x) is T``, ``typing.NamedTuple("Pair", [("first", T)])``."""
        named: list[ast.expr] = []
        if isinstance(node, ast.Subscript):
            named = [node.slice]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            named = [node.left, node.right]
        elif isinstance(node, ast.Compare):
            named = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and (self._scopes.qualified(node.func, scope) or "").startswith("typing."):
            named = [*node.args, *(keyword.value for keyword in node.keywords)]
        for each in named:
            yield from _named_by(each)


class _Named:
    """The functions and classes of a module by their names, and which of them name each other."""

    def __init__(self, scopes: Scopes) -> None:
        self.definitions: dict[str, list[Definition]] = {}
        for node in scopes.of:
            if isinstance(node, Definition):
                self.definitions.setdefault(node.name, []).append(node)
        self._add_other_names(scopes)
        self._reached: dict[Definition, list[Definition]] = {}

    def _add_other_names(self, scopes: Scopes) -> None:
        """Those that assignments give: ``change = write``, ``self.change = partial(tools.write, 1)``."""
        renamed = [
            (_last(target), _last(value))
            for assigned in scopes.nodes_of(ast.Assign)
            for target in assigned.targets
            for value in _renamed(assigned.value)
            if _last(target)
        ]
        for _ in range(_RENAMED):
            for name, other in renamed:
                known = self.definitions.get(name, [])
                new = [each for each in self.definitions.get(other, []) if each not in known]
                if new:
                    self.definitions[name] = [*known, *new]

    def reached_from(self, node: Definition) -> list[Definition]:
        """The functions and classes that one names, and the functions inside of it, which have imports of their own."""
        if node not in self._reached:
            inside = walk(node)
            names = dict.fromkeys(map(_last, inside))
            named = [each for name in names for each in self.definitions.get(name, [])]
            self._reached[node] = [*named, *(each for each in inside if isinstance(each, FunctionNode))]
        return self._reached[node]


def _renamed(value: ast.expr) -> Iterator[ast.expr]:
    """The names of functions that an assigned value may be, or may call."""
    inside: list[ast.expr] = []
    if isinstance(value, ast.Name | ast.Attribute):
        yield value
    elif isinstance(value, ast.IfExp):
        inside = [value.body, value.orelse]
    elif isinstance(value, ast.BoolOp):
        inside = value.values
    elif isinstance(value, ast.Call):
        inside = [*value.args, *(keyword.value for keyword in value.keywords)]
    for each in inside:
        yield from _renamed(each)


def _last(node: ast.AST) -> str:
    """A name, or that of an attribute; empty for what is neither."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


_WRITING = ast.Attribute | ast.Name | ast.Call
"""What may go around the read-only flag."""


def _names_writers(scopes: Scopes) -> bool:
    """Whether a module has any of the words that what goes around the read-only flag is called by."""
    imported = [name.split(".") for name in scopes.imported()]
    packages = {"builtins", "ray", *(parts[0] for parts in imported)}
    words = {parts[-1] for parts in imported}
    words.update(node.attr for node in scopes.nodes_of(ast.Attribute))
    words.update(node.id for node in scopes.nodes_of(ast.Name))
    overwrites = any((keyword.arg or "").startswith("overwrite_") for keyword in scopes.nodes_of(ast.keyword))
    listed = {word for package in packages for word in knowledge.writing_through(package)}
    return overwrites or "scipy" in packages or not words.isdisjoint(listed.union(running.RAW_MEMORY))


def _only_compared(node: ast.AST) -> Iterator[ast.AST]:
    """What names types in ``node``, and makes nothing of them: the second argument of ``isinstance``, annotations."""
    named: list[ast.AST | None] = []
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass"):
        named += node.args[1:]
    elif isinstance(node, ast.arg | ast.AnnAssign):
        named.append(node.annotation)
    elif isinstance(node, FunctionNode):
        named.append(node.returns)
    for each in named:
        yield from walk(each) if each is not None else ()


def _named_by(node: ast.expr) -> Iterator[ast.expr]:
    """The names in ``node`` itself and in what it lists, but not in what it calls."""
    if isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and node.attr not in running.RAW_MEMORY):
        yield node
    elif isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from _named_by(each)
