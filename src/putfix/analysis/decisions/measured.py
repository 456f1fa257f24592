"""What a run of the program saw of the repeats that the analysis finds, and what that says for and against a put.

A run outranks what the source says of a size and of a reference, since it saw them. It proves nothing about equality:
where the analysis finds that a value may change, it stays that way, but where the analysis finds that it does not and
the run saw it change, the run is right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from putfix.analysis.decisions import obstacles
from putfix.analysis.decisions.placement import Repeat, loops_of
from putfix.analysis.flow.parts import Form
from putfix.analysis.names.sites import Sites, argument_of
from putfix.analysis.versions.timelines import Send
from putfix.model import Evidence, Measurement, Obstacle, Strength
from putfix.settings import Settings

_PLAIN = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "bytes"),
        ("builtins", "str"),
        ("numpy", "ndarray"),
        ("pandas", "DataFrame"),
        ("pandas", "Series"),
        ("polars", "DataFrame"),
        ("pyarrow", "Table"),
        ("torch", "Tensor"),
    }
)
"""Types by their package and name: data, with nothing in it that has a way of its own to be pickled."""


@dataclass(frozen=True)
class Seen:
    """What a run saw of one repeat: the sends that it reached, each with its measurement."""

    repeat: Repeat
    sites: tuple[tuple[Send, Measurement], ...]
    min_size: int

    @property
    def by_value(self) -> int:
        """How many of the sends copied a value, and were no references."""
        return sum(_by_value(each) for _, each in self.sites)

    @property
    def total(self) -> int:
        """The bytes of those."""
        return sum(each.total for _, each in self.sites)

    @property
    def is_small(self) -> bool:
        """Whether a put would make the calls slower: of sizes on both sides of the limit, the mean decides, as a put
        gains in proportion to what is not copied."""
        return self.by_value > 0 and self.total <= self.min_size * self.by_value

    @property
    def is_large(self) -> bool:
        """Whether the values that were sent are worth a put."""
        return self.by_value > 0 and self.total > self.min_size * self.by_value

    @property
    def kinds(self) -> list[str]:
        """The types that were seen."""
        return [kind for _, each in self.sites for kind in each.kinds]

    @property
    def has_references(self) -> bool:
        """Whether some of the sends were references."""
        return any(each.references for _, each in self.sites)

    @property
    def is_plain(self) -> bool:
        """Whether the values were of types that serialize to the same as long as nobody changes them."""
        return all(_root_and_name(kind) in _PLAIN for kind in self.kinds)

    @property
    def is_same_again(self) -> bool:
        """Whether each of the calls was seen to send again, byte for byte, what it had sent before."""
        return all(each.repeats for _, each in self.sites) and not self._changing

    @property
    def saved(self) -> int:
        """The bytes that one put for each version would not have copied.

        A put is made where a call sends something new. Of several calls that share it, the one that sent the most that
        was new stands for the puts.
        """
        return self.total - max(each.total - each.repeated for _, each in self.sites)

    @property
    def evidence(self) -> Evidence:
        """How large the values were."""
        found = [each for _, each in self.sites if _by_value(each)]
        kinds = dict.fromkeys(kind.rpartition(".")[2] for each in found for kind in each.kinds)
        least, most = min(each.at_least for each in found), max(each.at_most for each in found)
        return Evidence(Strength.MEASURED, least, ", ".join(kinds), at_most=most)

    def joined_with(self, read: Iterable[Obstacle], value: str) -> Iterator[Obstacle]:
        """The obstacles that were read off the source with those that were seen; the first is the one that is named."""
        yield from self._references(value)
        yield from read
        yield from self._changes(value)

    def _references(self, value: str) -> Iterator[Obstacle]:
        """References that were sent in place of a value."""
        for send, each in self.sites:
            if each.references:
                yield obstacles.measured_reference(value, send.argument, each.references, each.sends)

    def _changes(self, value: str) -> Iterator[Obstacle]:
        """Different values, where the calls would take a reference to one."""
        for send, each in self._changing:
            yield obstacles.measured_changing(value, send.argument, each.changes, each.sends)

    @property
    def _changing(self) -> list[tuple[Send, Measurement]]:
        """The calls that sent another value than before, where no outer loop explains it: in each of its turns the put
        may take another value, which the calls inside of it send again."""
        outer, inner = loops_of(self.repeat)
        again = dict(zip(map(id, self.repeat.sends), inner, strict=False))
        changing = [(send, each) for send, each in self.sites if each.changes]
        return [
            (send, each) for send, each in changing if not outer or (again.get(id(send), True) and not each.repeats)
        ]

    def held(self, value: str) -> Obstacle | None:
        """References and handles inside of the value, whose lives a put would prolong."""
        for send, each in self.sites:
            if each.holding:
                return obstacles.contents_unknown(value, send.argument, seen=(each.holding, _by_value(each)))
        return None


class Measured:
    """The measurements of one module, by the arguments that they are of."""

    def __init__(
        self, measurements: Sequence[Measurement], nodes: Iterable[ast.AST], lines: list[str], settings: Settings
    ) -> None:
        self._min_size = settings.min_size
        self._of: dict[int, Measurement] = {}
        if not measurements:
            return
        sites = Sites((node for node in nodes if isinstance(node, ast.Call)), lines)
        for measurement in measurements:
            call = sites.at(measurement.line, measurement.column, measurement.end)
            argument = argument_of(call, measurement.argument) if call is not None else None
            if argument is not None and measurement.sends:
                known = self._of.get(id(argument))
                self._of[id(argument)] = measurement if known is None else _together(known, measurement)

    def of(self, repeat: Repeat) -> Seen | None:
        """What was seen of a value that is an argument itself; None where the run did not reach it."""
        plain = [send for send in repeat.sends if send.sent.form is Form.VALUE]
        return self._seen(repeat, {id(send.argument): send for send in plain})

    def is_small(self, repeat: Repeat) -> bool:
        """Whether what is sent, or the container that it is sent in, was seen to be too small to be worth a put."""
        plain = [send for send in repeat.sends if send.sent.form in (Form.VALUE, Form.NESTED)]
        seen = self._seen(repeat, {id(send.sent.within or send.argument): send for send in plain})
        return seen is not None and seen.is_small

    def _seen(self, repeat: Repeat, sends: dict[int, Send]) -> Seen | None:
        sites = tuple((send, self._of[key]) for key, send in sends.items() if key in self._of)
        return Seen(repeat, sites, self._min_size) if sites else None


def _root_and_name(kind: str) -> tuple[str, str]:
    root, _, rest = kind.partition(".")
    return (root, rest.rpartition(".")[2]) if rest else ("builtins", root)


def _by_value(measurement: Measurement) -> int:
    return max(measurement.sends - measurement.references, 0)


def _together(one: Measurement, other: Measurement) -> Measurement:
    """What two runs saw of one argument, where one of them did not know its column."""
    sizes = [each for each in (one, other) if _by_value(each)] or [one]
    sums = ("sends", "references", "holding", "total", "repeats", "changes", "repeated")
    return replace(
        one,
        kinds=tuple(dict.fromkeys((*one.kinds, *other.kinds))),
        at_least=min(each.at_least for each in sizes),
        at_most=max(each.at_most for each in sizes),
        **{name: getattr(one, name) + getattr(other, name) for name in sums},
    )
