"""Where a constructor can put, once for each object, what the methods of its class send again and again.

Below the one assignment of the attribute, when nothing changes it from there on and Ray runs. Each object then has its
reference before anything else can use it.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from putfix.analysis.decisions import obstacles
from putfix.analysis.decisions.placement import Repeat
from putfix.analysis.decisions.spelling import Names, Spelling, spelling
from putfix.analysis.flow.bodies import Flow
from putfix.analysis.flow.parts import (
    Dispatch,
    Effect,
    Form,
    Opaque,
    Part,
    Path,
    RayEffect,
    Sent,
    Statement,
    inner_parts,
)
from putfix.analysis.names.assigned import methods, self_name, unmangled
from putfix.analysis.names.attributes import Attributes, class_of_self
from putfix.analysis.names.instances import Instances
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, runs_at_once
from putfix.analysis.names.variables import FunctionNode, Scope
from putfix.analysis.sizes.estimates import Estimate
from putfix.analysis.sizes.evaluation import Sizes
from putfix.analysis.sizes.isolation import Isolation
from putfix.analysis.versions.ray_state import RayState
from putfix.model import Obstacle

Key = tuple[Scope, str]
"""A class, and the name of an attribute of its objects."""


@dataclass(frozen=True)
class Owned:
    """What a constructor binds for good: the put goes below ``statement``, and ``sends`` can be given the reference.

    ``value`` and ``reference`` are the attributes as they are written, ``doubts`` what is not proven.
    """

    statement: ast.stmt
    value: str
    reference: str
    spelling: Spelling
    estimate: Estimate | None
    sends: tuple[tuple[Dispatch, Sent], ...]
    doubts: tuple[Obstacle, ...]


class Constructors:
    """The constructors of one module.

    ``is_open`` says whether a hoist may replace what is sent. ``change`` gives what may change the value at a path of a
    method, a statement apart, for one who trusts code that is not given it, or does not.
    """

    def __init__(
        self,
        scopes: Scopes,
        attributes: Attributes,
        instances: Instances,
        sizes: Sizes,
        isolation: Isolation,
        ray: RayState,
        flow: Callable[[Scope], Flow],
        change: Callable[[Path, Scope, ast.stmt, bool], Effect | None],
        is_open: Callable[[Dispatch, Sent], bool],
        lines: list[str],
    ) -> None:
        self._scopes = scopes
        self._attributes = attributes
        self._instances = instances
        self._sizes = sizes
        self._isolation = isolation
        self._ray = ray
        self._flow = flow
        self._change = change
        self._is_open = is_open
        self._lines = lines
        self._names = Names(scopes)

    def key(self, repeat: Repeat) -> Key | None:
        """The one attribute that all sends of a repeat read of ``self``; None where they read something else."""
        found = {_attribute_sent(send.sent) for send in repeat.sends}
        return found.pop() if len(found) == 1 else None

    def owned(self, key: Key) -> Owned | None:
        """How the constructor can put the attribute; None where it cannot."""
        owner, name = key
        constructor = self._constructor(owner)
        bound = self._bound(constructor, name) if constructor is not None else None
        if constructor is None or bound is None or not self._instances.is_plain(owner):
            return None
        statement, value = bound
        if not self._is_bound_once(owner, name, constructor) or self._may_be_copied(owner):
            return None
        if self._change_of(owner, name, statement, trusting=True) is not None:
            return None
        doubts = [*self._doubts(owner, name, statement, value, constructor)]
        sends = tuple(self._sends(owner, name, _this(constructor)))
        written = spelling(self._scopes, constructor, [], statement, self._names)
        if not sends or written is None or None in doubts:
            return None
        return Owned(
            statement,
            f"{_this(constructor)}.{name}",
            f"{_this(constructor)}.{self._free_name(name)}",
            written,
            self._sizes.estimate(value, constructor),
            sends,
            tuple(doubt for doubt in doubts if doubt is not None),
        )

    def _constructor(self, owner: Scope) -> Scope | None:
        variable = owner.variables.get("__init__")
        only = variable.only_binding if variable is not None else None
        node = only.node if only is not None else None
        plain = isinstance(node, ast.FunctionDef) and not node.decorator_list and runs_at_once(node)
        return self._scopes.of[node] if plain and isinstance(node, ast.FunctionDef) else None

    def _bound(self, constructor: Scope, name: str) -> tuple[ast.stmt, ast.expr] | None:
        """The statement of the constructor itself, on lines of its own, that binds the attribute, and its value."""
        assert isinstance(constructor.node, FunctionNode)
        this = _this(constructor)
        for statement in constructor.node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            target = targets[0]
            if value is not None and len(targets) == 1 and isinstance(target, ast.Attribute):
                if target.attr == name and getattr(target.value, "id", "") == this:
                    return (statement, value) if self._is_alone(statement) else None
        return None

    def _is_alone(self, node: ast.stmt) -> bool:
        """Whether a statement has its lines for itself."""
        first, last = self._lines[node.lineno - 1].encode(), self._lines[(node.end_lineno or node.lineno) - 1].encode()
        after = last[node.end_col_offset :].strip()
        return not first[: node.col_offset].strip() and (not after or after.startswith(b"#"))

    def _is_bound_once(self, owner: Scope, name: str, constructor: Scope) -> bool:
        """Whether only that statement binds the attribute, which every object gets, and only methods of the class and
        of classes that have nothing to do with it ever read it."""
        this = ast.Name(_this(constructor), ast.Load())
        held = self._attributes.find(this, name, constructor)
        if held is None or held.unclear or len(held.values) != 1 or not held.always_bound:
            return False
        if self._attributes.is_bound_elsewhere(owner, name):
            return False
        attributes = self._scopes.nodes_of(ast.Attribute)
        reads = [node for node in attributes if unmangled(node.attr) == unmangled(name)]
        return {*map(id, reads)} <= self._read_of_self.get(name, set())

    @functools.cached_property
    def _read_of_self(self) -> dict[str, set[int]]:
        """The attributes of the ``self`` of methods by their names, by their identities."""
        found: dict[str, set[int]] = {}
        for scope in self._scopes.of.values():
            if scope.enclosing_class is not None and self_name(scope) is not None:
                for inner in self._scopes.inside(scope):
                    nodes = (node for node in walk(inner.node) if isinstance(node, ast.Attribute))
                    for node in (each for each in nodes if class_of_self(each.value, inner) is not None):
                        found.setdefault(node.attr, set()).add(id(node))
        return found

    def _change_of(self, owner: Scope, name: str, statement: ast.stmt, *, trusting: bool) -> Effect | None:
        """What in the methods of a class may change the attribute, once it is bound."""
        paths = ((method, Path(method.variables[own], (name,))) for method, own in methods(owner, self._scopes))
        changes = (self._change(path, method, statement, trusting) for method, path in paths)
        return next((each for each in changes if each is not None), None)

    def _may_be_copied(self, owner: Scope) -> bool:
        """Whether objects of the class are pickled or copied in sight, and would take the reference along."""
        return self._instances.place_of_copy(owner) is not None

    def _doubts(
        self, owner: Scope, name: str, statement: ast.stmt, value: ast.expr, constructor: Scope
    ) -> Iterator[Obstacle | None]:
        """What is not proven of the objects, the value and Ray; None for what nobody would risk."""
        assert isinstance(owner.node, ast.ClassDef)
        written = f"{_this(constructor)}.{name}"
        out = self._instances.way_out(owner)
        if out is None and not self._isolation.holds(value, constructor):
            out = statement  # what gave it may go on changing it
        if out is not None:
            yield obstacles.objects_out_of_view(written, owner.node.name, out)
        change = self._change_of(owner, name, statement, trusting=False)
        if change is not None:
            yield obstacles.may_be_changed(written, change)
        body = self._flow(constructor).body
        place = next(part for part in body.parts if isinstance(part, Statement) and part.node is statement)
        if self._ray.stays_up(place, constructor) or (out is None and self._starts_with_any_send):
            return
        starting = any(isinstance(part, Dispatch) or _starts_ray(part) for part in inner_parts(body.parts))
        known = starting and not self._ray.inits and not self._ray.questions
        yield obstacles.ray_may_not_run(written, Opaque(statement)) if known else None

    @functools.cached_property
    def _starts_with_any_send(self) -> bool:
        """Whether it makes no difference when Ray starts: nothing in the file asks for that, nor runs unknown code."""
        if self._ray.inits or self._ray.questions:
            return False
        bodies = (self._flow(unit).body.parts for unit in self._scopes.units() if not self._ray.runs_at_start(unit))
        return not any(_may_notice(part) for parts in bodies for part in inner_parts(parts, into_later=True))

    def _sends(self, owner: Scope, name: str, this: str) -> Iterator[tuple[Dispatch, Sent]]:
        """What the methods of a class send of the attribute, where they may send a reference."""
        for method, own_name in methods(owner, self._scopes):
            path = Path(method.variables[own_name], (name,))
            for part in inner_parts(self._flow(method).body.parts, into_later=True):
                if isinstance(part, Dispatch) and own_name == this:
                    own = (s for s in part.sent if s.form is Form.VALUE and not s.reached and s.path == path)
                    for sent in own:
                        if self._is_open(part, sent):
                            yield part, sent

    def _free_name(self, attribute: str) -> str:
        """A name for the reference that nothing in the module has, says or may mean."""
        word = attribute.strip("_") or "value"
        numbered = (f"{word}_ref_{number}" for number in range(2, len(self._words) + 3))
        return next(name for name in (f"{word}_ref", *numbered) if self._names.is_free(name) and self._is_unsaid(name))

    def _is_unsaid(self, name: str) -> bool:
        return name not in self._words

    @functools.cached_property
    def _words(self) -> frozenset[str]:
        """The attributes and texts of the module."""
        words = (getattr(node, "attr", getattr(node, "value", "")) for node in self._scopes.nodes)
        return frozenset(word for word in words if isinstance(word, str))


def _this(method: Scope) -> str:
    """How a method calls the object itself."""
    return self_name(method) or ""


def _starts_ray(part: Part) -> bool:
    return isinstance(part, RayEffect) and part.starts


def _may_notice(part: Part) -> bool:
    """Whether what happens may depend on whether Ray runs, or change that."""
    return isinstance(part, Opaque) or (isinstance(part, RayEffect) and (part.depends or part.resets))


def _attribute_sent(sent: Sent) -> Key | None:
    """The class and the attribute, where what is sent is written as one of ``self``."""
    node, path = sent.argument, sent.path
    if not isinstance(node, ast.Attribute) or path is None or sent.form is not Form.VALUE:
        return None
    method = sent.reached[-1] if sent.reached else path.variable.scope
    owner = class_of_self(node.value, method)
    return (owner, node.attr) if owner is not None and owner is method.enclosing_class else None
