"""The program as the version analysis sees it: parts in the order they run, and what each does to values.

A function (or a module body) becomes a tree. Inner nodes say how control moves: statements, loops, branches,
guards (``try`` and ``with``), code that runs later. Leaves are effects. :mod:`putfix.analysis.flow.lowering` makes
the tree, :mod:`putfix.analysis.versions.walk` walks it. Nothing else needs to know Python's syntax.
"""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from putfix.analysis.flow.touching import LONG, Index, Key, Touched, keys_of
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.nodes import walk

if TYPE_CHECKING:
    from putfix.analysis.names.calls import RemoteCall
    from putfix.analysis.names.variables import Scope, Variable


LEAVING = ast.Return | ast.Raise | ast.Break | ast.Continue
"""The statements that nothing in the same suite runs after."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""Code whose body has a flow of its own."""


class Path(NamedTuple):
    """Where a value can be read again: a variable, or attributes reached from one (``self.data``)."""

    variable: Variable
    attributes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The path as it is written."""
        return ".".join([self.variable.name, *self.attributes])

    @property
    def expression(self) -> ast.expr:
        """The path as an expression that reads it, without a place in the source."""
        node: ast.expr = ast.Name(self.variable.name, ast.Load())
        for name in self.attributes:
            node = ast.Attribute(node, name, ast.Load())
        return node

    def starts(self, other: Path) -> bool:
        """Whether ``other`` is this path or hangs off it."""
        return self.variable is other.variable and other.attributes[: len(self.attributes)] == self.attributes

    def meets(self, other: Path) -> bool:
        """Whether one of the two hangs off the other, so that changing one may change the other."""
        if self.variable is not other.variable:
            return False
        mine, others = self.attributes, other.attributes
        if not mine or not others:
            return True
        length = min(len(mine), len(others))
        return mine[:length] == others[:length]


class Part:
    """Anything in the tree."""

    @property
    def inner(self) -> Sequence[Part]:
        """The parts that it is made of."""
        return ()

    @property
    def kinds(self) -> Sequence[type[Part]]:
        """Of which kind it is, where that matters to what it is not about."""
        return ()

    @functools.cached_property
    def touched(self) -> Touched:
        """What happens in it, now and in code that is made there."""
        keys: set[Key] = set()
        sent: set[Key] = set()
        kinds: set[type[Part]] = set()
        for part in self.inner:
            kinds.update(part.kinds)
            if isinstance(part, Effect):
                (sent if isinstance(part, Dispatch) else keys).update(part.keys)
            else:
                keys |= part.touched.keys
                sent |= part.touched.sent
                kinds |= part.touched.kinds
        return Touched(frozenset(keys), frozenset(sent), frozenset(kinds))

    @functools.cached_property
    def index(self) -> Index:
        """Where in it what happens."""
        certain = [position for position, part in enumerate(self.inner) if _runs_unknown_code(part)]
        return Index((part.touched for part in self.inner), certain)


@dataclass(eq=False)
class Suite(Part):
    """Parts that run one after the other."""

    parts: list[Part] = field(default_factory=list)

    @property
    def inner(self) -> Sequence[Part]:
        """See :class:`Part`."""
        return self.parts

    def begin_with(self, part: Part) -> None:
        """Put a part before all others, which matters to no value."""
        self.parts.insert(0, part)
        self.__dict__.pop("index", None)

    def effects_on(self, keys: frozenset[Key]) -> Iterator[Effect]:
        """Effects in it, now and in code that is made there: all that do something to what is under the keys, and some
        others."""
        pending: list[Part] = [self]
        while pending:
            part = pending.pop()
            if isinstance(part, Effect):
                yield part
            elif isinstance(part, Suite) and len(part.parts) >= LONG:
                pending += [part.parts[position] for position in reversed(part.index.of_keys(keys))]
            elif not keys.isdisjoint(part.touched.keys):
                pending += reversed(part.inner)


@dataclass(eq=False)
class Statement(Suite):
    """A statement: the only kind of place before which a put can stand."""

    node: ast.stmt = field(kw_only=True)
    insertable: bool = field(kw_only=True, default=True)
    """False for the ``if`` of an ``elif``, before which nothing can be written, and inside the body of a class,
    where a new name would be a new attribute."""


@dataclass(eq=False)
class Loop(Suite):
    """Parts that run zero or more times; ``times`` is the number where it is a constant of the program. ``once`` says
    that the first turn always leaves the loop, ``leaves`` that it leaves the suite around it too."""

    node: ast.AST = field(kw_only=True)
    times: int | None = field(kw_only=True, default=None)
    once: bool = field(kw_only=True, default=False)
    leaves: bool = field(kw_only=True, default=False)
    elsewhere: bool = field(kw_only=True, default=False)
    """Whether it stands in a function that is called here."""

    @property
    def repeats(self) -> bool:
        """Whether the parts may run more than once."""
        return self.times not in (0, 1) and not self.once

    @functools.cached_property
    def may_be_left(self) -> bool:
        """Whether a statement in it ends the loop, or one of its turns."""
        return any(isinstance(node, LEAVING) for node in walk(self.node))


@dataclass(eq=False)
class Arm(Suite):
    """One of the ways through a branch or a guard; ``leaves`` when it never reaches the end of it, ``returns``
    when it leaves the whole body."""

    leaves: bool = field(kw_only=True, default=False)
    returns: bool = field(kw_only=True, default=False)


@dataclass(eq=False)
class Branch(Part):
    """Arms of which exactly one runs."""

    arms: list[Arm]

    @property
    def inner(self) -> Sequence[Part]:
        """See :class:`Part`."""
        return self.arms


@dataclass(eq=False)
class CellByCell(Branch):
    """The cells of a notebook, as arms: they run in any order, again, or never. So another may have run before each."""


@dataclass(eq=False)
class Guard(Part):
    """A ``try`` or ``with``: a boundary that an exception raised inside it can be seen at.

    ``handlers`` run after any part of ``body``; ``finish`` (``finally``) after any part of all others. A ``with``
    ``swallows`` when its manager may suppress an exception.
    """

    node: ast.AST
    body: Arm
    handlers: list[Arm] = field(default_factory=list)
    finish: Arm | None = None
    swallows: bool = False

    @property
    def all_arms(self) -> list[Arm]:
        """The arms in the order of the source."""
        return [self.body, *self.handlers, *([self.finish] if self.finish is not None else [])]

    @property
    def inner(self) -> Sequence[Part]:
        """See :class:`Part`."""
        return self.all_arms


@dataclass(eq=False)
class Later(Suite):
    """Code that is made here and runs at an unknown later time: function bodies, lambdas, generators."""

    node: ast.AST = field(kw_only=True)

    @property
    def kinds(self) -> Sequence[type[Part]]:
        """See :class:`Part`."""
        return (Later,)


@dataclass(eq=False)
class Effect(Part):
    """A leaf: what happens at ``node``."""

    node: ast.AST

    @property
    def keys(self) -> Iterable[Key]:
        """What it is found under."""
        path: Path | None = getattr(self, "path", None)
        return keys_of(path) if path is not None else ()

    @property
    def kinds(self) -> Sequence[type[Part]]:
        """See :class:`Part`."""
        return (type(self),)

    @functools.cached_property
    def touched(self) -> Touched:
        """See :class:`Part`."""
        sends = isinstance(self, Dispatch)
        keys = frozenset(self.keys)
        return Touched(frozenset() if sends else keys, keys if sends else frozenset(), frozenset(self.kinds))


@dataclass(eq=False)
class Bind(Effect):
    """``path`` is bound to something else: to ``source`` where one expression gives it."""

    path: Path
    source: ast.expr | None = None
    unbinds: bool = False


@dataclass(eq=False)
class Change(Effect):
    """The object at ``path`` is changed in place; ``grows`` when it gets no smaller by it.

    ``inside`` when it is rather something that it holds, or shares memory with, that is changed.
    """

    path: Path
    grows: bool
    inside: bool = False


@dataclass(eq=False)
class Consume(Effect):
    """What is at ``path`` is iterated over: if it is an iterator, it has less to give afterwards."""

    path: Path


@dataclass(eq=False)
class ReadItem(Effect):
    """An item of what is at ``path`` is read: of a ``collections.defaultdict`` that may add it."""

    path: Path


@dataclass(eq=False)
class SetAttribute(Effect):
    """The attribute called ``name`` of the object at ``path`` is bound or deleted."""

    path: Path
    name: str

    @property
    def keys(self) -> Iterable[Key]:
        """See :class:`Effect`."""
        return *keys_of(self.path), self.name

    @property
    def kinds(self) -> Sequence[type[Part]]:
        """See :class:`Part`. A method may set any attribute of its own object."""
        is_self = not self.path.attributes and self_name(self.path.variable.scope) == self.path.variable.name
        return () if is_self else (SetAttribute,)


@dataclass(eq=False)
class Escape(Effect):
    """The object at ``path`` is handed to unknown code, which may change it now, and keep it to change later."""

    path: Path


@dataclass(eq=False)
class Share(Effect):
    """The object at ``path`` is stored where other code can reach it; it is not changed."""

    path: Path


@dataclass(eq=False)
class Store(Effect):
    """The object at ``path`` is put into the object at ``container``."""

    path: Path
    container: Path

    @property
    def keys(self) -> Iterable[Key]:
        """See :class:`Effect`."""
        return *keys_of(self.path), *keys_of(self.container)


@dataclass(eq=False)
class Opaque(Effect):
    """Unknown code runs: a call of something whose body is not known, or another coroutine's turn."""


