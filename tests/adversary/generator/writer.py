"""Writes the statements of one body, one decision after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator import carriers, events, sends
from generator.carriers import CARRIERS, Carrier
from generator.choices import Choices, chance, pick
from generator.values import FRESH, Value

BLOCKS = (
    "for i in range({n}):",
    "for i in range({n}):",
    "for i in [{k}, 2]:",
    "for {t} in enumerate([{v}, {w}]):",
    "for i in ticks({n}):",
    "while len(log) < {k}:\n    log.append({k})",
    "{t} = 0\nwhile {t} < {n}:\n    {t} += 1",
    "if flag:",
    "if not flag:",
    "if {k} > 3:",
    "try:",
    "try:",
    "with contextlib.nullcontext({v}) as {t}:",
    "with contextlib.suppress(ValueError):",
    "with swallowing():",
    "match {k}:",
)
LEAVING = ("break", "continue", "raise ValueError", "risky({k})", "{k} / ({k} - 3)", "assert not flag")


def indented(lines: Sequence[str]) -> list[str]:
    """``lines`` one level deeper."""
    return [f"    {line}" for line in lines]


STATEMENTS = {
    "repeated": 18,
    "single": 12,
    "reading": 8,
    "follow_up": 6,
    "event": 12,
    "pair": 6,
    "with_event": 10,
    "expression": 5,
    "leave": 3,
    "interruption": 4,
    "block": 16,
}
"""The methods of the writer that make statements, with how many of a hundred each makes."""

_DICE = tuple(name for name, weight in STATEMENTS.items() for _ in range(weight))
EVENTFUL = frozenset({"follow_up", "event", "pair", "with_event", "expression", "leave"})


@dataclass
class Body:
    """What can be written in a body: its values, its remote callables, and how it may be left or interrupted."""

    values: list[Value]
    callees: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ("read",)
    leaving: tuple[str, ...] = ()
    interrupting: tuple[str, ...] = ()
    """Statements by which other code gets its turn: ``yield``, ``await``, a call of a method."""
    about_ray: tuple[str, ...] = ()
    number: str = ""
    """The name of a small number."""
    calm: int = 0
    """How many of a hundred events do not happen."""


@dataclass
class Writer:
    """Makes statements for a body."""

    choices: Choices
    body: Body
    count: int = 0
    pending: list[list[str]] = field(default_factory=lambda: [[]])
    """What still has to happen to what earlier statements made, one list for each block around."""
    narrow: bool = False
    """Whether everything is about the first value."""

    def focused(self) -> list[str]:
        """A few sends of one value with one event among them, and nothing else that could hide it."""
        self.narrow = True
        if self.value().kind == "array" and chance(self.choices, 40):
            return self.carried(pick(self.choices, CARRIERS[pick(self.choices, tuple(CARRIERS))])).split("\n")
        shape = self.choices.number(0, 9)
        if shape < 2:
            text = self.with_event()
        elif shape < 4:
            text = "\n".join([self.around([self.single(), self.happening()]), self.single()])
        elif shape < 5:
            text = "\n".join([self.single(), self.happening(), self.single()])
        elif shape < 6:
            text = "\n".join([self.around([self.happening()]), self.around([self.single()]), self.repeated()])
        elif shape < 8:
            text = self.in_pieces()
        elif shape < 9:
            text = self.expression()
        else:
            text = "\n".join([self.around([self.single()]), self.around([self.happening(), self.single()])])
        return text.split("\n")

    def happening(self) -> str:
        """Something that may matter to the value."""
        dice = self.choices.number(0, 9)
        if self.body.about_ray and dice % 3:
            return self.filled(pick(self.choices, self.body.about_ray))
        if dice < 3:
            return self.event()
        if dice < 5:
            return self.pair() + "\n" + self.follow_up()
        return self.interruption() if self.body.interrupting or self.body.about_ray else self.event()

    def around(self, statements: list[str]) -> str:
        """The statements in some order, in a loop or under something else, or as they are."""
        if len(statements) > 1 and chance(self.choices, 50):
            statements.reverse()
        lines = "\n".join(statements).split("\n")
        if chance(self.choices, 20):
            under = pick(self.choices, ("if flag:", "if not flag:", "if i == 1:", "with contextlib.nullcontext():"))
            lines = [under, *indented(lines)]
        head = pick(self.choices, ("for i in range(3):", "for i in range(2):", "i = 1", "for i in [1, 2]:", "try:"))
        if not head.endswith(":"):
            return "\n".join([head, *lines])
        closing = ["except ValueError:", "    pass"] if head == "try:" else []
        opening = ["i = 1"] if head == "try:" else []
        return "\n".join([*opening, head, *indented(lines), *closing])

    def in_pieces(self) -> str:
        """Something gets hold of the value; after that it is sent, and changed, repeatedly."""
        first = self.pair()
        between = [self.follow_up()] if chance(self.choices, 80) else [self.happening()]
        return "\n".join([first, self.around([self.single(), *between]), self.single()])

    def carried(self, carrier: Carrier, event: str = "", shape: int = -1) -> str:
        """What takes the value along is made, sent, and changed in between. The futures are in a list that no other
        code has: what that is put into is not changed by it."""
        value, names = self.value(), {"t": self.new_name(), "u": self.new_name()}
        made, sent = (
            self.filled(carrier.made, value, **names),
            self.filled(pick(self.choices, carrier.sent), value, **names),
        )
        happens = self.filled(event or self.carried_event(carrier, value), value, **names).split("\n")
        one, two = (f"given.append({carrier.callee}.remote({sent}, {number}))" for number in ("i", "2"))
        options = (
            [made, "for i in range(3):", *indented([one, *happens])],
            [made, "for i in range(3):", *indented([*happens, one])],
            [made, "i = 1", one, *happens, two],
            [made, "for i in range(2):", *indented([one]), *happens, two],
            ["for i in range(3):", *indented([*made.split("\n"), one, *happens, one])],
            [made, "for i in range(3):", *indented(["if i == 1:", *indented(happens), one])],
            [made, *happens, "for i in range(3):", *indented([one])],
            [made, "for i in range(3):", *indented([one]), "print(1)", "for i in range(2):", *indented([one])],
        )
        chosen = options[shape] if shape >= 0 else pick(self.choices, options)
        return "\n".join(["given = []", *chosen, "futures.extend(given)"])

    def carried_event(self, carrier: Carrier, value: Value) -> str:
        dice = self.choices.number(0, 9)
        if dice < 4 or not carrier.events:
            event = pick(self.choices, carriers.OF_THE_VALUE)
            return "bump({v})" if "{v} =" in event and not value.rebindable else event
        if dice < 5:
            return self.event_expression().replace("{", "{{").replace("}", "}}")
        return pick(self.choices, carrier.events)

    def suite(self, depth: int, loops: int, most: int = 4) -> list[str]:
        """The lines of a suite, without indentation."""
        self.pending.append([])
        lines = [line for _ in range(self.choices.number(1, most)) for line in self.statement(depth, loops).split("\n")]
        self.pending.pop()
        return lines

    def statement(self, depth: int, loops: int) -> str:
        """One statement, or a few that belong together."""
        name = pick(self.choices, _DICE)
        if name in EVENTFUL and chance(self.choices, self.body.calm):
            name = pick(self.choices, ("repeated", "single"))
        if name == "block":
            return self.block(depth, loops) if depth else self.repeated()
        if name == "leave":
            return self.leave(loops)
        written: str = getattr(self, name)()
        return written

    def single(self) -> str:
        return self.filled(pick(self.choices, sends.SINGLE))

    def repeated(self) -> str:
        return self.filled(pick(self.choices, (*sends.REPEATED, *sends.REACHING)))

    def reading(self) -> str:
        value = self.value()
        return self.in_context(
            self.filled(pick(self.choices, (*events.READING["any"], *events.READING.get(value.kind, ()))), value)
        )

    def follow_up(self) -> str:
        """Let what an earlier statement prepared happen."""
        waiting = [line for lines in self.pending for line in lines]
        return pick(self.choices, waiting) if waiting else self.in_context(self.event_expression())

    def event(self) -> str:
        """Something that happens to a value, or may."""
        dice = self.choices.number(0, 9)
        if dice < 4:
            return self.in_context(self.event_expression())
        value = self.value()
        if dice < 6:
            return self.filled(pick(self.choices, events.AUGMENTING[value.kind]), value)
        if not value.rebindable:
            return self.in_context(self.event_expression())
        if dice < 8 and value.name:
            return self.filled(pick(self.choices, events.NAME_REBINDING[value.outer :]), value)
        return self.filled(pick(self.choices, events.REBINDING), value)

    def event_expression(self) -> str:
        value = self.value()
        dice = self.choices.number(0, 9)
        if dice < 5:
            own = events.CHANGING[value.kind]
            options = own if chance(self.choices, 70) else events.CHANGING["any"]
        elif dice < 7:
            options = events.HANDING_ON
        elif dice < 9 or not value.name or not value.rebindable:
            options = events.LATER_CALLS
        else:
            options = events.BINDING_EXPRESSIONS
        return self.filled(pick(self.choices, options), value)

    def in_context(self, expression: str) -> str:
        """The expression somewhere in a statement."""
        context = pick(self.choices, events.CONTEXTS)
        binds = ":=" in expression
        quotes = context.startswith(("{t} = f'",)) and any(mark in expression for mark in "'\"{")
        if quotes or (binds and ("in [{e}]]" in context or "class" in context)):
            context = "{e}"
        if chance(self.choices, 40):
            context = "{e}"
        return self.filled(context, event=expression)

    def pair(self) -> str:
        """A statement after which something else may change the value; that comes later."""
        value = self.value()
        dice = self.choices.number(0, 9)
        if dice < 2:
            return self.prepared(value, *pick(self.choices, sends.LATER))
        if dice < 7:
            return self.prepared(value, *pick(self.choices, events.CONTAINERS))
        options = (*events.ALIASES["any"], *events.ALIASES.get(value.kind, ()))
        return self.prepared(value, pick(self.choices, options), pick(self.choices, events.VIA_ALIAS))

    def prepared(self, value: Value, first: str, second: str) -> str:
        if ("{declare}" in first or "{v} =" in first) and not value.rebindable:
            first, second = "{t} = {v}", "bump({t})"
        names = {"t": self.new_name(), "u": self.new_name()}
        for lines in self.pending[-1:]:
            lines += [self.filled(second, value, **names)] * 2
        return self.filled(first, value, **names)

    def with_event(self) -> str:
        """A loop, or two sends, with an event between."""
        template = pick(self.choices, (*sends.WITH_EVENT, *sends.REACHING_WITH_EVENT))
        waiting = [line for line in self.pending[-1] if "\n" not in line and "=" not in line and ";" not in line]
        if waiting and chance(self.choices, 30) and not line_is_statement(waiting[0]):
            return self.filled(template, event=waiting[0])
        event = self.event_expression()
        if ":=" in event and "in [" in template:
            template = sends.WITH_EVENT[0]
        return self.filled(template, event=event)

    def expression(self) -> str:
        """An expression over values is sent."""
        value = self.value()
        sent = self.filled(pick(self.choices, sends.EXPRESSIONS[value.kind]), value)
        event = self.event_expression()
        return self.filled(pick(self.choices, sends.SENDING_EXPRESSIONS), value, expression=sent, event=event)

    def leave(self, loops: int) -> str:
        options = (*(LEAVING if loops else LEAVING[2:]), *self.body.leaving)
        line = self.filled(pick(self.choices, options))
        return (
            line
            if chance(self.choices, 10)
            else f"if flag:\n    {line}"
            if chance(self.choices, 60)
            else f"if {line_test(self.choices)}:\n    {line}"
        )

    def interruption(self) -> str:
        options = (*self.body.interrupting, *self.body.about_ray)
        return self.filled(pick(self.choices, options)) if options else self.repeated()

    def block(self, depth: int, loops: int) -> str:
        """A compound statement."""
        head = self.filled(pick(self.choices, BLOCKS))
        keyword = head.rpartition("\n")[2].split()[0] if not head.startswith("while") else "while"
        looping = keyword == "for" or "while" in head
        inner = indented(self.suite(depth - 1, loops + looping))
        if keyword == "match":
            inner = indented(["case 3 if flag:", *inner, "case _:", *indented(self.suite(0, loops, 2))])
        lines = [head, *inner]
        if (keyword == "if" or looping) and chance(self.choices, 30):
            lines += ["else:", *indented(self.suite(depth - 1, loops, 2))]
        if keyword == "try:":
            lines += self.handlers(depth, loops)
        return "\n".join(lines)

    def handlers(self, depth: int, loops: int) -> Iterator[str]:
        final = chance(self.choices, 30)
        caught = pick(
            self.choices, ("except ValueError:", "except Exception:", "except (ValueError, TypeError) as error:", "")
        )
        if caught or not final:
            yield caught or "except ValueError:"
            yield from indented(self.suite(depth - 1, loops, 2))
            if chance(self.choices, 20):
                yield from ["else:", *indented(self.suite(depth - 1, loops, 2))]
        if final:
            yield from ["finally:", *indented(self.suite(0, 0, 2))]

    def value(self) -> Value:
        """One of the values, the first one more often than others."""
        return self.body.values[0] if self.narrow or chance(self.choices, 55) else pick(self.choices, self.body.values)

    def other(self, value: Value) -> Value:
        """Another value of the same kind, if there is one."""
        same = [other for other in self.body.values if other.kind == value.kind and other is not value]
        return pick(self.choices, same) if same else value

    def new_name(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def filled(
        self, template: str, value: Value | None = None, *, event: str = "", expression: str = "", **names: str
    ) -> str:
        """The text of a template, with decisions for what is open in it."""
        value = value or self.value()
        digit = str(self.choices.number(0, 7)) if "{k}" in template or "{fresh}" in template else ""
        parts = {
            "v": value.path,
            "w": self.other(value).path if "{w}" in template else "",
            "f": self.callee(value) if "{f}" in template else "",
            "k": digit,
            "n": str(pick(self.choices, (2, 3, 1, 0))) if "{n}" in template else "",
            "t": names.get("t") or (self.new_name() if "{t}" in template else ""),
            "u": names.get("u") or (self.new_name() if "{u}" in template else ""),
            "m": self.body.number,
            "h": pick(self.choices, self.body.helpers) if "{h}" in template else "",
            "fresh": pick(self.choices, FRESH[value.kind]).format(k=digit) if "{fresh}" in template else "",
            "name": value.name,
            "declare": value.declare,
            "e": event,
            "x": expression,
        }
        return template.format(**parts)

    def callee(self, value: Value) -> str:
        options = [value.callee, value.callee, value.callee, *filter(value.fits, self.body.callees)]
        return pick(self.choices, options)


def line_is_statement(line: str) -> bool:
    """Whether the line cannot stand for an expression."""
    return line.startswith(("del ", "for ", "from ", "if ", "with ", "@"))


def line_test(choices: Choices) -> str:
    """A condition that holds now and then."""
    return pick(choices, ("len(log) % 3 == 1", "len(log) > 5", "not flag", "len(KEPT) > 1"))
