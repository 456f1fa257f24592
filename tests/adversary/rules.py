"""The rules of putfix that a planted bug makes it forget, one by one, and why no program notices some of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from putfix.analysis.flow.parts import Bind
from putfix.analysis.versions.walk import Version

Careless = Callable[[Any], Any]
"""Makes the careless version of a function from the right one."""


@dataclass(frozen=True)
class Rule:
    """A function of putfix, ``module.Class.name`` below ``putfix``, and how it is when it forgets a rule."""

    target: str
    says: str
    careless: Careless

    @property
    def name(self) -> str:
        return f"{self.target} {self.says}"

    @property
    def owner(self) -> Any:
        """The module or class that has the function."""
        *modules, last = self.target.split(".")[:-1]
        if last.islower():
            return importlib.import_module(".".join(["putfix", *modules, last]))
        return getattr(importlib.import_module(".".join(["putfix", *modules])), last)


def always(answer: Any) -> Careless:
    return lambda old: lambda *_, **__: answer


def _only(answer: Callable[..., Any]) -> Careless:
    """A function that does not need the right one."""
    return lambda old: answer


def _but(change: Callable[..., Any]) -> Careless:
    """A function that changes the answer of the right one."""
    return lambda old: lambda *arguments, **named: change(old(*arguments, **named), *arguments)


def _last_wins(walk: Any, ends: Any) -> None:
    walk.version, walk.exposed = ends[-1]


def _once(walk: Any, loop: Any) -> None:
    walk.run(loop)


def _first_wins(walk: Any, ends: Any) -> None:
    walk.version, walk.exposed = ends[0]


def _in_line(walk: Any, guard: Any) -> None:
    for arm in guard.all_arms:
        walk.run(arm)


def _bound(version: Version, *_: Any) -> Version:
    version.bound = True
    return version


def _not_handed_over(version: Version, *_: Any) -> Version:
    version.handed_over = False
    return version


def _first_binding(old: Any) -> Any:
    first: dict[int, Any] = {}

    def begins(self: Any, effect: Any, exposed: bool) -> Any:
        if isinstance(effect, Bind) and effect.path == self.path:
            return first.setdefault(id(self), (self, effect))[1] is effect
        return old(self, effect, exposed)

    return begins


FORGOTTEN = (
    # What is the same object.
    Rule("analysis.flow.bodies.Flow.also_at", "is empty", always(frozenset())),
    Rule("analysis.flow.bodies.Flow.leaked", "is empty", always(frozenset())),
    Rule(
        "analysis.flow.bodies.Flow.containers",
        "is every path",
        _only(lambda self: frozenset(alias.path for alias in self.aliases)),
    ),
    Rule("analysis.flow.parts.Path.meets", "is equality", _only(lambda self, other: bool(self == other))),
    Rule("analysis.flow.parts.Path.starts", "is equality", _only(lambda self, other: bool(self == other))),
    Rule("analysis.flow.effects.carried", "is nothing", always([])),
    Rule(
        "analysis.flow.effects.carried",
        "is the path itself only",
        _but(lambda found, node, *_: found if hasattr(node, "id") else []),
    ),
    Rule("analysis.flow.effects.CallEffects.carried_by_call", "is nothing", always([])),
    Rule("analysis.flow.effects.CallEffects.carried_by_elements", "is nothing", always([])),
    Rule("analysis.flow.effects.CallEffects._receivers", "is nothing", always([])),
    Rule("analysis.flow.effects.CallEffects.is_plain", "is true", always(True)),
    Rule("analysis.flow.effects.CallEffects.is_array", "is true", always(True)),
    Rule("analysis.flow.effects.CallEffects._is_view", "is false", always(False)),
    # What calls do.
    Rule("analysis.flow.effects.CallEffects.only_reads", "is true", always(True)),
    Rule("analysis.flow.effects.CallEffects.forgets", "is true", always(True)),
    Rule("analysis.flow.effects.CallEffects._is_function", "is false", always(False)),
    Rule("analysis.flow.effects._are_plain", "is true", always(True)),
    Rule("knowledge.running.OUTPUT_KEYWORDS", "is empty", lambda old: frozenset()),
    Rule("analysis.flow.effects.CallEffects.iterates", "is false", always(False)),
    Rule(
        "analysis.flow.effects.CallEffects._known_method",
        "never shrinks",
        _but(lambda known, *_: "changes" if known == "shrinks" else known),
    ),
    Rule("analysis.flow.effects.CallEffects._known_method", "always reads", _but(lambda known, *_: known and "reads")),
    Rule("analysis.flow.containers.Containers.is_container", "is true", always(True)),
    Rule("analysis.versions.values.ValueTracker.begins", "sees the first binding only", _first_binding),
    # Who can reach a value.
    Rule(
        "analysis.versions.values.ValueTracker._touches",
        "is equality",
        _only(lambda self, path: bool(path == self.path)),
    ),
    Rule("analysis.versions.values.ValueTracker._loses_attribute", "is false", always(False)),
    Rule("analysis.versions.values.ValueTracker._is_private", "is true", always(True)),
    Rule("analysis.versions.values.ValueTracker._may_be_the_same", "is false", always(False)),
    Rule("analysis.versions.values._are_apart", "is true", always(True)),
    Rule("analysis.versions.values.is_constant", "is true", always(True)),
    Rule("analysis.sizes.isolation.Isolation.holds", "is true", always(True)),
    Rule("analysis.decisions.onlookers.Onlookers.call_seeing", "is nothing", always(None)),
    Rule("analysis.versions.walk.Walk._reaches", "is false", always(False)),
    Rule("analysis.versions.walk.Walk._brings_near", "is false", always(False)),
    # Ways through the program.
    Rule("analysis.versions.walk.Walk._join", "takes the last end", _only(_last_wins)),
    Rule("analysis.versions.walk.Walk._loop", "runs once", _only(_once)),
    Rule("analysis.versions.walk.Walk._join", "takes the first end", _only(_first_wins)),
    Rule("analysis.versions.walk.Walk._guard", "runs in line", _only(_in_line)),
    Rule("analysis.versions.walk.Walk._later", "does nothing", always(None)),
    Rule(
        "analysis.versions.walk.Walk._interrupted", "finds no events", _only(lambda self, arm, exposed: ([], exposed))
    ),
    Rule("analysis.versions.walk.Walk._foresee", "finds no events", _but(lambda found, *_: ([], found[1]))),
    Rule("analysis.versions.walk.Walk._foresee", "finds nobody near", _but(lambda found, *_: (found[0], False))),
    # Whether there is a value, and what it may be.
    Rule("analysis.versions.values.at_the_start", "is bound", _but(_bound)),
    Rule("analysis.versions.values._comes_first", "is true", always(True)),
    Rule("analysis.versions.walk._after", "is bound", _but(_bound)),
    Rule("analysis.versions.walk._merged", "is bound", _but(_bound)),
    Rule("analysis.versions.walk._after", "is never handed over", _but(_not_handed_over)),
    Rule("analysis.versions.walk._merged", "is never handed over", _but(_not_handed_over)),
    # Where a put can stand.
    Rule("analysis.decisions.placement.Placement._boundary", "is nothing", always(None)),
    Rule("analysis.decisions.placement._is_certain", "is true", always(True)),
    Rule("analysis.decisions.placement._exclusive", "is false", always(False)),
    Rule("analysis.decisions.placement.Placement._running_later", "is nothing", always(())),
    Rule("analysis.decisions.placement.surely_runs", "is true", always(True)),
    Rule("analysis.flow.parts.Loop.may_be_left", "is false", always(False)),
    # What functions of the file do.
    Rule("analysis.flow.summaries._Summarising._seen_outside", "is nothing", always(())),
    Rule("analysis.flow.summaries._Summarising._returned", "is nothing", always(())),
    Rule("analysis.flow.summaries._Summarising._aliases", "is nothing", always(())),
    Rule("analysis.flow.summaries._Summarising._makes_new", "is true", always(True)),
    Rule("analysis.flow.summaries._Summarising._shared_roots", "is empty", always(frozenset())),
    Rule("analysis.flow.summaries._Summarising._may_be_anything", "is false", always(False)),
    Rule("analysis.flow.summaries._Summarising._is_captured", "is false", always(False)),
    Rule("analysis.names.definitions._is_plain", "is true", always(True)),
    Rule("analysis.names.definitions.is_hook", "is false", always(False)),
    Rule("analysis.names.definitions.Definitions._may_be_replaced", "is false", always(False)),
    Rule("analysis.names.definitions.Definitions._has_plain_bases", "is true", always(True)),
    Rule("analysis.names.definitions.Definitions._is_plain_class", "is true", always(True)),
    # What is the same every time, and cannot fail.
    Rule("analysis.flow.effects.CallEffects.read_by", "is nothing", always([])),
    Rule("analysis.flow.effects.CallEffects.is_pure", "is true", always(True)),
    Rule("analysis.flow.invariants.Invariants._is_computed", "is false", always(False)),
    Rule("analysis.flow.failures.Failures.first_in", "is nothing", always(None)),
    Rule("analysis.decisions.placement.is_computed_first", "is true", always(True)),
    Rule("analysis.decisions.placement._is_plain_iteration", "is true", always(True)),
    Rule("analysis.decisions.verdicts.Verdicts.surely_serializes", "is true", always(True)),
    # Which reference is the same.
    Rule("analysis.versions.references.References._is_single", "is true", always(True)),
    Rule("analysis.versions.references.References._is_shadowed", "is false", always(False)),
    Rule("analysis.versions.references.References._is_plain_value", "is true", always(True)),
    # What callees mind.
    Rule("analysis.decisions.callees.Callees.obstacle_of", "is nothing", always(None)),
    Rule("analysis.decisions.callees.Callees._writer_in", "is nothing", always(None)),
    # Ray.
    Rule(
        "analysis.versions.ray_state.RayTracker.exposes",
        "is never true",
        _but(lambda found, *_: None if found else found),
    ),
    Rule("analysis.versions.ray_state.RayState.resets", "is false", always(False)),
    Rule("analysis.versions.ray_state.RayState.runs_at_start", "is true", always(True)),
    Rule("analysis.versions.ray_state.RayState._is_called_after_start", "is true", always(True)),
    Rule("analysis.versions.ray_state.RayState._shuts_down", "is false", always(False)),
    Rule("analysis.versions.ray_state.RayState.questions", "are none", always([])),
    Rule("analysis.versions.ray_state.RayState._resets_by_value", "is false", always(False)),
    Rule("analysis.versions.ray_state.RayState._resetting_names", "is empty", always(frozenset())),
)

_ELSEWHERE = "needs a class of another file"
_ALIAS = "second guard: what another has in reach may be the same"
_ASYNC = "needs a coroutine that changes the value while another iterates"
_CAREFUL = "careful: without it more is left alone"
_SIZE = "about size only: a put of something small does the same"
_PUT = "second guard: a value that is bound, large and known throughout can be put anywhere"

UNSEEN = {
    "ValueTracker.begins: no Escape": "second guard: whoever gets the object runs at once, and that is Opaque",
    "ValueTracker.exposes: no Bind": _CAREFUL,
    "ValueTracker.begins: no Dispatch": "needs a thread that changes the value at a moment that nothing determines",
    "RayTracker.exposes: no RayEffect": _CAREFUL,
    "_alias: no Share": _ALIAS,
    "_change: no Share": "needs a network that holds what other code trains",
    "_comprehension: no Opaque": _ASYNC,
    "_enter: no Alias": _ALIAS,
    "_enter: no Enter": _CAREFUL,
    "_enter: no SetAttribute": "second guard: the attribute is bound, too",
    "lower_ClassDef: no Escape": "second guard: unknown code runs, too",
    "lower_ClassDef: no Opaque": "second guard: the class escapes, too",
    "lower_For: no Opaque": _ASYNC,
    "RayTracker.exposes: no Opaque": "needs code of another file that stops Ray",
    "_remote_call: no RayEffect": _CAREFUL,
    "_lambda_body: no Bind": "the size of a parameter is never known",
    "numpy.ndarray.itemset only reads": "NumPy 2 has no such method",
    "numpy.ndarray.tolist copies": _CAREFUL,
    "builtins.dict.keys copies": "keys cannot be changed",
    "analysis.flow.effects.CallEffects._is_function is false": "second guard: no listed function calls an argument",
    "analysis.flow.effects.CallEffects._known_method never shrinks": _SIZE,
    "analysis.decisions.placement.Placement._boundary is nothing": _PUT,
    "analysis.decisions.placement._is_certain is true": _PUT,
    "analysis.flow.summaries._Summarising._may_be_anything is false": "second guard: what unknown code gives is Opaque",
    "analysis.names.definitions.is_hook is false": _ELSEWHERE,
    "analysis.names.definitions.Definitions._is_plain_class is true": _ELSEWHERE,
    "analysis.flow.summaries._Summarising._aliases is nothing": _ALIAS,
    "analysis.flow.invariants.Invariants._is_computed is false": _ALIAS,
    "analysis.versions.ray_state.RayState._resetting_names is empty": "second guard: the summary of a function says it",
    "analysis.flow.parts.Loop.may_be_left is false": "second guard: only what is computed first may come earlier",
    "analysis.decisions.placement._exclusive is false": "about gain only: a put for sends of which one runs",
}
"""Planted bugs that no program can notice, and why."""
