"""What the user's comments say of the sizes of values: ``# putfix: large`` and ``# putfix: small``.

The user's word is evidence as good as that of a run, and of nothing but the size: a large value is no reference, and
holds none as far as the file does not show the contrary; whether each call gets the same is found out as ever.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from putfix.analysis.decisions.measured import Seen
from putfix.analysis.decisions.placement import Repeat
from putfix.analysis.flow.parts import Bind
from putfix.analysis.names.attributes import Attributes
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.positions import span
from putfix.analysis.names.variables import Binding, Scope, Variable, target_names
from putfix.analysis.versions.timelines import Send
from putfix.model import Claim, Evidence, Span, Strength


@dataclass(frozen=True)
class Said(Seen):
    """A user's word that a value is large, in place of what a run saw."""

    claim: Claim

    @property
    def is_large(self) -> bool:
        """True."""
        return True

    @property
    def is_plain(self) -> bool:
        """Of the type nothing is said."""
        return False

    @property
    def is_same_again(self) -> bool:
        """That nothing in it changes by itself is the user's word, too."""
        return True

    @property
    def evidence(self) -> Evidence:
        """The comment."""
        return Evidence(Strength.STATED, line=self.claim.line)


class Claims:
    """The claims about the values of one module, and the arguments that are to stay as they are."""

    def __init__(
        self,
        claims: Sequence[Claim],
        declined: Collection[Span],
        module: Scope,
        attributes: Attributes,
        lines: list[str],
    ) -> None:
        self._declined = frozenset(declined)
        self._module = module
        self._attributes = attributes
        self._lines = lines
        self._at: dict[Span, Claim] = {}
        for claim in claims:
            known = self._at.get(claim.span)
            if known is None or known.large:  # where two contradict each other, small counts
                self._at[claim.span] = claim

    def of(self, repeat: Repeat, scope: Scope) -> Claim | None:
        """What is said of the value that is sent: at one of the calls, or where it gets its name."""
        if not self._at:
            return None
        given = [each for send in repeat.sends for each in (send.argument, *self.handed_on(send))]
        at_calls = [claim for each in given if (claim := self._said_at(each)) is not None]
        return _together(at_calls) or self._of_version(repeat.sends[0], scope)

    def of_argument(self, argument: ast.expr) -> Claim | None:
        """What is said of an argument where it is sent."""
        return self._said_at(argument) if self._at else None

    def handed_on(self, send: Send) -> list[ast.expr | ast.arg]:
        """Where functions of the module write what they are given for remote calls, and the parameters."""
        own = (each for each in send.sent.parameters if each.scope.module is self._module)
        taken = [each.node for parameter in own for each in parameter.bindings if isinstance(each.node, ast.arg)]
        return [*(each for each in send.sent.arguments if id(each) in self._nodes), *taken]

    @functools.cached_property
    def _nodes(self) -> frozenset[int]:
        return frozenset(map(id, walk(self._module.node)))

    def declines(self, argument: ast.expr) -> bool:
        """Whether an argument is to stay as it is."""
        return bool(self._declined) and span(argument, self._lines) in self._declined

    def _of_version(self, send: Send, scope: Scope) -> Claim | None:
        """What is said of all that may have given the version that is sent."""
        path, version = send.sent.path, send.version
        if path is None:
            return None
        if isinstance(version.cause, Bind) and len(version.sources) == 1 and not path.attributes:
            claim = self._of_target(version.cause.node, path.variable.name)
            if claim is not None:
                return claim
        return self._of_all([(each, scope) for each in version.sources], frozenset())

    def _of_all(self, given: Sequence[tuple[ast.expr | None, Scope]], seen: frozenset[str]) -> Claim | None:
        """What is said of each of several expressions."""
        found = [self._of(node, scope, seen) if node is not None else None for node, scope in given]
        claims = [claim for claim in found if claim is not None]
        return _together(claims) if len(claims) == len(found) else None

    def _of(self, node: ast.expr, scope: Scope, seen: frozenset[str]) -> Claim | None:
        """What is said of an expression, or of what it reads got its name from."""
        if scope.module is not self._module:
            return None
        claim, text = self._said_at(node), ast.unparse(node)
        if claim is not None or text in seen:
            return claim
        seen = seen | {text}
        if isinstance(node, ast.Attribute):
            held = self._attributes.find(node.value, node.attr, scope)
            return self._of_all(held.values, seen) if held is not None and not held.unclear else None
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        if variable is None or variable.rebound_inside:
            return None
        found = [self._of_binding(each, variable, seen) for each in variable.bindings]
        claims = [claim for claim in found if claim is not None]
        return _together(claims) if len(claims) == len(found) else None

    def _of_binding(self, binding: Binding, variable: Variable, seen: frozenset[str]) -> Claim | None:
        if isinstance(binding.node, ast.arg):
            return self._said_at(binding.node)
        if binding.value is not None:
            return self._of(binding.value, variable.scope, seen)
        return self._of_target(binding.node, variable.name)

    def _of_target(self, node: ast.AST, name: str) -> Claim | None:
        """What is said of a name where ``node`` gives it a part of something."""
        found = (self._said_at(each) for each in target_names(node) if each.id == name)
        return _together([claim for claim in found if claim is not None])

    def _said_at(self, node: ast.expr | ast.arg) -> Claim | None:
        """What is said where ``node`` stands; nothing of a path that the analysis spelled, which stands nowhere."""
        return self._at.get(span(node, self._lines)) if hasattr(node, "lineno") else None


def _together(claims: Sequence[Claim]) -> Claim | None:
    """The one that counts: that a value is small, if any says so."""
    return min(claims, key=lambda claim: claim.large, default=None)
