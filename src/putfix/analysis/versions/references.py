"""References that the program already has: ``x = ray.get(ref)``, and then ``ref`` can be passed in place of ``x``.

Measured on Ray 2.60 (ray-semantics, section 13): a task that gets ``ref`` receives what one that gets ``x`` receives,
as long as neither has changed. The ``ray.get`` stays where it is, so a task that failed raises there as before.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from putfix.analysis.flow.effects import dotted_path
from putfix.analysis.flow.parts import Bind, Path
from putfix.analysis.names.calls import RemoteCalls
from putfix.analysis.names.scopes import Scopes, own_returns, runs_at_once
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.estimates import REFERENCE
from putfix.analysis.sizes.evaluation import Sizes
from putfix.analysis.versions.ray_state import RayState
from putfix.analysis.versions.timelines import Send
from putfix.analysis.versions.walk import Version, Walk


class References:
    """The references of one module. ``walk`` follows what is at a path through a body, where it matters at what is done
    to other paths, too."""

    def __init__(
        self,
        scopes: Scopes,
        calls: RemoteCalls,
        sizes: Sizes,
        ray: RayState,
        walk: Callable[[Path, ast.expr, Scope, tuple[Path, ...]], Walk],
    ) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._ray = ray
        self._calls = calls
        self._walk = walk

    def to_value_of(self, send: Send, scope: Scope) -> str | None:
        """The reference to what ``send`` passes by value, as it is written; None where there is none for certain."""
        fetched = self._fetched(send.version)
        path = dotted_path(fetched, scope) if fetched is not None else None
        if fetched is None or path is None or send.later is not None or self._is_shadowed(path, scope):
            return None
        walk = self._walk(path, fetched, scope, send.sent.parts)
        binding = send.version.cause
        place = next((s for s in walk.entries if binding is not None and s.node is binding.node), None)
        if place is None:
            return None
        version = walk.dispatched[send.dispatch]
        # No reference outlives the Ray that made it.
        lasts = all(each.entries[place] is each.dispatched[send.dispatch] for each in (walk, self._ray.walk(scope)))
        return path.text if lasts and self._is_single(version, scope) else None

    def _fetched(self, version: Version) -> ast.expr | None:
        """``ref`` where the version is what ``ray.get(ref)`` gave."""
        cause = version.cause
        if not isinstance(cause, Bind) or version.handed_over or version.grown or version.sources != (cause.source,):
            return None
        node = cause.source
        if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            return None
        scope = cause.path.variable.scope
        return node.args[0] if self._scopes.qualified(node.func, scope) == "ray.get" else None

    def _is_shadowed(self, path: Path, scope: Scope) -> bool:
        """Whether the name means something else in some comprehension or function of the body."""
        name = path.variable.name
        return any(
            inner.variables.get(name, path.variable) is not path.variable for inner in self._scopes.inside(scope)
        )

    def _is_single(self, version: Version, scope: Scope) -> bool:
        """Whether the version is certainly one reference, and not a list of several."""
        if len(version.sources) != 1 or version.handed_over or version.grown or not version.bound:
            return False
        (node,) = version.sources
        if not isinstance(node, ast.Call):
            return False
        if self._scopes.qualified(node.func, scope) == "ray.put":
            return bool(node.args) and self._is_plain_value(node.args[0], scope)
        remote = self._calls.find(node, scope)
        definition = remote.callee.definition if remote is not None else None
        if remote is None or definition is None or remote.callee.kind not in ("task", "method"):
            return False
        plain = remote.callee.kind == "task" or not definition.decorator_list
        options = {option.arg for option in remote.callee.options}
        inner = self._scopes.scope_of(definition)
        values = [statement.value for statement in own_returns(definition)]
        known = all(value is None or self._is_plain_value(value, inner) for value in values)
        return plain and known and runs_at_once(definition) and not options & {None, "num_returns"}

    def _is_plain_value(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a value is of a known type that is no reference and not small, and is pickled in the same way every
        time."""
        estimate = self._sizes.estimate(node, scope)
        plain = estimate is not None and not estimate.mixed and not self._sizes.is_small(estimate)
        return plain and estimate is not None and estimate.kind not in (REFERENCE, "pickle.loaded")
