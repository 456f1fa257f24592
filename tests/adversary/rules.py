"""The rules of putfix that a planted bug makes it forget, one by one, and why no program notices some of them."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from putfix.analysis.flow import Bind
from putfix.analysis.versions import Version

Careless = Callable[[Any], Any]
"""Makes the careless version of a function from the right one."""


@dataclass(frozen=True)
class Rule:
    """A function of putfix, ``module.Class.name`` below ``putfix.analysis``, and how it is when it forgets a rule."""

    target: str
    says: str
    careless: Careless

    @property
    def name(self) -> str:
        return f"{self.target} {self.says}"

    @property
    def owner(self) -> Any:
        """The module or class that has the function."""
        module, *inner = self.target.split(".")[:-1]
        return functools.reduce(getattr, inner, importlib.import_module(f"putfix.analysis.{module}"))


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
    walk.run(loop.parts)


def _first_wins(walk: Any, ends: Any) -> None:
    walk.version, walk.exposed = ends[0]


def _in_line(walk: Any, guard: Any) -> None:
    for arm in guard.all_arms:
        walk.run(arm.parts)


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
    Rule("flow.Flow.also_at", "is empty", always(frozenset())),
    Rule("flow.Flow.leaked", "is empty", always(frozenset())),
    Rule("flow.Flow.containers", "is every path", _only(lambda self: frozenset(alias.path for alias in self.aliases))),
    Rule("flow.Path.meets", "is equality", _only(lambda self, other: bool(self == other))),
    Rule("flow.Path.starts", "is equality", _only(lambda self, other: bool(self == other))),
    Rule("effects.carried", "is nothing", always([])),
    Rule(
        "effects.carried", "is the path itself only", _but(lambda found, node, *_: found if hasattr(node, "id") else [])
    ),
    Rule("effects.CallEffects.carried_by_call", "is nothing", always([])),
    Rule("effects.CallEffects.carried_by_elements", "is nothing", always([])),
    Rule("effects.CallEffects._receivers", "is nothing", always([])),
    Rule("effects.CallEffects.is_plain", "is true", always(True)),
    Rule("effects.CallEffects.is_array", "is true", always(True)),
    Rule("effects.CallEffects._is_view", "is false", always(False)),
    # What calls do.
    Rule("effects.CallEffects.only_reads", "is true", always(True)),
    Rule("effects.CallEffects.forgets", "is true", always(True)),
    Rule("effects.CallEffects._is_function", "is false", always(False)),
    Rule("effects._are_plain", "is true", always(True)),
    Rule("effects._OUTPUT_KEYWORDS", "is empty", lambda old: frozenset()),
    Rule("effects.CallEffects.iterates", "is false", always(False)),
    Rule(
        "effects.CallEffects._known_method",
        "never shrinks",
        _but(lambda known, *_: "changes" if known == "shrinks" else known),
    ),
    Rule("effects.CallEffects._known_method", "always reads", _but(lambda known, *_: known and "reads")),
    Rule("expressions.ExpressionLowering._is_container", "is true", always(True)),
    Rule("values.ValueTracker.begins", "sees the first binding only", _first_binding),
    # Who can reach a value.
    Rule("values.ValueTracker._touches", "is equality", _only(lambda self, path: bool(path == self.path))),
    Rule("values.ValueTracker._loses_attribute", "is false", always(False)),
    Rule("values.ValueTracker._is_private", "is true", always(True)),
    Rule("values.ValueTracker._may_be_the_same", "is false", always(False)),
    Rule("values._are_apart", "is true", always(True)),
    Rule("values.is_constant", "is true", always(True)),
    Rule("sizes.Sizes.is_isolated", "is true", always(True)),
    Rule("onlookers.Onlookers.call_seeing", "is nothing", always(None)),
    Rule("versions.Walk._reaches", "is false", always(False)),
    Rule("versions.Walk._exposing", "is false", always(False)),
    # Ways through the program.
    Rule("versions.Walk._join", "takes the last end", _only(_last_wins)),
    Rule("versions.Walk._loop", "runs once", _only(_once)),
    Rule("versions.Walk._join", "takes the first end", _only(_first_wins)),
    Rule("versions.Walk._guard", "runs in line", _only(_in_line)),
    Rule("versions.Walk._later", "does nothing", always(None)),
    Rule("versions.Walk._interrupted", "finds no events", _only(lambda self, arm, exposed: ([], exposed))),
    Rule("versions.Walk._foresee", "finds no events", _but(lambda found, *_: ([], found[1]))),
    Rule("versions.Walk._foresee", "finds nobody near", _but(lambda found, *_: (found[0], False))),
    # Whether there is a value, and what it may be.
    Rule("values.at_the_start", "is bound", _but(_bound)),
    Rule("values._comes_first", "is true", always(True)),
    Rule("versions._after", "is bound", _but(_bound)),
    Rule("versions._merged", "is bound", _but(_bound)),
    Rule("versions._after", "is never handed over", _but(_not_handed_over)),
    Rule("versions._merged", "is never handed over", _but(_not_handed_over)),
    # Where a put can stand.
    Rule("placement._boundary", "is nothing", always(None)),
    Rule("placement._is_certain", "is true", always(True)),
    Rule("placement._exclusive", "is false", always(False)),
    Rule("placement.Placement._running_later", "is nothing", always(())),
    Rule("placement.surely_runs", "is true", always(True)),
    Rule("placement._may_be_left", "is false", always(False)),
    # What callees mind.
    Rule("callees.Callees.obstacle_of", "is nothing", always(None)),
    Rule("callees.Callees._writer_in", "is nothing", always(None)),
    # Ray.
    Rule("ray_state.RayTracker.exposes", "is never true", _but(lambda found, *_: None if found else found)),
    Rule("ray_state.RayState.resets", "is false", always(False)),
    Rule("ray_state.RayState.is_harmless", "is true", always(True)),
    Rule("ray_state.RayState._runs_at_start", "is true", always(True)),
    Rule("ray_state.RayState._is_called_after_start", "is true", always(True)),
    Rule("ray_state.RayState._shuts_down", "is false", always(False)),
    Rule("ray_state.RayState.questions", "are none", always([])),
    Rule("ray_state.RayState._resets_by_value", "is false", always(False)),
    Rule("ray_state.RayState._resetting_names", "is empty", always(frozenset())),
)

_CAREFUL = "careful: without it more is left alone"
_SIZE = "about size only: a put of something small does the same"
_PUT = "second guard: a value that is bound, large and known throughout can be put anywhere"

UNSEEN = {
    "ValueTracker.begins: no Escape": "second guard: whoever gets the object runs at once, and that is Opaque",
    "ValueTracker.exposes: no Bind": _CAREFUL,
    "ValueTracker.begins: no Dispatch": "needs a thread that changes the value at a moment that nothing determines",
    "RayTracker.exposes: no RayEffect": _CAREFUL,
    "_remote_call: no RayEffect": _CAREFUL,
    "_lambda_body: no Bind": "the size of a parameter is never known",
    "numpy.ndarray.itemset only reads": "NumPy 2 has no such method",
    "numpy.ndarray.tolist copies": _CAREFUL,
    "builtins.dict.keys copies": "keys cannot be changed",
    "effects.CallEffects._is_function is false": "second guard: no listed function calls a positional argument",
    "effects.CallEffects._known_method never shrinks": _SIZE,
    "placement._boundary is nothing": _PUT,
    "placement._is_certain is true": _PUT,
    "placement._exclusive is false": "about gain only: a put for sends of which one runs",
}
"""Planted bugs that no program can notice, and why."""
