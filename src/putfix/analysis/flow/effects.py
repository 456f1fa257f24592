"""What a call does to the values it can reach, and which values an expression's result may share.

A function that :mod:`putfix.knowledge` does not list may do anything: it changes its arguments, keeps them,
and changes whatever it kept before. The same holds for a method of an object of unknown type.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

from putfix import knowledge
from putfix.analysis.flow.bodies import Alias
from putfix.analysis.flow.parts import (
    Bind,
    Change,
    Consume,
    Effect,
    Escape,
    Opaque,
    Path,
    RayEffect,
    ReadItem,
    SetAttribute,
    Share,
    Store,
)
from putfix.analysis.flow.summaries import Summaries
from putfix.analysis.names.assigned import unmangled
from putfix.analysis.names.definitions import Target
from putfix.analysis.names.nodes import children
from putfix.analysis.names.scopes import Scopes, own_returns
from putfix.analysis.names.variables import Comprehension, Scope, Variable
from putfix.analysis.sizes.derived import TABULAR
from putfix.analysis.sizes.evaluation import Sizes
from putfix.knowledge import ray_core, running
from putfix.knowledge.rows import ANY_NUMBER

_CODE = {"import", "function", "class"}


def dotted_path(node: ast.expr, scope: Scope) -> Path | None:
    """The path that ``node`` is, if it is a variable or attributes reached from one."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        # What is set in the dictionary of an object is set on the object.
        attributes = [] if node.attr == "__dict__" else [*attributes, unmangled(node.attr)]
        node = node.value
    variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
    return Path(variable, tuple(reversed(attributes))) if variable is not None else None


def carried(node: ast.expr, scope: Scope, effects: CallEffects) -> Sequence[Path]:
    """The paths whose objects the value of ``node`` may be, hold, or share memory with."""
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare):
        return ()
    path = dotted_path(node, scope)
    if path is not None:
        return () if effects.is_plain(node, scope) else (effects.owner_of_memory(path, node, scope),)
    key = node, scope
    known = effects.carried_before.get(key)
    if known is not None:
        return known
    missed = effects.missed
    found: Sequence[Path]
    if isinstance(node, ast.Call):
        found = effects.carried_by_call(node, scope)
    elif isinstance(node, ast.BinOp) and effects.is_array(node, scope):
        found = ()
    elif isinstance(node, ast.Lambda | Comprehension):
        found = effects.carried_by_elements(node)
    else:
        found = [path for part in _parts(node) for path in carried(part, scope, effects)]
    if missed == effects.missed:
        effects.carried_before[key] = found
    return found


def _parts(node: ast.expr) -> list[ast.expr]:
    """What the value of an expression may be, or be made of."""
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return [child for child in children(node) if isinstance(child, ast.expr)]