@dataclass(eq=False)
class Enter(Effect):
    """A function of the file whose body is known is called: what it does follows, as effects."""


@dataclass(eq=False)
class RayEffect(Effect):
    """A call of Ray's API. ``starts``: Ray runs afterwards. ``resets``: it changes whether and how Ray runs.
    ``depends``: it behaves differently before Ray has started."""

    starts: bool = False
    resets: bool = False
    depends: bool = False


@dataclass(eq=False)
class CellEnd(Effect):
    """A cell ends: here, or before, at its first error. The next one is run all the same."""


class Form(enum.Enum):
    """How an argument passes a value."""

    VALUE = "value"
    """As it is: ``f.remote(x)``."""
    PUT = "put"
    """As a reference that is made for the call: ``f.remote(ray.put(x))``."""
    NESTED = "nested"
    """Inside of a container, where Ray would not replace a reference by its value: ``f.remote([x, i])``."""
    STARRED = "starred"
    """As the arguments themselves: ``f.remote(*x)``."""


@dataclass(frozen=True, eq=False)
class Sent:
    """A value that a remote call sends, which stays the same as long as all of ``parts`` do.

    ``argument`` is what a reference would be written in place of, ``value`` what it would refer to, and ``may_fail``
    what may raise an exception when the value is computed.
    """

    argument: ast.expr
    value: ast.expr
    form: Form
    parts: tuple[Path, ...]
    may_fail: ast.expr | None = None
    within: ast.expr | None = None
    """The container that it is nested in."""
    parameters: tuple[Variable, ...] = ()
    """The parameters of functions of the file that it goes through on its way to remote calls."""
    arguments: tuple[ast.expr, ...] = ()
    """How these functions write it where they hand it on."""
    repeating: tuple[Scope, ...] = ()
    """Those of them that send it again and again."""
    reached: tuple[Scope, ...] = ()
    """The functions that are called, the last of which sends it without being given it: there it is written."""

    @functools.cached_property
    def path(self) -> Path | None:
        """The path that the value is, if it is not computed."""
        if self.reached:
            return self.parts[0]
        plain = isinstance(self.value, ast.Name | ast.Attribute) and len(self.parts) == 1
        return self.parts[0] if plain and self.parts[0].text == ast.unparse(self.value) else None

    @functools.cached_property
    def key(self) -> tuple[object, ...]:
        """The same for the same value in the same form."""
        form = self.form, bool(self.reached)
        return (*form, self.path) if self.path is not None else (*form, self.parts, ast.dump(self.value))


