"""From a repeat to a finding: how large the value is, what is in the way of a put, and how it is written."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from putfix.analysis.decisions import obstacles
from putfix.analysis.decisions.callees import Callees
from putfix.analysis.decisions.claims import Claims, Said
from putfix.analysis.decisions.conditions import Conditions
from putfix.analysis.decisions.constructors import Owned
from putfix.analysis.decisions.contracts import Contracts
from putfix.analysis.decisions.expecting import Expectations
from putfix.analysis.decisions.measured import Measured, Seen
from putfix.analysis.decisions.onlookers import Onlookers
from putfix.analysis.decisions.placement import (
    Repeat,
    ancestors,
    is_computed_first,
    is_repeated_elsewhere,
    surely_runs,
    times,
)
from putfix.analysis.decisions.spelling import Names, Spelling, optional_spelling, spelling
from putfix.analysis.decisions.turns import is_changed_around
from putfix.analysis.flow.parts import Dispatch, Form, Path, Sent, Statement
from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.positions import is_fixed, span, statement_span, text_of
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.stand_ins import stand_ins
from putfix.analysis.names.variables import Binding, Scope
from putfix.analysis.sizes.alternatives import Alternatives
from putfix.analysis.sizes.estimates import COPIED, GROWING, METHOD, REFERENCE, UNCHANGEABLE, Estimate, lasting, weakest
from putfix.analysis.sizes.evaluation import Sizes
from putfix.analysis.versions.ray_state import RayState
from putfix.analysis.versions.references import References
from putfix.analysis.versions.timelines import Send
from putfix.analysis.versions.trusting import TRUSTED
from putfix.model import CallSite, Cells, Evidence, Finding, Hoist, Obstacle, Strength

_EXPLAINED_TEXT = 60


class Verdicts:
    """Says what is to be said about the repeats of one module."""

    def __init__(
        self,
        scopes: Scopes,
        sizes: Sizes,
        ray: RayState,
        lines: list[str],
        references: References,
        onlookers: Onlookers,
        measured: Measured,
        claims: Claims,
        alternatives: Alternatives,
        callees: Callees,
        contracts: Contracts,
        expectations: Expectations,
        conditions: Conditions,
        unsafe_fixes: bool,
        cells: Cells | None = None,
    ) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._ray = ray
        self._lines = lines
        self._cells = cells
        self._names = Names(scopes, cells.words if cells is not None else frozenset())
        self._callees = callees
        self._contracts = contracts
        self._onlookers = onlookers
        self._references = references
        self._measured = measured
        self._claims = claims
        self._unsafe_fixes = unsafe_fixes
        self._alternatives = alternatives
        self._expectations = expectations
        self._conditions = conditions

    def obstacle_of_callee(self, dispatch: Dispatch, sent: Sent) -> Obstacle | None:
        """Why the callee must get the value itself, if so: the remote one, or a function of the file on the way."""
        if is_fixed(dispatch.call.node, self._cells):
            return obstacles.in_magic(dispatch.call.node)
        through = [parameter.scope for sent in dispatch.sent for parameter in sent.parameters]
        through += [function for sent in dispatch.sent for function in sent.reached]
        found = (self._callees.obstacle_of(call, through) for call in dispatch.reaches or (dispatch.call,))
        minding = (each for each in found if each is not None and not self._is_overcome(each, dispatch, sent))
        return next(minding, None) or self._contracts.obstacle_of(dispatch) or self._seen_in(dispatch)

    def _of_callees(self, repeat: Repeat) -> Iterator[Obstacle]:
        """The same of all callees of a repeat."""
        yield from filter(None, (self.obstacle_of_callee(send.dispatch, send.sent) for send in repeat.sends))

    def _is_overcome(self, obstacle: Obstacle, dispatch: Dispatch, sent: Sent) -> bool:
        """Whether a callee that writes to what it gets writes to a copy of its own, also where that is a reference."""
        if obstacle.code != "writes-through" or sent.reached:
            return False
        return self._sizes.kind(sent.value, dispatch.call.scope) in COPIED

    def _seen_in(self, dispatch: Dispatch) -> Obstacle | None:
        """What would see the reference in place of a parameter, as ``locals()``."""
        parameters = [parameter for sent in dispatch.sent for parameter in sent.parameters]
        seeing = (self._onlookers.call_seeing(Path(parameter), parameter.scope) for parameter in parameters)
        call = next(filter(None, seeing), None)
        return obstacles.names_inspected(call, self._scopes.place_of(call)) if call is not None else None

    def is_open(self, repeat: Repeat, scope: Scope) -> bool:
        """Whether more may be found out about a repeat: not of references and small values."""
        estimate = self._estimate(repeat.sends[0], scope)
        return estimate is None or not (estimate.kind == REFERENCE or self._sizes.is_small(estimate))

    def relies_on_a_run(self, repeat: Repeat, scope: Scope) -> bool:
        """Whether nothing but a run says that what the value holds is pickled to the same each time."""
        send, seen = repeat.sends[0], self._seen(repeat, scope)
        if seen is None:
            return False
        return self._unknown_contents(send, self._estimate(send, scope), seen) is not None

    def _seen(self, repeat: Repeat, scope: Scope) -> Seen | None:
        """What a run saw of a repeat, or what a comment of the user says in its place."""
        seen = self._measured.of(repeat)
        claim = self._claims.of(repeat, scope) if seen is None else None
        if claim is None or not claim.large or repeat.sends[0].sent.form is not Form.VALUE:
            return seen
        if not claim.certain and self._sizes.is_small(self._estimate(repeat.sends[0], scope)):
            return None
        return Said(repeat, (), 0, claim)

    def _is_known_small(self, repeat: Repeat, scope: Scope) -> bool:
        """Whether a run or a comment of the user says that a value is too small."""
        claim = self._claims.of(repeat, scope)
        return self._measured.is_small(repeat) or (claim is not None and not claim.large)

    def may_trust(self, repeat: Repeat, scope: Scope) -> bool:
        """Whether a repeat without a place is one that an expert would give a place to, if unknown code allows it."""
        if repeat.place is not None or not {each.code for each in repeat.obstacles} <= TRUSTED:
            return False
        if self.relies_on_a_run(repeat, scope):
            return False
        send = repeat.sends[0]
        estimate = self._estimate(send, scope)
        if estimate is not None and estimate.kind == METHOD:
            if self._expectations.is_gone_through_once(send.sent.value, scope):
                return False
        return self._sizes.is_large(estimate) or self._expectations.expects(send, scope, estimate)

    def surely_serializes(self, send: Send, scope: Scope) -> bool:
        """Whether pickling what is sent certainly succeeds: numbers, texts, what was read from a file."""
        made = self._made_as(send, scope)
        return made is not None and made.serializable and not (send.version.handed_over or send.version.grown)

    def shown(self, sent: Sent) -> str:
        """The value as the source writes it, on one line."""
        return " ".join(self._text(sent).split())

    def _text(self, sent: Sent) -> str:
        return sent.path.text if sent.path is not None else text_of(sent.value, self._lines)

    def finding(self, repeat: Repeat, scope: Scope) -> Finding | None:
        """What is to be said about a repeat; None for a reference, and for a value that is known to be small."""
        send = repeat.sends[0]
        later = self._later_cell(send)
        estimate = self._estimate(send, scope) if later is None else self._of_earlier_cells(send)
        reference = self._reference_to(repeat, scope)
        seen = self._seen(repeat, scope)
        if self._is_known_small(repeat, scope):
            return None
        worth_saying = self._is_worth_saying(send.sent, estimate, reference, seen)
        if not worth_saying and not self._is_expected(send, estimate, scope):
            return None
        known = self._sizes.is_large(estimate) and not send.sent.reached
        if seen is None and not known and is_repeated_elsewhere(repeat):
            return None  # as much is said of the calls there
        text = self.shown(send.sent)
        read = [*self._obstacles(repeat, text, estimate, reference, seen, scope)]
        if later is not None:
            read = [obstacles.later_cell(text, later.node), *(read if send.version.bound else [])]
        found = tuple(dict.fromkeys(read if seen is None else seen.joined_with(read, text)))
        sites = tuple(dict.fromkeys(map(self._site, repeat.sends)))
        assumed = found if self._may_be_assumed(found, repeat, estimate, scope) else ()
        hoist: Hoist | None = None
        if assumed and self._unsafe_fixes:
            found = ()
        if not found:
            codes = {each.code for each in assumed}
            hoist = self._reuse(reference, send.sent, sites) if reference else self._hoist(repeat, scope, sites, codes)
        unsafe = (assumed, False) if hoist is not None else ((), bool(assumed))
        position = sites[0].argument
        if seen is not None and seen.by_value:
            numbers = seen.evidence, seen.by_value
            saved = seen.total if reference is not None else seen.saved
            return Finding(text, position.line, position.column, *numbers, sites, hoist, found, saved, *unsafe)
        count = times(repeat.sends, repeat.place) if repeat.place is not None else None
        known = self._sizes.is_large(estimate)
        evidence = seen.evidence if isinstance(seen, Said) else Evidence(Strength.NONE)
        evidence = self._evidence(estimate) if known and estimate is not None else evidence
        return Finding(text, position.line, position.column, evidence, count, sites, hoist, found, None, *unsafe)

    def in_constructor(self, repeats: Sequence[tuple[Repeat, Finding]], owned: Owned) -> Finding | None:
        """The finding about repeats of one attribute where the constructor can put it; None where that does not help,
        or is not worth an assumption."""
        told = dict.fromkeys(each for _, finding in repeats for each in finding.obstacles)
        found = (*(each for each in told if each.code not in _OVERCOME_BY_CONSTRUCTOR), *owned.doubts)
        (repeat, finding), estimate = repeats[0], owned.estimate
        send = repeat.sends[0]
        large, path = self._sizes.is_large(estimate), send.sent.path
        certain = large and estimate is not None and estimate.serializable and not estimate.mixed
        if not certain and (large or not found):
            return None
        codes, written = {each.code for each in found}, owned.spelling
        if found and (not codes <= _ASSUMABLE or path is None):
            return None
        served = {id(sent.argument) for _, sent in owned.sends}
        if any(id(each.argument) not in served for other, _ in repeats for each in other.sends):
            return None
        if not large and (path is None or not self._expectations.expects(send, path.variable.scope, estimate)):
            return None
        guarded = "may-be-a-reference" in codes
        if guarded and not (written.reference and self._names.is_builtin("isinstance")):
            return None
        if guarded and path is not None and self._reference_shown(send, path.variable.scope) is not None:
            return None
        sites = [CallSite(call.call.text, span(sent.argument, self._lines)) for call, sent in owned.sends]
        sites.sort(key=lambda site: (site.argument.line, site.argument.column))
        hoist = Hoist(
            owned.reference,
            owned.value,
            written.put,
            written.imports,
            span(owned.statement, self._lines),
            tuple(sites),
            owned.value,
            guard=written.reference if guarded else "",
            constructed=True,
        )
        done = self._unsafe_fixes or not found
        first = sites[0].argument
        return replace(
            finding,
            value=owned.value,
            line=first.line,
            column=first.column,
            call_sites=hoist.call_sites,
            times=None,
            hoist=hoist if done else None,
            obstacles=() if done else found,
            assumptions=found if done else (),
            may_be_assumed=not done,
        )

    def _site(self, send: Send) -> CallSite:
        handed_on = tuple(
            span(each, self._lines) for each in self._claims.handed_on(send) if isinstance(each, ast.expr)
        )
        return CallSite(_called(send), span(send.argument, self._lines), handed_on=handed_on)

    def _may_be_assumed(
        self, found: tuple[Obstacle, ...], repeat: Repeat, estimate: Estimate | None, scope: Scope
    ) -> bool:
        """Whether an expert would put the value, though some things are not known."""
        place, send = repeat.place, repeat.sends[0]
        codes = {obstacle.code for obstacle in found}
        if not found or place is None or not codes <= _ASSUMABLE:
            return False
        if not self._sizes.is_large(estimate):
            if not self._expectations.expects(send, scope, estimate) or is_changed_around(send, place):
                return False
        if codes & OF_RAY and not self._ray.is_settled_at(place, scope):
            return False
        if "may-be-unbound" in codes and not _is_attribute_of_self(send):
            return False
        if self._would_be_shared(send, estimate):
            return False
        if "starred" in codes and {each.spread for each in repeat.sends} not in ({"*"}, {"**"}):
            return False
        written, _ = self._written(repeat, place, scope, codes)
        if written is None:
            return False
        if codes & _MAY_HOLD_REFERENCES:
            shown = send.sent.path is None or self._reference_shown(send, scope) is not None
            return not shown and bool(written.reference) and self._names.is_builtin("isinstance")
        return True

    def _would_be_shared(self, send: Send, estimate: Estimate | None) -> bool:
        """Whether callees that a stand-in for Ray runs here would get one object in place of a new one each: what is
        computed for a call, and not only found, as a variable or the object of a method is."""
        if not any(map(stand_ins, self._scopes.given_ray.values())):
            return False
        return send.sent.path is None and (estimate is None or estimate.kind != METHOD)

    def _written(
        self, repeat: Repeat, place: Statement, scope: Scope, assumed: Collection[str]
    ) -> tuple[Spelling | None, str]:
        """How the put is written, and the condition that it is made under: that of the calls, where what is ``assumed``
        is that Ray is there and runs."""
        found = self._spelling(repeat, place, scope)
        if not OPTIONAL & set(assumed):
            return found, ""
        condition = self._conditions.of(repeat.sends, place, scope)
        return found or (optional_spelling(scope) if condition else None), condition

    def _spelling(self, repeat: Repeat, place: Statement, scope: Scope) -> Spelling | None:
        return spelling(self._scopes, scope, ancestors(repeat.sends, place), place.node, self._names)

    def _obstacles(
        self,
        repeat: Repeat,
        text: str,
        estimate: Estimate | None,
        reference: str | None,
        seen: Seen | None,
        scope: Scope,
    ) -> Iterator[Obstacle]:
        """What is in the way of a put, or of the ``reference`` that is there: then only what the callees mind."""
        if reference is not None:
            yield from self._of_callees(repeat)
            return
        yield from self._obstacles_of_value(repeat.sends[0], text, estimate, seen, scope)
        if repeat.sends[0].sent.reached:
            yield from filter(None, [self._contracts.obstacle_of_reach(repeat, text, scope)])
        yield from repeat.obstacles
        if repeat.place is not None:
            yield from self._obstacles_of_place(text, repeat, repeat.place, scope)
        for node, variable in [*self._scopes.given_ray.items()][:1]:
            cause = (stand_ins(variable) or variable.bindings)[0].node
            yield obstacles.may_not_be_ray(ast.unparse(node), cause, self._scopes.place_of(cause))

    def _reference_to(self, repeat: Repeat, scope: Scope) -> str | None:
        """A reference to the value that the program has already at each of the calls. What a stand-in for Ray gives
        in its place may be something else."""
        if repeat.sends[0].sent.form is not Form.VALUE or repeat.sends[0].sent.reached or self._scopes.given_ray:
            return None
        found = {self._references.to_value_of(send, scope) for send in repeat.sends}
        return found.pop() if len(found) == 1 else None

    def _obstacles_of_value(
        self, send: Send, text: str, estimate: Estimate | None, seen: Seen | None, scope: Scope
    ) -> Iterator[Obstacle]:
        """What is in the value's way, wherever a put would stand."""
        if send.sent.form is Form.NESTED:
            yield obstacles.nested(text, send.argument)
        elif send.sent.form is Form.STARRED:
            yield obstacles.starred(text, send.argument)
        unknown_contents = self._unknown_contents(send, estimate, seen)
        held = seen.held(text) if seen is not None else None
        if held is not None:
            yield held
        elif seen is None and send.sent.form is not Form.PUT and not self._sizes.is_large(estimate):
            yield obstacles.size_unknown(text, send.argument)
            if estimate is None and self._made_as(send, scope) is None:
                yield obstacles.may_be_a_reference(text, send.argument)
        elif unknown_contents is not None and not self._was_the_same(estimate, seen):
            yield obstacles.contents_unknown(text, unknown_contents, self._scopes.place_of(unknown_contents))
        if seen is not None and not seen.has_references:
            yield from self._references_shown(send, text, scope)

    def _unknown_contents(self, send: Send, estimate: Estimate | None, seen: Seen | None) -> ast.expr | None:
        """What may be pickled differently each time, as far as the file and the types in a run tell."""
        if estimate is None and (send.sent.form is Form.PUT or (seen is not None and not seen.is_plain)):
            return send.sent.value
        return estimate.node if estimate is not None and estimate.mixed else None

    def _references_shown(self, send: Send, text: str, scope: Scope) -> Iterator[Obstacle]:
        """A reference that the file gives in another case than the one that was measured."""
        cause = self._reference_shown(send, scope)
        if cause is not None:
            yield obstacles.may_be_a_reference(text, send.argument, cause, self._scopes.place_of(cause))

    def _reference_shown(self, send: Send, scope: Scope) -> ast.AST | None:
        """What in the file makes, or names, the reference that the value may be."""
        path = send.sent.path
        sources = [send.sent.value] if path is None else [each for each in send.version.sources if each is not None]
        found = [self._alternatives.reference_among(source, scope) for source in sources]
        if path is not None and not path.attributes:
            found.append(self._alternatives.named_for(path.variable))
        return next(filter(None, found), None)

    def _was_the_same(self, estimate: Estimate | None, seen: Seen | None) -> bool:
        """Whether a run saw that unknown contents stay the same. It cannot where code is pickled too."""
        if seen is None or not seen.is_same_again or (isinstance(seen, Said) and estimate is not None):
            return False
        kinds = [*seen.kinds, *([estimate.kind] if estimate is not None else [])]
        return not any(map(self._sizes.is_pickled_with_code, kinds))

    def _obstacles_of_place(self, text: str, repeat: Repeat, place: Statement, scope: Scope) -> Iterator[Obstacle]:
        """What else keeps a put from standing where the repeat wants it."""
        first = repeat.sends[0]
        if not first.version.bound:
            yield obstacles.may_be_unbound(text, place.node)
        yield from self._of_callees(repeat)
        if first.sent.may_fail is not None and not _comes_first(first, place):
            yield obstacles.may_fail(text, first.sent.may_fail)
        if self._waits(repeat, place, scope) and not self._ray.is_started_before(place):
            yield obstacles.ray_init_later(text, self._ray.question_after(place))
        stop = self._ray.stopped_before(place, scope)
        if stop is not None and not _comes_first(first, place):
            yield obstacles.ray_may_not_run(text, stop)
        seeing = next(filter(None, (self._onlookers.call_seeing(part, scope) for part in first.sent.parts)), None)
        if seeing is not None:
            yield obstacles.names_inspected(seeing)
        if self._spelling(repeat, place, scope) is None:
            yield obstacles.ray_not_importable(place.node)

    def _waits(self, repeat: Repeat, place: Statement, scope: Scope) -> bool:
        """Whether a put before ``place`` could start Ray before something that asks whether it runs."""
        certain = _comes_first(repeat.sends[0], place)
        return not certain and bool(self._ray.questions) and self._ray.may_not_run(place, scope)

    def _hoist(
        self, repeat: Repeat, scope: Scope, sites: tuple[CallSite, ...], assumed: Collection[str]
    ) -> Hoist | None:
        if repeat.place is None:
            return None
        written, condition = self._written(repeat, repeat.place, scope, assumed)
        assert written is not None
        sent, spread = repeat.sends[0].sent, repeat.sends[0].spread
        text = self._text(sent)
        argument = text if sent.form is not Form.PUT else text_of(sent.argument, self._lines)
        return Hoist(
            self._names.of_reference(f"{spread}{argument}", _base_name(sent.value)),
            text,
            written.put,
            written.imports,
            statement_span(repeat.place.node, self._lines),
            sites,
            argument,
            guard=written.reference if spread or "may-be-a-reference" in assumed else "",
            condition=condition,
            spread=spread,
            late=self._waits(repeat, repeat.place, scope),
        )

    def _reuse(self, reference: str, sent: Sent, sites: tuple[CallSite, ...]) -> Hoist:
        """The reference that is there already, in place of the value."""
        return Hoist(reference, self._text(sent), "", "", None, sites, self._text(sent))

    def _made_as(self, send: Send, scope: Scope) -> Estimate | None:
        """The weakest of what may have given the version."""
        if send.sent.path is None:
            return self._sizes.estimate(send.sent.value, scope)
        found = [self._sizes.estimate(s, scope) if s is not None else None for s in send.version.sources]
        return weakest(found)

    def _estimate(self, send: Send, scope: Scope) -> Estimate | None:
        """What is known of the version as it is sent."""
        made, path, version = self._made_as(send, scope), send.sent.path, send.version
        if version.grown and path is not None and not path.attributes:
            made = self._sizes.grown(made, path.variable)
            if version.handed_over or (made is not None and made.kind not in GROWING):
                made = lasting(made)
        elif version.handed_over or version.grown:
            made = None if path is None and made is not None and made.kind == _TUPLE else lasting(made)
        if made is not None or send.sent.path is None:
            return made
        # Whatever of the bindings gave it: a number is a number.
        estimate = self._sizes.estimate(send.sent.value, scope)
        return estimate if estimate is not None and estimate.kind in UNCHANGEABLE else None

    def _is_worth_saying(self, sent: Sent, estimate: Estimate | None, reference: str | None, seen: Seen | None) -> bool:
        """Not of references and small values, and of what is only computed or nested where it is known to be large."""
        if estimate is not None and estimate.kind == REFERENCE:
            return False
        if sent.form is Form.PUT or (seen is not None and seen.is_large):
            return True
        large = self._sizes.is_large(estimate)
        if large or self._sizes.is_small(estimate):
            return large
        by_method = bool(sent.reached) and sent.reached[-1].enclosing_class is not None
        plain = sent.form is Form.VALUE and sent.path is not None and (not sent.reached or by_method)
        return reference is not None or plain

    def _is_expected(self, send: Send, estimate: Estimate | None, scope: Scope) -> bool:
        """Whether the parts of what stands behind a star are probably large, or what a bound method takes along."""
        known = estimate is not None and (estimate.kind == REFERENCE or self._sizes.is_small(estimate))
        method = estimate is not None and estimate.kind == METHOD and send.sent.form is Form.VALUE
        return (bool(send.spread) or method) and not known and self._expectations.expects(send, scope, estimate)

    def _later_cell(self, send: Send) -> Binding | None:
        """What a later cell gives the name, where that is not known to be large too, or nothing above does."""
        path, line = send.sent.path, send.argument.lineno
        if not send.version.elsewhere or path is None or path.attributes:
            return None
        giving = [each for each in path.variable.bindings if each.kind not in ("augment", "delete")]
        later = [each for each in giving if getattr(each.node, "lineno", 0) > line]
        others = [each for each in later if not self._is_large(each, path.variable.scope)]
        if len(later) == len(giving) and not send.version.bound:
            return next(iter(later), None)
        return others[0] if others and self._sizes.is_large(self._of_earlier_cells(send)) else None

    def _is_large(self, binding: Binding, scope: Scope) -> bool:
        return binding.value is not None and self._sizes.is_large(self._sizes.estimate(binding.value, scope))

    def _of_earlier_cells(self, send: Send) -> Estimate | None:
        """The weakest of what gives the name above the send."""
        path = send.sent.path
        assert path is not None
        above = [each for each in path.variable.bindings if getattr(each.node, "lineno", 0) <= send.argument.lineno]
        values = [each.value for each in above if each.kind not in ("augment", "delete")]
        scope = path.variable.scope
        return weakest([self._sizes.estimate(value, scope) if value is not None else None for value in values])

    def _evidence(self, estimate: Estimate) -> Evidence:
        text = " ".join(ast.unparse(estimate.node).split())
        if len(text) > _EXPLAINED_TEXT:
            text = f"{text[: _EXPLAINED_TEXT - 3]}..."
        computed = self._sizes.is_large(replace(estimate, typed=False))
        strength = Strength.COMPUTED if computed else Strength.TYPED
        least, place = estimate.at_least if computed else None, self._scopes.place_of(estimate.node)
        return Evidence(strength, least, text, estimate.node.lineno, place=place)


