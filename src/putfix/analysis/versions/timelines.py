"""The versions of a value that is computed from several: one version of it for each combination of theirs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from putfix.analysis.flow.parts import Dispatch, Effect, Form, Later, Loop, Part, Sent, Statement
from putfix.analysis.versions.walk import Version, Walk


@dataclass(eq=False)
class Send:
    """One argument of one remote call, with the version that it passes and the parts around it."""

    sent: Sent
    dispatch: Dispatch
    version: Version
    stack: tuple[Part, ...]

    @property
    def argument(self) -> ast.expr:
        """The argument as it stands in the call."""
        return self.sent.argument

    @property
    def spread(self) -> str:
        """The star, or two, before the argument in the remote call, where that is a variable or an attribute."""
        if self.sent.form is not Form.STARRED or self.sent.path is None or self.dispatch.reaches:
            return ""
        call = self.dispatch.call.node
        if any(isinstance(each, ast.Starred) and each.value is self.argument for each in call.args):
            return "*"
        return "**" if any(each.arg is None and each.value is self.argument for each in call.keywords) else ""

    @property
    def later(self) -> Later | None:
        """The innermost lambda or generator around the call, which runs at an unknown time."""
        return next((part for part in reversed(self.stack) if isinstance(part, Later)), None)


class Timeline:
    """The versions of one value over one body, from the walks over what it is computed from."""

    def __init__(self, walks: Sequence[Walk], value: ast.expr | None = None) -> None:
        """``value`` is the expression that computes it, or None where it is what the one walk follows."""
        self._walks = walks
        self._value = value
        self._joint: dict[tuple[Version, ...], Version] = {}

    def at(self, dispatch: Dispatch) -> Version:
        """The version at a remote call."""
        return self._version(tuple(walk.dispatched[dispatch] for walk in self._walks))

    def before(self, statement: Statement) -> Version:
        """The version just before a statement, where a put could stand."""
        return self._version(tuple(walk.entries[statement] for walk in self._walks))

    def exposed_before(self, statement: Statement) -> bool:
        """Whether unknown code can reach the value just before a statement; of Ray's state: whether it may not run."""
        return any(walk.exposed_at[statement] for walk in self._walks)

    def changes_in(self, part: Part) -> list[Effect]:
        """The events inside a loop."""
        if not isinstance(part, Loop):
            return []
        return [event for walk in self._walks for event in walk.changing.get(part, [])]

    def ends_at(self, dispatch: Dispatch) -> bool:
        """Whether no event follows a remote call."""
        return all(len(walk.events) == walk.events_before[dispatch] for walk in self._walks)

    @property
    def exposed(self) -> bool:
        """Whether unknown code can reach the value when the body is over."""
        return any(walk.exposed for walk in self._walks)

    def _version(self, parts: tuple[Version, ...]) -> Version:
        if self._value is None:
            return parts[0]
        if parts not in self._joint:
            causes = [part.cause for part in parts if part.cause is not None]
            bound = all(part.bound for part in parts)
            handed_over = any(part.handed_over for part in parts)
            grown = any(part.grown for part in parts)
            self._joint[parts] = Version(causes[-1] if causes else None, (self._value,), bound, handed_over, grown)
        return self._joint[parts]