@dataclass(eq=False)
class Dispatch(Effect):
    """A remote call is made: now its arguments are serialized. ``sent`` are those that are invariant.

    Or a function of the file is called that only hands them on, to the remote calls that ``reaches`` are.
    """

    call: RemoteCall
    sent: tuple[Sent, ...]
    reaches: tuple[RemoteCall, ...] = ()

    @property
    def keys(self) -> Iterable[Key]:
        """See :class:`Effect`."""
        return [key for sent in self.sent for part in sent.parts for key in keys_of(part)]


def _runs_unknown_code(part: Part) -> bool:
    """Whether a part certainly runs unknown code, exceptions apart."""
    return isinstance(part, Opaque) or (
        isinstance(part, Statement) and any(isinstance(each, Opaque) for each in part.parts)
    )


def inner_parts(parts: Sequence[Part], *, into_later: bool = False, into_functions: bool = False) -> Iterator[Part]:
    """All parts inside ``parts``, in order; those of lambdas and generators, and of functions, only on request."""
    pending = [*reversed(parts)]
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, Later):
            enter = into_functions if isinstance(part.node, Definition) else into_later
        else:
            enter = not isinstance(part, Effect)
        if enter:
            pending += reversed(part.inner)


def repeated_parts(parts: Sequence[Part]) -> Iterator[tuple[Part, bool]]:
    """All parts inside ``parts``, those of lambdas and generators too, each with whether it may run more than once in
    one run of them."""
    pending = [(part, False) for part in reversed(parts)]
    while pending:
        part, repeated = pending.pop()
        again = repeated or isinstance(part, CellByCell) or (isinstance(part, Loop) and part.repeats)
        yield part, again
        if not (isinstance(part, Later) and isinstance(part.node, Definition)):
            pending += [(inner, again) for inner in reversed(part.inner)]


def leaves(parts: Sequence[Part], *, into_later: bool = False) -> Iterator[Effect]:
    """The leaves among :func:`inner_parts`; with ``into_later`` those of all code that is made there."""
    for part in inner_parts(parts, into_later=into_later, into_functions=into_later):
        if isinstance(part, Effect):
            yield part
