"""Every template once or twice, each in a small program of its own: what chance may miss in a few thousand programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator import events, sends
from generator.choices import Seeded
from generator.places import PLACES, in_function, in_generator
from generator.plan import ABOUT_RAY, Plan
from generator.programs import Program, finished
from generator.values import FRESH
from generator.writer import Writer, indented

Script = Callable[[Writer], list[str]]

FIRST, SECOND = "{f}.remote({v}, 1)", "{f}.remote({v}, 2)"


def catalogue() -> Iterator[Program]:
    """The programs, always the same."""
    for seed, (kind, script) in enumerate(_of_events()):
        yield finished(Plan(Seeded(seed), script=script, kind=kind), in_function)
    for place in dict.fromkeys(PLACES):
        for seed in range(90):
            yield finished(Plan(Seeded(seed), script=_interrupted), place)
    for seed, statement in enumerate([*ABOUT_RAY, *ABOUT_RAY]):
        for shape in range(SHAPES):
            script = _scripted("", statement, shape)
            for place in (in_function, in_generator):
                plan = Plan(Seeded(seed), script=script, about_ray=True, starts=seed < len(ABOUT_RAY))
                yield finished(plan, place)


def _of_events() -> Iterator[tuple[str, Script]]:
    for kind in FRESH:
        for number, (first, event) in enumerate(_steps(kind)):
            yield kind, _scripted(first, event, 0)
            yield kind, _scripted(first, event, 1 + number % (SHAPES - 1))
    for kind in ("array", "rows"):
        for event in ("bump({v})", "{v}.append({fresh})" if kind == "rows" else "{v}.fill({k})"):
            for template in sends.WITH_EVENT:
                yield kind, _around(template, event)
        for first, second in sends.LATER:
            yield kind, _scripted(first, f"bump({{v}})\n{second}", 0)
            yield kind, _scripted(first, f"{{v}} = {{fresh}}\n{second}", 1)
    for kind, expressions in sends.EXPRESSIONS.items():
        for expression in expressions:
            for template in sends.SENDING_EXPRESSIONS:
                yield kind, _sending(template, expression)


def _steps(kind: str) -> Iterator[tuple[str, str]]:
    """Statements of which the second one, possibly after the first one, does something to a value."""
    for options in (events.CHANGING[kind], events.AUGMENTING[kind], events.READING.get(kind, ())):
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


SHAPES = 4


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
        return [*prepare, loop, *indented(["if i == 1:", *indented(happen), *one])]

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
