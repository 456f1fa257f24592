"""Who puts a value that goes through a function: its caller, or the function itself. Never both.

Ray refuses to put a reference, so where a function puts its parameter, its callers pass the value. Where the function
itself says that the parameter is large, it comes first: what it does serves all that call it. Where only its callers
say so, they do, who may call it again and again.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Container, Iterator, Sequence

from putfix.analysis.decisions.placement import Repeat
from putfix.analysis.flow.parts import Sent
from putfix.analysis.names.callers import calls_by_name
from putfix.analysis.names.definitions import Definitions
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.resending import may_send_again
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.sites import is_remote
from putfix.analysis.names.variables import Scope
from putfix.model import Finding, Strength


class Handovers:
    """The functions of one module that send values, and who puts what they send."""

    def __init__(
        self, scopes: Scopes, definitions: Definitions, handing_out: Container[ast.Call], *, in_cells: bool = False
    ) -> None:
        """``handing_out`` are the calls that give large values to code of other modules. ``in_cells`` says that the
        module is run in parts, each of them as often as one likes.
        """
        self._in_cells = in_cells
        self._scopes = scopes
        self._definitions = definitions
        self._handing_out = handing_out
        self._put: set[int] = set()
        """The arguments that become references where they stand, by their identities."""
        self._places: dict[int, ast.stmt] = {}
        """The statements above which hoists put arguments, those of functions that are called included."""
        self._given: set[int] = set()
        """Those that get references from callers of the function around them."""
        self._callers: dict[str, dict[Scope, dict[Scope, None]]] = {}
        self._settled = 0
        self._waiting = True
        self._left = False
        """Whether a hoist was left to callers."""

    def note(self, repeat: Repeat) -> None:
        """Take note of a hoist."""
        for send in repeat.sends:
            if not send.sent.reached:
                self._put.add(id(send.argument))
            if repeat.place is not None:
                self._places[id(send.argument)] = repeat.place.node
            self._given.update(map(id, send.sent.arguments))

    def is_open(self, sent: Sent) -> bool:
        """Whether a hoist may still replace what is sent: nobody puts it before, or behind."""
        free = bool(sent.reached) or id(sent.argument) not in self._given
        return free and not any(id(each) in self._put for each in sent.arguments)

    def is_replaced(self, argument: ast.AST) -> bool:
        """Whether a hoist replaces an argument of a remote call, where it stands."""
        return id(argument) in self._put

    def place_of_put(self, argument: ast.AST) -> ast.stmt | None:
        """The statement above which a hoist puts an argument of a remote call."""
        return self._places.get(id(argument))

    def waits(self, repeat: Repeat, finding: Finding) -> bool:
        """Whether a hoist is left to the callers for now, since only they show what its parameter is."""
        path = repeat.sends[0].sent.path
        only = path.variable.only_binding if path is not None and not path.attributes else None
        shown = finding.hoist is None or finding.evidence.strength in (Strength.MEASURED, Strength.STATED)
        if not self._waiting or shown or only is None or not isinstance(only.node, ast.arg):
            return False
        self._left |= only.node.annotation is None
        return only.node.annotation is None

    def stop_waiting(self) -> bool:
        """Leave no more hoists to callers; whether any were until now."""
        before, self._waiting = self._waiting and self._left, False
        return before

    def settle(self) -> bool:
        """Whether hoists were noted since the last time that decide about what was looked at before them."""
        before, self._settled = self._settled, len(self._given)
        return self._settled != before

    @functools.cached_property
    def sending_units(self) -> Sequence[Scope]:
        """The functions, and the module, that make remote calls themselves or call such a function, and may send
        something again. Each comes after those that it calls."""
        wanted = dict.fromkeys(self._sending_again())
        if len(wanted) < 2:
            return list(wanted)
        ordered: dict[Scope, None] = {}
        done: set[Scope] = set()
        for unit in wanted:
            if unit not in ordered:
                reached = self._definitions.callees_first(unit, done)
                ordered.update(dict.fromkeys(reached))
                done.update(reached if all(map(self._is_here, reached)) else ())
        return [unit for unit in ordered if unit in wanted]

    def _sending_again(self) -> Iterator[Scope]:
        """The units that send, themselves or by a function that they call, and may send something again."""
        sending: dict[Scope, None] = {}
        pending = list(self._making_remote_calls())
        while pending:
            function = pending.pop()
            if function not in sending:
                sending[function] = None
                pending += self._callers_of(function)
        names = {name for function in sending for name in _names_in_calls(function) if name}
        for unit in self._scopes.units():
            if unit in sending and self._may_send_again(unit, names):
                yield unit

    def _may_send_again(self, unit: Scope, handing_on: set[str]) -> bool:
        """Whether a unit may send something twice, where those that send have the names in ``handing_on``."""
        if self._elsewhere:
            return True  # what they are called here, imports say
        return may_send_again(unit, handing_on, repeated=self._in_cells and unit.parent is None)

    def _is_here(self, scope: Scope) -> bool:
        return scope.module is self._scopes.module

    def _making_remote_calls(self) -> Iterator[Scope]:
        """The units of this module, and the functions of others that it reaches, that make remote calls themselves."""
        for scope in self._scopes.of.values():
            if any(map(is_remote, self._scopes.calls(scope))):
                yield scope.unit
        for function in self._elsewhere:
            if any(isinstance(node, ast.Call) and is_remote(node) for node in walk(function.node)):
                yield function

    @functools.cached_property
    def _elsewhere(self) -> list[Scope]:
        """The functions of other modules that large values of this one may reach."""
        calls = ((call, scope) for scope in self._scopes.of.values() for call in self._scopes.calls(scope))
        targets = (self._definitions.target(*each) for each in calls if each[0] in self._handing_out)
        given = dict.fromkeys(target.scope for target in targets if target is not None)
        reached = dict.fromkeys(each for function in given for each in self._definitions.callees_first(function))
        return [scope for scope in reached if not self._is_here(scope)]

    def _callers_of(self, function: Scope) -> list[Scope]:
        """The units of this module, and the functions of others, that call a function."""
        found: dict[Scope, None] = {}
        for name in _names_in_calls(function):
            found.update(self._callers_by_name(name).get(function, {}))
        found.update(dict.fromkeys(each for each in self._elsewhere if function in self._definitions.called_in(each)))
        return list(found)

    def _callers_by_name(self, name: str) -> dict[Scope, dict[Scope, None]]:
        """The units of this module that call something by a name, by the functions that the calls run."""
        if name not in self._callers:
            found = self._callers[name] = {}
            for call, scope in self._calls_by_name.get(name, []):
                target = self._definitions.target(call, scope)
                if target is not None:
                    found.setdefault(target.scope, {})[scope.unit] = None
        return self._callers[name]

    @functools.cached_property
    def _calls_by_name(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """The calls of this module by the names that their callees have here and, where functions of other modules
        count, where they are imported from."""
        here = self._scopes.kept(calls_by_name)
        if not self._elsewhere:
            return here
        found = {name: [*calls] for name, calls in here.items()}
        for name, calls in here.items():
            for call, scope in calls:
                variable = self._scopes.named(call.func, scope)
                if variable is not None and variable.name != name:
                    found.setdefault(variable.name, []).append((call, scope))
        return found


def _names_in_calls(function: Scope) -> dict[str, None]:
    """The names by which calls may run a function: its own, and that of the class whose constructor it may be."""
    return dict.fromkeys(
        getattr(each.node, "name", "") for each in (function, function.enclosing_class) if each is not None
    )