class CallEffects:
    """Decides what the calls of one module do, remote calls apart."""

    def __init__(
        self, scopes: Scopes, sizes: Sizes, summaries: Summaries, others: Callable[[Scope], CallEffects]
    ) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._others = others
        self._sizes = sizes
        self._summaries = summaries
        self._pure: dict[ast.AST, bool] = {}
        self._functions: dict[Variable, bool] = {}
        """The variables that are asked about, and whether they may be functions of this file."""
        self.carried_before: dict[tuple[ast.expr, Scope], Sequence[Path]] = {}
        """What :func:`carried` found out, where no summary was missed: the expressions around ask again."""

    @property
    def missed(self) -> int:
        """See :attr:`putfix.analysis.flow.summaries.Summaries.missed`."""
        return self._summaries.missed

    def name(self, node: ast.expr, scope: Scope) -> str | None:
        """The qualified name of what ``node`` calls; None where it is not a call, or not known."""
        return self._sizes.callee(node, scope) if isinstance(node, ast.Call) else None

    def is_array(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is an array, whose arithmetic makes new arrays."""
        return self._sizes.kind(node, scope) == "numpy.ndarray"

    def is_plain(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is an attribute that shares nothing with its object, such as the shape of an array."""
        if not isinstance(node, ast.Attribute):
            return False
        row = knowledge.methods(self._sizes.kind(node.value, scope) or "")
        return row is not None and node.attr in row.plain_attributes

    def owner_of_memory(self, path: Path, node: ast.expr, scope: Scope) -> Path:
        """The array or table at ``path``, or whose attribute is: ``x.T`` and ``x.real`` share its memory."""
        while isinstance(node, ast.Attribute):
            node = node.value
            if self._sizes.kind(node, scope) in TABULAR:
                path = dotted_path(node, scope) or path
        return path

    def only_reads(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call neither changes nor keeps anything, apart from the code of lambdas handed to it."""
        name = self._sizes.callee(node, scope)
        row = knowledge.reads(name) if name is not None else None
        if row is None or not _are_plain(node, any_number=row.at_most == ANY_NUMBER):
            return False
        lambdas = {keyword.arg for keyword in node.keywords if isinstance(keyword.value, ast.Lambda)}
        words = {keyword.arg for keyword in node.keywords} - lambdas
        fits = len(node.args) <= row.at_most and not words & running.OUTPUT_KEYWORDS
        return fits and not any(self._is_function(argument, scope) for argument in _values(node))

    def forgets(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the lambdas and generators handed to the call have run, and are gone, when it is over."""
        return self.name(node, scope) in running.FORGETTING and self.is_listed(node, scope)

    def hands_on(self, node: ast.Call, scope: Scope) -> bool:
        """Whether what the call returns may give out what its arguments hold, as ``zip`` does."""
        row = knowledge.reads(self.name(node, scope) or "")
        return row is not None and row.result != "fresh"

    def iterates(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call goes through what it is given, to the end."""
        name = self.name(node, scope) or ""
        return name in running.FORGETTING or name.rpartition(".")[2] in running.ITERATING

    def is_listed(self, node: ast.Call, scope: Scope) -> bool:
        """Whether tables say what the call does."""
        return self.only_reads(node, scope) or self._known_method(node, self.name(node, scope) or "", scope) is not None

    def _is_function(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is a function of this file, which whoever gets it may call."""
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        if variable is None:
            return False
        if variable not in self._functions:
            self._functions[variable] = any(
                binding.kind == "function" or isinstance(binding.value, ast.Lambda) for binding in variable.bindings
            )
        return self._functions[variable]

    def of(self, node: ast.Call, scope: Scope) -> tuple[list[Effect], list[tuple[Path, Path]]]:
        """The effects of the call itself, its arguments being evaluated, and what it puts into what."""
        name = self._sizes.callee(node, scope) or ""
        if self.only_reads(node, scope):
            return self._of_reading(name, node), []
        method = self._known_method(node, name, scope)
        if method == "reads":
            return [], []
        arguments = [path for argument in _values(node) for path in carried(argument, scope, self)]
        if name in ray_core.EFFECTS:  # with ** or *, whatever they hold
            return [*[Escape(node, path) for path in arguments], RayEffect(node, **ray_core.EFFECTS[name])], []
        receivers = self._receivers(node, scope)
        if method is not None and isinstance(node.func, ast.Attribute):
            inside = dotted_path(node.func.value, scope) is None
            changes = [Change(node, path, grows=method == "changes", inside=inside) for path in receivers]
            return [*changes], [(path, kept) for path in receivers for kept in arguments]
        return [*[Escape(node, path) for path in [*arguments, *receivers]], Opaque(node)], []

    def runs_known_code(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call runs a function of this file, whose effects are known."""
        return self._summaries.target(node, scope) is not None

    def returned_by(self, node: ast.Call, scope: Scope) -> list[tuple[ast.expr, Scope]] | None:
        """What the function of the file that ``node`` calls returns, to be read in its own scope; None for others."""
        target = self._summaries.target(node, scope)
        if target is None or target.fresh is not None:
            return None
        values = [statement.value for statement in own_returns(target.definition)]
        return [(value, target.scope) for value in values if value is not None]

    def of_body(self, node: ast.Call, scope: Scope) -> tuple[list[Effect], list[Alias]]:
        """What the function of the file that ``node`` calls does: its summary, with the arguments in place of the
        parameters."""
        target = self._summaries.target(node, scope)
        assert target is not None
        summary = self._summaries.of(target)
        given = self._given(target)
        effects = [placed for effect in summary.effects for placed in _placed(effect, node, given)]
        aliases = [
            Alias(*pair, callee=callee)
            for groups, callee in ((summary.plain_aliases, None), (summary.aliases, node.func))
            for group in groups
            # What has no name here drops out; the others share memory still.
            for pair in itertools.pairwise(place for path in group for place, _ in _places(path, given))
        ]
        effects = [each for effect in effects for each in _seen_from(effect, scope)]
        # What keeps a value comes before what may then change it.
        return sorted(effects, key=lambda effect: not isinstance(effect, Escape | Share | Store)), aliases

    def read_by(self, node: ast.Call, scope: Scope) -> list[Path]:
        """What the function of the file that ``node`` calls looks at by itself, or through its parameters."""
        target = self._summaries.target(node, scope)
        assert target is not None
        given = self._given(target)
        return [place for path in self._summaries.of(target).reads for place, _ in _places(path, given)]

    def is_pure(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the function of the file that ``node`` calls only computes its result from what it reads."""
        target = self._summaries.target(node, scope)
        assert target is not None
        if target.definition not in self._pure:
            self._pure[target.definition] = False  # while it is looked at: what calls itself is not decided
            # That it uses up an iterator begins a new version of what it was given.
            effects = [e for e in self._summaries.of(target).effects if not isinstance(e, Consume | ReadItem | Share)]
            home = self._others(target.scope)
            calls = home._scopes.calls_inside(target.definition)
            stays = home is self or all(map(home._stays, self._summaries.of(target).reads))
            self._pure[target.definition] = stays and not effects and all(home._is_repeatable(*call) for call in calls)
        return self._pure[target.definition]

    def _stays(self, path: Path) -> bool:
        """Whether what another module reads is a parameter, or certainly a constant."""
        variable = path.variable
        if variable.scope.parent is not None or {binding.kind for binding in variable.bindings} <= _CODE:
            return True
        return not path.attributes and self._sizes.is_constant(variable)

    def _is_repeatable(self, node: ast.Call, scope: Scope) -> bool:
        """Whether the call gives the same again: by tables, or by the body of a function of the file."""
        if self._summaries.target(node, scope) is not None:
            return self.is_pure(node, scope)
        name = self._sizes.callee(node, scope) or ""
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        if row is not None and self._known_method(node, name, scope) is not None:
            return method not in row.acting
        return knowledge.is_repeatable(name) and self.only_reads(node, scope)

    def _given(self, target: Target) -> dict[Variable, list[tuple[Path, bool]]]:
        """The paths that each parameter stands for; whether for something inside of what is there."""
        given: dict[Variable, list[tuple[Path, bool]]] = {}
        for parameter, argument, scope in target.arguments:
            path = dotted_path(argument, scope)
            default = argument in (*target.definition.args.defaults, *target.definition.args.kw_defaults)
            if default and path is None and not isinstance(argument, ast.Constant):
                given[parameter] = [(Path(parameter), False)]  # the same object in every call
                continue
            exact = path is not None and not _gathers(parameter, target)
            paths = [path] if path is not None and exact else [*carried(argument, scope, self)]
            given.setdefault(parameter, []).extend((path, not exact) for path in paths)
        if target.fresh is not None:
            given[target.fresh] = []
        return given

    def _receivers(self, node: ast.Call, scope: Scope) -> Sequence[Path]:
        """What the callee itself gives the call access to: ``x`` in ``x.f()``, and in ``f()`` after ``f = x.fill``."""
        if self._is_module(node.func, scope) and self._scopes.defined(node.func, scope) is None:
            return []
        return carried(node.func.value if isinstance(node.func, ast.Attribute) else node.func, scope, self)

    def carried_by_call(self, node: ast.Call, scope: Scope) -> Sequence[Path]:
        """What the result of a call may share with its arguments and its receiver."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "remote":
            return []
        target = self._summaries.target(node, scope)
        if target is not None:
            summary, given = self._summaries.of(target), self._given(target)
            held = summary.returns if target.fresh is None else summary.held
            if held is not None:
                receivers = self._receivers(node, scope) if target.fresh is not None else []
                return [*(place for path in held for place, _ in _places(path, given)), *receivers]
        name = self._sizes.callee(node, scope) or ""
        row = knowledge.reads(name)
        method = self._known_method(node, name, scope)
        arguments = [path for argument in _values(node) for path in carried(argument, scope, self)]
        if self.only_reads(node, scope):
            first = node.args[0] if node.args else None
            copied = row is not None and row.result == "items" and first is not None and self.is_array(first, scope)
            return [] if row is None or row.result == "fresh" or copied else arguments
        if (method == "reads" and not self._is_view(name)) or (method == "changes" and _is_drawn(name, node)):
            return []
        return [*arguments, *self._receivers(node, scope)]

    def carried_by_elements(self, node: ast.Lambda | Comprehension) -> Sequence[Path]:
        """What the elements of a comprehension, or the result of a lambda, may share."""
        scope = self._scopes.scope_of(node)
        if isinstance(node, ast.DictComp):
            return [*carried(node.key, scope, self), *carried(node.value, scope, self)]
        return carried(node.body if isinstance(node, ast.Lambda) else node.elt, scope, self)

    def arm_where_ray_runs(self, test: ast.expr, scope: Scope) -> bool | None:
        """The outcome of ``test`` that means that Ray runs; None where it does not ask for that."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.arm_where_ray_runs(test.operand, scope)
            return None if inner is None else not inner
        return True if self.name(test, scope) == "ray.is_initialized" else None

    def _of_reading(self, name: str, node: ast.Call) -> list[Effect]:
        if name in ray_core.EFFECTS:
            return [RayEffect(node, **ray_core.EFFECTS[name])]
        # Ray draws from the random module when it starts, and most of its own functions need it to run.
        if name.startswith("random.") or (name.startswith("ray.") and name not in ray_core.NEUTRAL):
            return [RayEffect(node, depends=True)]
        return []

    def _known_method(self, node: ast.Call, name: str, scope: Scope) -> str | None:
        """``reads``, ``changes`` or ``shrinks`` for a method of a known type that is listed."""
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        if row is None or not isinstance(node.func, ast.Attribute) or self._is_module(node.func, scope):
            return None  # unknown, or list.append(x, 1), whose object is an argument
        if {keyword.arg for keyword in node.keywords} & running.OUTPUT_KEYWORDS or not _are_plain(node):
            return None
        if any(self._is_function(argument, scope) for argument in _values(node)):
            return None
        if method in row.with_output and len(node.args) > 1:
            return None
        if len(node.args) > dict(row.draws).get(method, ANY_NUMBER):
            return None
        if method in row.reads or method in row.views:
            return "reads"
        return "changes" if method in row.changes else "shrinks" if method in row.shrinks else None

    def _is_view(self, name: str) -> bool:
        """Whether the result of the method may share memory with its object."""
        kind, _, method = name.rpartition(".")
        row = knowledge.methods(kind)
        return row is not None and method in row.views

    def _is_module(self, node: ast.expr, scope: Scope) -> bool:
        """Whether the callee is reached from an import: there is no object to change."""
        return self._scopes.qualified(node, scope) is not None


def _is_drawn(name: str, node: ast.Call) -> bool:
    """Whether the method changes its object, and its result shares memory neither with that nor with arguments."""
    kind, _, method = name.rpartition(".")
    row = knowledge.methods(kind)
    return row is not None and method in dict(row.draws)


def _are_plain(node: ast.Call, *, any_number: bool = False) -> bool:
    """Whether it is known which parameters the arguments go to; ``*`` is fine where there may be any number."""
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    return (any_number or not starred) and all(keyword.arg is not None for keyword in node.keywords)


def _values(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _gathers(parameter: Variable, target: Target) -> bool:
    """Whether the parameter is ``*args`` or ``**kwargs``, which hold what they are given."""
    arguments = target.definition.args
    return parameter.name in {word.arg for word in (arguments.vararg, arguments.kwarg) if word is not None}


def _places(path: Path, given: dict[Variable, list[tuple[Path, bool]]]) -> list[tuple[Path, bool]]:
    """What a path of the callee is for the caller."""
    if path.variable not in given:
        return [(path, False)]
    return [
        (place, True) if inside else (Path(place.variable, (*place.attributes, *path.attributes)), False)
        for place, inside in given[path.variable]
    ]


def _seen_from(effect: Effect, scope: Scope) -> Iterator[Effect]:
    """An effect as the module of ``scope`` sees it, where what another module binds has no name, or several."""
    if isinstance(effect, Store) and effect.container.variable.scope.module is not scope.module:
        yield from _seen_from(Escape(effect.node, effect.path), scope)
    elif not isinstance(effect, _ON_A_PATH) or effect.path.variable.scope.module is scope.module:
        yield effect
    elif not isinstance(effect, Escape | Share | Store):
        yield Opaque(effect.node)


_ON_A_PATH = Bind | Change | Consume | Escape | ReadItem | SetAttribute | Share | Store


def _placed(effect: Effect, node: ast.Call, given: dict[Variable, list[tuple[Path, bool]]]) -> Iterator[Effect]:
    """An effect of the callee, as one of the call ``node``."""
    if isinstance(effect, Opaque):
        yield Opaque(node)
    elif isinstance(effect, RayEffect):
        yield RayEffect(node, resets=effect.resets, depends=effect.depends)
    elif isinstance(effect, Store):
        containers = _places(effect.container, given)
        for path, _ in _places(effect.path, given):
            yield from (
                (Store(node, path, container) for container, _ in containers) if containers else [Share(node, path)]
            )
    elif isinstance(effect, Bind | Change | Consume | Escape | ReadItem | SetAttribute | Share):
        for path, inside in _places(effect.path, given):
            if isinstance(effect, Consume | Escape | ReadItem | Share):
                yield type(effect)(node, path)
            elif isinstance(effect, Change) or inside:
                grows = isinstance(effect, Change) and effect.grows
                yield Change(node, path, grows=grows, inside=inside or (isinstance(effect, Change) and effect.inside))
            else:
                yield (
                    Bind(node, path, unbinds=effect.unbinds)
                    if isinstance(effect, Bind)
                    else SetAttribute(node, path, effect.name)
                )