_TUPLE = "builtins.tuple"
_ASSUMABLE = frozenset(
    {"size-unknown", "may-be-a-reference", "contents-unknown", "may-be-changed", "may-be-unbound"}
    | {"ray-may-not-run", "ray-init-later", "ray-not-importable", "may-not-be-ray", "starred", "objects-out-of-view"}
)
"""The codes of the obstacles that an unsafe hoist may take for granted, each under conditions of its own."""
_OVERCOME_BY_CONSTRUCTOR = frozenset(
    {"sent-in-each-call", "may-be-changed", "ray-may-not-run", "ray-init-later", "no-place", "crosses-try"}
)
"""Those that say only that there is no place for a put at the calls."""
OF_RAY = frozenset({"ray-may-not-run", "ray-init-later"})
"""Those about Ray, which the put could start too early."""
_MAY_HOLD_REFERENCES = frozenset({"may-be-a-reference", "starred"})
OPTIONAL = OF_RAY | {"ray-not-importable"}
"""Those that a program has where Ray is used on request."""


def supposed(obstacle: Obstacle) -> Obstacle:
    """A change of what only may be the same object, where that is taken for granted not to be so."""
    if obstacle.code != "changed":
        return obstacle
    sentence = obstacle.sentence.replace(" is changed by ", " may be changed by ", 1)
    return replace(obstacle, code="may-be-changed", sentence=sentence)


