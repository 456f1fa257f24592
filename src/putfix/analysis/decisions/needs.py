"""Whether the callees need the value at all: a parameter that a body never uses, or only measures, need not get it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from putfix.analysis.decisions.advice import IS_NONE, never_used, only_measured
from putfix.analysis.decisions.placement import Repeat
from putfix.analysis.names.calls import RemoteCall
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.receivers import Receivers
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import FunctionNode, Variable
from putfix.analysis.versions.timelines import Send
from putfix.knowledge import measures, running
from putfix.model import Advice, Finding, Strength

_BY_NAME = frozenset(name.rpartition(".")[2] for name in (*running.BY_NAME, *running.FRAMES))
_KNOWN = (Strength.COMPUTED, Strength.TYPED)
_SIMPLE = ast.Name | ast.Attribute | ast.Call | ast.Subscript


class Needs:
    """What the bodies of callees do with what the module sends to them."""

    def __init__(self, scopes: Scopes, receivers: Receivers) -> None:
        self._scopes = scopes
        self._receivers = receivers

    def advice(self, repeat: Repeat, finding: Finding) -> tuple[Advice, ...]:
        """What would be better for a finding than a put: something where no callee needs the value."""
        put = finding.hoist is not None and not finding.hoist.guard and not finding.assumptions
        if not put and finding.evidence.strength not in _KNOWN:
            return ()  # it may be a reference, which has no length
        sent = repeat.sends[0].sent
        value = finding.value if isinstance(sent.value, _SIMPLE) or sent.path is not None else f"({finding.value})"
        parameters = [parameter for send in repeat.sends for parameter in self._parameters(send)]
        found = [self._of(each, value) if each is not None else None for each in dict.fromkeys(parameters)]
        advice = [each for each in found if each is not None]
        return tuple(advice) if len(advice) == len(found) else ()

    def _parameters(self, send: Send) -> Iterator[Variable | None]:
        """The parameters of remote functions that a send gives the value to; None for one that is not known."""
        arguments = {id(each) for each in (send.argument, *send.sent.arguments)}
        for call in send.dispatch.reaches or (send.dispatch.call,):
            written = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
            given = [each for each in written if id(each) in arguments]
            yield from (self._parameter(each, call) for each in given) if given else (None,)

    def _parameter(self, argument: ast.expr, call: RemoteCall) -> Variable | None:
        """The parameter that gets one argument of a remote call, where that is certain."""
        function = self._receivers.of(call)
        if function is None or not isinstance(function.node, FunctionNode):
            return None
        arguments = function.node.args
        positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        if function.enclosing_class is not None:
            del positional[:1]  # self
        words = {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
        index = next((n for n, each in enumerate(call.node.args) if each is argument), None)
        if index is not None:
            spread = any(isinstance(each, ast.Starred) for each in call.node.args[:index])
            name = positional[index] if index < len(positional) and not spread else None
        else:
            name = next((each.arg for each in call.node.keywords if each.value is argument), None)
            name = name if name in words else None
        return function.variables[name] if name is not None else None

    def _of(self, parameter: Variable, value: str) -> Advice | None:
        """What the body of the function says of a parameter that gets ``value``; None where it uses it."""
        definition, owner = parameter.scope.node, parameter.scope.enclosing_class
        assert isinstance(definition, FunctionNode)
        bound = [each for each in parameter.bindings if each.kind != "delete"]
        if len(bound) != 1 or parameter.rebound_inside or not isinstance(bound[0].node, ast.arg):
            return None
        asked = _asked(parameter, self._scopes)
        if asked is None:
            return None
        made = definition.name == "__init__" and owner is not None
        name = getattr(owner.node, "name", "") if made and owner is not None else definition.name
        node, place = bound[0].node, self._scopes.place_of(definition)
        return only_measured(name, node, asked, value, place) if asked else never_used(name, node, place)


def _asked(parameter: Variable, scopes: Scopes) -> list[str] | None:
    """What a function asks about a parameter, as texts with a place for its name; None where it does more."""
    definition = parameter.scope.node
    assert isinstance(definition, FunctionNode)
    nodes = [node for statement in definition.body for node in walk(statement)]
    words = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
    declared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    hidden = any(isinstance(node, ast.arg) and node.arg == parameter.name for node in nodes)
    if words & _BY_NAME or hidden or parameter.name in declared:
        return None
    mentions = [n for n in nodes if isinstance(n, ast.Name) and n.id == parameter.name and _is_read(n)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    asking = [(node, _form(node, parameter, scopes)) for node in nodes if id(node) not in called]
    forms = [form for _, form in asking if form]
    return list(dict.fromkeys(forms)) if len(forms) == len(mentions) else None


def _is_read(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Del)


def _form(node: ast.AST, parameter: Variable, scopes: Scopes) -> str:
    """What ``node`` asks about a parameter, with ``{}`` in place of its name; empty where it does not."""

    def is_it(each: ast.expr) -> bool:
        return isinstance(each, ast.Name) and each.id == parameter.name

    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and is_it(node.args[0]):
        name = scopes.qualified(node.func, parameter.scope) or ""
        return f"{ast.unparse(node.func)}({{}})" if name in measures.FUNCTIONS else ""
    if isinstance(node, ast.Attribute) and is_it(node.value) and isinstance(node.ctx, ast.Load):
        return f"{{}}.{node.attr}" if node.attr in measures.ATTRIBUTES else ""
    if isinstance(node, ast.Compare) and is_it(node.left) and len(node.ops) == 1:
        none = isinstance(node.comparators[0], ast.Constant) and node.comparators[0].value is None
        return IS_NONE if none and isinstance(node.ops[0], ast.Is | ast.IsNot) else ""
    return ""
