"""A program in the making: its choices, the functions made for it, and the body that sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from generator.choices import Choices, chance, pick
from generator.events import HELPER_LINES
from generator.sends import REPEATED
from generator.values import FRESH, KINDS, VARIED, Value
from generator.writer import Body, Writer, indented

CALLS = """\
for flag in (True, False):
    try:
        {call}
    except Exception as error:
        print(type(error).__name__)
"""
ABOUT_RAY = (
    "apply(ray_ready)",
    "ray.init(num_cpus=2)",
    "ray.init(num_cpus=2, ignore_reinit_error=True)",
    "if not ray.is_initialized():\n    ray.init(num_cpus=1)",
    "log.append(ray.is_initialized())",
    "if ray.is_initialized():\n    log.append(ray.cluster_resources())",
    "ray.shutdown()",
    "ray_stop()",
    "if flag:\n    ray_stop()",
    "apply(ray.shutdown)",
    "ray_boot()",
    "ray_ready()",
    "with ray.init():\n    pass",
    "if flag:\n    ray.shutdown()",
)
CALLEES = ("scribble", "scribble", "smear", "keeper.use", "grow", "fails", "total.options(num_cpus=0.5)")


@dataclass
class Plan:
    """A program in the making."""

    choices: Choices
    own: dict[str, str] = field(default_factory=dict)
    """Definitions that only this program has."""
    starts: bool = True
    """Whether Ray runs before anything else happens."""
    about_ray: bool = False
    script: Callable[[Writer], list[str]] | None = None
    """What the body is to be, where that is not a matter of choice."""
    kind: str = ""
    """The kind of all values, where that is not a matter of choice."""
    method: str = ""
    """What the object's method does that has its turn between, where that is not a matter of choice."""
    local: bool = False
    """Whether what tasks see of the module is not what they would see on a cluster."""

    def kinds(self) -> list[str]:
        """The kinds of two or three values, of which the first two are of one kind."""
        first = self.kind or pick(self.choices, KINDS)
        return [first, first, self.kind or pick(self.choices, KINDS)]

    def fresh(self, kind: str) -> str:
        options = VARIED if self.script and kind == "array" else FRESH[kind]
        return pick(self.choices, options).format(k=self.choices.number(0, 7))

    def helpers(self) -> tuple[str, ...]:
        """Functions made for this program, that do something or other with their argument."""
        for number in range(self.choices.number(0, 2)):
            self.own[f"helper{number}"] = self._helper(f"helper{number}")
        return (*self.own, "read") if self.own else ("bump", "relay", "same")

    def _helper(self, name: str) -> str:
        lines = [pick(self.choices, HELPER_LINES) for _ in range(self.choices.number(1, 3))]
        text = "\n".join(lines).format(k=self.choices.number(0, 7))
        if "global KEPT\n" in text:
            text = "global KEPT\n" + text.replace("global KEPT\n", "")
        parameters = pick(self.choices, ("a", "a", "a, more=None", "a, *more", "a=None, **more"))
        return "\n".join([f"def {name}({parameters}):", *indented(text.split("\n"))])

    def body(self, values: list[Value], **more: tuple[str, ...]) -> Body:
        callees = tuple(pick(self.choices, CALLEES) for _ in range(0 if self.script else self.choices.number(0, 1)))
        about_ray = ABOUT_RAY if self.about_ray else ()
        calm = pick(self.choices, (80, 60, 30, 0))
        return Body(values, callees, self.helpers(), about_ray=about_ray, number="m", calm=calm, **more)


def suite(plan: Plan, body: Body, depth: int = 2) -> list[str]:
    """The statements of a body, some of which are certain to send a value repeatedly."""
    writer = Writer(plan.choices, body)
    if plan.script is not None:
        return plan.script(writer)
    if chance(plan.choices, 60):
        before, after = (chance(plan.choices, 40) for _ in range(2))
        lines = writer.repeated().split("\n") if before else []
        lines += writer.focused()
        lines += writer.repeated().split("\n") if after else []
        return lines
    lines = []
    for _ in range(plan.choices.number(1, 4)):
        lines += writer.statement(depth, 0).split("\n")
    lines += writer.filled(pick(plan.choices, REPEATED), body.values[0]).split("\n")
    for _ in range(plan.choices.number(0, 2)):
        lines += writer.statement(depth, 0).split("\n")
    return lines


def locals_of(plan: Plan, declare: str) -> list[Value]:
    names = ("x", "y", pick(plan.choices, ("z", "x_ref")))
    return [Value(name, kind, name, f"{declare} {name}") for name, kind in zip(names, plan.kinds(), strict=True)]


def assigned(plan: Plan, values: list[Value], used: str = "") -> list[str]:
    """A new object for each of the values, or for those that are ``used``."""
    needed = [value for value in values if not used or re.search(rf"\b{re.escape(value.path)}\b", used)]
    number = ["m = 1"] if re.search(r"(?<![.\w])m\b", used) else []
    return [*number, *(f"{value.path} = {plan.fresh(value.kind)}" for value in needed)]


def beginning_with(plan: Plan, values: list[Value], lines: list[str]) -> list[str]:
    """The lines, after what they need."""
    return [*assigned(plan, values, "\n".join(lines)), *lines]


def called(call: str) -> str:
    return CALLS.format(call=call)