def _is_attribute_of_self(send: Send) -> bool:
    """Whether what is sent is an attribute of the object that the method is of, which its class or program gives it."""
    path = send.sent.path
    return path is not None and bool(path.attributes) and self_name(path.variable.scope) == path.variable.name


def _called(send: Send) -> str:
    """The callee of a send as it is written where the argument is."""
    dispatch = send.dispatch
    return (dispatch.reaches[0] if send.sent.reached else dispatch.call).text


def _comes_first(send: Send, place: Statement) -> bool:
    """Whether the value is certainly sent, and the first thing computed from ``place`` on."""
    return surely_runs(send, place) and is_computed_first(send, place)


def _base_name(value: ast.expr) -> str:
    """The word that the name of a reference to ``value`` begins with: what is computed, or from what."""
    if isinstance(value, ast.Call):
        kept = isinstance(value.func, ast.Attribute) and value.func.attr in ("copy", "astype", "to_numpy", "tolist")
        return _base_name(value.func.value if kept and isinstance(value.func, ast.Attribute) else value.func)
    if isinstance(value, ast.Attribute):
        return _base_name(value.value) if value.attr == "T" else value.attr
    if isinstance(value, ast.Subscript):
        return _base_name(value.value)
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.BinOp):
        return _base_name(value.left)
    return "values"
