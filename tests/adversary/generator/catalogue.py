"""Every template once or twice, each in a small program of its own: what chance may miss in a few thousand programs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from generator import carriers, events, sends
from generator.choices import Seeded
from generator.places import (
    METHODS,
    PAUSES,
    PLACES,
    TURNS,
    WAITING,
    in_coroutine,
    in_function,
    in_generator,
    in_method,
)
from generator.plan import ABOUT_RAY, CALLEES, Plan
from generator.programs import Program, finished
from generator.values import FRESH
from generator.writer import Writer, indented

Script = Callable[[Writer], list[str]]

FIRST, SECOND = "{f}.remote({v}, 1)", "{f}.remote({v}, 2)"


def catalogue() -> Iterator[Program]:
    """The programs, always the same."""
    for seed, (kind, script) in enumerate(itertools.chain(_of_events(), _of_sends())):
        yield finished(Plan(Seeded(seed), script=script, kind=kind), in_function)
    for place in dict.fromkeys(PLACES):
        for seed in range(90):
            yield finished(Plan(Seeded(seed), script=_interrupted), place)
    yield from _with_turns()
    yield from _with_methods()
    yield from _about_ray()
    yield from _of_carriers()


def _of_carriers() -> Iterator[Program]:
    """Each thing that takes a value along, with each thing that may change it."""
    number = 0
    for options in carriers.CARRIERS.values():
        for carrier in options:
            for event in (*carriers.OF_THE_VALUE, *carrier.events):
                number += 1
                plan = Plan(Seeded(number), script=_carried(carrier, event, number % CARRIED_SHAPES), kind="array")
                yield finished(plan, in_method if number % 5 == 0 else in_function)


def _with_turns() -> Iterator[Program]:
    """Each way in which other code gets its turn."""
    for place, turns in ((in_coroutine, WAITING), (in_generator, PAUSES), (in_method, TURNS)):
        for number, (turn, shape) in enumerate(itertools.product(turns, range(SHAPES))):
            for seed in (number, number + 1):
                yield finished(Plan(Seeded(seed), script=_scripted("", turn, shape), kind="array"), place)


def _with_methods() -> Iterator[Program]:
    """Each thing that a method does to the attributes that another one sends."""
    for number, method in enumerate(METHODS):
        for first, event in (("", "self.renew()"), ("self.renew()", "self.y[1] = 7"), ("keep({v})", "self.renew()")):
            for seed in (number, number + 1):
                script = _scripted(first, event, seed % 2)
                yield finished(Plan(Seeded(seed), script=script, kind="array", method=method), in_method)


def _about_ray() -> Iterator[Program]:
    """Each thing that concerns the state of Ray, after things that have it stop and start."""
    sent = "total.remote(np.zeros(3))\n"
    firsts = ("", f"{sent}ray_stop()", f"{sent}ray.shutdown()", "with ray.init():\n    pass")
    statements = (*UNSEEN_STARTS, *ABOUT_RAY)
    for number, (statement, shape, first) in enumerate(itertools.product(statements, range(SHAPES), firsts)):
        if shape in EMPTY and statement in UNSEEN_STARTS:
            continue  # a put before a loop that runs zero times starts Ray, as the README says
        for starts in (True, False):
            plan = Plan(Seeded(number), script=_scripted(first, statement, shape), about_ray=True, starts=starts)
            yield finished(plan, in_function)
    yield finished(Plan(Seeded(0), script=_stopping, about_ray=True), in_function)


def _stopping(writer: Writer) -> list[str]:
    """The next call begins without Ray."""
    lines = _scripted("", "elsewhere.ready()", 3)(writer)
    return [*lines, "log.append(ray.cluster_resources())", "ray.shutdown()"]


def _of_events() -> Iterator[tuple[str, Script]]:
    for kind in FRESH:
        for number, (first, event) in enumerate(_steps(kind)):
            yield kind, _scripted(first, event, 0)
            yield kind, _scripted(first, event, 1 + number % 3)
    for missing in events.UNBOUND:
        for count in ("0", "len(log)", "2"):
            yield "array", _unbound(missing, count)


def _of_sends() -> Iterator[tuple[str, Script]]:
    for kind in ("array", "rows"):
        for event in ("bump({v})", "{v}.append({fresh})" if kind == "rows" else "{v}.fill({k})"):
            for template in sends.WITH_EVENT:
                yield kind, _around(template, event)
        for first, second in sends.LATER:
            yield kind, _scripted(first, f"bump({{v}})\n{second}", 0)
            yield kind, _scripted(first, f"{{v}} = {{fresh}}\n{second}", 1)
    for callee in CALLEES:
        kind = "list" if callee == "grow" else "array"
        yield kind, _around(f"for i in range(3):\n    futures.append({callee}.remote({{v}}, i))", "")
    for kind, expressions in sends.EXPRESSIONS.items():
        for expression in expressions:
            for template in sends.SENDING_EXPRESSIONS:
                yield kind, _sending(template, expression)


def _steps(kind: str) -> Iterator[tuple[str, str]]:
    """Statements of which the second one, possibly after the first one, does something to a value."""
    reading = (*events.READING["any"], *events.READING.get(kind, ()))
    for options in (events.CHANGING[kind], events.AUGMENTING[kind], reading):
        yield from (("", event) for event in options)
    if kind not in ("array", "rows"):
        return
    for options in (events.CHANGING["any"], events.REBINDING, events.NAME_REBINDING, events.BINDING_EXPRESSIONS):
        yield from (("", event) for event in options)
    for alias in (*events.ALIASES["any"], *events.ALIASES[kind]):
        yield from ((alias, use) for use in events.VIA_ALIAS[:3])
    yield from events.CONTAINERS
    yield from ((keeping, "tick()") for keeping in events.HANDING_ON)
    yield from (("keep({v})", later) for later in events.LATER_CALLS)
    for context in events.CONTEXTS:
        yield "", context.replace("{e}", "bump({v})")
        yield "keep({v})", context.replace("{e}", "tick()")


SHAPES = 7
EMPTY = (4, 5)
"""The shapes in which a loop may send nothing."""

UNSEEN_STARTS = ("elsewhere.ready()", "log.append(ray.cluster_resources())")
"""What asks whether Ray runs without saying so."""


def _scripted(first: str, event: str, shape: int) -> Script:
    """Sends of the first value with the event between them."""

    def script(writer: Writer) -> list[str]:
        value = writer.body.values[0]
        names = {"t": writer.new_name(), "u": writer.new_name()}
        prepare, happen, one, two = (
            writer.filled(template, value, **names).split("\n") if template else []
            for template in (first, event, FIRST, SECOND)
        )
        loop = "for i in range(2):"
        if shape == 0:
            return [*prepare, loop, *indented([*one, *happen]), *two]
        if shape == 1:
            return [*prepare, *one, *happen, *two]
        if shape == 2:
            return [loop, *indented([*prepare, *happen, *one]), *two]
        if shape == 3:
            return [*prepare, loop, *indented([*happen, *one])]
        if shape == 4:
            return [*prepare, "for i in range(len(futures)):", *indented(one), *happen, *two]
        if shape == 5:
            return [*prepare, loop, *indented(["if flag:", "    break", *one]), *happen]
        return [*prepare, loop, *indented(["if i == 1:", *indented(happen), *one])]

    return script


def _unbound(missing: str, count: str) -> Script:
    """A loop that sends something that may have no value."""

    def script(writer: Writer) -> list[str]:
        value, name, other = writer.body.values[0], writer.new_name(), writer.new_name()
        lines = writer.filled(missing, value, t=name, u=other).split("\n")
        return [*lines, f"for i in range({count}):", f"    futures.append(total.remote({name}, i))"]

    return script


CARRIED_SHAPES = 8


def _carried(carrier: carriers.Carrier, event: str, shape: int) -> Script:
    def script(writer: Writer) -> list[str]:
        writer.narrow = True
        return writer.carried(carrier, event, shape).split("\n")

    return script


def _around(template: str, event: str) -> Script:
    def script(writer: Writer) -> list[str]:
        writer.narrow = True
        return writer.filled(template, event=writer.filled(event)).split("\n")

    return script


def _sending(template: str, expression: str) -> Script:
    def script(writer: Writer) -> list[str]:
        writer.narrow = True
        sent, event = writer.filled(expression), writer.filled("bump({v})")
        return writer.filled(template, expression=sent, event=event).split("\n")

    return script


def _interrupted(writer: Writer) -> list[str]:
    writer.narrow = True
    return writer.around([writer.single(), writer.interruption()]).split("\n") + writer.single().split("\n")
